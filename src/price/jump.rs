//! A price that moves too far in too short a time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::types::{Exact, Rate, UnixTime};

/// Prices that are remembered of the time that a bound is for: far more than are asked for in it.
const MOST_SEEN: usize = 1_024;

/// How far a price may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JumpBound {
    /// As a part of what it was.
    pub part: Exact,
    /// Within this time.
    pub within: Duration,
}

/// A price that moved too far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    /// What it was.
    pub from: Rate,
    /// What it came to first, out of bounds.
    pub to: Rate,
}

/// The prices of one asset, as they followed one another lately.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Each with the last moment at which it was so.
    seen: VecDeque<(UnixTime, Rate)>,
    jump: Option<Jump>,
}

impl Course {
    /// Takes down the price of this moment. Returns the jump where it moved too far, until it is back or that is
    /// accepted; none where it is as it may be.
    pub fn follow(&mut self, bound: JumpBound, rate: &Rate, now: UnixTime) -> Option<&Jump> {
        if self.jump.as_ref().is_some_and(|jump| rate.is_near(&jump.from, bound.part)) {
            self.accept();
        }
        if self.jump.is_some() {
            return self.jump.as_ref();
        }
        while self.seen.front().is_some_and(|(at, _)| now.since(*at) > bound.within) {
            self.seen.pop_front();
        }
        let from = self.seen.iter().rev().map(|(_, old)| old).find(|old| !rate.is_near(old, bound.part));
        if let Some(from) = from.cloned() {
            return Some(self.jump.insert(Jump { from, to: rate.clone() }));
        }
        match self.seen.back_mut() {
            Some((at, last)) if last == rate => *at = now,
            Some(_) | None => self.seen.push_back((now, rate.clone())),
        }
        if self.seen.len() > MOST_SEEN {
            self.seen.pop_front();
        }
        None
    }

    /// Returns the jump that is not over.
    pub fn jump(&self) -> Option<&Jump> {
        self.jump.as_ref()
    }

    /// Goes on from the next price, whatever was before.
    pub fn accept(&mut self) {
        self.jump = None;
        self.seen.clear();
    }

    /// Returns what a price is measured from: the oldest first, each with the last moment at which it was so.
    pub fn seen(&self) -> impl Iterator<Item = (UnixTime, &Rate)> {
        self.seen.iter().map(|(at, rate)| (*at, rate))
    }

    /// Measures from what was seen before this process began. What is longer ago than the bound is for is left out as
    /// always.
    pub fn remember(&mut self, seen: impl IntoIterator<Item = (UnixTime, Rate)>) {
        self.seen = seen.into_iter().collect();
    }

    /// Stands as after a jump that was seen before.
    pub fn resume(&mut self, jump: Jump) {
        self.jump = Some(jump);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound() -> JumpBound {
        JumpBound { part: "0.1".parse().unwrap(), within: Duration::from_secs(600) }
    }

    fn follow(course: &mut Course, rate: &str, now: u64) -> Option<(String, String)> {
        let rate = Rate::parse(rate).unwrap();
        let jump = course.follow(bound(), &rate, UnixTime::new(now));
        jump.map(|jump| (jump.from.text().to_owned(), jump.to.text().to_owned()))
    }

    fn jumped(from: &str, to: &str) -> Option<(String, String)> {
        Some((from.to_owned(), to.to_owned()))
    }

    #[test]
    fn should_tell_a_price_that_moves_too_far_until_it_is_back() {
        let mut course = Course::default();
        for (rate, now) in [("100", 1_000), ("105", 1_100), ("110", 1_200)] {
            assert_eq!(follow(&mut course, rate, now), None, "{rate}");
        }
        assert_eq!(follow(&mut course, "111", 1_300), jumped("100", "111"), "step by step is a move too");
        assert_eq!(follow(&mut course, "111", 90_000), jumped("100", "111"), "time alone makes it no better");
        assert_eq!(follow(&mut course, "109", 90_010), None);
        assert_eq!(follow(&mut course, "90", 90_020), jumped("109", "90"), "downwards too");
    }

    #[test]
    fn should_forget_what_is_longer_ago_and_begin_anew_once_it_is_accepted() {
        let mut course = Course::default();
        assert_eq!(follow(&mut course, "100", 1_000), None);
        // It was so until now.
        assert_eq!(follow(&mut course, "100", 5_000), None);
        assert_eq!(follow(&mut course, "200", 5_600), jumped("100", "200"));
        course.accept();
        assert_eq!((follow(&mut course, "200", 5_610), course.jump()), (None, None));
        assert_eq!(follow(&mut course, "100", 5_620), jumped("200", "100"));
        let mut course = Course::default();
        assert_eq!(follow(&mut course, "100", 1_000), None);
        assert_eq!(follow(&mut course, "200", 1_601), None, "that is longer ago than the bound is for");
    }

    #[test]
    fn should_measure_from_what_was_seen_before_it_began() {
        let mut before = Course::default();
        for (rate, now) in [("100", 1_000), ("105", 1_100)] {
            assert_eq!(follow(&mut before, rate, now), None);
        }
        let seen = |course: &Course| course.seen().map(|(at, rate)| (at, rate.clone())).collect::<Vec<_>>();
        let mut course = Course::default();
        course.remember(seen(&before));
        assert_eq!(seen(&course), seen(&before));
        assert_eq!(follow(&mut course, "111", 1_590), jumped("100", "111"));
        let mut course = Course::default();
        course.remember(seen(&before));
        assert_eq!(follow(&mut course, "150", 1_701), None, "longer ago than the bound is for");
    }

    #[test]
    fn should_not_be_fooled_by_a_clock_that_is_set_back() {
        let mut course = Course::default();
        assert_eq!(follow(&mut course, "100", 90_000), None);
        assert_eq!(follow(&mut course, "200", 10), jumped("100", "200"));
    }
}
