//! Where a deposit stands, as far as its price asks.

use crate::deposit::{Deposit, DepositState};

/// Where a deposit stands. The numbers are stored in an index: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In no block of the best chain.
    Gone,
    /// In a block that is not as deep as required.
    Confirming,
    /// As deep as required.
    Final,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 3] = [Standing::Gone, Standing::Confirming, Standing::Final];

    pub(super) const fn of(deposit: &Deposit) -> Standing {
        match deposit.state {
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => Standing::Gone,
            DepositState::Confirming { .. } => Standing::Confirming,
            DepositState::Final { .. } => Standing::Final,
        }
    }

    pub(super) const fn tag(self) -> u8 {
        match self {
            Standing::Gone => 0,
            Standing::Confirming => 1,
            Standing::Final => 2,
        }
    }
}
