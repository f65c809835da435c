//! Has blocks read again.

use crate::store::{Rescan, Store, StoreError};
use crate::types::{Actor, Coin};

/// Sets the range that is to be read again; none ends it. What was read is no event, so neither is this: who wanted it
/// stands in the log. It needs no reason, for it changes nothing that is there.
///
/// # Errors
///
/// The store's.
pub async fn set_rescan(
    store: &Store,
    coin: Coin,
    rescan: Option<Rescan>,
    by: Actor,
) -> Result<(), StoreError> {
    store.write(move |tx| tx.set_rescan(coin, rescan)).await?;
    match rescan {
        Some(Rescan { from, to, .. }) => tracing::info!(%coin, %from, %to, %by, "blocks are read again"),
        None => tracing::info!(%coin, %by, "no blocks are read again any more"),
    }
    Ok(())
}
