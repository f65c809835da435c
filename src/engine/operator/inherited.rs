//! What became of a payout in the original, whose database was taken over.

use super::{ActError, Order};
use crate::payout::{Inherited, PaidRefused};
use crate::store::{PayoutEvent, Purchase, Spends, Store, Tables, WriteTx};
use crate::types::{DepositNo, TxId};

/// Says that the original has paid a deposit, by this transaction, or by the one that it names itself.
///
/// # Errors
///
/// Where there is no such deposit, where that is not unclear, or where the transaction is among the spends of the hot
/// wallet: as one of those it is taken over with what it has paid.
pub async fn pay_before(
    store: &Store,
    no: DepositNo,
    by: Option<TxId>,
    order: Order,
) -> Result<(), ActError> {
    let told = order.clone();
    let done: Result<(), ActError> = store.act(move |tx| pay_before_in(tx, no, by, &order)).await;
    done?;
    tracing::warn!(deposit = no.get(), by = %told.by, why = %told.why, "said to be paid by the original");
    Ok(())
}

fn pay_before_in(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    by: Option<TxId>,
    order: &Order,
) -> Result<(), ActError> {
    let Some(Purchase { payout, .. }) = tx.purchase(no)? else { return Err(ActError::Unknown) };
    let payout = payout.ok_or(PaidRefused::NotUnclear)?;
    payout.can_be_paid_before()?;
    let txid = by.or_else(|| payout.inheritance().and_then(Inherited::txid));
    if let Some(txid) = txid
        && tx.foreign_spend(txid)?.is_some()
    {
        return Err(PaidRefused::Spent.into());
    }
    let Order { by: actor, why } = order.clone();
    Ok(tx.record_act(actor, PayoutEvent::PaidBefore { payout: no, by, why })?)
}
