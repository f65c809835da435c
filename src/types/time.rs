//! Moments and durations as the APIs write them.

use std::time::Duration;

use minicbor::{Decode, Encode};

/// Seconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct UnixTime(#[n(0)] u64);

impl UnixTime {
    /// Returns the time so many seconds after 1970 began.
    pub const fn new(seconds: u64) -> Self {
        UnixTime(seconds)
    }

    /// Returns the seconds since 1970 began.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The moment so long before this one; the first of all where there is none.
    pub const fn before(self, time: Duration) -> UnixTime {
        UnixTime(self.0.saturating_sub(time.as_secs()))
    }

    /// Time from `earlier` until this moment, zero where the clock went backwards: for moments that are stored. What
    /// waits inside a process goes by a [`Moment`].
    pub const fn since(self, earlier: UnixTime) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

/// A moment of this process: what clocks showed then, and how long the process had run. People read the first; what
/// waits, times out or grows old goes by the second, which no setting of the clock moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    at: UnixTime,
    running: Duration,
}

impl Moment {
    /// Returns the moment at which clocks show `at`, and the process has been running for `running`.
    pub const fn new(at: UnixTime, running: Duration) -> Self {
        Moment { at, running }
    }

    /// What clocks showed.
    pub const fn at(self) -> UnixTime {
        self.at
    }

    /// Time that has passed since `earlier`, whatever clocks showed meanwhile.
    pub const fn since(self, earlier: Moment) -> Duration {
        self.running.saturating_sub(earlier.running)
    }
}

/// A duration as the original writes it: `14.408576ms`, `5m32s`, `1h0m1.5s`.
pub fn go_duration(duration: Duration) -> String {
    let nanos = duration.subsec_nanos();
    let seconds = duration.as_secs();
    if seconds == 0 {
        return match nanos {
            0 => "0s".to_owned(),
            1..=999 => format!("{nanos}ns"),
            1_000..=999_999 => format!("{}µs", with_fraction(0, nanos, 3)),
            _ => format!("{}ms", with_fraction(0, nanos, 6)),
        };
    }
    let (hours, minutes) = (seconds.div_euclid(3600), seconds.rem_euclid(3600).div_euclid(60));
    let tail = with_fraction(seconds.rem_euclid(60), nanos, 9);
    match (hours, minutes) {
        (0, 0) => format!("{tail}s"),
        (0, _) => format!("{minutes}m{tail}s"),
        _ => format!("{hours}h{minutes}m{tail}s"),
    }
}

/// `whole + nanos / 10^places`, without trailing zeros.
fn with_fraction(whole: u64, nanos: u32, places: usize) -> String {
    let digits = format!("{nanos:09}");
    let (upper, lower) = digits.split_at(9usize.saturating_sub(places));
    let upper: u64 = upper.parse().unwrap_or(0);
    let lower = lower.trim_end_matches('0');
    let whole = whole.saturating_add(upper);
    if lower.is_empty() { whole.to_string() } else { format!("{whole}.{lower}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_write_durations_like_the_original() {
        for (nanos, text) in [
            (0, "0s"),
            (999, "999ns"),
            (1_500, "1.5µs"),
            (14_408_576, "14.408576ms"),
            (2_040_144_618, "2.040144618s"),
            (332_000_000_000, "5m32s"),
            (3_601_500_000_000, "1h0m1.5s"),
            (90_000_000_000_000, "25h0m0s"),
        ] {
            assert_eq!(go_duration(Duration::from_nanos(nanos)), text);
        }
    }
}
