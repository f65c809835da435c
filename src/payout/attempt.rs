//! A signed payout transaction: its bytes are stored before they are sent and are the only ones ever sent.

use minicbor::{Decode, Encode};

use super::Reason;
use crate::rail::Purpose;
use crate::skycoin::CoinHours;
use crate::types::{AttemptNo, BlockRef, TxId, UnixTime};

/// Where a transaction stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum AttemptState {
    /// Stored, not known to have reached the network.
    #[n(0)]
    Signed,
    /// The network has it.
    #[n(1)]
    Sent,
    /// In a block, as deep as required.
    #[n(2)]
    Settled {
        /// The block that it is in.
        #[n(0)]
        block: BlockRef,
        /// Its fee.
        #[n(1)]
        burnt: CoinHours,
    },
    /// It can never confirm: another transaction spent one of its inputs, at depth.
    #[n(3)]
    Dead {
        /// What showed that it can never confirm.
        #[n(0)]
        why: String,
    },
}

/// That a node will not have a transaction. It is offered again all the same.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Refusal {
    /// The node's own, for the operator.
    #[n(0)]
    pub words: String,
    /// Since when it was refused whenever it was offered.
    #[n(1)]
    pub since: UnixTime,
}

/// What is to become of a transaction while it is neither settled nor dead.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Course {
    /// To be sent, again and again, until it is confirmed.
    #[n(0)]
    Send,
    /// A person wants it never to confirm: it is offered to nobody, its rival is.
    #[n(1)]
    Withdraw {
        /// Who wants that, why, and since when.
        #[n(0)]
        reason: Reason,
    },
}

/// Where a [`SignedTransaction`](crate::rail::SignedTransaction) stands. Apart from it, for a buyer's status asks
/// only this of a transaction that may pay hundreds of others too.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Attempt {
    /// Its number, ascending in the order of signing.
    #[n(0)]
    pub no: AttemptNo,
    /// Its id on the chain.
    #[n(1)]
    pub txid: TxId,
    /// When it was signed.
    #[n(2)]
    pub signed_at: UnixTime,
    /// When it changed last.
    #[n(3)]
    pub updated_at: UnixTime,
    /// Where it stands.
    #[n(4)]
    pub state: AttemptState,
    /// What it is for.
    #[n(5)]
    pub purpose: Purpose,
    /// What is to become of it.
    #[n(6)]
    pub course: Course,
    /// The transaction that withdraws it, once that is signed. One of the two confirms; the other dies with it.
    #[n(7)]
    pub rival: Option<AttemptNo>,
    /// How many of its payouts may not leave now: a fork took their deposits back, and nobody ruled that they leave.
    #[n(8)]
    pub kept: u32,
    /// The last node that it was offered to would not have it.
    #[n(9)]
    pub refusal: Option<Refusal>,
    /// How often a person had it offered again at once.
    #[n(10)]
    pub retries: u32,
}

/// Why a transaction's course cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CourseRefused {
    /// It has ended well: it is in a block, as deep as required.
    #[error("the transaction is confirmed")]
    Settled,
    /// It has ended: another transaction spent one of its inputs, or it was given up.
    #[error("the transaction is dead: it can never confirm")]
    Dead,
    /// It takes back another transaction, and is not taken back itself.
    #[error("the transaction is a withdrawal itself: let what it withdraws be sent instead")]
    Withdrawal,
    /// A person has asked for that before.
    #[error("the transaction is being withdrawn already")]
    Withdrawn,
    /// It is not being withdrawn, and each of its payouts may leave.
    #[error("nothing holds the transaction back")]
    NotHeldBack,
    /// The last node that it was offered to did not refuse it.
    #[error("no node refuses the transaction")]
    NotRefused,
    /// There is no reason to give it up.
    #[error("the transaction goes its way: no node refuses it, and nothing holds it back")]
    NotStuck,
}

/// A step that the transaction's state does not allow.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("transaction {txid} cannot be {step} while {state:?}")]
pub struct AttemptError {
    /// The transaction that was to change.
    pub txid: TxId,
    /// What was to be done, as a participle: `settled`.
    pub step: &'static str,
    /// Where it stands.
    pub state: AttemptState,
}

impl Attempt {
    /// Neither settled nor dead: it is offered to the network until it is one of the two.
    pub fn is_live(&self) -> bool {
        match self.state {
            AttemptState::Signed | AttemptState::Sent => true,
            AttemptState::Settled { .. } | AttemptState::Dead { .. } => false,
        }
    }

    /// A transaction that was signed just now.
    pub fn signed(no: AttemptNo, txid: TxId, purpose: Purpose, at: UnixTime) -> Attempt {
        let (state, course) = (AttemptState::Signed, Course::Send);
        Attempt {
            no,
            txid,
            signed_at: at,
            updated_at: at,
            state,
            purpose,
            course,
            rival: None,
            kept: 0,
            refusal: None,
            retries: 0,
        }
    }

    /// Returns whether it can never confirm.
    pub fn is_dead(&self) -> bool {
        matches!(self.state, AttemptState::Dead { .. })
    }

    /// Returns whether a person wants it never to confirm.
    pub fn is_withdrawn(&self) -> bool {
        matches!(self.course, Course::Withdraw { .. })
    }

    /// Whether it must not be offered to the network: it is being withdrawn, or one of its payouts may not leave.
    pub fn is_held_back(&self) -> bool {
        self.is_live() && (self.is_withdrawn() || self.kept > 0)
    }

    /// It is never to confirm.
    ///
    /// # Errors
    ///
    /// Where it has ended, is being withdrawn already, or withdraws another one itself.
    pub fn withdraw(self, reason: Reason) -> Result<Attempt, CourseRefused> {
        self.steerable()?;
        match self.course {
            Course::Send => Ok(Attempt { course: Course::Withdraw { reason }, ..self }),
            Course::Withdraw { .. } => Err(CourseRefused::Withdrawn),
        }
    }

    /// It is to be sent after all.
    ///
    /// # Errors
    ///
    /// Where it is not being withdrawn.
    pub fn send_on(self) -> Result<Attempt, CourseRefused> {
        self.steerable()?;
        match self.course {
            Course::Send => Err(CourseRefused::NotHeldBack),
            Course::Withdraw { .. } => Ok(Attempt { course: Course::Send, ..self }),
        }
    }

    /// Whether a person may change its course at all.
    pub fn steerable(&self) -> Result<(), CourseRefused> {
        self.not_ended()?;
        match self.purpose {
            Purpose::Withdrawal { .. } => Err(CourseRefused::Withdrawal),
            Purpose::Payouts => Ok(()),
        }
    }

    /// Whether it is neither settled nor dead.
    pub(super) fn not_ended(&self) -> Result<(), CourseRefused> {
        match self.state {
            AttemptState::Settled { .. } => Err(CourseRefused::Settled),
            AttemptState::Dead { .. } => Err(CourseRefused::Dead),
            AttemptState::Signed | AttemptState::Sent => Ok(()),
        }
    }

    /// It is to be offered again at once.
    ///
    /// # Errors
    ///
    /// Where it has ended, or no node refuses it.
    pub fn retry(self) -> Result<Attempt, CourseRefused> {
        self.not_ended()?;
        if self.refusal.is_none() {
            return Err(CourseRefused::NotRefused);
        }
        let retries = self.retries.saturating_add(1);
        Ok(Attempt { retries, ..self })
    }

    /// Returns it as one that the network has.
    ///
    /// # Errors
    ///
    /// Where it has ended.
    pub fn send(self, at: UnixTime) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Signed => Ok(self.enter(AttemptState::Sent, at)),
            AttemptState::Sent | AttemptState::Settled { .. } | AttemptState::Dead { .. } => {
                Err(self.illegal("sent"))
            }
        }
    }

    /// A node will not have it, whether another one had it before or not.
    pub fn refuse(self, words: String, at: UnixTime) -> Result<Attempt, AttemptError> {
        if !self.is_live() {
            return Err(self.illegal("refused"));
        }
        let since = self.refusal.as_ref().map_or(at, |refusal| refusal.since);
        Ok(Attempt { refusal: Some(Refusal { words, since }), ..self })
    }

    /// A node has it again that refused it after it was sent.
    pub fn take(self) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Sent if self.refusal.is_some() => Ok(Attempt { refusal: None, ..self }),
            AttemptState::Signed
            | AttemptState::Sent
            | AttemptState::Settled { .. }
            | AttemptState::Dead { .. } => Err(self.illegal("taken")),
        }
    }

    /// Returns it confirmed as deep as required, with the coin hours that it burnt.
    ///
    /// # Errors
    ///
    /// Where it has ended.
    pub fn settle(self, block: BlockRef, burnt: CoinHours, at: UnixTime) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Signed | AttemptState::Sent => {
                Ok(self.enter(AttemptState::Settled { block, burnt }, at))
            }
            AttemptState::Settled { .. } | AttemptState::Dead { .. } => Err(self.illegal("settled")),
        }
    }

    /// Returns it as one that can never confirm, with what shows that.
    ///
    /// # Errors
    ///
    /// Where it has ended.
    pub fn kill(self, why: String, at: UnixTime) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Signed | AttemptState::Sent => Ok(self.enter(AttemptState::Dead { why }, at)),
            AttemptState::Settled { .. } | AttemptState::Dead { .. } => Err(self.illegal("declared dead")),
        }
    }

    fn enter(self, state: AttemptState, at: UnixTime) -> Attempt {
        Attempt { state, updated_at: at, refusal: None, ..self }
    }

    fn illegal(self, step: &'static str) -> AttemptError {
        AttemptError { txid: self.txid, step, state: self.state }
    }
}
