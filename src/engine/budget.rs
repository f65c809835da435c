//! How many new deposit addresses leave the pools in a period, whoever asks for them: what is bound is bound for life.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::{Page, Snapshot, StoreError, Tables};
use crate::types::UnixTime;

/// Below one in so many the operator is warned.
const LOW: u32 = 5;

/// So many in any burst, refilled evenly over the period.
#[derive(Debug)]
pub(super) struct Budget {
    max: u32,
    period: Duration,
    began: Instant,
    /// When it will be whole again, counted from the beginning.
    whole_at: Mutex<Duration>,
}

impl Budget {
    /// A budget of which `used` are used up already. `max` is at least 1.
    pub(super) fn new(max: u32, period: Duration, used: u32) -> Budget {
        let budget = Budget { max: max.max(1), period, began: Instant::now(), whole_at: Mutex::default() };
        *budget.lock() = budget.cost().saturating_mul(used.min(max));
        budget
    }

    fn cost(&self) -> Duration {
        self.period / self.max
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.whole_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one.
    ///
    /// # Errors
    /// How long it takes until there is one again.
    pub(super) fn take(&self) -> Result<(), Duration> {
        let (now, mut whole_at) = (self.began.elapsed(), self.lock());
        let next = (*whole_at).max(now).saturating_add(self.cost());
        let over = next.saturating_sub(now).saturating_sub(self.period);
        if !over.is_zero() {
            return Err(over);
        }
        let before = self.left_at(*whole_at, now);
        *whole_at = next;
        let left = self.left_at(next, now);
        drop(whole_at);
        if self.is_low(left) && !self.is_low(before) {
            tracing::warn!(
                left,
                max = self.max,
                "few new deposit addresses are left in the budget (teller.bind_budget)"
            );
        } else if left == 0 {
            tracing::warn!(
                max = self.max,
                "the budget of new deposit addresses is used up (teller.bind_budget)"
            );
        }
        Ok(())
    }

    /// Gives back one that was taken and not used.
    pub(super) fn give_back(&self) {
        let mut whole_at = self.lock();
        *whole_at = whole_at.saturating_sub(self.cost());
    }

    fn left_at(&self, whole_at: Duration, now: Duration) -> u32 {
        let used = whole_at.saturating_sub(now).as_nanos().div_ceil(self.cost().as_nanos().max(1));
        self.max.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
    }

    fn is_low(&self, left: u32) -> bool {
        left.saturating_mul(LOW) < self.max
    }

    /// How many are left, where they are few.
    pub(super) fn low(&self) -> Option<u32> {
        let left = self.left_at(*self.lock(), self.began.elapsed());
        self.is_low(left).then_some(left)
    }
}

/// How many addresses were bound after a moment: bindings are numbered in the order of time, so that few are looked at.
///
/// # Errors
/// The store's.
pub(super) fn bound_since(snapshot: &Snapshot, moment: UnixTime) -> Result<u32, StoreError> {
    let all = snapshot.counters().bindings;
    let (mut old, mut new) = (0, all.saturating_add(1));
    while new.saturating_sub(old) > 1 {
        let middle = old.saturating_add(new.saturating_sub(old) / 2);
        let binding = snapshot.bindings(Page { after: middle.saturating_sub(1), limit: 1 })?.pop();
        match binding {
            Some(binding) if binding.bound_at <= moment => old = middle,
            _ => new = middle,
        }
    }
    Ok(u32::try_from(all.saturating_sub(old)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::address::DepositAddress;
    use crate::clock::Clock;
    use crate::skycoin::Address;
    use crate::store::{MemoryBackend, Purpose, Store};
    use crate::testing::ManualClock;
    use crate::types::Coin;

    #[test]
    fn should_give_out_no_more_than_it_has() {
        let budget = Budget::new(10, Duration::from_secs(3600), 0);
        assert_eq!((0..20).filter(|_| budget.take().is_ok()).count(), 10);
        let wait = budget.take().unwrap_err();
        assert!((Duration::from_secs(350)..=Duration::from_secs(360)).contains(&wait), "{wait:?}");
        budget.give_back();
        assert!(budget.take().is_ok() && budget.take().is_err());
    }

    #[test]
    fn should_warn_before_it_ends() {
        let budget = Budget::new(10, Duration::from_secs(3600), 7);
        assert_eq!(budget.low(), None);
        budget.take().unwrap();
        budget.take().unwrap();
        assert_eq!(budget.low(), Some(1));
    }

    #[test]
    fn should_refill_evenly() {
        let budget = Budget::new(5, Duration::from_millis(50), 5);
        assert!(budget.take().is_err());
        std::thread::sleep(Duration::from_millis(25));
        let again = (0..5).filter(|_| budget.take().is_ok()).count();
        assert!((2..=4).contains(&again), "{again}");
    }

    #[test]
    fn should_count_what_was_bound_after_a_moment() {
        let clock = Arc::new(ManualClock::default());
        let purpose = Purpose::real(Coin::BTC.main_network());
        let given = Arc::clone(&clock) as Arc<dyn Clock>;
        let store = Store::open(Arc::new(MemoryBackend::default()), purpose, given, &|_| {}).unwrap();
        let since = |seconds| bound_since(&store.snapshot(), UnixTime::new(seconds)).unwrap();
        assert_eq!(since(0), 0, "nothing was bound");
        let began = clock.now().get();
        for (number, waited) in [(1, 10), (2, 10), (3, 0), (4, 0), (5, 5)] {
            clock.advance(waited);
            let bind = move |tx: &mut crate::store::WriteTx<'_>| {
                tx.bind(Address::from_bytes([number; 20]), DepositAddress::of_account([number; 20]))
            };
            store.write_blocking(bind).unwrap();
        }
        let counts = [(0, 5), (9, 5), (10, 4), (19, 4), (20, 1), (24, 1), (25, 0), (99, 0)];
        assert_eq!(counts.map(|(after, _)| (after, since(began + after))), counts);
    }
}
