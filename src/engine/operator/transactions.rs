//! What becomes of a signed transaction that holds payouts back, or is held back by them.

use super::payouts::rule_in;
use super::{ActError, Order};
use crate::payout::{Attempt, CourseRefused, Verdict, may_leave};
use crate::store::{AttemptEvent, Purchase, Store, StoreError, Tables, WriteTx};
use crate::types::{AttemptNo, DepositNo};

/// Has a transaction withdrawn: another one will spend an input of it back to the wallet. Once that is
/// confirmed as deep as required the first is dead, and what it was to pay is owed again, or void as was
/// ruled.
///
/// # Errors
///
/// Where there is no such transaction, or it has ended, is being withdrawn already, or withdraws another one itself.
pub async fn withdraw(store: &Store, no: AttemptNo, order: Order) -> Result<(), ActError> {
    let told = order.clone();
    let ask = store.act(move |tx| {
        known(tx, no)?.steerable()?;
        if known(tx, no)?.is_withdrawn() {
            return Err(ActError::Course(CourseRefused::Withdrawn));
        }
        let Order { by, why } = order.clone();
        Ok(tx.record_act(by, AttemptEvent::WithdrawalAsked { attempt: no, why })?)
    });
    ask.await?;
    tracing::warn!(transaction = no.get(), by = %told.by, why = %told.why, "a transaction is to be withdrawn");
    Ok(())
}

/// Has a transaction sent although something holds it back. Each of its payouts that may not leave is ruled to be paid.
/// Answers those.
///
/// # Errors
///
/// Where there is no such transaction, or it has ended, or nothing holds it back.
pub async fn send_on(store: &Store, no: AttemptNo, order: Order) -> Result<Vec<DepositNo>, ActError> {
    let told = order.clone();
    let ruled: Vec<DepositNo> = store.act(move |tx| send_on_in(tx, no, &order)).await?;
    let count = ruled.len();
    tracing::warn!(transaction = no.get(), ruled = count, by = %told.by, why = %told.why, "a transaction is sent on");
    Ok(ruled)
}

fn send_on_in(tx: &mut WriteTx<'_>, no: AttemptNo, order: &Order) -> Result<Vec<DepositNo>, ActError> {
    let attempt = known(tx, no)?;
    attempt.steerable()?;
    if !attempt.is_held_back() {
        return Err(CourseRefused::NotHeldBack.into());
    }
    let transaction = tx.signed_transaction(no)?;
    let transaction = transaction
        .ok_or_else(|| StoreError::Invariant(format!("transaction {} is stored", attempt.txid)))?;
    let mut ruled = Vec::new();
    for part in transaction.parts {
        let Some(Purchase { deposit, payout: Some(payout) }) = tx.purchase(part.payout)? else { continue };
        if !may_leave(&deposit, &payout) {
            rule_in(tx, part.payout, Verdict::Pay, order)?;
            ruled.push(part.payout);
        }
    }
    if attempt.is_withdrawn() {
        let Order { by, why } = order.clone();
        tx.record_act(by, AttemptEvent::SendOnAsked { attempt: no, why })?;
    }
    Ok(ruled)
}

/// Has a refused transaction offered again at once, however long it would rest after its last refusals.
///
/// # Errors
///
/// Where there is no such transaction, or it has ended, or no node refuses it.
pub async fn retry(store: &Store, no: AttemptNo, order: Order) -> Result<(), ActError> {
    let told = order.clone();
    let ask = store.act(move |tx| {
        known(tx, no)?.retry()?;
        let Order { by, why } = order.clone();
        Ok::<_, ActError>(tx.record_act(by, AttemptEvent::RetryAsked { attempt: no, why })?)
    });
    ask.await?;
    tracing::warn!(transaction = no.get(), by = %told.by, why = %told.why, "a refused transaction is offered again");
    Ok(())
}

fn known(tx: &WriteTx<'_>, no: AttemptNo) -> Result<Attempt, ActError> {
    tx.attempt(no)?.ok_or(ActError::Unknown)
}
