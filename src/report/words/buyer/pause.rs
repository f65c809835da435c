//! Why no address of a coin is given out for now.

use crate::engine::BindError;
use crate::live::Pause;

/// What keeps a coin off offer for now. What a node says, and where it is, is no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerPause {
    /// Something is in the way of the coin, or of the desk.
    Pause(Pause),
    /// The operator has to look at the hot wallet.
    Wallet,
}

impl From<Pause> for BuyerPause {
    fn from(pause: Pause) -> Self {
        BuyerPause::Pause(pause)
    }
}

impl BuyerPause {
    /// Returns what is in the way for now; none where the refusal is for another reason.
    pub fn of(error: &BindError) -> Option<BuyerPause> {
        match error {
            BindError::Paused(pause) => Some(BuyerPause::Pause(*pause)),
            BindError::Unreconciled => Some(BuyerPause::Wallet),
            BindError::NotVetted => Some(BuyerPause::Pause(Pause::NotVetted)),
            BindError::Off
            | BindError::Shadow
            | BindError::CoinOff(_)
            | BindError::BudgetSpent(_)
            | BindError::LimitReached
            | BindError::PayeeIsOurs
            | BindError::PoolEmpty
            | BindError::HooksFull
            | BindError::Store(_) => None,
        }
    }
}
