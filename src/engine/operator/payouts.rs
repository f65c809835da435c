//! What becomes of a payout whose deposit a fork took back.

use super::{ActError, Order};
use crate::payout::{Reason, Ruling, RulingRefused, Verdict};
use crate::store::{PayoutEvent, Purchase, Store, StoreError, Tables, WriteTx};
use crate::types::DepositNo;

/// Rules on the payout of a deposit: pay it although the deposit is gone, void it, or wait.
///
/// # Errors
///
/// Where there is no such deposit, or where its state, or that of its transaction, does not allow it.
pub async fn rule(store: &Store, no: DepositNo, verdict: Verdict, order: Order) -> Result<(), ActError> {
    let told = order.clone();
    store.act(move |tx| rule_in(tx, no, verdict, &order)).await?;
    tracing::warn!(deposit = no.get(), verdict = verdict.name(), by = %told.by, why = %told.why, "ruled");
    Ok(())
}

pub(super) fn rule_in(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    verdict: Verdict,
    order: &Order,
) -> Result<(), ActError> {
    let Some(Purchase { payout, .. }) = tx.purchase(no)? else { return Err(ActError::Unknown) };
    let payout = payout.ok_or(RulingRefused::NothingOwed)?;
    let Order { by, why } = order.clone();
    let reason = Reason { by: by.clone(), why: why.clone(), at: tx.now() };
    // Asked here for the reason of a refusal; the event asks again.
    payout.rule(Ruling { verdict, reason }, tx.circumstances(no)?)?;
    tx.record_act(by, PayoutEvent::Ruled { payout: no, verdict, why })
        .map_err(|error: StoreError| error.into())
}
