//! What a wrong guess costs: the next one has to wait, longer each time, by name and by address. It says the same of a
//! name that nobody has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::types::Moment;

/// Wrong guesses that cost nothing: a person mistypes.
const FREE: u32 = 4;
/// The longest wait for a name. Whoever knows a name can make its owner wait; so it is shorter.
const LONGEST_OF_NAME: Duration = Duration::from_secs(5 * 60);
/// The longest wait for an address.
const LONGEST_OF_ADDRESS: Duration = Duration::from_secs(15 * 60);
/// Guesses that are longer ago are forgotten.
const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);
/// Names and addresses that are remembered; beyond that, those that guessed longest ago are forgotten.
const MAX_KNOWN: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Guesser {
    Name(String),
    Address(IpAddr),
}

impl Guesser {
    fn longest(&self) -> Duration {
        match self {
            Guesser::Name(_) => LONGEST_OF_NAME,
            Guesser::Address(_) => LONGEST_OF_ADDRESS,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Guesses {
    wrong: u32,
    last: Moment,
}

impl Guesses {
    fn wait(&self, longest: Duration, now: Moment) -> Duration {
        let Some(over) = self.wrong.checked_sub(FREE + 1) else { return Duration::ZERO };
        let wait = Duration::from_secs(1).saturating_mul(2u32.saturating_pow(over)).min(longest);
        wait.saturating_sub(now.since(self.last))
    }
}

/// Who tries to log in.
#[derive(Debug, Clone)]
pub struct Attempt {
    name: Guesser,
    address: Guesser,
}

impl Attempt {
    /// Returns an attempt under this name, from this address.
    pub fn new(name: &str, address: IpAddr) -> Attempt {
        Attempt { name: Guesser::Name(name.to_lowercase()), address: Guesser::Address(address) }
    }

    fn guessers(&self) -> [&Guesser; 2] {
        [&self.name, &self.address]
    }
}

/// Wrong guesses by name and by address.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Guesser, Guesses>>);

impl Throttle {
    /// Takes an attempt up as a wrong one until [`Throttle::forget`] says otherwise, so that many at a time gain
    /// nothing. Otherwise returns how long to wait.
    ///
    /// # Errors
    ///
    /// Where it comes too early.
    pub fn begin(&self, attempt: &Attempt, now: Moment) -> Result<(), Duration> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = attempt.guessers().map(|guesser| {
            known.get(guesser).map_or(Duration::ZERO, |guesses| guesses.wait(guesser.longest(), now))
        });
        let wait = waits.into_iter().max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for guesser in attempt.guessers() {
            make_room(&mut known, now);
            let guesses = known.entry(guesser.clone()).or_insert(Guesses { wrong: 0, last: now });
            *guesses = Guesses { wrong: guesses.wrong.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// Forgets what was guessed wrong before: this attempt was right.
    pub fn forget(&self, attempt: &Attempt) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for guesser in attempt.guessers() {
            known.remove(guesser);
        }
    }
}

fn make_room(known: &mut HashMap<Guesser, Guesses>, now: Moment) {
    if known.len() < MAX_KNOWN {
        return;
    }
    known.retain(|_, guesses| now.since(guesses.last) < MEMORY);
    if known.len() >= MAX_KNOWN {
        let mut ages: Vec<Duration> = known.values().map(|guesses| now.since(guesses.last)).collect();
        ages.sort_unstable();
        let oldest = ages.get(MAX_KNOWN / 2).copied().unwrap_or_default();
        known.retain(|_, guesses| now.since(guesses.last) < oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UnixTime;

    fn at(seconds: u64) -> Moment {
        Moment::new(UnixTime::new(seconds), Duration::from_secs(seconds))
    }

    fn attempt(name: &str, last: u8) -> Attempt {
        Attempt::new(name, IpAddr::from([10, 0, 0, last]))
    }

    #[test]
    fn should_make_each_guess_wait_longer_whether_the_name_exists_or_not() {
        let throttle = Throttle::default();
        let anna = attempt("anna", 1);
        let mut now = 0;
        for _ in 0..=FREE {
            assert_eq!(throttle.begin(&anna, at(now)), Ok(()));
        }
        for wait in [1, 2, 4, 8, 16, 32, 64] {
            assert_eq!(throttle.begin(&anna, at(now)), Err(Duration::from_secs(wait)));
            now += wait;
            assert_eq!(throttle.begin(&anna, at(now)), Ok(()), "after {wait} seconds");
        }
    }

    #[test]
    fn should_count_by_name_and_by_address_apart() {
        let throttle = Throttle::default();
        for n in 0..20 {
            let _ = throttle.begin(&attempt("anna", n), at(u64::from(n) * 100));
            let _ = throttle.begin(&attempt(&format!("name {n}"), 99), at(u64::from(n) * 2000));
        }
        let of_name = throttle.begin(&attempt("ANNA", 200), at(1900)).unwrap_err();
        assert_eq!(of_name, LONGEST_OF_NAME, "from an address that never guessed");
        let of_address = throttle.begin(&attempt("nobody", 99), at(38_000)).unwrap_err();
        assert_eq!(of_address, LONGEST_OF_ADDRESS, "under a name that was never tried");
        assert_eq!(throttle.begin(&attempt("berta", 3), at(1900)), Ok(()));
    }

    #[test]
    fn should_forget_guesses_once_one_was_right() {
        let throttle = Throttle::default();
        let anna = attempt("anna", 1);
        for _ in 0..=FREE {
            throttle.begin(&anna, at(0)).unwrap();
        }
        throttle.forget(&anna);
        assert_eq!(throttle.begin(&anna, at(0)), Ok(()));
    }

    #[test]
    fn should_not_grow_without_end() {
        let throttle = Throttle::default();
        for n in 0..MAX_KNOWN as u64 + 10 {
            let _ =
                throttle.begin(&Attempt::new(&format!("name {n}"), IpAddr::from([9, 9, 9, 9])), at(n * 1000));
        }
        assert!(throttle.0.lock().unwrap().len() <= MAX_KNOWN);
    }
}
