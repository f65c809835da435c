//! Deposits that may be gone: their block is one that the node does not have at the moment.

use crate::deposit::Deposit;
use crate::live::Live;
use crate::payout::{Payout, Verdict};

/// Returns whether a deposit may be gone from its chain, so that nothing is newly signed or bought for it.
/// What a person has ruled is not asked again.
pub(super) fn is_in_doubt(live: &Live, deposit: &Deposit, payout: &Payout) -> bool {
    let (doubted, block) = (live.doubted_from(deposit.id.coin), deposit.block());
    let is_ruled = payout.verdict() == Some(Verdict::Pay);
    !is_ruled && doubted.is_some_and(|from| block.hash.is_some() && block.height >= from)
}
