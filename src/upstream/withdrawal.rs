//! A withdrawal of what was bought to the hot wallet, and the legal steps between its states.
//!
//! ```text
//! Intended -> Asked -> Left -> Arrived
//!    |  |       |       |
//!    |  v       v       v
//!    | Unclear -+-------+-> Held -> Arrived, Missed   (by a person)
//!    v  |       v       v
//!   Missed      Missed  Missed   (nothing left the account, or it came back)
//! ```
//! An arrived one that a fork of the chain takes back is held, until the chain has it again or a person has looked.
//! Invariant: a withdrawal is stored before the one call that asks for it, goes to an address of the hot wallet alone,
//! and no second one of its coin is stored before it has ended.

use minicbor::{Decode, Encode};

use super::withdrawal_terms::{Departure, WithdrawalTerms};
use crate::types::{Exact, UnixTime, WithdrawalNo};

/// Where a withdrawal stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum WithdrawalState {
    /// Stored; the call that asks for it is made now, or was when the service ended.
    #[n(0)]
    Intended,
    /// The venue has it.
    #[n(1)]
    Asked {
        /// The venue's id of it.
        #[n(0)]
        id: String,
    },
    /// Nobody knows whether the venue has it: it is looked up.
    #[n(2)]
    Unclear {
        /// What came instead of an answer.
        #[n(0)]
        words: String,
    },
    /// The coins have left the account, and are not in the hot wallet yet.
    #[n(3)]
    Left {
        /// The venue's id of it.
        #[n(0)]
        id: String,
        /// What left.
        #[n(1)]
        departure: Departure,
        /// The transaction's id on its chain; none while the venue does not tell it.
        #[n(2)]
        txid: Option<String>,
    },
    /// What became of it cannot be found out: a person has to look.
    #[n(4)]
    Held {
        /// The venue's id of it, where that is known.
        #[n(0)]
        id: Option<String>,
        /// What left the account, where that is known.
        #[n(1)]
        departure: Option<Departure>,
        /// The transaction's id on its chain, where that is known.
        #[n(2)]
        txid: Option<String>,
        /// Why.
        #[n(3)]
        words: String,
    },
    /// Nothing left the account, or it is back.
    #[n(5)]
    Missed {
        /// The venue's id of it, where there is one.
        #[n(0)]
        id: Option<String>,
        /// Why.
        #[n(1)]
        words: String,
    },
    /// The coins are in the hot wallet.
    #[n(6)]
    Arrived {
        /// The venue's id of it, where that is known.
        #[n(0)]
        id: Option<String>,
        /// What left the account for it.
        #[n(1)]
        departure: Departure,
        /// The transaction's id on its chain, where that is known.
        #[n(2)]
        txid: Option<String>,
    },
}

impl WithdrawalState {
    /// Returns the word that the API has for it.
    pub const fn name(&self) -> &'static str {
        match self {
            WithdrawalState::Intended => "intended",
            WithdrawalState::Asked { .. } => "asked",
            WithdrawalState::Unclear { .. } => "unclear",
            WithdrawalState::Left { .. } => "left",
            WithdrawalState::Held { .. } => "held",
            WithdrawalState::Missed { .. } => "missed",
            WithdrawalState::Arrived { .. } => "arrived",
        }
    }
}

/// A withdrawal from an exchange to the hot wallet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Withdrawal {
    /// Its number.
    #[n(0)]
    pub no: WithdrawalNo,
    /// What is withdrawn.
    #[n(1)]
    pub terms: WithdrawalTerms,
    /// When it was stored.
    #[n(2)]
    pub intended_at: UnixTime,
    /// When its state changed last.
    #[n(3)]
    pub updated_at: UnixTime,
    /// Where it stands.
    #[n(4)]
    pub state: WithdrawalState,
    /// Whether a fork took it back after it had arrived, and it has not arrived again.
    #[n(5)]
    pub is_taken_back: bool,
}

/// A step that the state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("withdrawal {no} cannot be {step}: it is {state}")]
pub struct IllegalWithdrawalStep {
    /// The withdrawal that was to change.
    pub no: WithdrawalNo,
    /// What was to be done, as a participle: `missed`.
    pub step: &'static str,
    /// The word for where it stands.
    pub state: &'static str,
}

/// Why a person cannot say so of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawalRefused {
    /// The desk finds out by itself.
    #[error("the withdrawal is {0}: what becomes of it is found out by itself")]
    NotHeld(&'static str),
    /// The amounts are not what was asked for.
    #[error("{0} with a fee of {1} cannot have left for it: {2} were asked for")]
    Impossible(Exact, Exact, Exact),
}

impl Withdrawal {
    /// Returns a withdrawal that is to be asked for.
    pub fn intended(no: WithdrawalNo, terms: WithdrawalTerms, at: UnixTime) -> Withdrawal {
        let state = WithdrawalState::Intended;
        Withdrawal { no, terms, intended_at: at, updated_at: at, state, is_taken_back: false }
    }

    /// The venue has it.
    ///
    /// # Errors
    ///
    /// Where it was known to have it, or it has ended.
    pub fn ask(self, id: String, at: UnixTime) -> Result<Withdrawal, IllegalWithdrawalStep> {
        match self.state {
            WithdrawalState::Intended | WithdrawalState::Unclear { .. } => {
                Ok(self.enter(WithdrawalState::Asked { id }, at))
            }
            WithdrawalState::Asked { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Held { .. }
            | WithdrawalState::Missed { .. }
            | WithdrawalState::Arrived { .. } => Err(self.illegal("asked for")),
        }
    }

    /// Nobody knows whether the venue has it.
    ///
    /// # Errors
    ///
    /// Where that is known.
    pub fn doubt(self, words: String, at: UnixTime) -> Result<Withdrawal, IllegalWithdrawalStep> {
        match self.state {
            WithdrawalState::Intended => Ok(self.enter(WithdrawalState::Unclear { words }, at)),
            WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Held { .. }
            | WithdrawalState::Missed { .. }
            | WithdrawalState::Arrived { .. } => Err(self.illegal("doubted")),
        }
    }

    /// The coins have left the account, or it is told by which transaction.
    ///
    /// # Errors
    ///
    /// Where the venue is not known to have it, or it has ended.
    pub fn leave(
        self,
        departure: Departure,
        txid: Option<String>,
        at: UnixTime,
    ) -> Result<Withdrawal, IllegalWithdrawalStep> {
        let id = match &self.state {
            WithdrawalState::Asked { id } | WithdrawalState::Left { id, txid: None, .. } => id.clone(),
            WithdrawalState::Intended
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Held { .. }
            | WithdrawalState::Missed { .. }
            | WithdrawalState::Arrived { .. } => return Err(self.illegal("sent")),
        };
        Ok(self.enter(WithdrawalState::Left { id, departure, txid }, at))
    }

    /// A person has to look.
    ///
    /// # Errors
    ///
    /// Where it has ended, or is held.
    pub fn hold(self, words: String, at: UnixTime) -> Result<Withdrawal, IllegalWithdrawalStep> {
        let (id, departure, txid) = match &self.state {
            WithdrawalState::Intended | WithdrawalState::Unclear { .. } => (None, None, None),
            WithdrawalState::Asked { id } => (Some(id.clone()), None, None),
            WithdrawalState::Left { id, departure, txid } => {
                (Some(id.clone()), Some(*departure), txid.clone())
            }
            WithdrawalState::Held { .. }
            | WithdrawalState::Missed { .. }
            | WithdrawalState::Arrived { .. } => return Err(self.illegal("held")),
        };
        Ok(self.enter(WithdrawalState::Held { id, departure, txid, words }, at))
    }

    /// A fork of the chain took back the transaction that had brought it.
    ///
    /// # Errors
    ///
    /// Where it has not arrived by a transaction that is known.
    pub fn take_back(self, words: String, at: UnixTime) -> Result<Withdrawal, IllegalWithdrawalStep> {
        let (id, departure, txid) = match &self.state {
            WithdrawalState::Arrived { id, departure, txid: Some(txid) } => {
                (id.clone(), *departure, txid.clone())
            }
            WithdrawalState::Arrived { txid: None, .. }
            | WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Held { .. }
            | WithdrawalState::Missed { .. } => return Err(self.illegal("taken back")),
        };
        let held = WithdrawalState::Held { id, departure: Some(departure), txid: Some(txid), words };
        Ok(Withdrawal { is_taken_back: true, ..self }.enter(held, at))
    }

    /// A person wants it looked up again.
    ///
    /// # Errors
    ///
    /// Where it is not held.
    pub fn look_again(self, at: UnixTime) -> Result<Withdrawal, IllegalWithdrawalStep> {
        let state = match &self.state {
            WithdrawalState::Held { id: Some(id), departure: Some(departure), txid, .. } => {
                WithdrawalState::Left { id: id.clone(), departure: *departure, txid: txid.clone() }
            }
            WithdrawalState::Held { id: Some(id), .. } => WithdrawalState::Asked { id: id.clone() },
            WithdrawalState::Held { words, .. } => WithdrawalState::Unclear { words: words.clone() },
            WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Missed { .. }
            | WithdrawalState::Arrived { .. } => return Err(self.illegal("looked up again")),
        };
        Ok(self.enter(state, at))
    }

    /// Nothing left the account, or it is back.
    ///
    /// # Errors
    ///
    /// Where it has ended.
    pub fn miss(self, words: String, at: UnixTime) -> Result<Withdrawal, IllegalWithdrawalStep> {
        if !self.is_open() {
            return Err(self.illegal("missed"));
        }
        let id = self.venue_id().map(str::to_owned);
        Ok(self.enter(WithdrawalState::Missed { id, words }, at))
    }

    /// The coins are in the hot wallet.
    ///
    /// # Errors
    ///
    /// Where they have not left the account, as far as is known, or it has ended.
    pub fn arrive(self, departure: Departure, at: UnixTime) -> Result<Withdrawal, IllegalWithdrawalStep> {
        let (id, txid) = match &self.state {
            WithdrawalState::Left { id, txid, .. } => (Some(id.clone()), txid.clone()),
            WithdrawalState::Held { id, txid, .. } => (id.clone(), txid.clone()),
            WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Missed { .. }
            | WithdrawalState::Arrived { .. } => return Err(self.illegal("booked")),
        };
        let arrived = WithdrawalState::Arrived { id, departure, txid };
        Ok(Withdrawal { is_taken_back: false, ..self }.enter(arrived, at))
    }

    /// Returns whether something can still come of it.
    pub const fn is_open(&self) -> bool {
        match self.state {
            WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Held { .. } => true,
            WithdrawalState::Missed { .. } | WithdrawalState::Arrived { .. } => false,
        }
    }

    /// Returns whether a person has to look at it.
    pub const fn is_held(&self) -> bool {
        matches!(self.state, WithdrawalState::Held { .. })
    }

    /// Returns the venue's id of it, where that is known.
    pub fn venue_id(&self) -> Option<&str> {
        match &self.state {
            WithdrawalState::Asked { id } | WithdrawalState::Left { id, .. } => Some(id),
            WithdrawalState::Held { id, .. }
            | WithdrawalState::Missed { id, .. }
            | WithdrawalState::Arrived { id, .. } => id.as_deref(),
            WithdrawalState::Intended | WithdrawalState::Unclear { .. } => None,
        }
    }

    /// Returns what left the account for it, where that is known and it did not come back.
    pub const fn departure(&self) -> Option<&Departure> {
        match &self.state {
            WithdrawalState::Left { departure, .. } | WithdrawalState::Arrived { departure, .. } => {
                Some(departure)
            }
            WithdrawalState::Held { departure, .. } => departure.as_ref(),
            WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Missed { .. } => None,
        }
    }

    /// Returns the transaction's id on its chain, where that is known.
    pub fn txid(&self) -> Option<&str> {
        match &self.state {
            WithdrawalState::Left { txid, .. }
            | WithdrawalState::Held { txid, .. }
            | WithdrawalState::Arrived { txid, .. } => txid.as_deref(),
            WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Missed { .. } => None,
        }
    }

    /// Checks that it can be looked up once more, or taken for one that never left.
    ///
    /// # Errors
    ///
    /// Where that is found out anyway, or known.
    pub fn can_be_looked_up(&self) -> Result<(), WithdrawalRefused> {
        match self.is_held() {
            true => Ok(()),
            false => Err(WithdrawalRefused::NotHeld(self.state.name())),
        }
    }

    /// Checks that a person can say that so much left and has arrived.
    ///
    /// # Errors
    ///
    /// Where that is found out anyway, or what is said cannot be.
    pub fn can_be_booked(&self, departure: &Departure) -> Result<(), WithdrawalRefused> {
        self.can_be_looked_up()?;
        let Departure { amount, fee } = *departure;
        let is_possible = departure.net().is_ok_and(|net| !net.is_zero() && net <= self.terms.wanted.amount);
        match is_possible {
            true => Ok(()),
            false => Err(WithdrawalRefused::Impossible(amount, fee, self.terms.wanted.amount)),
        }
    }

    fn enter(self, state: WithdrawalState, at: UnixTime) -> Withdrawal {
        Withdrawal { state, updated_at: at, ..self }
    }

    fn illegal(self, step: &'static str) -> IllegalWithdrawalStep {
        IllegalWithdrawalStep { no: self.no, step, state: self.state.name() }
    }
}
