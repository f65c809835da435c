//! Has blocks read again.

use crate::store::{Rescan, Store, StoreError};
use crate::types::Coin;

/// Sets the range that is to be read again; none ends it. What was read is no event, so neither is this.
pub async fn set_rescan(store: &Store, coin: Coin, rescan: Option<Rescan>) -> Result<(), StoreError> {
    store.act(move |tx| tx.set_rescan(coin, rescan)).await
}
