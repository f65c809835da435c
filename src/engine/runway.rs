//! How long the hot wallet's coins and hours will last, at the pace of the last day.

use std::collections::VecDeque;
use std::time::Duration;

use crate::live::Runway;
use crate::payout::AttemptState;
use crate::skycoin::CoinHours;
use crate::store::{Snapshot, StoreError, Tables};
use crate::types::{AttemptNo, Droplets, Moment, UnixTime};

const DAY: Duration = Duration::from_secs(86_400);
/// The shortest time from which a pace is told.
const SHORTEST: Duration = Duration::from_secs(600);
/// Between two samples of the hours, and two counts of what was paid.
const SAMPLE_EVERY: Duration = Duration::from_secs(60);
/// Transactions of a day beyond which the count stops: the pace is known well enough by then.
const MOST_COUNTED: u64 = 5_000;

/// Samples of the last day.
#[derive(Debug, Default)]
pub(super) struct Pace {
    hours: VecDeque<(Moment, u64)>,
    last: Option<(Moment, Runway)>,
}

impl Pace {
    /// The runway now; computed anew once a minute.
    pub(super) fn runway(
        &mut self,
        snapshot: &Snapshot,
        now: Moment,
        coins: Droplets,
        hours: CoinHours,
    ) -> Result<Runway, StoreError> {
        if let Some((at, runway)) = self.last
            && now.since(at) < SAMPLE_EVERY
        {
            return Ok(runway);
        }
        let runway = Runway {
            coins: lasts(coins.get(), paid_lately(snapshot, now.at())?),
            hours: self.hours_last(now, hours.get()),
        };
        self.last = Some((now, runway));
        Ok(runway)
    }

    fn hours_last(&mut self, now: Moment, hours: u64) -> Option<Duration> {
        self.hours.push_back((now, hours));
        while self.hours.front().is_some_and(|(at, _)| now.since(*at) > DAY) {
            self.hours.pop_front();
        }
        let (at, then) = *self.hours.front()?;
        let used = then.saturating_sub(hours);
        lasts(hours, Some((used, now.since(at))).filter(|(_, time)| *time >= SHORTEST))
    }
}

/// How long `left` lasts where `used` was used in so much time; none where nothing was.
fn lasts(left: u64, used: Option<(u64, Duration)>) -> Option<Duration> {
    let (used, time) = used?;
    let lasts = u128::from(left).checked_mul(time.as_secs().into())?.checked_div(used.into())?;
    u64::try_from(lasts).ok().map(Duration::from_secs)
}

/// Droplets that were signed away within the last day, and the time over which.
fn paid_lately(snapshot: &Snapshot, now: UnixTime) -> Result<Option<(u64, Duration)>, StoreError> {
    let last = snapshot.counters().attempts;
    let (mut paid, mut since) = (0u64, now);
    for number in (last.saturating_sub(MOST_COUNTED)..last).rev() {
        let no = AttemptNo::new(number.saturating_add(1));
        let Some((attempt, transaction)) = snapshot.attempt(no)?.zip(snapshot.signed_transaction(no)?) else {
            break;
        };
        if now.since(attempt.signed_at) > DAY {
            since = now.before(DAY);
            break;
        }
        if matches!(attempt.state, AttemptState::Dead { .. }) {
            // It paid nobody; what it was to pay is in a later one, if it is paid.
            continue;
        }
        paid = transaction.parts.iter().fold(paid, |paid, part| paid.saturating_add(part.amount.get()));
        since = attempt.signed_at;
    }
    let time = now.since(since);
    Ok(Some((paid, time)).filter(|(_, time)| *time >= SHORTEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::skycoin::Address;
    use crate::testing::{StepEnd, World};

    #[test]
    fn should_tell_how_long_something_lasts_at_a_pace() {
        let (hour, two) = (Duration::from_secs(3_600), Duration::from_secs(7_200));
        assert_eq!(lasts(100, Some((50, hour))), Some(two));
        assert_eq!(lasts(100, Some((0, hour))), None);
        assert_eq!(lasts(100, None), None);
        assert_eq!(lasts(u64::MAX, Some((1, DAY))), None);
    }

    #[test]
    fn should_learn_the_pace_of_the_hours() {
        let mut pace = Pace::default();
        // Whatever clocks show.
        let at = |seconds| Moment::new(UnixTime::new(7), std::time::Duration::from_secs(seconds));
        assert_eq!(pace.hours_last(at(0), 1_000), None);
        assert_eq!(pace.hours_last(at(60), 990), None);
        assert_eq!(pace.hours_last(at(1_000), 900), Some(Duration::from_secs(9_000)));
        assert_eq!(pace.hours_last(at(2_000), 1_500), None);
        // What is more than a day old says nothing of the day.
        let mut pace = Pace::default();
        pace.hours_last(at(0), 10_000);
        pace.hours_last(at(43_200), 1_100);
        assert_eq!(pace.hours_last(at(86_401), 1_000), Some(Duration::from_secs(432_010)));
    }

    #[tokio::test]
    async fn should_learn_the_pace_of_the_coins_from_what_was_signed_within_a_day() {
        const BEGAN: u64 = 1_700_000_000;
        let mut world = World::new(Droplets::new(1_000_000_000), 16);
        assert_eq!(world.bind(Address::from_bytes([1; 20])).await, StepEnd::Done(None));
        let address = world.acked.binds[0].1;
        let now = |world: &World| Clock::now(&*world.clock).get();
        let mut snapshots = Vec::new();
        // Each is 5 SKY.
        for (tx, at) in [("a", BEGAN), ("b", BEGAN + 80_000)] {
            world.clock.advance(at - now(&world));
            assert_eq!(world.deposit(address, tx, 0, 1_000_000).await, StepEnd::Done(None));
            assert!(matches!(world.work().await, StepEnd::Done(_)));
            snapshots.push(world.service().unwrap().store.snapshot());
        }
        let [before, snapshot] = &snapshots[..] else { panic!("of two moments") };
        assert_eq!(snapshot.counters().attempts, 2);
        let second = Duration::from_secs;
        let paid = |at| paid_lately(snapshot, UnixTime::new(at)).unwrap();
        assert_eq!(paid(BEGAN + 86_400), Some((10_000_000, second(86_400))));
        // The first is of another day; the second is all that this one took.
        assert_eq!(paid(BEGAN + 86_401), Some((5_000_000, second(86_400))));
        // Long enough for a pace.
        let first = |at| paid_lately(before, UnixTime::new(at)).unwrap();
        assert_eq!((first(BEGAN + 599), first(BEGAN + 600)), (None, Some((5_000_000, second(600)))));
        // A minute long the same is told; nothing is known where nothing was paid for a day.
        let mut pace = Pace::default();
        let mut coins = |running: u64, shown, left: u64| {
            let moment = Moment::new(UnixTime::new(shown), second(running));
            let (left, hours) = (Droplets::new(left), CoinHours::new(1));
            pace.runway(snapshot, moment, left, hours).unwrap().coins.map(|lasts| lasts.as_secs())
        };
        assert_eq!(coins(0, BEGAN + 86_400, 10_000_000), Some(86_400));
        assert_eq!(coins(59, BEGAN + 86_400, 5_000_000), Some(86_400));
        assert_eq!(coins(60, BEGAN + 86_400, 5_000_000), Some(43_200));
        assert_eq!(coins(120, BEGAN + 200_000, 5_000_000), None);
    }
}
