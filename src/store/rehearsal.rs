//! What an act would do, found out by doing it and keeping nothing.

use std::sync::{Arc, Mutex, PoisonError};

use super::Store;
use super::telling::Telling;

/// What was recorded and not kept.
pub(super) type Told = Arc<Mutex<Vec<Telling>>>;

/// A store in which everything can be done and nothing is kept: each transaction is run to its end, and then undone.
#[derive(Debug)]
pub struct Rehearsal {
    store: Store,
    told: Told,
}

impl Rehearsal {
    pub(super) fn new(store: Store, told: Told) -> Rehearsal {
        Rehearsal { store, told }
    }

    /// Where it is done.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns what was recorded since the last time this was asked, in words.
    pub fn told(&self) -> Vec<Telling> {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
