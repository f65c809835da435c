//! Looks at health now and then, and passes on what is open.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::report::{HealthCheck, OpenProblem, ProblemWatch};
use crate::task::Shutdown;

/// How often it looks, at most: where problems have to stay for less, sooner.
const EVERY: Duration = Duration::from_secs(10);

/// See the module's documentation.
#[derive(Debug)]
pub struct Watcher {
    health: Arc<HealthCheck>,
    problems: Arc<ProblemWatch>,
    open: watch::Sender<Arc<Vec<OpenProblem>>>,
    every: Duration,
}

impl Watcher {
    /// Returns one that begins with what is open already. `settle` is how long a problem has to stay.
    pub fn new(health: Arc<HealthCheck>, problems: Arc<ProblemWatch>, settle: Duration) -> Watcher {
        let open = watch::Sender::new(Arc::new(problems.open()));
        Watcher { health, problems, open, every: (settle / 4).clamp(Duration::from_millis(100), EVERY) }
    }

    /// Returns where what is open is passed on.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Vec<OpenProblem>>> {
        self.open.subscribe()
    }

    /// Works until the service stops.
    pub async fn run(self, shutdown: Shutdown) {
        let mut ticks = tokio::time::interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.look(),
                () = shutdown.wait() => return,
            }
        }
    }

    fn look(&self) {
        let verdict = self.health.verdict(&self.health.store.snapshot());
        let open = self.problems.observe(self.health.clock.moment(), &verdict.problems);
        self.open.send_if_modified(|known| {
            let is_news = **known != open;
            if is_news {
                *known = Arc::new(open);
            }
            is_news
        });
    }
}
