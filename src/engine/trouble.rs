//! When nothing is asked for a while, and why.

use std::time::Duration;

use crate::exchange::{CallError, Refusal};
use crate::types::Moment;

/// The longest wait after calls that fail.
const LONGEST: Duration = Duration::from_secs(300);

/// How long to wait after a failure.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Waits {
    /// After a call that failed; it doubles with each that follows.
    pub(in crate::engine) failure: Duration,
    /// Where the exchange takes no more calls, and does not say how long.
    pub(in crate::engine) ratelimit: Duration,
}

/// Whom a failure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Concerns {
    /// All that is asked of the exchange.
    Exchange,
    /// One market alone.
    Market,
}

/// Returns whom a failure is about.
pub(in crate::engine) fn concerns(error: &CallError) -> Concerns {
    // Of one that says nothing it is not known that it says nothing to others either.
    if is_silence(error) {
        return Concerns::Market;
    }
    match error.refusal() {
        Some(Refusal::Funds | Refusal::Market | Refusal::TooSmall | Refusal::Terms) => Concerns::Market,
        Some(
            Refusal::Duplicate
            | Refusal::Clock
            | Refusal::Credentials
            | Refusal::NoSuchOrder
            | Refusal::NoSuchWithdrawal
            | Refusal::Other,
        )
        | None => Concerns::Exchange,
    }
}

/// Returns whether there was no answer, or none that says anything.
pub(in crate::engine) const fn is_silence(error: &CallError) -> bool {
    match error {
        CallError::Ambiguous(_) | CallError::Untold(_) => true,
        CallError::NotSent(_) | CallError::RateLimited { .. } | CallError::Refused { .. } => false,
    }
}

/// Returns whether calls that were to be made together with this one are not made any more: they would fail as well. Of
/// a reply that was lost that is not known.
pub(in crate::engine) fn stops_others(error: &CallError) -> bool {
    match error {
        CallError::NotSent(_) | CallError::RateLimited { .. } => true,
        CallError::Refused { kind, .. } => {
            matches!(kind, Refusal::Funds | Refusal::Clock | Refusal::Credentials)
        }
        CallError::Ambiguous(_) | CallError::Untold(_) => false,
    }
}

/// A pause after failures, which grows while they go on.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Standstill {
    pause: Option<(Moment, Duration, String)>,
    failures: u32,
}

impl Standstill {
    /// Waits from now on. Nothing is asked during a pause: what fails then was asked together with what began it, and
    /// is one failure with that.
    pub(in crate::engine) fn begin(&mut self, error: &CallError, now: Moment, waits: Waits) {
        if !self.is_on(now) {
            self.failures = self.failures.saturating_add(1);
        }
        let wait = match error {
            CallError::RateLimited { after, .. } => after.unwrap_or(waits.ratelimit),
            CallError::NotSent(_)
            | CallError::Refused { .. }
            | CallError::Ambiguous(_)
            | CallError::Untold(_) => {
                let doubled = 2u32.saturating_pow(self.failures.saturating_sub(1).min(8));
                waits.failure.saturating_mul(doubled).min(LONGEST.max(waits.failure))
            }
        };
        let is_longer =
            |(since, known, _): &(Moment, Duration, String)| known.saturating_sub(now.since(*since)) >= wait;
        if !self.pause.as_ref().is_some_and(is_longer) {
            self.pause = Some((now, wait, error.to_string()));
        }
    }

    /// Waits for something else than a call that failed.
    pub(in crate::engine) fn begin_for(&mut self, words: String, now: Moment, wait: Duration) {
        self.pause = Some((now, wait, words));
    }

    /// A call succeeded.
    pub(in crate::engine) fn end(&mut self) {
        *self = Standstill::default();
    }

    /// Returns whether nothing is asked now.
    pub(in crate::engine) fn is_on(&self, now: Moment) -> bool {
        self.pause.as_ref().is_some_and(|(since, wait, _)| now.since(*since) < *wait)
    }

    /// Returns why; none since the last success.
    pub(in crate::engine) fn words(&self) -> Option<&str> {
        self.pause.as_ref().map(|(_, _, words)| words.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UnixTime;

    #[test]
    fn should_count_what_fails_together_once() {
        let waits = Waits { failure: Duration::from_secs(10), ratelimit: Duration::from_secs(30) };
        let error = CallError::Ambiguous("lost".to_owned());
        let at = |seconds| Moment::new(UnixTime::new(0), Duration::from_secs(seconds));
        let (mut standstill, mut now) = (Standstill::default(), 0);
        for expected in [10, 20, 40] {
            (0..16).for_each(|_| standstill.begin(&error, at(now), waits));
            assert!(standstill.is_on(at(now + expected - 1)), "{expected}");
            now += expected;
            assert!(!standstill.is_on(at(now)), "{expected}");
        }
        let limited = CallError::RateLimited { after: None, is_certain: false, words: String::new() };
        standstill.begin(&limited, at(now), waits);
        assert!(standstill.is_on(at(now + 29)) && !standstill.is_on(at(now + 30)));
    }

    #[test]
    fn should_stop_together_what_would_fail_together() {
        let refused = |kind| CallError::Refused { kind, words: String::new() };
        let limited = CallError::RateLimited { after: None, is_certain: true, words: String::new() };
        for error in [
            CallError::NotSent(String::new()),
            limited,
            refused(Refusal::Funds),
            refused(Refusal::Clock),
            refused(Refusal::Credentials),
        ] {
            assert!(stops_others(&error), "{error}");
        }
        // What is wrong with one market or order, or was lost on the way, says nothing of the others.
        for error in [
            CallError::Ambiguous(String::new()),
            CallError::Untold(String::new()),
            refused(Refusal::Market),
            refused(Refusal::TooSmall),
            refused(Refusal::Duplicate),
        ] {
            assert!(!stops_others(&error), "{error}");
        }
    }

    #[test]
    fn should_go_on_at_once_and_wait_shortly_again_after_a_success() {
        let waits = Waits { failure: Duration::from_secs(10), ratelimit: Duration::from_secs(30) };
        let error = CallError::NotSent("connection refused".to_owned());
        let at = |seconds| Moment::new(UnixTime::new(0), Duration::from_secs(seconds));
        let mut standstill = Standstill::default();
        [0, 10, 30].into_iter().for_each(|second| standstill.begin(&error, at(second), waits));
        assert!(standstill.is_on(at(69)));
        assert_eq!(standstill.words(), Some("not sent: connection refused"));
        standstill.end();
        assert_eq!((standstill.is_on(at(31)), standstill.words()), (false, None));
        standstill.begin(&error, at(31), waits);
        assert!(standstill.is_on(at(40)) && !standstill.is_on(at(41)));
    }
}
