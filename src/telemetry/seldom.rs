//! Saying seldom what happens often: a client that is refused a thousand times is one line of the log, not a thousand.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Says yes once in a while.
#[derive(Debug)]
pub struct Seldom {
    every: Duration,
    said: Mutex<(Option<Instant>, u64)>,
}

impl Seldom {
    /// Returns one that says yes once in this time.
    pub const fn new(every: Duration) -> Self {
        Seldom { every, said: Mutex::new((None, 0)) }
    }

    /// How often it happened since it was said the last time, this time included; none while it is too early
    /// to say it again.
    pub fn ask(&self) -> Option<u64> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.1 = said.1.saturating_add(1);
        if said.0.is_some_and(|at| at.elapsed() < self.every) {
            return None;
        }
        let times = said.1;
        *said = (Some(Instant::now()), 0);
        Some(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_say_it_once_and_how_often_it_was() {
        let seldom = Seldom::new(Duration::from_millis(50));
        assert_eq!((seldom.ask(), seldom.ask(), seldom.ask()), (Some(1), None, None));
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(seldom.ask(), Some(3));
    }
}
