//! The only line that a payee has in their status, where nothing but time can be told of it: nearly everybody's.
//!
//! It is kept in memory, so that a status of any of millions of payees reads no page of the database. Where a payee has
//! more lines, or where something is still on its way, there is none, and the rows are read.

use super::tables::{Binding, Purchase};
use crate::deposit::Deposit;
use crate::payout::{Inherited, Payout, PayoutState};
use crate::types::{BuyMethod, Coin, UnixTime};

/// The only line of a payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoleLine {
    /// The coin of the deposit address; what was deposited is of it too, and no token.
    pub coin: Coin,
    /// Since when it stands so: when the address was bound, or when the deposit or its payout changed last.
    pub since: UnixTime,
    /// What it is.
    pub stage: SoleStage,
}

/// What the only line of a payee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoleStage {
    /// An address that nothing was deposited to.
    Waiting,
    /// A deposit that is final, and whose payout is confirmed or was paid by the service that was here before.
    Paid(BuyMethod),
}

impl SoleLine {
    /// The number of the only line.
    pub const SEQ: u32 = 1;

    /// The line of an address that nothing was deposited to.
    pub(super) fn of_binding(binding: &Binding) -> SoleLine {
        SoleLine { coin: binding.address.coin(), since: binding.bound_at, stage: SoleStage::Waiting }
    }

    /// The line of a deposit; none where it is not at rest, or is no line that is kept.
    pub(super) fn of_purchase(purchase: &Purchase) -> Option<SoleLine> {
        let Purchase { deposit, payout } = purchase;
        let payout = payout.as_ref()?;
        let is_kept = is_paid(deposit, payout) && deposit.previous.is_none() && deposit.token.is_none();
        is_kept.then(|| SoleLine {
            coin: deposit.id.coin,
            since: payout.updated_at.max(deposit.updated_at),
            stage: SoleStage::Paid(deposit.method),
        })
    }
}

fn is_paid(deposit: &Deposit, payout: &Payout) -> bool {
    let is_paid = match &payout.state {
        PayoutState::Settled { .. } | PayoutState::Inherited(Inherited::Paid { .. }) => true,
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Held { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. }
        | PayoutState::Signed { .. }
        | PayoutState::Sent { .. }
        | PayoutState::Void
        | PayoutState::Voided { .. }
        | PayoutState::Inherited(Inherited::Unclear { .. }) => false,
    };
    is_paid && deposit.is_final()
}
