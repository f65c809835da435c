//! Who is logged in, and what was asked.

use std::time::Duration;

use crate::store::{ActEntry, Session, Sessions, Store, StoreError};
use crate::types::{Hash32, UnixTime};

/// Notes that a session is used. One that was ended meanwhile stays so.
///
/// # Errors
///
/// The store's.
pub async fn use_session(
    store: &Store,
    hash: Hash32,
    session: Session,
    idle: Duration,
) -> Result<(), StoreError> {
    let used = store.write(move |tx| match tx.session(hash)? {
        Some(_) => tx.put_session(hash, &session, idle),
        None => Ok(()),
    });
    used.await
}

/// Logs somebody out.
///
/// # Errors
///
/// The store's.
pub async fn end_session(store: &Store, hash: Hash32) -> Result<(), StoreError> {
    store.write(move |tx| tx.end_session(hash).map(drop)).await
}

/// Appends to the log of acts. Answers the entry's number.
///
/// # Errors
///
/// The store's.
pub async fn log_act(store: &Store, entry: ActEntry) -> Result<u64, StoreError> {
    store.write(move |tx| tx.log_act(&entry)).await
}

/// Notes that what an entry tells has happened again, so often in all.
///
/// # Errors
///
/// The store's.
pub async fn log_again(store: &Store, no: u64, times: u64, last_at: UnixTime) -> Result<(), StoreError> {
    store.write(move |tx| tx.log_again(no, times, last_at)).await
}
