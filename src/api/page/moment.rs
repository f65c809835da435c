//! Moments as people read them.

use crate::types::UnixTime;

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;
const MINUTE: u64 = 60;

/// `2026-11-21 07:42 UTC`.
pub(super) fn utc(moment: UnixTime) -> String {
    let (days, seconds) = (moment.get() / DAY, moment.get() % DAY);
    let (year, month, day) = civil(days);
    let (hour, minute) = (seconds / HOUR, seconds % HOUR / MINUTE);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// Year, month and day of a number of days since 1970. Reckoned in spans of 400 years that begin with a first of
/// March: a leap day is the last day of its year then.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (span, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day + year / 100 - (365 * year + year / 4);
    // Five months from March on have 153 days.
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year + 1 - (153 * from_march + 2) / 5;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (400 * span + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_write_moments_for_people() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (951_868_800, "2000-03-01 00:00 UTC"),
            (1_501_137_828, "2017-07-27 06:43 UTC"),
            (1_735_689_599, "2024-12-31 23:59 UTC"),
            (1_795_219_613, "2026-11-21 00:06 UTC"),
            (4_107_542_399, "2100-02-28 23:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(utc(UnixTime::new(seconds)), text);
        }
    }

    #[test]
    fn should_never_panic() {
        assert!(utc(UnixTime::new(u64::MAX)).ends_with(" UTC"));
    }
}
