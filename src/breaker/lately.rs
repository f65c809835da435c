//! Which transactions this process signed lately, whatever clocks showed meanwhile.

use std::collections::VecDeque;
use std::time::Duration;

use crate::types::{AttemptNo, Moment};

/// Transactions with the moments at which they were signed, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct SignedLately {
    signed: VecDeque<(AttemptNo, Moment)>,
    past: Option<AttemptNo>,
}

impl SignedLately {
    /// Notes that a transaction was signed now.
    pub fn note(&mut self, no: AttemptNo, now: Moment) {
        self.signed.push_back((no, now));
    }

    /// Forgets what was signed longer ago than this. Returns the last transaction that is known to be that old, which
    /// all before it are; none where none is.
    pub fn forget(&mut self, now: Moment, after: Duration) -> Option<AttemptNo> {
        while let Some((no, signed)) = self.signed.front().copied()
            && now.since(signed) >= after
        {
            self.signed.pop_front();
            self.past = Some(no);
        }
        self.past
    }

    /// Whether a transaction is one of those that are left.
    pub fn has(&self, no: AttemptNo) -> bool {
        self.signed.iter().any(|(known, _)| *known == no)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UnixTime;

    #[test]
    fn should_go_by_how_long_the_process_runs() {
        let at = |shown, running| Moment::new(UnixTime::new(shown), Duration::from_secs(running));
        let [first, second] = [AttemptNo::FIRST, AttemptNo::FIRST.next()];
        let (mut lately, hour) = (SignedLately::default(), Duration::from_secs(3_600));
        assert_eq!(lately.forget(at(0, 0), hour), None);
        lately.note(first, at(90_000, 0));
        lately.note(second, at(10, 1_800));
        assert_eq!(lately.forget(at(900_000, 3_599), hour), None);
        assert!(lately.has(first) && lately.has(second));
        assert_eq!(lately.forget(at(0, 3_600), hour), Some(first));
        assert!(!lately.has(first) && lately.has(second));
        assert_eq!(lately.forget(at(0, 9_000), hour), Some(second));
        assert_eq!(lately.forget(at(0, 9_001), hour), Some(second));
    }
}
