//! Moments as people read them.

use time::UtcDateTime;

use crate::types::UnixTime;

/// `2026-11-21 07:42 UTC`. The library's calendar ends with the year 9999: what is later is its last minute.
pub(super) fn utc(moment: UnixTime) -> String {
    let seconds = i64::try_from(moment.get()).unwrap_or(i64::MAX);
    let at = UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX);
    let (date, hour, minute) = (at.date(), at.hour(), at.minute());
    format!("{date} {hour:02}:{minute:02} UTC")
}

/// The same for programs: `2026-11-21T07:42:05Z`.
pub(super) fn iso(moment: UnixTime) -> String {
    let seconds = i64::try_from(moment.get()).unwrap_or(i64::MAX);
    let at = UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX);
    let (date, hour, minute, second) = (at.date(), at.hour(), at.minute(), at.second());
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
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
        assert_eq!(utc(UnixTime::new(u64::MAX)), "9999-12-31 23:59 UTC");
    }
}
