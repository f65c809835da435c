//! Has blocks read again.

use super::Order;
use crate::store::{Rescan, Store, StoreError};
use crate::types::Coin;

/// Sets the range that is to be read again; none ends it. What was read is no event, so neither is this: who wanted it
/// and why stands in the log.
///
/// # Errors
///
/// The store's.
pub async fn set_rescan(
    store: &Store,
    coin: Coin,
    rescan: Option<Rescan>,
    order: Order,
) -> Result<(), StoreError> {
    store.write(move |tx| tx.set_rescan(coin, rescan)).await?;
    let Order { by, why } = order;
    match rescan {
        Some(Rescan { from, to, .. }) => tracing::info!(%coin, %from, %to, %by, why, "blocks are read again"),
        None => tracing::info!(%coin, %by, why, "no blocks are read again any more"),
    }
    Ok(())
}
