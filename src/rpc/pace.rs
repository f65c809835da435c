//! How hard a node is pressed: how many requests run at once, and until when none is sent.
//!
//! A node that refuses because it is asked too much is left alone for as long as it says, and asked for less at once
//! afterwards; what answers well is asked for more again. One pace for all clones of a client.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::RpcError;

/// Requests that run at once where nothing is known against it: enough to keep a node busy, few enough not to
/// be a burden.
const WIDEST: usize = 8;
/// Answers after which one request more is tried.
const WIDEN_AFTER: u32 = 32;
/// Pauses where the node does not say how long: doubled up to the longest while it refuses.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// A node that wants to be left alone for longer is asked after this all the same.
const LONGEST_ASKED: Duration = Duration::from_secs(600);

/// See the module.
#[derive(Debug)]
pub(super) struct Pace {
    places: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Requests that may run at once.
    width: usize,
    /// Places that are given back and not given out again.
    surplus: usize,
    /// Answers since the width was last changed.
    answered: u32,
    next_pause: Duration,
    /// Nothing is sent before this, and what the node said.
    closed: Option<(Instant, String)>,
}

impl Default for Pace {
    fn default() -> Self {
        let state = State { width: WIDEST, surplus: 0, answered: 0, next_pause: FIRST_PAUSE, closed: None };
        Pace { places: Semaphore::new(WIDEST), state: Mutex::new(state) }
    }
}

/// The right to send one request.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pace: &'a Pace,
    permit: Option<SemaphorePermit<'a>>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        if state.surplus > 0 {
            state.surplus -= 1;
            self.permit.take().into_iter().for_each(SemaphorePermit::forget);
        }
    }
}

impl Pace {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn width(&self) -> usize {
        self.state().width
    }

    /// Returns once a request may be sent, spending `patience` on pauses that the node has asked for.
    ///
    /// # Errors
    /// [`RpcError::RateLimited`] where the pause is longer than the patience.
    pub(super) async fn enter(&self, patience: &mut Duration) -> Result<Place<'_>, RpcError> {
        let permit = self.places.acquire().await.map_err(|closed| RpcError::Setup(closed.to_string()))?;
        let place = Place { pace: self, permit: Some(permit) };
        while let Some((left, words)) = self.closed() {
            if left > *patience {
                return Err(RpcError::RateLimited { after: Some(left), words });
            }
            *patience -= left;
            tokio::time::sleep(left).await;
        }
        Ok(place)
    }

    /// For how long nothing is sent, and why.
    fn closed(&self) -> Option<(Duration, String)> {
        let state = self.state();
        let (until, words) = state.closed.as_ref()?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| (left, words.clone()))
    }

    /// The node refused: it is left alone, and asked for half as much at once. Requests that ran side by side are
    /// refused together; that counts once.
    pub(super) fn refused(&self, after: Option<Duration>, words: &str) {
        let now = Instant::now();
        let mut state = self.state();
        let is_closed = state.closed.as_ref().is_some_and(|(until, _)| *until > now);
        if !is_closed {
            let narrower = (state.width / 2).max(1);
            state.surplus += state.width - narrower;
            state.width = narrower;
            state.answered = 0;
        }
        let pause = match after.filter(|asked| !asked.is_zero()) {
            Some(asked) => asked.min(LONGEST_ASKED),
            None if is_closed => return,
            None => {
                let pause = state.next_pause;
                state.next_pause = (pause * 2).min(LONGEST_PAUSE);
                pause
            }
        };
        let until = state.closed.as_ref().map_or(now, |(until, _)| *until).max(now + pause);
        state.closed = Some((until, words.to_owned()));
    }

    /// The node answered.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        state.next_pause = FIRST_PAUSE;
        if state.width == WIDEST {
            return;
        }
        state.answered += 1;
        if state.answered < WIDEN_AFTER {
            return;
        }
        state.answered = 0;
        state.width += 1;
        if state.surplus > 0 {
            state.surplus -= 1;
        } else {
            self.places.add_permits(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(3);

    #[tokio::test]
    async fn should_ask_for_less_after_a_refusal_and_for_more_again() {
        let pace = Pace::default();
        let mut patience = PATIENCE;
        let together =
            [pace.enter(&mut patience).await.unwrap(), pace.enter(&mut PATIENCE.clone()).await.unwrap()];
        for _ in &together {
            pace.refused(None, "HTTP 429: too many");
        }
        assert_eq!(pace.width(), WIDEST / 2, "what ran side by side is refused once");
        drop(together);
        assert_eq!(pace.places.available_permits() - pace.state().surplus, WIDEST / 2);
        // The pause is waited for out of the patience.
        drop(pace.enter(&mut patience).await.unwrap());
        assert!(patience <= PATIENCE - FIRST_PAUSE / 2, "{patience:?}");
        (0..WIDEN_AFTER * 20).for_each(|_| pace.answered());
        assert_eq!(pace.width(), WIDEST);
        assert_eq!(pace.places.available_permits() - pace.state().surplus, WIDEST);
    }

    #[tokio::test]
    async fn should_leave_a_node_alone_for_as_long_as_it_says() {
        let pace = Pace::default();
        pace.refused(Some(Duration::from_secs(60)), "HTTP 429: a minute");
        pace.refused(Some(Duration::from_secs(5)), "HTTP 429: five seconds");
        match pace.enter(&mut PATIENCE.clone()).await.map(drop) {
            Err(RpcError::RateLimited { after: Some(left), .. }) => {
                assert!(left > Duration::from_secs(55), "{left:?}")
            }
            other => panic!("{other:?}"),
        }
    }
}
