//! What may not be so: deposits whose block is one that the node does not have at the moment, and a database that may
//! have forgotten what happened.

use crate::deposit::Deposit;
use crate::live::Live;
use crate::payout::{Payout, Verdict};
use crate::store::Snapshot;

/// Returns whether a deposit may be gone from its chain, so that nothing is newly signed or bought for it.
/// What a person has ruled is not asked again.
pub(super) fn is_in_doubt(live: &Live, deposit: &Deposit, payout: &Payout) -> bool {
    let (doubted, block) = (live.doubted_from(deposit.id.coin), deposit.block());
    let is_ruled = payout.verdict() == Some(Verdict::Pay);
    !is_ruled && doubted.is_some_and(|from| block.hash.is_some() && block.height >= from)
}

/// Returns whether all that left the hot wallet is known, so that something may be bought or withdrawn. A copy that was
/// put back has forgotten what was done after it was made, at an exchange as on the chain.
pub(super) fn is_reconciled(live: &Live, snapshot: &Snapshot) -> bool {
    live.books().looked.is_some() && snapshot.counters().is_reconciled()
}
