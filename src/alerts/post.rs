//! One receiver's post: tells what is new until it is taken, and waits for nobody else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{Kept, Notice, Told};
use crate::clock::Clock;
use crate::report::OpenProblem;
use crate::store::Store;
use crate::task::Shutdown;
use crate::types::UnixTime;

/// After this, what is still so may be told again.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The first wait after a failure; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Somebody who is told.
pub trait Receiver: Send + Sync {
    /// Returns the name that the log tells, and the file has.
    fn name(&self) -> &'static str;

    /// Tells it, and answers once it has taken it.
    ///
    /// # Errors
    ///
    /// Why not, in words without secrets.
    fn tell(&self, notice: &Notice, now: UnixTime) -> impl Future<Output = Result<(), String>> + Send;
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Post<R> {
    /// Who is told.
    pub receiver: R,
    /// What it was told so far.
    pub told: Told,
    /// Where that is written down.
    pub kept: Kept,
    /// What is open.
    pub open: watch::Receiver<Arc<Vec<OpenProblem>>>,
    /// Whose history is told.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// After how long what is still so is told again.
    pub repeat: Duration,
}

impl<R: Receiver> Post<R> {
    /// Works until the service stops.
    pub async fn run(mut self, shutdown: Shutdown) {
        let (mut wait, mut is_failing) = (FIRST_WAIT, false);
        while !shutdown.is_triggered() {
            let pause = match self.deliver(&shutdown).await {
                Ok(()) => {
                    (wait, is_failing) = (FIRST_WAIT, false);
                    LOOK_EVERY
                }
                Err(error) => {
                    if !is_failing {
                        let receiver = self.receiver.name();
                        tracing::warn!(receiver, %error, retry_in = ?wait, "an alert was not taken");
                    }
                    is_failing = true;
                    let pause = wait;
                    wait = wait.saturating_mul(2).min(LONGEST_WAIT);
                    pause
                }
            };
            let has_news = async {
                // News does not make a receiver that is away take it.
                if is_failing || self.open.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = has_news => {}
                () = tokio::time::sleep(pause) => {}
                () = shutdown.wait() => {}
            }
        }
    }

    /// Tells what is to be told now, if anything.
    async fn deliver(&mut self, shutdown: &Shutdown) -> Result<(), String> {
        let open = Arc::clone(&self.open.borrow_and_update());
        let now = self.clock.now();
        let mut notice = self.told.difference(&open, now, self.repeat);
        if notice.is_empty() {
            return Ok(());
        }
        notice.history = Some(self.store.snapshot().head());
        tokio::select! {
            told = tokio::time::timeout(PATIENCE, self.receiver.tell(&notice, now)) => {
                told.unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}")))?;
            }
            () = shutdown.wait() => return Ok(()),
        }
        self.told.note(&notice, now);
        let (opened, closed) = (notice.opened.len(), notice.closed.len());
        tracing::info!(receiver = self.receiver.name(), opened, closed, "alert taken");
        if let Err(error) = self.kept.save(&self.told) {
            tracing::warn!(%error, "alerts: what was told cannot be written down, a restart will repeat it");
        }
        Ok(())
    }
}
