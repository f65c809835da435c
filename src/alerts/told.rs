//! What a receiver was told. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Alert, Notice};
use crate::report::{OpenProblem, ProblemKey};
use crate::types::UnixTime;

/// See the module's documentation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told(BTreeMap<ProblemKey, Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    alert: Alert,
    /// When it was told last.
    at: UnixTime,
}

impl Told {
    /// Returns what these alerts, with when each was told last, come to.
    pub fn of(alerts: impl IntoIterator<Item = (Alert, UnixTime)>) -> Told {
        Told(alerts.into_iter().map(|(alert, at)| (alert.key, Entry { alert, at })).collect())
    }

    /// Returns every alert that was told and not taken back, with when it was told last.
    pub fn alerts(&self) -> impl Iterator<Item = (&Alert, UnixTime)> {
        self.0.values().map(|entry| (&entry.alert, entry.at))
    }

    /// Returns what is to be told now: what was told `repeat` ago and is still so is told again.
    pub fn difference(&self, open: &[OpenProblem], now: UnixTime, repeat: Duration) -> Notice {
        let mut notice = Notice::default();
        for problem in open {
            let OpenProblem { key, words, since } = problem.clone();
            let alert = Alert { key, words, since };
            match self.0.get(&key) {
                // What a start remembers is told once it was looked at: it may be over, and has no words yet.
                None if alert.words.is_empty() => {}
                None => notice.opened.push(alert),
                Some(entry) if now.since(entry.at) >= repeat => notice.still.push(alert),
                Some(_) => {}
            }
        }
        let is_over = |key: &ProblemKey| open.iter().all(|problem| problem.key != *key);
        let over = self.0.iter().filter(|(key, _)| is_over(key));
        notice.closed.extend(over.map(|(_, entry)| entry.alert.clone()));
        notice
    }

    /// Notes that all of it was told.
    pub fn note(&mut self, notice: &Notice, now: UnixTime) {
        for alert in notice.opened.iter().chain(&notice.still) {
            self.0.insert(alert.key, Entry { alert: alert.clone(), at: now });
        }
        for alert in &notice.closed {
            self.0.remove(&alert.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ProblemCode;
    use crate::types::Coin;

    const DAY: Duration = Duration::from_secs(86_400);

    fn low() -> OpenProblem {
        let key = (ProblemCode::PoolLow, Some(Coin::BTC));
        OpenProblem { key, words: vec!["low".to_owned()], since: UnixTime::new(5) }
    }

    fn counts(notice: &Notice) -> [usize; 3] {
        [notice.opened.len(), notice.still.len(), notice.closed.len()]
    }

    #[test]
    fn should_wait_for_the_words_of_what_a_start_remembers() {
        let told = Told::default();
        let remembered = OpenProblem { words: Vec::new(), ..low() };
        let now = UnixTime::new(10);
        assert_eq!(counts(&told.difference(&[remembered], now, DAY)), [0, 0, 0]);
        assert_eq!(counts(&told.difference(&[low()], now, DAY)), [1, 0, 0]);
    }

    #[test]
    fn should_tell_each_once_and_again_after_a_day_and_once_that_it_is_over() {
        let mut told = Told::default();
        let mut tell = |open: &[OpenProblem], seconds: u64| {
            let now = UnixTime::new(seconds);
            let notice = told.difference(open, now, DAY);
            told.note(&notice, now);
            counts(&notice)
        };
        assert_eq!(tell(&[], 10), [0, 0, 0]);
        assert_eq!(tell(&[low()], 10), [1, 0, 0]);
        assert_eq!(tell(&[low()], 11), [0, 0, 0]);
        assert_eq!(tell(&[low()], 10 + 86_400), [0, 1, 0]);
        assert_eq!(tell(&[low()], 11 + 86_400), [0, 0, 0]);
        assert_eq!(tell(&[], 12 + 86_400), [0, 0, 1]);
        assert_eq!(tell(&[], 13 + 86_400), [0, 0, 0]);
        // A clock that is set back repeats nothing.
        assert_eq!(tell(&[low()], 20 + 86_400), [1, 0, 0]);
        assert_eq!(tell(&[low()], 5), [0, 0, 0]);
    }

    #[test]
    fn should_tell_what_is_so_to_whom_nothing_reached_meanwhile() {
        let told = Told::default();
        assert_eq!(counts(&told.difference(&[low()], UnixTime::new(1), DAY)), [1, 0, 0]);
        assert_eq!(counts(&told.difference(&[], UnixTime::new(2), DAY)), [0, 0, 0]);
    }
}
