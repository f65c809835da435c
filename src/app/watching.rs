//! What watches the service, and is asked by whoever watches it from outside.

use std::sync::Arc;

use crate::config::Config;
use crate::http::Doors;
use crate::report::{ProblemWatch, Readiness};
use crate::store::Store;
use crate::task::Shutdown;

/// See the module's documentation.
#[derive(Debug, Clone)]
pub(super) struct Watching {
    /// Whether the process lives and serves.
    pub(super) readiness: Arc<Readiness>,
    /// The doors of all listeners.
    pub(super) doors: Arc<Doors>,
    /// Since when each problem is there.
    pub(super) problems: Arc<ProblemWatch>,
}

impl Watching {
    pub(super) fn new(config: &Config, store: &Store, shutdown: &Shutdown) -> Watching {
        Watching {
            readiness: Arc::new(Readiness::new(store.clone(), shutdown.clone())),
            doors: Arc::default(),
            problems: Arc::new(ProblemWatch::new(config.alerts.settle)),
        }
    }
}
