//! The second node of a world.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;

use super::World;
use crate::clock::Clock;
use crate::engine::SecondLook;
use crate::live::{Live, SecondNode};
use crate::store::Store;
use crate::task::Worker;
use crate::testing::step_end::ended;
use crate::testing::{FakeSource, StepEnd};

/// Seconds between two steps: longer than it waits where it is not agreed with.
const BETWEEN: u64 = 11;

impl World {
    pub(super) fn second_look(&self, store: &Store, live: &Live) -> Option<SecondLook<FakeSource>> {
        let board = Arc::new(SecondNode::new(self.settings.second_above?));
        live.set_second_node(self.coin, Arc::clone(&board));
        let source = |chain| Arc::new(FakeSource::new(chain, self.fuse.clone()));
        let second = self.second.as_ref().unwrap_or(&self.chain).clone();
        let (nodes, clock) = ((source(self.chain.clone()), source(second)), Arc::clone(&self.clock));
        let clock = clock as Arc<dyn Clock>;
        Some(SecondLook::new(store.clone(), nodes, board, clock, self.settings.confirmations))
    }

    /// One step of the worker that asks the second node, after a while.
    pub async fn second_look_step(&mut self) -> StepEnd {
        self.clock.advance(BETWEEN);
        let worker = self.service.as_mut().and_then(|service| service.second_look.as_mut());
        let Some(worker) = worker else { return StepEnd::Died };
        let end = ended(AssertUnwindSafe(worker.step()).catch_unwind().await);
        self.noted(end)
    }
}
