//! Where a pool's bound addresses stand side by side.
//!
//! A file that was appended to brings everything once more that was handed out before. A bind that looked at each of
//! these would hold up the writer for longer the more there are; so it goes over a whole run of them in one step.

use minicbor::{Decode, Encode};

/// Runs that are kept of a pool, whose row is written with each bind. A file that was appended to has one.
const KEPT: usize = 16;
/// Shorter ones are quickly passed over one by one.
const WORTH: u64 = 64;

/// Addresses of a pool, one after the other, that are bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct BoundRun {
    /// The position of the first of them in the pool.
    #[n(0)]
    pub from: u64,
    /// How many there are.
    #[n(1)]
    pub count: u64,
}

impl BoundRun {
    /// The position after it.
    pub fn end(self) -> u64 {
        self.from.saturating_add(self.count)
    }
}

/// Finds the runs while a pool's addresses go by.
#[derive(Debug, Default)]
pub struct BoundRuns {
    open: BoundRun,
    ended: Vec<BoundRun>,
}

impl BoundRuns {
    /// Takes the next address.
    pub fn note(&mut self, is_bound: bool) {
        if is_bound {
            self.open.count = self.open.count.saturating_add(1);
            return;
        }
        let after = self.open.end().saturating_add(1);
        self.end_run(after);
    }

    fn end_run(&mut self, next_from: u64) {
        let ended = std::mem::replace(&mut self.open, BoundRun { from: next_from, count: 0 });
        if ended.count >= WORTH {
            self.ended.push(ended);
        }
        if self.ended.len() > 4 * KEPT {
            self.keep_longest();
        }
    }

    fn keep_longest(&mut self) {
        self.ended.sort_unstable_by_key(|run| std::cmp::Reverse(run.count));
        self.ended.truncate(KEPT);
    }

    /// The longest runs there were, in the order of their places.
    pub fn longest(mut self) -> Vec<BoundRun> {
        self.end_run(0);
        self.keep_longest();
        self.ended.sort_unstable_by_key(|run| run.from);
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs_of(parts: &[(bool, u64)]) -> Vec<(u64, u64)> {
        let mut runs = BoundRuns::default();
        for (is_bound, count) in parts {
            (0..*count).for_each(|_| runs.note(*is_bound));
        }
        runs.longest().into_iter().map(|run| (run.from, run.count)).collect()
    }

    #[test]
    fn should_find_runs_at_both_ends_and_between() {
        let parts = [(true, 100), (false, 1), (true, 63), (false, 7), (true, 64), (false, 2), (true, 5000)];
        assert_eq!(runs_of(&parts), [(0, 100), (171, 64), (237, 5000)]);
        assert_eq!(runs_of(&[(false, 3)]), []);
        assert_eq!(runs_of(&[]), []);
    }

    #[test]
    fn should_keep_the_longest_of_many() {
        let parts: Vec<_> = (0..200).flat_map(|n| [(true, 64 + n), (false, 1)]).collect();
        let found = runs_of(&parts);
        assert_eq!(found.len(), KEPT);
        assert!(found.iter().all(|(_, count)| *count >= 64 + 200 - 16), "{found:?}");
        assert!(found.is_sorted(), "{found:?}");
    }
}
