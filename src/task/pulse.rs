//! Whether a worker that is in the middle of something still moves.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::types::Moment;

/// When a worker moved last, while it is in a step. Between two steps it rests, however long that is.
///
/// A worker that waits for a node moves each time the answer or the time-out wakes it: a node that is down
/// is no silence.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Option<Moment>>>);

impl Pulse {
    /// Returns how long nothing has moved in the step of the moment; none between two steps.
    pub fn silence(&self, now: Moment) -> Option<Duration> {
        self.get().map(|last| now.since(last))
    }

    fn get(&self) -> Option<Moment> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, moment: Option<Moment>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }

    /// Does a step, and notes each time that it goes on.
    pub(super) async fn taken<F: Future>(&self, clock: &dyn Clock, step: F) -> F::Output {
        let mut step = pin!(step);
        let done = poll_fn(|context| {
            self.set(Some(clock.moment()));
            let polled = step.as_mut().poll(context);
            self.set(Some(clock.moment()));
            polled
        });
        let done = done.await;
        self.set(None);
        done
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::testing::ManualClock;

    #[tokio::test]
    async fn should_be_silent_in_a_step_that_does_not_go_on() {
        let (pulse, clock) = (Pulse::default(), ManualClock::default());
        assert_eq!(pulse.silence(clock.moment()), None);
        let (wake, woken) = tokio::sync::oneshot::channel::<()>();
        let mut step = pin!(pulse.taken(&clock, woken));
        assert!(step.as_mut().now_or_never().is_none());
        clock.advance(90);
        assert_eq!(pulse.silence(clock.moment()), Some(Duration::from_secs(90)));
        // It is woken, and goes on.
        assert!(step.as_mut().now_or_never().is_none());
        assert_eq!(pulse.silence(clock.moment()), Some(Duration::ZERO));
        wake.send(()).unwrap();
        step.await.unwrap();
        clock.advance(9000);
        assert_eq!(pulse.silence(clock.moment()), None);
    }
}
