//! Tells how deep deposits lie that are not final yet, for those who are told of events.
//!
//! It costs one look-up for each deposit that waits, as often as finality moves, and writes a few times in a deposit's
//! life, whatever number of confirmations is wanted.

use crate::store::{Chains, DepositEvent, StoreError, Tables, WriteTx};
use crate::types::{Coin, Height};

/// Times that a deposit is told of at most, before it is final.
const TIMES: u64 = 10;

/// Where finality has come to, and what it takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Depth {
    /// Blocks that have to lie on a deposit's block.
    pub(super) required: u64,
    /// Up to where deposits were final before; none where none were.
    pub(super) before: Option<Height>,
    /// Up to where they are now.
    pub(super) now: Height,
}

impl Depth {
    /// The confirmations of what is final once this height is; `at` is up to where deposits are final.
    fn confirmations(self, with: Height, at: Height) -> u64 {
        self.required.saturating_sub(with.get().saturating_sub(at.get()))
    }

    /// The confirmations to be told; none where they were told.
    fn news(self, with: Height) -> Option<u64> {
        let step = self.required.div_ceil(TIMES).max(1);
        let now = self.confirmations(with, self.now);
        let before = self.before.map_or(0, |before| self.confirmations(with, before));
        let is_news = now.checked_div(step) > before.checked_div(step);
        (is_news && now < self.required).then_some(now)
    }
}

/// Records what lies deeper than before, of what stands above finality.
pub(super) fn tell(tx: &mut WriteTx<'_>, coin: Coin, depth: Depth) -> Result<(), StoreError> {
    for no in tx.deposits_between(coin, depth.now.next(), None)? {
        let Some(deposit) = tx.deposit(no)?.filter(|deposit| !deposit.is_final()) else { continue };
        if let Some(confirmations) = depth.news(deposit.block().final_with()) {
            let required = depth.required;
            tx.record(DepositEvent::Confirming { deposit: no, confirmations, required })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(required: u64, before: Option<u64>, now: u64, block: u64) -> Option<u64> {
        let before = before.map(Height::new);
        Depth { required, before, now: Height::new(now) }.news(Height::new(block))
    }

    #[test]
    fn should_tell_each_confirmation_where_there_are_few() {
        // The tip is three blocks above what is final.
        assert_eq!(news(3, Some(9), 10, 13), None, "nothing lies on it");
        assert_eq!(news(3, Some(10), 11, 13), Some(1));
        assert_eq!(news(3, Some(11), 12, 13), Some(2));
        assert_eq!(news(3, Some(12), 13, 13), None, "that is final");
        assert_eq!(news(3, Some(11), 11, 13), None, "nothing has changed");
        assert_eq!(news(3, None, 12, 13), Some(2));
        assert_eq!(news(3, None, 0, 50), None, "what waits longer by its chain's own rule");
    }

    #[test]
    fn should_tell_few_times_where_there_are_many() {
        let told: Vec<u64> = (0..100).filter_map(|tip| news(100, Some(tip), tip + 1, 101)).collect();
        assert_eq!(told, (1..10).map(|times| times * 10).collect::<Vec<u64>>());
        assert_eq!(news(100, Some(0), 77, 101), Some(76), "of several steps at once the last is told");
    }
}
