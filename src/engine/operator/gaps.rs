//! What a person does about what was followed and not read whole.

use super::{ActError, Order};
use crate::store::{Chains, Passes, Rescan, Seen, Store};
use crate::types::{Actor, Coin, Height};

/// Has a transaction read again that was passed over, with its block.
///
/// # Errors
///
/// [`ActError::Unknown`] where it was not passed over, [`ActError::Busy`] while other blocks are being read again.
pub async fn read_again(
    store: &Store,
    coin: Coin,
    height: Height,
    name: String,
    by: Actor,
) -> Result<(), ActError> {
    let told = name.clone();
    let asked = store.act(move |write| {
        if write.passed_over(coin, height, &name)?.is_none() {
            return Err(ActError::Unknown);
        }
        if let Some(Rescan { from, to, .. }) = write.rescan(coin)? {
            return Err(ActError::Busy { from, to });
        }
        let rescan = Rescan { from: height, to: height, next: height, found: 0 };
        Ok(write.set_rescan(coin, Some(rescan))?)
    });
    asked.await?;
    tracing::info!(%coin, %height, tx = %told, %by, "a transaction that was passed over is read again");
    Ok(())
}

/// Notes that somebody has looked at it, and what they made of it: it waits for nobody any more.
///
/// # Errors
///
/// [`ActError::Unknown`] where it was not passed over.
pub async fn see(
    store: &Store,
    coin: Coin,
    height: Height,
    name: String,
    order: Order,
) -> Result<(), ActError> {
    let Order { by, why } = order;
    tracing::warn!(%coin, %height, tx = %name, %by, %why, "somebody has looked at a transaction that was passed over");
    let seen = store.act(move |write| {
        let seen = Seen { by: by.clone(), why: why.clone(), at: write.now() };
        if write.see_passed(coin, height, &name, seen)? { Ok(()) } else { Err(ActError::Unknown) }
    });
    seen.await
}

/// Gives up the blocks that were followed without what happens inside transactions: they are not read again.
///
/// # Errors
///
/// [`ActError::Unknown`] where there are none.
pub async fn forget_blind(store: &Store, coin: Coin, order: Order) -> Result<(), ActError> {
    let Order { by, why } = order;
    let given_up = store.write(move |write| write.forget_blind_ranges(coin)).await?;
    for range in &given_up {
        let (from, to) = (range.from, range.to);
        tracing::warn!(%coin, %from, %to, %by, %why, "blocks that were followed without traces are given up");
    }
    if given_up.is_empty() { Err(ActError::Unknown) } else { Ok(()) }
}
