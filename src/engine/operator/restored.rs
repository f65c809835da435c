//! A database that was made of a copy goes on once a person has looked at what happened since.

use super::{ActError, Order};
use crate::store::{Store, WalletEvent};

/// Says that all that happened after the copy was made is known, as far as it can be.
///
/// # Errors
///
/// Where the database was not restored, or somebody has said so already.
pub async fn clear_restored(store: &Store, order: Order) -> Result<(), ActError> {
    let told = order.clone();
    let write = store.act(move |tx| {
        if tx.counters().restored == 0 {
            return Err(ActError::NotRestored);
        }
        let Order { by, why } = order.clone();
        Ok(tx.record_act(by, WalletEvent::RestoreCleared { why })?)
    });
    let result: Result<(), ActError> = write.await;
    result?;
    tracing::warn!(by = %told.by, why = %told.why, "a restored database was cleared");
    Ok(())
}
