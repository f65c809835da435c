//! A hint that something happened on a chain: look now rather than at the next period.
//!
//! Nothing depends on it. One that is lost, false or late changes when something is seen, never what.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Where hints about one chain are left, however many: for who follows its blocks and for who looks at what waits.
#[derive(Debug, Default)]
pub struct Hint {
    blocks: Arc<Notify>,
    pending: Arc<Notify>,
    is_given: AtomicBool,
}

impl Hint {
    /// Leaves one.
    pub fn give(&self) {
        self.is_given.store(true, Ordering::Relaxed);
        self.blocks.notify_one();
        self.pending.notify_one();
    }

    /// Returns what wakes whoever follows the blocks.
    pub fn blocks(&self) -> Arc<Notify> {
        Arc::clone(&self.blocks)
    }

    /// Returns what wakes whoever looks at what waits for a block.
    pub fn pending(&self) -> Arc<Notify> {
        Arc::clone(&self.pending)
    }

    /// Returns whether one was given since this was asked the last time.
    pub fn take(&self) -> bool {
        self.is_given.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn should_wake_both_once_however_many_were_given() {
        let hint = Hint::default();
        (0..3).for_each(|_| hint.give());
        hint.blocks().notified().await;
        hint.pending().notified().await;
        assert_eq!((hint.take(), hint.take()), (true, false));
        let more = tokio::time::timeout(std::time::Duration::from_millis(1), hint.blocks.notified()).await;
        assert!(more.is_err());
    }
}
