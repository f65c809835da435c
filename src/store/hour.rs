//! What an hour comes to, and how long things took.

use minicbor::{Decode, Encode};

use crate::types::Droplets;

/// Seconds of an hour.
pub const HOUR: u64 = 3_600;

/// What happened within an hour.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Hour {
    /// Deposits that were seen for the first time.
    #[n(0)]
    pub seen: u64,
    /// What they are worth where that was known at once, in droplets.
    #[n(1)]
    pub worth: u64,
    /// Payouts that were confirmed as deep as required.
    #[n(2)]
    pub paid: u64,
    /// What those came to, in droplets.
    #[n(3)]
    pub coins: u64,
    /// How long they had taken since their deposits were seen.
    #[n(4)]
    pub delays: Delays,
}

impl Hour {
    /// Adds another hour to this one.
    pub fn add(&mut self, other: &Hour) {
        self.seen = self.seen.saturating_add(other.seen);
        self.worth = self.worth.saturating_add(other.worth);
        self.paid = self.paid.saturating_add(other.paid);
        self.coins = self.coins.saturating_add(other.coins);
        self.delays.add(&other.delays);
    }

    pub(super) fn note_deposit(&mut self, worth: Droplets) {
        self.seen = self.seen.saturating_add(1);
        self.worth = self.worth.saturating_add(worth.get());
    }

    pub(super) fn note_payout(&mut self, coins: Droplets, seconds: u64) {
        self.paid = self.paid.saturating_add(1);
        self.coins = self.coins.saturating_add(coins.get());
        self.delays.note(seconds);
    }
}

/// How long things took, in steps that are an eighth of what they measure: what is told is right to 12.5 %.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Delays {
    /// Steps that something fell into, with how many did; by ascending step.
    #[n(0)]
    steps: Vec<(u16, u64)>,
    /// The longest of all, in seconds.
    #[n(1)]
    slowest: u64,
}

/// Values below this have a step of their own.
const EXACT: u64 = 8;

impl Delays {
    /// Counts one that took so many seconds.
    pub fn note(&mut self, seconds: u64) {
        self.count(step_of(seconds), 1);
        self.slowest = self.slowest.max(seconds);
    }

    fn count(&mut self, step: u16, times: u64) {
        match self.steps.binary_search_by_key(&step, |(known, _)| *known) {
            Ok(at) => {
                if let Some((_, count)) = self.steps.get_mut(at) {
                    *count = count.saturating_add(times);
                }
            }
            Err(at) => self.steps.insert(at, (step, times)),
        }
    }

    fn add(&mut self, other: &Delays) {
        other.steps.iter().for_each(|(step, times)| self.count(*step, *times));
        self.slowest = self.slowest.max(other.slowest);
    }

    /// Returns how many there are.
    pub fn total(&self) -> u64 {
        self.steps.iter().fold(0, |sum, (_, times)| sum.saturating_add(*times))
    }

    /// Returns the time in seconds within which so many of a hundred were done; none where nothing was counted.
    pub fn within(&self, percent: u64) -> Option<u64> {
        // The n-th of all, rounded up: half of three is the second.
        let wanted = u128::from(self.total()).saturating_mul(u128::from(percent)).div_ceil(100).max(1);
        let mut sum = 0_u128;
        let step = self.steps.iter().find(|(_, times)| {
            sum = sum.saturating_add(u128::from(*times));
            sum >= wanted
        });
        step.map(|(step, _)| end_of(*step).min(self.slowest))
    }

    /// Returns the longest time in seconds; none where nothing was counted.
    pub fn slowest(&self) -> Option<u64> {
        (!self.steps.is_empty()).then_some(self.slowest)
    }
}

/// The step that so many seconds fall into: eight to each doubling.
fn step_of(seconds: u64) -> u16 {
    if seconds < EXACT {
        return u16::try_from(seconds).unwrap_or(0);
    }
    let doublings = seconds.ilog2().saturating_sub(3);
    // From 8 to 15: which eighth of the doubling.
    let eighth = seconds >> doublings;
    let step = u64::from(doublings).saturating_mul(8).saturating_add(eighth);
    u16::try_from(step).unwrap_or(u16::MAX)
}

/// The longest time of a step, in seconds.
fn end_of(step: u16) -> u64 {
    let step = u64::from(step);
    let doublings = u32::try_from(step / 8).unwrap_or(u32::MAX).saturating_sub(1);
    let eighth = step.saturating_sub(u64::from(doublings).saturating_mul(8));
    let next = u128::from(eighth.saturating_add(1)).checked_shl(doublings).unwrap_or(u128::MAX);
    u64::try_from(next.saturating_sub(1)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn should_tell_middle_and_end_of_what_was_counted() {
        let mut delays = Delays::default();
        assert_eq!((delays.within(50), delays.slowest()), (None, None));
        (1..=7).for_each(|seconds| delays.note(seconds));
        assert_eq!((delays.within(50), delays.within(95), delays.slowest()), (Some(4), Some(7), Some(7)));
        delays.note(1_000_000);
        assert_eq!((delays.within(50), delays.within(95)), (Some(4), Some(1_000_000)));
        assert_eq!(delays.total(), 8);
    }

    #[test]
    fn should_sum_up_hours() {
        let mut one = Hour::default();
        one.note_payout(Droplets::new(5), 10);
        let mut other = Hour::default();
        other.note_deposit(Droplets::new(3));
        other.note_payout(Droplets::new(7), 100);
        one.add(&other);
        assert_eq!((one.seen, one.worth, one.paid, one.coins), (1, 3, 2, 12));
        assert_eq!((one.delays.total(), one.delays.slowest()), (2, Some(100)));
    }

    #[test]
    fn should_be_exact_where_it_is_short() {
        for seconds in 0..EXACT * 2 {
            assert_eq!(end_of(step_of(seconds)), seconds);
        }
    }

    proptest! {
        #[test]
        fn should_be_right_to_an_eighth(seconds: u64) {
            let end = end_of(step_of(seconds));
            prop_assert!(end >= seconds && end - seconds <= seconds / 8, "{seconds} is told as {end}");
            prop_assert!(step_of(end) == step_of(seconds));
            prop_assert!(end == u64::MAX || step_of(end + 1) == step_of(seconds) + 1);
        }
    }
}
