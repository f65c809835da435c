//! A payout's states, the legal steps between them, and what the public is told of them. Pure.
//!
//! ```text
//!   ToBuy <-> Buying                 Voided <-> Undecided, ToBuy, Owed, Held (by a person's ruling)
//!   ^   |
//!   |   v
//! Undecided -> Owed <-> Held
//!     |          |        |
//!     v          +---+----+
//!    Void            v
//!                 Signed -> Sent -> Settled
//!                    ^---------- (a replacement, once the first can never confirm)
//! ```
//! Invariant: a payout has the number of its deposit, and from Signed on it is bound to one transaction whose
//! bytes are stored; only that transaction's proven death sets it free again. Its coins leave only while its
//! deposit lies as deep as required, or a person has ruled that they do ([`may_leave`]).
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod abandonment;
mod account;
mod attempt;
mod inheritance;
mod inherited;
mod public;
mod purchase;
mod reason;
mod ruling;
mod spend;
mod state;
mod status;
mod stray;
#[cfg(test)]
mod tests;
mod waiting;

use minicbor::{Decode, Encode};

use crate::deposit::Worth;
use crate::skycoin::Address;
use crate::types::{AttemptNo, BuyMethod, DepositNo, Droplets, UnixTime};

pub use abandonment::AbandonRefused;
pub use account::FromAccount;
pub use attempt::{Attempt, AttemptError, AttemptState, Course, CourseRefused, Refusal};
pub use inheritance::PaidRefused;
pub use inherited::Inherited;
pub use public::PublicStatus;
pub use purchase::{Bought, FromStock, PurchaseRefused};
pub use reason::Reason;
pub use ruling::{Circumstances, Ruling, RulingRefused, Verdict, may_leave};
pub use spend::{ForeignSpend, SpendRefused, SpendRuling, SpendVerdict};
pub use state::{HoldReason, PayoutState};
pub use status::{ZERO_AMOUNT_ERROR, public_status};
pub use stray::Stray;
pub use waiting::{Stuck, Waiting};

/// What is owed for one deposit. Its number is the deposit's.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Payout {
    /// The deposit's number.
    #[n(0)]
    pub no: DepositNo,
    /// Who is paid.
    #[n(1)]
    pub payee: Address,
    /// How much, in droplets.
    #[n(2)]
    pub amount: Droplets,
    /// When its state changed last.
    #[n(3)]
    pub updated_at: UnixTime,
    /// Where it stands.
    #[n(4)]
    pub state: PayoutState,
    /// What a person has ruled of it since its deposit was taken back.
    #[n(5)]
    pub ruling: Option<Ruling>,
    /// What has paid it beside its own transaction.
    #[n(6)]
    pub strays: Vec<Stray>,
    /// What was bought for it upstream; none where it is paid directly.
    #[n(7)]
    pub bought: Option<Bought>,
}

/// A step that the state does not allow. It is a fault of the caller, or of the stored data.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("payout {no} cannot be {step} while {state:?}")]
pub struct IllegalStep {
    /// The payout that was to change.
    pub no: DepositNo,
    /// What was to be done, as a participle: `settled`.
    pub step: &'static str,
    /// Where it stands.
    pub state: PayoutState,
}

impl Payout {
    /// The payout that a deposit that became final is owed.
    pub fn undecided(no: DepositNo, payee: Address, amount: Droplets, at: UnixTime) -> Payout {
        Payout {
            no,
            payee,
            amount,
            updated_at: at,
            state: PayoutState::Undecided,
            ruling: None,
            strays: Vec::new(),
            bought: None,
        }
    }

    /// Decides. Directly: nothing where the amount is zero, else owed; what has no price is held. Upstream: to be
    /// bought, whatever it is worth.
    pub fn decide(self, method: BuyMethod, worth: Worth, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::Undecided if method == BuyMethod::Passthrough => {
                let to_buy = Payout { amount: Droplets::ZERO, bought: Some(Bought::default()), ..self };
                Ok(to_buy.enter(PayoutState::ToBuy { paused: None }, at))
            }
            PayoutState::Undecided => {
                let state = self.directly(method, worth);
                Ok(self.enter(state, at))
            }
            PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("decided")),
        }
    }

    /// Where it stands once it is decided that it is paid directly.
    fn directly(&self, method: BuyMethod, worth: Worth) -> PayoutState {
        match worth {
            Worth::Unpriced => PayoutState::Held { method, why: HoldReason::NoPrice },
            Worth::TooMuch => PayoutState::Held { method, why: HoldReason::Unpayable },
            Worth::Known(_) if self.amount.is_zero() => PayoutState::Void,
            Worth::Known(_) => PayoutState::Owed { method },
        }
    }

    /// Its deposit has a price now. What waited for that goes on; what is bought upstream is worth what that brings.
    ///
    /// # Errors
    ///
    /// Where it is paid already, which nothing without a price is.
    pub fn price(self, worth: Worth, at: UnixTime) -> Result<Payout, IllegalStep> {
        let amount = match worth {
            Worth::Known(quote) => quote,
            Worth::Unpriced | Worth::TooMuch => Droplets::ZERO,
        };
        match self.state {
            PayoutState::Held { method, why: HoldReason::NoPrice } => {
                let priced = Payout { amount, ..self };
                let state = priced.directly(method, worth);
                Ok(priced.enter(state, at))
            }
            PayoutState::Undecided | PayoutState::Voided { .. } if self.bought.is_none() => {
                Ok(Payout { amount, ..self })
            }
            // What was bought upstream is worth what that brought, whatever becomes of it.
            _ if self.bought.is_some() => Ok(self),
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("priced")),
        }
    }

    /// Returns it held.
    ///
    /// # Errors
    ///
    /// Where it is not owed.
    pub fn hold(self, why: HoldReason, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::Owed { method } | PayoutState::Held { method, .. } => {
                Ok(self.enter(PayoutState::Held { method, why }, at))
            }
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("held")),
        }
    }

    /// Pays another amount of what the deposit is worth: the rule on decimal places is another one.
    pub fn cut(self, amount: Droplets, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::Owed { .. } | PayoutState::Held { .. } => {
                let bought = self.bought.map(|bought| bought.keep_beyond(amount));
                Ok(Payout { amount, bought, updated_at: at, ..self })
            }
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("cut")),
        }
    }

    /// What stood in the way is gone.
    pub fn release(self, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::Held { method, .. } => Ok(self.enter(PayoutState::Owed { method }, at)),
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("released")),
        }
    }

    /// A transaction that pays it is signed and stored.
    pub fn sign(self, attempt: AttemptNo, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::Owed { method } | PayoutState::Held { method, .. } => {
                Ok(self.enter(PayoutState::Signed { method, attempt }, at))
            }
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("signed")),
        }
    }

    /// Returns it as one that the network has.
    ///
    /// # Errors
    ///
    /// Where it is not signed.
    pub fn send(self, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::Signed { method, attempt } => {
                Ok(self.enter(PayoutState::Sent { method, attempt }, at))
            }
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("sent")),
        }
    }

    /// Confirmed. Allowed from Signed too: the reply to the send may have been lost.
    pub fn settle(self, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::Signed { method, attempt } | PayoutState::Sent { method, attempt } => {
                Ok(self.enter(PayoutState::Settled { method, attempt }, at))
            }
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("settled")),
        }
    }

    /// The transaction that it was part of can never confirm: it is owed again, where its coins may leave still.
    pub fn detach(self, is_final: bool, at: UnixTime) -> Result<Payout, IllegalStep> {
        let (PayoutState::Signed { method, .. } | PayoutState::Sent { method, .. }) = self.state else {
            return Err(self.illegal("detached"));
        };
        let state = match self.verdict() {
            Some(Verdict::Void) => PayoutState::Voided { method: Some(method) },
            Some(Verdict::Pay) => PayoutState::Owed { method },
            Some(Verdict::Wait) | None if is_final => PayoutState::Owed { method },
            Some(Verdict::Wait) | None => PayoutState::Held { method, why: HoldReason::DepositOrphaned },
        };
        Ok(self.enter(state, at))
    }

    /// Its deposit left the best chain. What was ruled for an earlier time counts no more, but for void.
    pub fn lose_deposit(self, at: UnixTime) -> Payout {
        let lost = self.end_ruling();
        match lost.state {
            // It waits for its price wherever its deposit stands, and leaves only where both are there.
            PayoutState::Held { why: HoldReason::NoPrice, .. } => lost,
            PayoutState::Owed { method } | PayoutState::Held { method, .. } => {
                lost.enter(PayoutState::Held { method, why: HoldReason::DepositOrphaned }, at)
            }
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => lost,
        }
    }

    /// Its deposit is final again: what waited for that alone is owed.
    pub fn regain_deposit(self, at: UnixTime) -> Payout {
        let regained = self.end_ruling();
        match regained.state {
            PayoutState::Held { method, why: HoldReason::DepositOrphaned } => {
                regained.enter(PayoutState::Owed { method }, at)
            }
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => regained,
        }
    }

    fn end_ruling(self) -> Payout {
        let ruling = self.ruling.filter(|ruling| ruling.verdict == Verdict::Void);
        Payout { ruling, ..self }
    }

    /// Nothing was signed for it yet.
    pub fn is_unsigned(&self) -> bool {
        matches!(
            self.state,
            PayoutState::Undecided
                | PayoutState::Owed { .. }
                | PayoutState::Held { .. }
                | PayoutState::Void
                | PayoutState::Voided { .. }
                | PayoutState::ToBuy { .. }
                | PayoutState::Buying { .. }
                | PayoutState::Inherited(Inherited::Unclear { .. })
        )
    }

    /// Whether nothing is ever paid for it, unless a person says otherwise.
    pub fn is_void(&self) -> bool {
        matches!(self.state, PayoutState::Void | PayoutState::Voided { .. })
    }

    /// Whether what it bought, or what is left of its deposit, stays on the payee's account.
    pub fn keeps(&self) -> bool {
        self.bought.as_ref().is_some_and(|bought| !bought.kept.is_zero() || !bought.left.is_zero())
    }

    /// Whether a transaction that pays it is signed, and not settled.
    pub fn is_on_its_way(&self) -> bool {
        matches!(self.state, PayoutState::Signed { .. } | PayoutState::Sent { .. })
    }

    /// The transaction that pays it, if one is signed.
    pub fn attempt(&self) -> Option<AttemptNo> {
        match self.state {
            PayoutState::Signed { attempt, .. }
            | PayoutState::Sent { attempt, .. }
            | PayoutState::Settled { attempt, .. } => Some(attempt),
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => None,
        }
    }

    /// The droplets that left, or are on their way: zero until the network has the transaction.
    pub fn sent_amount(&self) -> Droplets {
        match &self.state {
            PayoutState::Sent { .. } | PayoutState::Settled { .. } => self.amount,
            PayoutState::Inherited(was) if was.has_left() => self.amount,
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Droplets::ZERO,
        }
    }

    fn enter(self, state: PayoutState, at: UnixTime) -> Payout {
        Payout { state, updated_at: at, ..self }
    }

    fn illegal(self, step: &'static str) -> IllegalStep {
        IllegalStep { no: self.no, step, state: self.state }
    }
}
