//! What buyers and operators are told of a purchase: the stored facts put together, and put into words.

mod deposit_info;
mod status;
mod words;

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::types::{Coin, Height};

pub use deposit_info::{DepositInfo, deposit_info};
pub use status::{StatusEntry, status_entries};

/// What has to be known beside the store: settings and the chains' heights.
#[derive(Debug)]
pub struct Outlook {
    pub send_enabled: bool,
    /// By [`Coin::tag`]; none in dummy mode, where deposits are final at once.
    pub confirmations_required: [Option<u64>; 3],
    /// Best height of each chain, as far as it is known.
    pub tips: ArcSwap<[Option<Height>; 3]>,
}

impl Outlook {
    pub fn new(send_enabled: bool, confirmations_required: [Option<u64>; 3]) -> Arc<Self> {
        let tips = ArcSwap::from_pointee([None; 3]);
        Arc::new(Outlook { send_enabled, confirmations_required, tips })
    }

    /// How many confirmations a deposit in this block has, and how many it needs.
    fn confirmations(&self, coin: Coin, height: Height) -> Option<(u64, u64)> {
        let slot = usize::from(coin.tag());
        let required = self.confirmations_required[slot]?;
        let tip = self.tips.load()[slot]?;
        Some((height.depth_below(tip), required))
    }
}
