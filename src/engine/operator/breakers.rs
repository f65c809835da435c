//! A person closes a circuit breaker: what it stopped goes on.

use super::{ActError, Order};
use crate::breaker::Breaker;
use crate::store::{BreakerEvent, Breakers, Store};

/// Closes a breaker, whose opening somebody has looked at: the first, the second, and so on. It opens again where there
/// is cause anew.
///
/// # Errors
///
/// Where it is not open, or was closed and has opened again since, or the store fails.
pub async fn close_breaker(
    store: &Store,
    breaker: Breaker,
    opening: u64,
    order: Order,
) -> Result<(), ActError> {
    let told = order.clone();
    let act = store.act(move |tx| {
        let state = tx.breaker(breaker)?;
        if !state.is_some_and(|state| state.is_open() && state.times == opening) {
            return Err(ActError::NotOpen);
        }
        let Order { by, why } = order.clone();
        Ok::<(), ActError>(tx.record_act(by, BreakerEvent::Closed { breaker, why })?)
    });
    act.await?;
    tracing::warn!(%breaker, by = %told.by, why = %told.why, "a circuit breaker was closed");
    Ok(())
}
