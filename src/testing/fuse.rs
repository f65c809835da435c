//! Where to die: a count of the moments at which a process can be killed, and the one at which it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The panic that stands for the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Died;

/// Counts moments; burns through at the one it was set to.
#[derive(Debug, Clone, Default)]
pub struct Fuse(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    passed: AtomicU64,
    burns_at: AtomicU64,
}

impl Default for Inner {
    fn default() -> Self {
        Inner { passed: AtomicU64::new(0), burns_at: AtomicU64::new(u64::MAX) }
    }
}

impl Fuse {
    /// Burns through when this many moments have passed from now on: 0 is the very next.
    pub fn set(&self, moments: u64) {
        let passed = self.0.passed.load(Ordering::SeqCst);
        self.0.burns_at.store(passed.saturating_add(moments), Ordering::SeqCst);
    }

    pub fn unset(&self) {
        self.0.burns_at.store(u64::MAX, Ordering::SeqCst);
    }

    /// How many moments have passed.
    pub fn passed(&self) -> u64 {
        self.0.passed.load(Ordering::SeqCst)
    }

    /// Whether the moment that it was set to has come.
    pub fn has_burned(&self) -> bool {
        self.passed() > self.0.burns_at.load(Ordering::SeqCst)
    }

    /// Passes a moment; answers whether it is the last.
    pub fn burns(&self) -> bool {
        let moment = self.0.passed.fetch_add(1, Ordering::SeqCst);
        moment >= self.0.burns_at.load(Ordering::SeqCst)
    }

    /// Passes a moment outside of the store, where dying is a panic that the world catches.
    pub fn pass_or_die(&self) {
        if self.burns() {
            std::panic::panic_any(Died);
        }
    }
}
