//! When nothing is asked for a while, and why.

use std::time::Duration;

use crate::exchange::{CallError, Refusal};
use crate::types::Moment;

/// The longest wait after calls that fail.
const LONGEST: Duration = Duration::from_secs(300);

/// How long to wait after a failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    /// After a call that failed; it doubles with each that follows.
    pub(super) failure: Duration,
    /// Where the exchange takes no more calls, and does not say how long.
    pub(super) ratelimit: Duration,
}

/// Whom a failure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerns {
    /// All that is asked of the exchange.
    Exchange,
    /// One market alone.
    Market,
}

/// Returns whom a failure is about.
pub(super) fn concerns(error: &CallError) -> Concerns {
    match error.refusal() {
        Some(Refusal::Funds | Refusal::Market | Refusal::TooSmall | Refusal::Terms) => Concerns::Market,
        Some(
            Refusal::Duplicate
            | Refusal::Clock
            | Refusal::Credentials
            | Refusal::NoSuchOrder
            | Refusal::Other,
        )
        | None => Concerns::Exchange,
    }
}

/// A pause after failures, which grows while they go on.
#[derive(Debug, Clone, Default)]
pub(super) struct Standstill {
    pause: Option<(Moment, Duration, String)>,
    failures: u32,
}

impl Standstill {
    /// Waits from now on.
    pub(super) fn begin(&mut self, error: &CallError, now: Moment, waits: Waits) {
        let wait = match error {
            CallError::RateLimited { after, .. } => after.unwrap_or(waits.ratelimit),
            CallError::NotSent(_) | CallError::Refused { .. } | CallError::Ambiguous(_) => {
                let doubled = 2u32.saturating_pow(self.failures.min(8));
                waits.failure.saturating_mul(doubled).min(LONGEST.max(waits.failure))
            }
        };
        self.failures = self.failures.saturating_add(1);
        self.pause = Some((now, wait, error.to_string()));
    }

    /// Waits for something else than a call that failed.
    pub(super) fn begin_for(&mut self, words: String, now: Moment, wait: Duration) {
        self.pause = Some((now, wait, words));
    }

    /// A call succeeded.
    pub(super) fn end(&mut self) {
        *self = Standstill::default();
    }

    /// Returns whether nothing is asked now.
    pub(super) fn is_on(&self, now: Moment) -> bool {
        self.pause.as_ref().is_some_and(|(since, wait, _)| now.since(*since) < *wait)
    }

    /// Returns why; none since the last success.
    pub(super) fn words(&self) -> Option<&str> {
        self.pause.as_ref().map(|(_, _, words)| words.as_str())
    }
}
