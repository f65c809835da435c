//! What becomes of an address that received coins before it was bound.

use super::{ActError, Order};
use crate::address::DepositAddress;
use crate::skycoin::Address;
use crate::store::{Store, StoreError, Taints, WalletAddresses, WriteTx};

/// Gives a tainted address back to the pool.
///
/// # Errors
///
/// Where it is not tainted.
pub async fn release_address(store: &Store, address: DepositAddress, order: Order) -> Result<(), ActError> {
    let told = order.clone();
    let write = store.act(move |tx| untaint(tx, address, &order));
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
        untaint(tx, address, &order)?;
        tx.bind(payee, address).map(drop).map_err(ActError::from)
    });
    write.await?;
    tracing::warn!(%address, %payee, by = %told.by, why = %told.why, "a tainted address is bound");
    Ok(())
}

fn untaint(tx: &mut WriteTx<'_>, address: DepositAddress, order: &Order) -> Result<(), ActError> {
    if tx.tainted(&address)?.is_none() {
        return Err(ActError::Unknown);
    }
    let Order { by, why } = order.clone();
    tx.untaint(address, by, why).map_err(|error: StoreError| error.into())
}
