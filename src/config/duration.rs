//! How durations are written in the configuration.

use std::time::Duration;

/// The durations of the original: numbers with units, in any order, `1h2m3.5s`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&end| end > 0)?;
        let (number, tail) = rest.split_at(digits);
        let unit_len = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        total = total.checked_add(part(number, unit)?)?;
        rest = tail;
    }
    Some(total).filter(|total| !total.is_zero())
}

fn part(number: &str, unit: &str) -> Option<Duration> {
    let nanos: u64 = match unit {
        "ns" => 1,
        "us" | "µs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.parse::<u64>().ok()?.checked_mul(nanos)?;
    let mut scale = nanos;
    let mut extra = 0u64;
    for digit in fraction.chars() {
        scale /= 10;
        extra = extra.checked_add(u64::from(digit.to_digit(10)?).checked_mul(scale)?)?;
    }
    Some(Duration::from_nanos(whole.checked_add(extra)?))
}
