//! Which deposits share an order. Pure.

use std::time::Duration;

use crate::types::{DepositNo, Units};

/// A deposit whose coins are to be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The payout's number.
    pub(super) no: DepositNo,
    /// What can be spent for it, in the smallest unit.
    pub(super) budget: Units,
    /// How long it has waited.
    pub(super) waits: Duration,
}

/// How deposits are gathered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gathering {
    /// How many into one order at most; 1 is each by itself.
    pub(super) count: usize,
    /// How long the first waits for others.
    pub(super) time: Duration,
    /// What an order takes at least.
    pub(super) least: Units,
}

/// Deposits that are too small by themselves and share an order at most.
const MOST_SMALL: usize = 500;

/// Puts deposits together, in their order. Those that are left over wait for more.
pub(super) fn groups(all: &[Candidate], by: Gathering) -> Vec<Vec<Candidate>> {
    if by.count > 1 { gathered(all, by) } else { one_by_one(all, by.least) }
}

/// Each by itself; those that are too small together, once they are enough.
fn one_by_one(all: &[Candidate], least: Units) -> Vec<Vec<Candidate>> {
    let (large, small): (Vec<Candidate>, Vec<Candidate>) =
        all.iter().partition(|candidate| candidate.budget >= least);
    let mut groups: Vec<Vec<Candidate>> = large.into_iter().map(|candidate| vec![candidate]).collect();
    let mut open = Vec::new();
    for candidate in small {
        open.push(candidate);
        if sum(&open) >= least {
            groups.push(std::mem::take(&mut open));
        } else if open.len() >= MOST_SMALL {
            open.remove(0);
        }
    }
    groups
}

/// As many as may be, once there are so many or the first has waited long enough; more where they are too small, so
/// that no number of small ones is stuck.
fn gathered(all: &[Candidate], by: Gathering) -> Vec<Vec<Candidate>> {
    let (mut groups, mut open) = (Vec::new(), Vec::new());
    for candidate in all {
        open.push(*candidate);
        if open.len() >= by.count && sum(&open) >= by.least {
            groups.push(std::mem::take(&mut open));
        } else if open.len() >= MOST_SMALL.max(by.count) {
            open.remove(0);
        }
    }
    let has_waited = open.first().is_some_and(|first: &Candidate| first.waits >= by.time);
    if has_waited && sum(&open) >= by.least {
        groups.push(open);
    }
    groups
}

/// What can be spent for all of them together.
pub(super) fn sum(group: &[Candidate]) -> Units {
    let add = |sum: Units, one: &Candidate| sum.checked_add(one.budget).unwrap_or(sum);
    group.iter().fold(Units::ZERO, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(budgets: &[u128], waits: u64) -> Vec<Candidate> {
        let candidate = |(no, budget): (u64, &u128)| Candidate {
            no: DepositNo::new(no),
            budget: Units::new(*budget),
            waits: Duration::from_secs(waits),
        };
        (1..).zip(budgets).map(candidate).collect()
    }

    fn numbers(budgets: &[u128], waits: u64, count: usize) -> Vec<Vec<u64>> {
        let by = Gathering { count, time: Duration::from_secs(60), least: Units::new(10) };
        let groups = groups(&all(budgets, waits), by);
        groups.iter().map(|group| group.iter().map(|one| one.no.get()).collect()).collect()
    }

    #[test]
    fn should_buy_for_each_by_itself_and_for_small_ones_together() {
        assert_eq!(numbers(&[10, 50, 11], 0, 1), [[1], [2], [3]]);
        assert_eq!(numbers(&[4, 50, 5, 3, 9], 0, 1), [vec![2], vec![1, 3, 4]]);
        assert_eq!(numbers(&[4, 5], 0, 1), Vec::<Vec<u64>>::new());
    }

    #[test]
    fn should_gather_so_many_or_for_so_long() {
        assert_eq!(numbers(&[10, 10, 10], 0, 2), [[1, 2]]);
        assert_eq!(numbers(&[10, 10, 10], 60, 2), [vec![1, 2], vec![3]]);
        assert_eq!(numbers(&[4, 5], 60, 2), Vec::<Vec<u64>>::new());
    }

    #[test]
    fn should_put_more_together_where_they_are_too_small() {
        // Two of them are as many as are gathered, and too little for an order: they do not wait for ever.
        assert_eq!(numbers(&[4, 5, 30], 60, 2), [[1, 2, 3]]);
        assert_eq!(numbers(&[4, 5, 30, 10, 10], 0, 2), [vec![1, 2, 3], vec![4, 5]]);
        assert_eq!(numbers(&[1; 25], 0, 2), [(1..=10).collect::<Vec<u64>>(), (11..=20).collect()]);
    }
}
