//! Durations in the unit that people say them in.

use std::time::Duration;

/// Whole units; what is less is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) count: u64,
    pub(super) unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        let seconds = duration.as_secs();
        let (count, unit) = match seconds {
            0..120 => (seconds, Unit::Seconds),
            120..7_200 => (seconds / 60, Unit::Minutes),
            7_200..172_800 => (seconds / 3_600, Unit::Hours),
            172_800.. => (seconds / 86_400, Unit::Days),
        };
        Span { count, unit }
    }
}
