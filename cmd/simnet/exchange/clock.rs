//! The venues' clock: requests are signed for milliseconds, which the rest of the house does not need.

/// Returns milliseconds since 1970.
#[allow(clippy::disallowed_methods, reason = "the one place that reads it here")]
pub(super) fn millis() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Returns a moment as RFC 3339 has it.
pub(super) fn rfc3339(millis: u64) -> String {
    let days = millis / 86_400_000;
    let (year, month, day) = date(days);
    let second = millis / 1_000 % 86_400;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", millis % 1_000)
}

/// Reads a moment in UTC as RFC 3339 has it, to the millisecond.
pub(super) fn read_rfc3339(text: &str) -> Option<u64> {
    let text = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"))?;
    let (second, part) = text.split_once('.').unwrap_or((text, ""));
    let (date, time) = second.split_once('T')?;
    let numbers = |text: &str, by: char| text.split(by).map(str::parse).collect::<Result<Vec<u64>, _>>().ok();
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let [year, month, day] = <[u64; 3]>::try_from(date).ok()?;
    let [hour, minute, second] = <[u64; 3]>::try_from(time).ok()?;
    let millis: u64 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    let days = days(year, month, day)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + millis)
}

/// Undoes [`date`], of years that can be meant.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Returns a moment as `2026-01-31 12:00:00`.
pub(super) fn date_time(millis: u64) -> String {
    rfc3339(millis)[..19].replace('T', " ")
}

/// Returns year, month and day of so many days after 1970-01-01, by whole cycles of 400 years.
fn date(days: u64) -> (u64, u64, u64) {
    let from_march = days + 719_468;
    let (era, of_era) = (from_march / 146_097, from_march % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_write_dates() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(951_827_696_789), "2000-02-29T12:34:56.789Z");
        for millis in [0, 951_827_696_789, 1_767_225_599_001, 1_803_000_000_999] {
            assert_eq!(read_rfc3339(&rfc3339(millis)), Some(millis));
        }
        assert_eq!(read_rfc3339("1970-01-01T00:00:01Z"), Some(1_000));
        for none in ["1970-13-01T00:00:01Z", "1970-01-01T00:00:18446744073709551615Z", "1970-01-01T00:00Z"] {
            assert_eq!(read_rfc3339(none), None, "{none}");
        }
        assert_eq!(date_time(1_767_225_599_000), "2025-12-31 23:59:59");
    }
}
