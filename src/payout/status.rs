//! The names that the public APIs use: a view of a deposit and its payout, made here and nowhere else.

use super::{Payout, PayoutState, may_leave};
use crate::deposit::Deposit;

/// The error that a deposit too small to be paid shows to operators, in the original's words.
pub const ZERO_AMOUNT_ERROR: &str = "Skycoin send amount is 0";

/// What a buyer or operator is told. The numbers are stored in indexes: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicStatus {
    /// Nothing has been deposited, or not deep enough.
    WaitingDeposit,
    /// How the coins are come by is not decided.
    WaitingDecide,
    /// They are to be bought.
    WaitingPassthrough,
    /// They are ordered, and what comes of it is not known yet.
    WaitingPassthroughOrderComplete,
    /// They are to be sent.
    WaitingSend,
    /// They are sent.
    WaitingConfirm,
    /// It is confirmed, or nothing is paid for it.
    Done,
}

impl PublicStatus {
    /// All of them, in the order of a purchase.
    pub const ALL: [PublicStatus; 7] = [
        PublicStatus::WaitingDeposit,
        PublicStatus::WaitingDecide,
        PublicStatus::WaitingPassthrough,
        PublicStatus::WaitingPassthroughOrderComplete,
        PublicStatus::WaitingSend,
        PublicStatus::WaitingConfirm,
        PublicStatus::Done,
    ];

    /// Returns the name that the API has, which is the original's.
    pub const fn name(self) -> &'static str {
        match self {
            PublicStatus::WaitingDeposit => "waiting_deposit",
            PublicStatus::WaitingDecide => "waiting_decide",
            PublicStatus::WaitingPassthrough => "waiting_passthrough",
            PublicStatus::WaitingPassthroughOrderComplete => "waiting_passthrough_order_complete",
            PublicStatus::WaitingSend => "waiting_send",
            PublicStatus::WaitingConfirm => "waiting_confirm",
            PublicStatus::Done => "done",
        }
    }

    /// Returns the number that is stored: never change one.
    pub const fn tag(self) -> u8 {
        match self {
            PublicStatus::WaitingDeposit => 0,
            PublicStatus::WaitingDecide => 1,
            PublicStatus::WaitingPassthrough => 2,
            PublicStatus::WaitingPassthroughOrderComplete => 3,
            PublicStatus::WaitingSend => 4,
            PublicStatus::WaitingConfirm => 5,
            PublicStatus::Done => 6,
        }
    }

    /// Returns the status of this name.
    pub fn from_name(name: &str) -> Option<PublicStatus> {
        PublicStatus::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// The status of a deposit with the payout it is owed, if it is owed one already.
pub fn public_status(deposit: &Deposit, payout: Option<&Payout>) -> PublicStatus {
    let Some(payout) = payout else { return PublicStatus::WaitingDeposit };
    match &payout.state {
        // What was sent stays told as sent, whatever became of the deposit's block.
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
