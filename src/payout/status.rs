//! The names that the public APIs use: a view of a deposit and its payout, made here and nowhere else.

use super::public::PublicStatus;
use super::{Payout, PayoutState, may_leave};
use crate::deposit::Deposit;

/// The error that a deposit too small to be paid shows to operators, in the original's words.
pub const ZERO_AMOUNT_ERROR: &str = "Skycoin send amount is 0";

/// The status of a deposit with the payout it is owed, if it is owed one already.
pub fn public_status(deposit: &Deposit, payout: Option<&Payout>) -> PublicStatus {
    let Some(payout) = payout else { return PublicStatus::WaitingDeposit };
    match &payout.state {
        // What was sent stays told as sent, whatever became of the deposit's block.
        PayoutState::Inherited(was) => was.status(),
        PayoutState::Sent { .. } => PublicStatus::WaitingConfirm,
        PayoutState::Settled { .. } | PayoutState::Void | PayoutState::Voided { .. } => PublicStatus::Done,
        PayoutState::Signed { .. } => PublicStatus::WaitingSend,
        _ if !may_leave(deposit, payout) => PublicStatus::WaitingDeposit,
        PayoutState::Undecided => PublicStatus::WaitingDecide,
        PayoutState::ToBuy { .. } => PublicStatus::WaitingPassthrough,
        PayoutState::Buying { .. } => PublicStatus::WaitingPassthroughOrderComplete,
        PayoutState::Owed { .. } | PayoutState::Held { .. } => PublicStatus::WaitingSend,
    }
}
