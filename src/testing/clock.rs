//! A clock that stands until it is moved.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::Clock;
use crate::types::UnixTime;

/// Starts at a fixed moment, so that runs repeat.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl Default for ManualClock {
    fn default() -> Self {
        ManualClock(AtomicU64::new(1_700_000_000))
    }
}

impl ManualClock {
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::new(self.0.load(Ordering::Relaxed))
    }
}
