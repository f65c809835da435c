//! Which problems are open, and since when: each opens once and ends once, however it comes and goes in between.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Problem, ProblemCode};
use crate::types::{Coin, Moment, UnixTime};

/// What a problem is known by: the words of one change, its kind and coin do not.
pub type ProblemKey = (ProblemCode, Option<Coin>);

/// A problem that has been there for as long as it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenProblem {
    /// The kind, and the coin that it is about, where it is about one.
    pub key: ProblemKey,
    /// What is told of it.
    pub words: Vec<String>,
    /// When it was seen first.
    pub since: UnixTime,
}

/// See the module's documentation.
#[derive(Debug)]
pub struct ProblemWatch {
    settle: Duration,
    noted: Mutex<BTreeMap<ProblemKey, Noted>>,
}

#[derive(Debug)]
struct Noted {
    words: Vec<String>,
    since: UnixTime,
    first: Moment,
    /// Since when it is not there any more; none while it is.
    absent: Option<Moment>,
    is_open: bool,
}

impl ProblemWatch {
    /// Returns one that knows of no problem. What is there for `settle` opens, and what is away for as long ends.
    pub fn new(settle: Duration) -> Self {
        ProblemWatch { settle, noted: Mutex::default() }
    }

    /// Takes over a problem that was open before a restart: it stays open until it has been away for long enough.
    pub fn take_over(&self, problem: OpenProblem, now: Moment) {
        let OpenProblem { key, words, since } = problem;
        self.noted().entry(key).or_insert(Noted { words, since, first: now, absent: None, is_open: true });
    }

    /// Notes what is amiss at this moment, and returns what is open.
    pub fn observe(&self, now: Moment, problems: &[Problem]) -> Vec<OpenProblem> {
        let mut present: BTreeMap<ProblemKey, Vec<String>> = BTreeMap::new();
        for problem in problems {
            present.entry((problem.code, problem.coin)).or_default().push(problem.words.clone());
        }
        let mut noted = self.noted();
        for (key, words) in &present {
            let one = noted.entry(*key).or_insert_with(|| Noted {
                words: Vec::new(),
                since: now.at(),
                first: now,
                absent: None,
                is_open: false,
            });
            one.words.clone_from(words);
            one.absent = None;
            one.is_open |= now.since(one.first) >= self.settle;
        }
        noted.retain(|key, one| {
            if present.contains_key(key) {
                return true;
            }
            let absent = *one.absent.get_or_insert(now);
            now.since(absent) < self.settle
        });
        open(&noted)
    }

    /// Returns what is open.
    pub fn open(&self) -> Vec<OpenProblem> {
        open(&self.noted())
    }

    /// Returns when a problem was seen first; none where it was not.
    pub fn since(&self, key: ProblemKey) -> Option<UnixTime> {
        self.noted().get(&key).map(|one| one.since)
    }

    fn noted(&self) -> MutexGuard<'_, BTreeMap<ProblemKey, Noted>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(noted: &BTreeMap<ProblemKey, Noted>) -> Vec<OpenProblem> {
    let open = noted.iter().filter(|(_, one)| one.is_open);
    open.map(|(key, one)| OpenProblem { key: *key, words: one.words.clone(), since: one.since }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> Moment {
        Moment::new(UnixTime::new(1_000 + seconds), Duration::from_secs(seconds))
    }

    fn low() -> Problem {
        Problem { code: ProblemCode::PoolLow, coin: Some(Coin::BTC), words: "BTC: only 3 are left".into() }
    }

    fn codes(open: &[OpenProblem]) -> Vec<&'static str> {
        open.iter().map(|one| one.key.0.name()).collect()
    }

    #[test]
    fn should_open_what_stays_and_end_what_stays_away() {
        let watch = ProblemWatch::new(SETTLE);
        assert_eq!(watch.observe(at(0), &[low()]), []);
        assert_eq!(watch.since((ProblemCode::PoolLow, Some(Coin::BTC))), Some(UnixTime::new(1_000)));
        assert_eq!(watch.observe(at(59), &[low()]), []);
        let open = watch.observe(at(60), &[low(), low()]);
        assert_eq!(
            (codes(&open), open[0].since, open[0].words.len()),
            (vec!["pool_low"], UnixTime::new(1_000), 2)
        );
        assert_eq!(codes(&watch.observe(at(70), &[])), ["pool_low"]);
        assert_eq!(codes(&watch.observe(at(129), &[])), ["pool_low"]);
        assert_eq!(watch.observe(at(130), &[]), []);
        assert_eq!(watch.observe(at(131), &[low()]), [], "it begins anew");
    }

    #[test]
    fn should_open_once_what_comes_and_goes() {
        let watch = ProblemWatch::new(SETTLE);
        let told: Vec<usize> = (0..30)
            .map(|n| {
                watch.observe(at(n * 10), if n % 2 == 0 { vec![low()] } else { vec![] }.as_slice()).len()
            })
            .collect();
        assert_eq!(told[..6], [0; 6]);
        assert_eq!(told[6..], [1; 24]);
    }

    #[test]
    fn should_forget_what_was_there_for_a_moment() {
        let watch = ProblemWatch::new(SETTLE);
        watch.observe(at(0), &[low()]);
        (1..10).for_each(|n| assert_eq!(watch.observe(at(n * 10), &[]), []));
        assert_eq!(watch.since((ProblemCode::PoolLow, Some(Coin::BTC))), None);
    }

    #[test]
    fn should_keep_open_over_a_restart_what_has_not_been_looked_for_yet() {
        let watch = ProblemWatch::new(SETTLE);
        let key = (ProblemCode::Node, Some(Coin::ETH));
        watch.take_over(OpenProblem { key, words: vec!["ETH".into()], since: UnixTime::new(7) }, at(0));
        assert_eq!(codes(&watch.open()), ["node_trouble"]);
        assert_eq!(codes(&watch.observe(at(30), &[])), ["node_trouble"]);
        assert_eq!(watch.observe(at(90), &[]), []);
    }
}
