//! Medians, sizes, and the words around them.

use std::time::Duration;

/// Rounds of each measurement; the median is told.
pub(crate) const ROUNDS: usize = 5;

/// A size, or the share of it that `TELLER_BENCH_SCALE` asks for.
pub(crate) fn scaled(size: u64) -> u64 {
    let scale = std::env::var("TELLER_BENCH_SCALE").ok().and_then(|text| text.parse::<u64>().ok());
    size / scale.unwrap_or(1).max(1)
}

pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{cores} cores, {} rounds each, medians", ROUNDS)
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Per second.
pub(crate) fn rate(count: u64, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / time.as_secs_f64()
}

/// 12345 as `12,345`.
pub(crate) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.into_iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(",")
}
