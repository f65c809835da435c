//! Looking on beside the original: what is employed for it. What is not employed there cannot be asked: no payer, no
//! wallet, no withdrawals, no purchases, no pools.

use std::path::Path;
use std::sync::Arc;

use super::staff::Staff;
use crate::config::Config;
use crate::engine::shadow::{ChainRules, Shadow, ShadowBoard, ShadowSettings};
use crate::live::Live;
use crate::task::Vitals;
use crate::types::{Coin, PerCoin};

use tokio::sync::Notify;

/// What looking on shows; none where this desk is one that pays.
pub(super) fn board(config: &Config) -> Option<Arc<ShadowBoard>> {
    config.shadow.as_deref().map(|file| Arc::new(ShadowBoard::new(file)))
}

/// What looks on.
pub(super) fn employ(
    config: &Config,
    staff: &mut Staff,
    live: &Arc<Live>,
    board: &Arc<ShadowBoard>,
    file: &Path,
) {
    let (store, clock) = (staff.store.clone(), Arc::clone(&staff.clock));
    let settings = settings(config, file);
    let shadow = Shadow::new(store, Arc::clone(live), clock, Arc::clone(board), settings);
    staff.employ(shadow, Vitals::default(), Arc::new(Notify::new()));
}

fn settings(config: &Config, file: &Path) -> ShadowSettings {
    ShadowSettings {
        file: file.to_owned(),
        networks: PerCoin::new(|coin| config.coin(coin).network),
        rules: rules(config),
        max_decimals: config.rail.max_decimals,
    }
}

/// How each chain is followed.
pub(super) fn rules(config: &Config) -> PerCoin<ChainRules> {
    PerCoin::new(|coin: Coin| {
        let chain = config.coin(coin);
        ChainRules {
            is_followed: chain.enabled,
            begins: chain.initial_scan_height,
            required: (!chain.uses_finalized()).then_some(chain.confirmations_required),
        }
    })
}
