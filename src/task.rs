//! Workers: the loop, the backoff, the stop check and the record of how they fare, written once.
//!
//! A worker does one step at a time. Tests call the steps themselves, so that nothing in them sleeps.
//! On failure: a passing error is shown and tried again, later each time; any other ends the worker, and with it the
//! process, because a desk without one of its workers is not a desk.

mod pulse;

use std::any::Any;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tracing::Instrument;

use crate::clock::Clock;
use crate::types::UnixTime;

pub use pulse::Pulse;

/// The first wait after a failure; it doubles up to the longest.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// What a worker wants after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There is more to do at once.
    Again,
    /// Nothing to do before the store changes or this time has passed.
    Wait(Duration),
}

/// Why a step did not succeed.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct StepError {
    /// What went wrong, for health and the log.
    pub message: String,
    /// Whether trying again may help.
    pub is_transient: bool,
    /// When trying again is of use, where that is known.
    pub retry_after: Option<Duration>,
}

impl StepError {
    /// Returns one that trying again may help against.
    pub fn transient(message: impl std::fmt::Display) -> Self {
        StepError { message: message.to_string(), is_transient: true, retry_after: None }
    }

    /// Returns one that ends the worker, and with it the process.
    pub fn fatal(message: impl std::fmt::Display) -> Self {
        StepError { message: message.to_string(), is_transient: false, retry_after: None }
    }

    /// The same, to be tried again after this time rather than after one that grows.
    pub fn retry_after(self, retry_after: Option<Duration>) -> Self {
        StepError { retry_after, ..self }
    }
}

/// Something that works in steps.
pub trait Worker: Send {
    /// Returns the worker's name, which log and errors tell.
    fn name(&self) -> &'static str;

    /// Does one step.
    fn step(&mut self) -> impl Future<Output = Result<Next, StepError>> + Send;
}

/// How a worker fares, for health and the admin listener.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fares {
    /// When a step succeeded last; none before the first time.
    pub last_success: Option<UnixTime>,
    /// Since when it fails, and with what: none while it succeeds.
    pub failing: Option<(UnixTime, String)>,
    /// Steps that failed since the start.
    pub failures: u64,
}

/// A shared [`Fares`].
#[derive(Debug, Clone, Default)]
pub struct Vitals(Arc<Mutex<Fares>>);

impl Vitals {
    /// Returns how it fares now.
    pub fn get(&self) -> Fares {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn success(&self, now: UnixTime) {
        let mut fares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fares.last_success = Some(now);
        fares.failing = None;
    }

    /// Answers whether this is news: the first failure, or one with other words.
    fn failure(&self, now: UnixTime, message: &str) -> bool {
        let mut fares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fares.failures = fares.failures.saturating_add(1);
        let since = fares.failing.as_ref().map_or(now, |(since, _)| *since);
        let news = fares.failing.as_ref().is_none_or(|(_, known)| known != message);
        fares.failing = Some((since, message.to_owned()));
        news
    }
}

/// Tells everything that runs to stop.
#[derive(Debug, Clone)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Default for Shutdown {
    fn default() -> Self {
        Shutdown(Arc::new(watch::Sender::new(false)))
    }
}

impl Shutdown {
    /// Begins to stop.
    pub fn trigger(&self) {
        self.0.send_replace(true);
    }

    /// Returns whether stopping has begun.
    pub fn is_triggered(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when stopping begins.
    pub async fn wait(&self) {
        // The sender lives as long as `self`.
        let _ = self.0.subscribe().wait_for(|stop| *stop).await;
    }
}

/// What a worker is run with.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What tells the worker to stop.
    pub shutdown: Shutdown,
    /// Changes when the store holds something new for the workers.
    pub work: watch::Receiver<u64>,
    /// Told when something else wants this worker to look now.
    pub nudge: Arc<Notify>,
    /// Shows whether the worker moves.
    pub pulse: Pulse,
}

/// What a panic said.
pub fn panic_words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned());
    words.unwrap_or_else(|| "a panic without a message".to_owned())
}

/// Does work that would hold up others on a thread of its own. A panic in it goes on where it is waited for: a defect
/// is the end of whoever asked, whatever thread it showed in.
///
/// # Errors
///
/// `ended`, where the runtime ends before the work has begun.
pub async fn aside<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ended: impl FnOnce() -> E,
) -> Result<T, E>
where
    T: Send + 'static,
    E: Send + 'static,
{
    match tokio::task::spawn_blocking(work).await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => Err(ended()),
    }
}

/// Panics in the part that `TELLER_TEST_PANIC` names: how tests let one die.
#[cfg(feature = "testing")]
pub fn panic_if_asked(part: &str) {
    if std::env::var("TELLER_TEST_PANIC").is_ok_and(|asked| asked == part) {
        panic!("{part} was asked to panic");
    }
}

/// Holds up for ever the part that `TELLER_TEST_HANG=PART:FILE` names, once the file is there: how tests let one hang.
#[cfg(feature = "testing")]
pub fn hang_if_asked(part: &str) {
    let asked = std::env::var("TELLER_TEST_HANG").unwrap_or_default();
    let is_asked = |(name, file): (&str, &str)| name == part && std::path::Path::new(file).exists();
    while asked.split_once(':').is_some_and(is_asked) {
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Runs a worker until it is told to stop, always between two steps, or until it fails for good.
pub async fn run(mut worker: impl Worker, vitals: Vitals, mut around: Surroundings) -> Result<(), StepError> {
    let name = worker.name();
    let (mut backoff, mut steps) = (FIRST_BACKOFF, 0u64);
    while !around.shutdown.is_triggered() {
        around.work.mark_unchanged();
        #[cfg(feature = "testing")]
        panic_if_asked(name);
        steps = steps.wrapping_add(1);
        let span = tracing::info_span!("step", worker = name, step = steps);
        let step = worker.step().instrument(span);
        let wait = match around.pulse.taken(&*around.clock, step).await {
            Ok(next) => {
                vitals.success(around.clock.now());
                backoff = FIRST_BACKOFF;
                match next {
                    Next::Again => continue,
                    Next::Wait(wait) => wait,
                }
            }
            Err(error) if error.is_transient => {
                let wait = error.retry_after.unwrap_or(backoff);
                if vitals.failure(around.clock.now(), &error.message) {
                    tracing::warn!(worker = name, %error, retry_in = ?wait, "step failed");
                }
                // New work does not make a failing node answer: only time or the stop ends this wait.
                sleep_or_stop(wait, &around.shutdown).await;
                backoff = backoff.saturating_mul(2).min(LONGEST_BACKOFF);
                continue;
            }
            Err(error) => {
                vitals.failure(around.clock.now(), &error.message);
                tracing::error!(worker = name, %error, "worker ended");
                return Err(error);
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            // An error here means that the store is gone; the next step will say so.
            _ = around.work.changed() => {}
            () = around.nudge.notified() => {}
            () = around.shutdown.wait() => {}
        }
    }
    Ok(())
}

async fn sleep_or_stop(wait: Duration, shutdown: &Shutdown) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = shutdown.wait() => {}
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn should_let_a_panic_aside_go_on_where_it_is_waited_for() {
        assert_eq!(aside(|| Ok::<_, ()>(7), || ()).await, Ok(7));
        let work = aside(|| -> Result<(), ()> { panic!("a defect") }, || ());
        let panic = std::panic::AssertUnwindSafe(work).catch_unwind().await.unwrap_err();
        assert_eq!(panic_words(&*panic), "a defect");
    }
}
