//! When a copy is due.

use std::time::Duration;

use crate::config::BackupSchedule;
use crate::types::UnixTime;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How long it is until a copy is due, where the newest was made at `newest`; none there is at all: now.
///
/// A newest one of the future is taken for none of this clock's: it may have been set back, and nobody waits for that.
pub(super) fn due_in(schedule: BackupSchedule, newest: Option<UnixTime>, now: UnixTime) -> Duration {
    let Some(newest) = newest.filter(|newest| *newest <= now) else { return Duration::ZERO };
    match schedule {
        BackupSchedule::Every(period) => period.saturating_sub(now.since(newest)),
        BackupSchedule::Daily(at) => {
            let next = next_daily(newest, at.as_secs());
            Duration::from_secs(next.saturating_sub(now.get()))
        }
    }
}

/// The first moment after `newest` that is so many seconds after midnight.
fn next_daily(newest: UnixTime, at: u64) -> u64 {
    let midnight = newest.get() - newest.get() % DAY;
    let same_day = midnight.saturating_add(at);
    if same_day > newest.get() { same_day } else { same_day.saturating_add(DAY) }
}

/// How long it is from one copy to the next.
pub(super) const fn period(schedule: BackupSchedule) -> Duration {
    match schedule {
        BackupSchedule::Every(period) => period,
        BackupSchedule::Daily(_) => Duration::from_secs(DAY),
    }
}

/// After how long the newest copy is too old: a whole period was missed, and an hour more for the making of it.
pub(super) fn too_old(schedule: BackupSchedule) -> Duration {
    let period = period(schedule);
    let slack = period.min(Duration::from_secs(3_600));
    period.saturating_mul(2).saturating_add(slack)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 20_000 * DAY + 12 * 3_600;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::new(seconds)
    }

    #[test]
    fn should_be_due_a_period_after_the_newest() {
        let hourly = BackupSchedule::Every(Duration::from_secs(3_600));
        assert_eq!(due_in(hourly, None, at(NOON)), Duration::ZERO);
        assert_eq!(due_in(hourly, Some(at(NOON)), at(NOON + 600)), Duration::from_secs(3_000));
        assert_eq!(due_in(hourly, Some(at(NOON)), at(NOON + 9_999)), Duration::ZERO);
        assert_eq!(due_in(hourly, Some(at(NOON + 1)), at(NOON)), Duration::ZERO, "the clock was set back");
    }

    #[test]
    fn should_be_due_at_its_time_of_the_day_once() {
        let daily = BackupSchedule::Daily(Duration::from_secs(13 * 3_600));
        assert_eq!(due_in(daily, Some(at(NOON)), at(NOON + 60)), Duration::from_secs(3_540));
        let made = NOON + 3_600;
        assert_eq!(due_in(daily, Some(at(made)), at(made + 60)), Duration::from_secs(DAY - 60));
        assert_eq!(due_in(daily, Some(at(NOON)), at(NOON + 2 * DAY)), Duration::ZERO, "it was missed");
    }
}
