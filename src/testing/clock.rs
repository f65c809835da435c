//! A clock that stands until it is moved.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Clock;
use crate::types::{Moment, UnixTime};

/// Starts at a fixed moment, so that runs repeat.
#[derive(Debug)]
pub struct ManualClock {
    shown: AtomicU64,
    running: AtomicU64,
}

impl Default for ManualClock {
    fn default() -> Self {
        ManualClock { shown: AtomicU64::new(1_700_000_000), running: AtomicU64::new(0) }
    }
}

impl ManualClock {
    /// Lets time pass.
    pub fn advance(&self, seconds: u64) {
        self.shown.fetch_add(seconds, Ordering::Relaxed);
        self.running.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Sets what is shown back, or forward where `seconds` is negative; no time passes.
    pub fn set_back(&self, seconds: i64) {
        let shown = self.shown.load(Ordering::Relaxed);
        self.shown.store(shown.saturating_add_signed(seconds.saturating_neg()), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::new(self.shown.load(Ordering::Relaxed))
    }

    fn moment(&self) -> Moment {
        Moment::new(self.now(), Duration::from_secs(self.running.load(Ordering::Relaxed)))
    }
}
