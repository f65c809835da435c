//! A store that is gone with the test.

use std::sync::Arc;

use super::ManualClock;
use crate::store::{MemoryBackend, Purpose, Store};
use crate::types::Coin;

/// Returns an empty store for real coins.
///
/// # Panics
///
/// Where an empty database is none.
pub fn memory_store() -> Store {
    let (backend, clock) = (Arc::new(MemoryBackend::default()), Arc::new(ManualClock::default()));
    let store = Store::open(backend, Purpose::real(Coin::BTC.main_network()), clock, &|_| {});
    store.expect("BUG: an empty database makes a store")
}
