//! What becomes of an address that received coins before it was bound.

use super::{ActError, Order};
use crate::address::DepositAddress;
use crate::skycoin::Address;
use crate::store::{Store, Taints, WalletAddresses, WriteTx};

/// Gives a tainted address back to the pool. What came to it until now is not credited to whom it is given next.
///
/// # Errors
///
/// Where it is not tainted.
pub async fn release_address(store: &Store, address: DepositAddress, order: Order) -> Result<(), ActError> {
    let told = order.clone();
    let write = store.act(move |tx| {
        must_be_tainted(tx, &address)?;
        let Order { by, why } = order.clone();
        Ok::<_, ActError>(tx.untaint(address, by, why)?)
    });
    write.await?;
    tracing::warn!(%address, by = %told.by, why = %told.why, "a tainted address is released");
    Ok(())
}

/// Binds a tainted address to the payee whom it belonged to before they were forgotten.
///
/// # Errors
///
/// Where it is not tainted, or the payee is an address of this desk.
pub async fn give_back_address(
    store: &Store,
    address: DepositAddress,
    payee: Address,
    order: Order,
) -> Result<(), ActError> {
    let told = order.clone();
    let write = store.act(move |tx| {
        if tx.is_of_wallet(&payee)? || tx.find_address(&DepositAddress::of_skycoin(payee))?.is_some() {
            return Err(ActError::PayeeIsOurs);
        }
        must_be_tainted(tx, &address)?;
        let Order { by, why } = order.clone();
        tx.untaint_for_owner(address, by, why)?;
        tx.bind(payee, address).map(drop).map_err(ActError::from)
    });
    write.await?;
    tracing::warn!(%address, %payee, by = %told.by, why = %told.why, "a tainted address is bound");
    Ok(())
}

fn must_be_tainted(tx: &WriteTx<'_>, address: &DepositAddress) -> Result<(), ActError> {
    tx.tainted(address)?.map(drop).ok_or(ActError::Unknown)
}
