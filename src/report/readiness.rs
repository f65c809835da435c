//! Whether the process lives, and whether it serves: for whoever restarts it, or sends requests to it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::Store;
use crate::task::Shutdown;

/// See the module's documentation. A few flags are looked at, nothing is read.
#[derive(Debug)]
pub struct Readiness {
    store: Store,
    shutdown: Shutdown,
    is_serving: AtomicBool,
}

impl Readiness {
    /// Returns the one of a service that does not serve yet.
    pub fn new(store: Store, shutdown: Shutdown) -> Self {
        Readiness { store, shutdown, is_serving: AtomicBool::new(false) }
    }

    /// Notes that all listeners answer from now on.
    pub fn serves(&self) {
        self.is_serving.store(true, Ordering::Release);
    }

    /// Returns whether the parts of the process live. One that dies ends the process; until it
    /// has ended, this is an error.
    ///
    /// # Errors
    ///
    /// What has died, in words.
    pub fn lives(&self) -> Result<(), &'static str> {
        if self.store.has_failed() { Err("the database has failed") } else { Ok(()) }
    }

    /// Returns whether requests are served, now and in the next moment.
    ///
    /// # Errors
    ///
    /// Why they are not, in words.
    pub fn is_ready(&self) -> Result<(), &'static str> {
        self.lives()?;
        if self.shutdown.is_triggered() {
            return Err("stopping");
        }
        if !self.is_serving.load(Ordering::Acquire) {
            return Err("starting");
        }
        Ok(())
    }
}
