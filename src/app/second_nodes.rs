//! The workers that ask second nodes about the blocks that large payouts stand on.

use std::sync::Arc;

use super::chains::Readers;
use super::staff::Staff;
use crate::chain::ChainSource;
use crate::config::Config;
use crate::engine::SecondLook;
use crate::live::{Live, SecondNode};
use crate::task::Vitals;

/// Employs one for each second node, beside the node that is followed.
pub(super) fn employ(
    config: &Config,
    staff: &mut Staff,
    live: &Arc<Live>,
    (first, second): (&Readers, Readers),
) {
    let mut hire = Hire { config, staff, live };
    for second in second.bitcoin_like {
        let first = first.bitcoin_like.iter().find(|first| first.coin() == second.coin());
        hire.look(first.cloned(), second);
    }
    if let Some(second) = second.eth {
        hire.look(first.eth.clone(), second);
    }
    if let Some(second) = second.sky {
        hire.look(first.sky.clone(), second);
    }
}

struct Hire<'a> {
    config: &'a Config,
    staff: &'a mut Staff,
    live: &'a Live,
}

impl Hire<'_> {
    fn look<S: ChainSource + 'static>(&mut self, first: Option<Arc<S>>, second: Arc<S>) {
        let Some(first) = first else { return };
        let coin = first.coin();
        let board = Arc::new(SecondNode::new(self.config.breakers.second_node_above));
        self.live.set_second_node(coin, Arc::clone(&board));
        let (store, clock) = (self.staff.store.clone(), Arc::clone(&self.staff.clock));
        let confirmations = self.config.coin(coin).confirmations_required;
        let nudge = board.nudge();
        let worker = SecondLook::new(store, (first, second), board, clock, confirmations);
        self.staff.employ(worker, Vitals::default(), nudge);
    }
}
