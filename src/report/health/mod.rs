//! The verdict of health: whether a buyer can be served, and what is amiss, each with a code.

mod books;
mod coins;
mod desk;
mod problem;
mod shadow;

use std::sync::Arc;
use std::time::Duration;

use super::Outlook;
use super::words::health as words;
use crate::clock::Clock;
use crate::engine::BindPolicy;
use crate::store::{Snapshot, Store};
use crate::types::{Coin, Switch};

use coins::GapsTold;
pub use problem::{Problem, ProblemCode, Severity};

/// What health is told by.
#[derive(Debug)]
pub struct HealthCheck {
    /// Where everything is read.
    pub store: Store,
    /// Settings and heights that words are made with.
    pub outlook: Arc<Outlook>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What may be bound.
    pub policy: Arc<BindPolicy>,
    /// Below these health warns: addresses in a pool, and how long the hot wallet lasts.
    pub pool_low_water: u64,
    /// How long the hot wallet's coins and hours have to last, or health warns.
    pub runway_warning: Duration,
    /// What was told last of blocks that were not read whole.
    gaps: GapsTold,
}

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What is amiss: by coin first, then with the desk as a whole.
    pub problems: Vec<Problem>,
    /// Whether a buyer can be served. Binding that is switched off on purpose is not ill: statuses are still served.
    pub can_serve: bool,
}

impl HealthCheck {
    /// Returns a check that has told of no block yet. `pool_low_water` counts addresses.
    pub fn new(
        store: Store,
        outlook: Arc<Outlook>,
        clock: Arc<dyn Clock>,
        policy: Arc<BindPolicy>,
        pool_low_water: u64,
        runway_warning: Duration,
    ) -> Self {
        let gaps = GapsTold::default();
        HealthCheck { store, outlook, clock, policy, pool_low_water, runway_warning, gaps }
    }

    /// Returns the verdict of this moment. Every value is at hand: counters, levels, what the workers noted.
    pub fn verdict(&self, snapshot: &Snapshot) -> Verdict {
        let mut problems = Vec::new();
        let is_store_gone = self.store.has_failed();
        if is_store_gone {
            problems.push(Problem::new(ProblemCode::DatabaseFailed, words::DATABASE_FAILED));
        }
        let (mut can_bind, mut is_any_on, mut is_any_off) = (false, false, false);
        for coin in Coin::all().filter(|coin| self.policy.is_enabled(*coin)) {
            problems.extend(self.of_coin(snapshot, coin));
            can_bind |= self.policy.offers(snapshot, coin).is_ok();
            let is_off = self.outlook.live.switched_off.has(Switch::Coin(coin));
            is_any_off |= is_off;
            is_any_on |= !is_off;
        }
        problems.extend(self.of_prices());
        problems.extend(self.of_desk(snapshot));
        problems.extend(self.of_shadow());
        let is_on = self.policy.is_on() && (is_any_on || !is_any_off);
        Verdict { problems, can_serve: !is_store_gone && (can_bind || !is_on) }
    }
}
