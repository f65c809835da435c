//! What a person says that a coin is worth, in place of what is configured.

use super::{ActError, Order};
use crate::store::{PriceEvent, PricesSet, Store};
use crate::types::Rate;

/// Sets the price of an asset, or lets what is configured count again. It concerns what is promised from here on.
///
/// # Errors
///
/// Where nothing is set that could be cleared, or the store fails.
pub async fn set_price(store: &Store, code: &str, rate: Option<Rate>, order: Order) -> Result<(), ActError> {
    let code = code.to_owned();
    let act = store.act(move |tx| {
        let Order { by, why } = order.clone();
        let code = code.clone();
        let event = match &rate {
            Some(rate) => PriceEvent::Set { code, rate: rate.text().to_owned(), why },
            None if tx.prices_set()?.iter().all(|(known, _)| *known != code) => {
                return Err(ActError::Unknown);
            }
            None => PriceEvent::Cleared { code, why },
        };
        Ok::<(), ActError>(tx.record_act(by, event)?)
    });
    act.await
}
