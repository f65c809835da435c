//! The audit of transactions: numbered without gaps, stored with their bytes, each input claimed once, and every payout
//! where its transaction says.

use super::StoreError;
use super::attempt_rows::kept_back;
use super::audit::Audit;
use super::audit_report::rows;
use super::audit_tables::entries_of_attempt;
use super::codec::key;
use super::foreign_spends::adopted_rest;
use super::kv::{Read, Table};
use super::tables::{Purchase, Tables, get};
use super::wallet_addresses::WalletAddresses;
use crate::ledger;
use crate::payout::{Attempt, AttemptState, PayoutState};
use crate::rail::{Purpose, SignedTransaction};

/// Every transaction, what it claims, and what it pays.
pub(super) fn check(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let mut last = 0;
    for row in rows::<Attempt>(audit.kv, Table::Attempts)? {
        let (number, attempt) = row?;
        audit.seen_row();
        audit.report.check(number == last + 1 && attempt.no.get() == number, || {
            format!("transaction {number} follows {last}")
        });
        last = number;
        audit.counted.live_attempts += u64::from(attempt.is_live());
        let stored = Table::SignedTransactions;
        let transaction: Option<SignedTransaction> = get(audit.kv, stored, &key(number))?;
        audit.report.check(transaction.is_some(), || format!("transaction {number} is not stored"));
        let Some(transaction) = transaction else { continue };
        let read = transaction.verify();
        audit.report.check(read == Ok(Some(attempt.txid)), || match read {
            Ok(_) => format!("transaction {number} is not what its bytes are"),
            Err(error) => format!("transaction {number}: {error}"),
        });
        let keeps_change = Whole(audit.kv).keeps_change(&transaction)?;
        audit.report.check(keeps_change, || {
            let to = transaction.change;
            format!("transaction {number} gives its change to {to}, which is no address of the wallet")
        });
        audit.report.check(attempt.refusal.is_none() || attempt.is_live(), || {
            format!("{} has ended, and is refused", attempt.txid)
        });
        let rest = adopted_rest(&Whole(audit.kv), &attempt, &transaction)?;
        audit.booked.add(&ledger::of_attempt(&attempt, rest)?)?;
        check_rival(audit, &attempt)?;
        entries_of_attempt(audit.kv, &attempt, &transaction, &mut audit.expected)?;
        if !attempt.is_dead() {
            check_one(audit, &attempt, &transaction)?;
        }
    }
    audit.counted.attempts = last;
    Ok(())
}

/// All tables.
struct Whole<'a>(&'a dyn Read);

impl Tables for Whole<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
}

/// A withdrawal and what it withdraws know each other.
fn check_rival(audit: &mut Audit<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    let Purpose::Withdrawal { of } = attempt.purpose else { return Ok(()) };
    let original: Option<Attempt> = get(audit.kv, Table::Attempts, &key(of.get()))?;
    let knows = original.is_some_and(|original| original.rival == Some(attempt.no));
    audit.report.check(knows, || format!("{} withdraws {of}, which knows nothing of it", attempt.txid));
    Ok(())
}

fn check_one(
    audit: &mut Audit<'_>,
    attempt: &Attempt,
    transaction: &SignedTransaction,
) -> Result<(), StoreError> {
    let mut kept = 0;
    for part in &transaction.parts {
        let purchase: Option<Purchase> = get(audit.kv, Table::Deposits, &key(part.payout.get()))?;
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
