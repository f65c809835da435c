//! What a person has ruled of a payout whose deposit a fork took back, and what may leave by it.
//!
//! A ruling is about the deposit as it is out of the chain now: it ends when that is final again, and when another fork
//! takes it. Void alone stays until a person says otherwise.

use minicbor::{Decode, Encode};

use super::{HoldReason, Inherited, Payout, PayoutState, Reason};
use crate::deposit::Deposit;
use crate::types::BuyMethod;

/// What becomes of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// Its coins leave although the deposit is gone. Where they have left already, the loss is accepted.
    #[n(0)]
    Pay,
    /// It is never paid.
    #[n(1)]
    Void,
    /// Nothing leaves until the deposit is there again, or somebody rules otherwise.
    #[n(2)]
    Wait,
}

impl Verdict {
    /// The word used on the API.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Pay => "pay",
            Verdict::Void => "void",
            Verdict::Wait => "wait",
        }
    }

    /// Returns the verdict of this name, as the API has it.
    pub fn from_name(name: &str) -> Option<Verdict> {
        [Verdict::Pay, Verdict::Void, Verdict::Wait].into_iter().find(|verdict| verdict.name() == name)
    }
}

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Ruling {
    /// What is to be done.
    #[n(0)]
    pub verdict: Verdict,
    /// Whose it is, and why.
    #[n(1)]
    pub reason: Reason,
}

/// What has to be known beside the payout to rule on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// The deposit lies as deep as required.
    pub is_final: bool,
    /// The transaction that was signed for it is being withdrawn.
    pub is_withdrawn: bool,
    /// The deposit has a price.
    pub is_priced: bool,
}

/// Why a ruling is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulingRefused {
    /// There is no payout that a ruling could be about.
    #[error("nothing is owed for the deposit: it was never confirmed as deep as required")]
    NothingOwed,
    /// The deposit lies as deep as required, so that its payout needs no ruling.
    #[error("the deposit is where it belongs, and is paid by itself")]
    NotTakenBack,
    /// It cannot be void while a transaction that pays it may confirm.
    #[error("a transaction that pays it is signed: withdraw that first")]
    Signed,
    /// Its coins have left for good.
    #[error("it is paid, and the transaction is confirmed")]
    Paid,
    /// It is worth less than the smallest amount that can be sent.
    #[error("the deposit is too small to be paid out")]
    TooSmall,
    /// It has to be ruled to be paid before it can be ruled to wait.
    #[error("it is void: let it be paid, or leave it")]
    Void,
    /// The verdict is the one that stands.
    #[error("that is ruled already")]
    Already,
    /// Its coins are being bought: what comes of that is not known yet.
    #[error("it is part of an order upstream that has not ended: wait for that, or say what became of it")]
    Ordered,
}

/// Whether the coins of a payout may leave: its deposit lies as deep as required, or a person has ruled that
/// they do all the same. Nothing is signed, sent, or offered again while they may not.
pub fn may_leave(deposit: &Deposit, payout: &Payout) -> bool {
    match payout.verdict() {
        Some(Verdict::Pay) => true,
        Some(Verdict::Void) => false,
        Some(Verdict::Wait) | None => deposit.is_final(),
    }
}

impl Payout {
    /// Returns what a person has ruled; none where nobody has.
    pub fn verdict(&self) -> Option<Verdict> {
        self.ruling.as_ref().map(|ruling| ruling.verdict)
    }

    /// A person rules.
    ///
    /// # Errors
    ///
    /// Where the state of the payout, or of its deposit or transaction, does not allow it.
    pub fn rule(self, ruling: Ruling, now: Circumstances) -> Result<Payout, RulingRefused> {
        if self.verdict() == Some(ruling.verdict) {
            return Err(RulingRefused::Already);
        }
        let state = match ruling.verdict {
            Verdict::Pay => self.ruled_to_be_paid(now)?,
            Verdict::Void => self.ruled_void(now)?,
            Verdict::Wait => self.ruled_to_wait(now)?,
        };
        let updated_at = if state == self.state { self.updated_at } else { ruling.reason.at };
        Ok(Payout { state, updated_at, ruling: Some(ruling), ..self })
    }

    fn ruled_to_be_paid(&self, now: Circumstances) -> Result<PayoutState, RulingRefused> {
        match &self.state {
            PayoutState::Void => Err(RulingRefused::TooSmall),
            PayoutState::Inherited(Inherited::Unclear { .. }) if self.amount.is_zero() => {
                Err(RulingRefused::TooSmall)
            }
            PayoutState::Inherited(Inherited::Unclear { .. }) => {
                Ok(self.owed_by(BuyMethod::Direct, now.is_priced))
            }
            PayoutState::Voided { method: None } => Ok(PayoutState::Undecided),
            PayoutState::Voided { method: Some(method) } => Ok(self.owed_by(*method, now.is_priced)),
            _ if now.is_final && self.verdict() != Some(Verdict::Void) => Err(RulingRefused::NotTakenBack),
            PayoutState::Held { method, why: HoldReason::DepositOrphaned } => {
                Ok(PayoutState::Owed { method: *method })
            }
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_)
            | PayoutState::Settled { .. } => Ok(self.state.clone()),
        }
    }

    fn ruled_void(&self, now: Circumstances) -> Result<PayoutState, RulingRefused> {
        match &self.state {
            PayoutState::Undecided => Ok(PayoutState::Voided { method: None }),
            PayoutState::Owed { method } | PayoutState::Held { method, .. } => {
                Ok(PayoutState::Voided { method: Some(*method) })
            }
            PayoutState::ToBuy { .. } => Ok(PayoutState::Voided { method: Some(BuyMethod::Passthrough) }),
            PayoutState::Buying { .. } => Err(RulingRefused::Ordered),
            // It is void once the transaction is proven to be dead.
            PayoutState::Signed { .. } | PayoutState::Sent { .. } if now.is_withdrawn => {
                Ok(self.state.clone())
            }
            PayoutState::Signed { .. } | PayoutState::Sent { .. } => Err(RulingRefused::Signed),
            // What was never decided here is paid directly where it is paid after all.
            PayoutState::Inherited(Inherited::Unclear { .. }) => {
                Ok(PayoutState::Voided { method: Some(BuyMethod::Direct) })
            }
            PayoutState::Settled { .. } | PayoutState::Inherited(Inherited::Paid { .. }) => {
                Err(RulingRefused::Paid)
            }
            PayoutState::Void => Err(RulingRefused::TooSmall),
            PayoutState::Voided { .. } => Err(RulingRefused::Already),
        }
    }

    fn ruled_to_wait(&self, now: Circumstances) -> Result<PayoutState, RulingRefused> {
        match &self.state {
            PayoutState::Void => Err(RulingRefused::TooSmall),
            PayoutState::Voided { .. } => Err(RulingRefused::Void),
            _ if now.is_final => Err(RulingRefused::NotTakenBack),
            PayoutState::Held { why: HoldReason::NoPrice, .. } => Ok(self.state.clone()),
            PayoutState::Owed { method } | PayoutState::Held { method, .. } => {
                Ok(PayoutState::Held { method: *method, why: HoldReason::DepositOrphaned })
            }
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_)
            | PayoutState::Settled { .. } => Ok(self.state.clone()),
        }
    }

    /// Where it stands once it is owed: what was not bought yet is to be bought first, and what has no price gets it.
    fn owed_by(&self, method: BuyMethod, is_priced: bool) -> PayoutState {
        match &self.bought {
            Some(bought) if !bought.is_ended => PayoutState::ToBuy { paused: None },
            None if !is_priced => PayoutState::Held { method, why: HoldReason::NoPrice },
            Some(_) | None => PayoutState::Owed { method },
        }
    }
}
