//! The states in which a payout waits for a worker.

use crate::deposit::Deposit;
use crate::payout::{Payout, PayoutState, may_leave};

/// The states in which a payout waits for a worker. Stored in an index: never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenState {
    /// To be decided.
    Undecided,
    /// To be sent.
    Ready,
    /// To be sent, once what stands in the way is gone.
    Held,
    /// To be bought.
    ToBuy,
}

impl OpenState {
    pub(crate) const fn tag(self) -> u8 {
        match self {
            OpenState::Undecided => 0,
            OpenState::Ready => 1,
            OpenState::Held => 2,
            OpenState::ToBuy => 3,
        }
    }

    /// None where there is nothing to be done, as long as its coins may not leave above all.
    pub(crate) fn of(deposit: &Deposit, payout: &Payout) -> Option<OpenState> {
        if !may_leave(deposit, payout) {
            return None;
        }
        match payout.state {
            PayoutState::Undecided => Some(OpenState::Undecided),
            PayoutState::Owed { .. } => Some(OpenState::Ready),
            PayoutState::Held { .. } => Some(OpenState::Held),
            PayoutState::ToBuy { paused: None } => Some(OpenState::ToBuy),
            PayoutState::ToBuy { paused: Some(_) }
            | PayoutState::Buying { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::Inherited(_) => None,
        }
    }
}
