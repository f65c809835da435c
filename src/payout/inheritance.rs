//! What becomes of a payout that was the original's.

use super::inherited::Inherited;
use super::public::PublicStatus;
use super::{IllegalStep, Payout, PayoutState, ZERO_AMOUNT_ERROR};
use crate::skycoin::Address;
use crate::types::{AttemptNo, DepositNo, Droplets, TxId, UnixTime};

/// Why it cannot be said that the original has paid it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaidRefused {
    /// It is no payout of the original's, or it is decided what becomes of it.
    #[error("it does not wait to be told what became of it in the original")]
    NotUnclear,
    /// The hot wallet was spent from by that transaction.
    #[error(
        "that transaction is among the spends of the hot wallet: say there that it has paid this deposit"
    )]
    Spent,
}

impl Payout {
    /// The payout of a deposit that was taken over, as the original says it stands.
    pub fn inherited(
        no: DepositNo,
        payee: Address,
        amount: Droplets,
        was: Inherited,
        at: UnixTime,
    ) -> Payout {
        Payout { state: state(was, amount), ..Payout::undecided(no, payee, amount, at) }
    }

    /// Returns what is known of it from the original; none where it is a payout of this desk's.
    pub const fn inheritance(&self) -> Option<&Inherited> {
        match &self.state {
            PayoutState::Inherited(was) => Some(was),
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. } => None,
        }
    }

    /// Checks that a person may say that the original has paid it.
    ///
    /// # Errors
    ///
    /// Where it is not one of which that is unclear.
    pub const fn can_be_paid_before(&self) -> Result<(), PaidRefused> {
        match self.inheritance() {
            Some(Inherited::Unclear { .. }) => Ok(()),
            Some(Inherited::Paid { .. }) | None => Err(PaidRefused::NotUnclear),
        }
    }

    /// A person says that the original has paid it, by this transaction or by the one that it names.
    ///
    /// # Errors
    ///
    /// Where it is not one of which that is unclear.
    pub fn pay_before(self, by: Option<TxId>, at: UnixTime) -> Result<Payout, PaidRefused> {
        self.can_be_paid_before()?;
        let Some(was) = self.inheritance() else { return Err(PaidRefused::NotUnclear) };
        let paid = Inherited::Paid { method: was.method(), txid: by.or(was.txid()) };
        Ok(self.enter(PayoutState::Inherited(paid), at))
    }

    /// A transaction that is in the chain, or on its way there, is taken over as the one that pays it.
    ///
    /// # Errors
    ///
    /// Where it is paid, or nothing is owed for it.
    pub fn adopt(self, attempt: AttemptNo, at: UnixTime) -> Result<Payout, IllegalStep> {
        let Some(Inherited::Unclear { method, .. }) = self.inheritance() else {
            return self.sign(attempt, at);
        };
        let method = *method;
        Ok(self.enter(PayoutState::Signed { method, attempt }, at))
    }
}

/// Returns where a payout stands of which the original says this. Nothing of it says that it is owed.
fn state(was: Inherited, amount: Droplets) -> PayoutState {
    let Inherited::Unclear { method, status: PublicStatus::Done, txid, error } = &was else {
        return PayoutState::Inherited(was);
    };
    match txid {
        Some(_) if error.is_empty() && !amount.is_zero() => {
            PayoutState::Inherited(Inherited::Paid { method: *method, txid: *txid })
        }
        None if error == ZERO_AMOUNT_ERROR && amount.is_zero() => PayoutState::Void,
        Some(_) | None => PayoutState::Inherited(was),
    }
}
