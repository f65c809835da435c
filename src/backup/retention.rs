//! Which copies are kept.

use std::collections::BTreeSet;

use super::manifest::Manifest;
use crate::config::Retention;
use crate::types::UnixTime;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// The copies that may go; `copies` stand newest first. The newest one always stays.
///
/// Those that bear a time to come are of a clock that was wrong, and are counted by themselves: they take nobody's
/// place.
pub(super) fn superfluous(copies: &[Manifest], keep: Retention, now: UnixTime) -> Vec<Manifest> {
    let (past, to_come): (Vec<_>, Vec<_>) = copies.iter().cloned().partition(|copy| copy.made_at() <= now);
    [to_come, past].iter().flat_map(|copies| gone(copies, keep)).collect()
}

fn gone(copies: &[Manifest], keep: Retention) -> Vec<Manifest> {
    let mut kept: BTreeSet<&str> =
        copies.iter().take(keep.last.max(1)).map(|copy| copy.name.as_str()).collect();
    // The newest of a day, of a week (they begin on Mondays, as the first of January 1970 was a Thursday), of a month.
    keep_of(copies, keep.daily, &mut kept, |at| at / DAY);
    keep_of(copies, keep.weekly, &mut kept, |at| (at / DAY).saturating_add(3) / 7);
    keep_of(copies, keep.monthly, &mut kept, month);
    copies.iter().filter(|copy| !kept.contains(copy.name.as_str())).cloned().collect()
}

/// Keeps the newest copy of each of the last `count` spans that have one.
fn keep_of<'a>(
    copies: &'a [Manifest],
    count: usize,
    kept: &mut BTreeSet<&'a str>,
    span: impl Fn(u64) -> u64,
) {
    let mut spans = BTreeSet::new();
    for copy in copies {
        let span = span(copy.made_at);
        if spans.contains(&span) {
            continue;
        }
        if spans.len() >= count {
            return;
        }
        spans.insert(span);
        kept.insert(&copy.name);
    }
}

fn month(at: u64) -> u64 {
    let seconds = i64::try_from(at).unwrap_or(i64::MAX);
    let at = time::UtcDateTime::from_unix_timestamp(seconds).unwrap_or(time::UtcDateTime::MAX);
    let year = u64::try_from(at.year()).unwrap_or(0);
    year.saturating_mul(12).saturating_add(u64::from(u8::from(at.month())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::manifest::Manifest;
    use crate::types::HistoryHead;

    /// The first hour of 2027, a Friday.
    const NOW: u64 = 1_798_761_600;

    fn copies(hours: impl Iterator<Item = u64>) -> Vec<Manifest> {
        let copy = |hour: u64| Manifest {
            teller_backup: Manifest::FORM,
            name: format!("teller-x-{hour}.db"),
            made_at: NOW - hour * 3_600,
            schema: 1,
            history: HistoryHead::EMPTY.to_string(),
            size: 1,
            sha256: String::new(),
            plain_size: 1,
            plain_sha256: String::new(),
            encryption: "none".to_owned(),
            version: String::new(),
        };
        hours.map(copy).collect()
    }

    fn kept(copies: &[Manifest], keep: Retention) -> Vec<String> {
        let gone: BTreeSet<String> =
            superfluous(copies, keep, UnixTime::new(NOW)).into_iter().map(|copy| copy.name).collect();
        copies.iter().map(|copy| copy.name.clone()).filter(|name| !gone.contains(name)).collect()
    }

    fn keep(last: usize, daily: usize, weekly: usize, monthly: usize) -> Retention {
        Retention { last, daily, weekly, monthly }
    }

    fn names(hours: &[u64]) -> Vec<String> {
        hours.iter().map(|hour| format!("teller-x-{hour}.db")).collect()
    }

    #[test]
    fn should_keep_the_newest_and_never_none() {
        let all = copies(0..9);
        assert_eq!(kept(&all, keep(3, 0, 0, 0)), names(&[0, 1, 2]));
        assert_eq!(kept(&all, keep(0, 0, 0, 0)), names(&[0]));
        assert_eq!(kept(&all, keep(99, 0, 0, 0)).len(), 9);
        assert_eq!(kept(&[], keep(3, 0, 0, 0)), names(&[]));
    }

    #[test]
    fn should_keep_the_newest_of_days_weeks_and_months() {
        let all = copies((0..24 * 90).step_by(6));
        // Midnight of the first of January is a day of its own, the evening before is another.
        assert_eq!(kept(&all, keep(1, 3, 0, 0)), names(&[0, 6, 30]));
        // The week of the first, and the two before it, whose last copies are those of Sunday evenings.
        assert_eq!(kept(&all, keep(1, 0, 3, 0)), names(&[0, 4 * 24 + 6, 11 * 24 + 6]));
        assert_eq!(kept(&all, keep(1, 0, 0, 3)), names(&[0, 6, 31 * 24 + 6]));
    }

    #[test]
    fn should_count_days_that_have_a_copy_and_no_others() {
        let all = copies([0, 6, 24 * 10, 24 * 20].into_iter());
        assert_eq!(kept(&all, keep(1, 3, 0, 0)), names(&[0, 6, 240]));
    }

    #[test]
    fn should_let_no_copy_of_a_wrong_clock_take_the_place_of_others() {
        let to_come = |days: u64| {
            let copy = copies([0].into_iter()).remove(0);
            Manifest { made_at: NOW + days * DAY, name: format!("teller-x-in-{days}.db"), ..copy }
        };
        let all: Vec<Manifest> =
            [to_come(900), to_come(899), to_come(898)].into_iter().chain(copies(0..3)).collect();
        let in_days = |days: u64| format!("teller-x-in-{days}.db");
        // What was made just now stays, whatever was made while the clock was years ahead.
        assert_eq!(kept(&all, keep(1, 0, 0, 0)), [in_days(900), names(&[0]).remove(0)]);
        assert_eq!(kept(&all, keep(2, 0, 0, 0)), [vec![in_days(900), in_days(899)], names(&[0, 1])].concat());
    }
}
