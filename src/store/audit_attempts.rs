//! The audit of transactions: numbered without gaps, stored with their bytes, each input claimed once, and every payout
//! where its transaction says.

use super::StoreError;
use super::attempts::kept_back;
use super::audit::{Audit, rows};
use super::codec::key;
use super::kv::Table;
use super::tables::Purchase;
use crate::payout::{Attempt, AttemptState, PayoutState, Purpose, SignedTransaction};

/// Every transaction, what it claims, and what it pays.
pub(super) fn check(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let (mut last, mut claims) = (0, 0usize);
    for row in rows::<Attempt>(audit.kv, Table::Attempts)? {
        let (number, attempt) = row?;
        audit.seen_row();
        audit.report.check(number == last + 1 && attempt.no.get() == number, || {
            format!("transaction {number} follows {last}")
        });
        last = number;
        audit.counted.live_attempts += u64::from(attempt.is_live());
        let stored = Table::SignedTransactions;
        let transaction: Option<SignedTransaction> = super::tables::get(audit.kv, stored, &key(number))?;
        audit.report.check(transaction.is_some(), || format!("transaction {number} is not stored"));
        let Some(transaction) = transaction else { continue };
        let read = transaction.verify();
        audit.report.check(read == Ok(Some(attempt.txid)), || match read {
            Ok(_) => format!("transaction {number} is not what its bytes are"),
            Err(error) => format!("transaction {number}: {error}"),
        });
        if !attempt.is_dead() {
            claims += claims_of(audit, &attempt, &transaction)?;
            check_one(audit, &attempt, &transaction)?;
        }
    }
    let claimed = audit.kv.scan(Table::Claimed, &[], None)?.count();
    audit
        .report
        .check(claimed == claims, || format!("{claimed} inputs are claimed, the transactions have {claims}"));
    audit.counted.attempts = last;
    Ok(())
}

/// Inputs are claimed by the transaction that spends them; those of a withdrawal by what it withdraws, until that is
/// dead. Answers how many claims are its own.
fn claims_of(
    audit: &mut Audit<'_>,
    attempt: &Attempt,
    transaction: &SignedTransaction,
) -> Result<usize, StoreError> {
    let original = match attempt.purpose {
        Purpose::Payouts => None,
        Purpose::Withdrawal { of } => {
            let original: Option<Attempt> = super::tables::get(audit.kv, Table::Attempts, &key(of.get()))?;
            let knows = original.as_ref().is_some_and(|original| original.rival == Some(attempt.no));
            audit
                .report
                .check(knows, || format!("{} withdraws {of}, which knows nothing of it", attempt.txid));
            original.filter(|original| !original.is_dead())
        }
    };
    let claimer = original.as_ref().map_or(attempt.no, |original| original.no);
    for input in &transaction.inputs {
        let claim = audit.kv.get(Table::Claimed, &input.0)?;
        let is_right = claim.as_deref() == Some(&key(claimer.get()));
        audit.report.check(is_right, || format!("input {input} of {} is not claimed by it", attempt.txid));
    }
    Ok(if original.is_some() { 0 } else { transaction.inputs.len() })
}

fn check_one(
    audit: &mut Audit<'_>,
    attempt: &Attempt,
    transaction: &SignedTransaction,
) -> Result<(), StoreError> {
    let mut kept = 0;
    for part in &transaction.parts {
        let purchase: Option<Purchase> =
            super::tables::get(audit.kv, Table::Deposits, &key(part.payout.get()))?;
        let payout = purchase.as_ref().and_then(|purchase| purchase.payout.as_ref());
        let both = purchase.as_ref().map(|purchase| &purchase.deposit).zip(payout);
        let keeps = both.and_then(|(deposit, payout)| kept_back(deposit, payout));
        kept += u32::from(keeps == Some(attempt.no));
        let agrees = payout.as_ref().is_some_and(|payout| {
            payout.attempt() == Some(attempt.no)
                && (payout.payee, payout.amount) == (part.payee, part.amount)
                && matches!(payout.state, PayoutState::Settled { .. })
                    == matches!(attempt.state, AttemptState::Settled { .. })
        });
        audit.report.check(agrees, || format!("{} pays {}, which is {payout:?}", attempt.txid, part.payout));
    }
    audit.report.check(kept == attempt.kept, || {
        format!("{} payouts keep {} back, it counts {}", kept, attempt.txid, attempt.kept)
    });
    Ok(())
}
