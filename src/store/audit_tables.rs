//! The audit of whole tables: each is held against its seal, and those that follow from others against what follows.
//!
//! Nothing is looked up: what a table should hold is summed up in passing, as a [`Seal`] of its own, and
//! compared with the table's. Only where the two differ is it found out by looking which rows are amiss.

use std::collections::BTreeMap;

use super::OpenState;
use super::StoreError;
use super::answers::{Done, age_key};
use super::audit_report::{AuditReport, rows};
use super::codec::{decode, encode, key, key_tagged};
use super::inherited_row::{id_key, paid_before};
use super::kv::{Read, Table};
use super::row_keys::{height_key, is_errored, place, stray_key, txid_key, unpriced_key, waiting_key};
use super::seal::Seal;
use super::tables::{Purchase, get};
use crate::payout::{Attempt, Waiting, public_status};
use crate::rail::{Purpose, SignedTransaction};

/// The tables that follow from deposits and transactions.
pub(super) const INDEX_TABLES: [Table; 21] = [
    Table::DepositIds,
    Table::DepositsByStatus,
    Table::DepositsByHeight,
    Table::DepositsErrored,
    Table::DepositsUnpriced,
    Table::PayoutsOpen,
    Table::AttemptsLive,
    Table::AttemptTxids,
    Table::Claimed,
    Table::Waiting,
    Table::Strays,
    Table::OrdersOpen,
    Table::AnswersByAge,
    Table::AnswerCounts,
    Table::WithdrawalsOpen,
    Table::Unlocated,
    Table::PaidBefore,
    Table::TaintedOpen,
    Table::OwnMoneyByAddress,
    Table::HooksByState,
    Table::HookCounts,
];

/// What hears of the rows that an index should have.
pub(super) trait Entries {
    fn entry(&mut self, table: Table, key: &[u8], value: &[u8]);
}

/// The seals that the index tables should have.
#[derive(Debug)]
pub(super) struct Expected([Seal; Table::ALL.len()]);

impl Default for Expected {
    fn default() -> Self {
        Expected([Seal::default(); Table::ALL.len()])
    }
}

impl Expected {
    pub(super) fn of(&self, table: Table) -> Seal {
        self.0[table.index()]
    }
}

impl Entries for Expected {
    fn entry(&mut self, table: Table, key: &[u8], value: &[u8]) {
        self.0[table.index()].add(key, value);
    }
}

/// The seals of tables that were read to their end already.
#[derive(Debug)]
pub(super) struct Known([Option<Seal>; Table::ALL.len()]);

impl Default for Known {
    fn default() -> Self {
        Known([None; Table::ALL.len()])
    }
}

impl Known {
    pub(super) fn note(&mut self, table: Table, seal: Seal) {
        self.0[table.index()] = Some(seal);
    }
}

/// The index rows of a deposit.
pub(super) fn entries_of_purchase(purchase: &Purchase, entries: &mut dyn Entries) {
    let Purchase { deposit, payout } = purchase;
    let number = deposit.no.get();
    let (table, id) = id_key(deposit);
    entries.entry(table, &id, &key(number));
    let status = public_status(deposit, payout.as_ref()).tag();
    entries.entry(Table::DepositsByStatus, &key_tagged(status, number), &[]);
    if let Some((coin, height)) = place(deposit) {
        entries.entry(Table::DepositsByHeight, &height_key(coin, height, deposit.no), &[]);
    }
    if let Some(row) = unpriced_key(deposit) {
        entries.entry(Table::DepositsUnpriced, &row, &[]);
    }
    let Some(payout) = payout else { return };
    if let Some(row) = paid_before(deposit.no, Some(payout)) {
        entries.entry(Table::PaidBefore, &row, &[]);
    }
    if let Some(open) = OpenState::of(deposit, payout) {
        entries.entry(Table::PayoutsOpen, &key_tagged(open.tag(), number), &[]);
    }
    if is_errored(deposit, payout) {
        entries.entry(Table::DepositsErrored, &key(number), &[]);
    }
    for stray in &payout.strays {
        let row = stray_key(deposit.no, stray.attempt);
        entries.entry(Table::Strays, &row, &encode(&stray.amount));
    }
    if let Some((code, since)) = Waiting::of(deposit, payout) {
        entries.entry(Table::Waiting, &waiting_key(code, since, deposit.no), &[]);
    }
}

/// The index rows of a transaction.
pub(super) fn entries_of_attempt(
    kv: &dyn Read,
    attempt: &Attempt,
    transaction: &SignedTransaction,
    entries: &mut dyn Entries,
) -> Result<(), StoreError> {
    let number = key(attempt.no.get());
    entries.entry(Table::AttemptTxids, &txid_key(attempt), &[]);
    if attempt.is_live() {
        entries.entry(Table::AttemptsLive, &number, &[]);
    }
    if claims_its_own(kv, attempt)? {
        transaction.inputs.iter().for_each(|input| entries.entry(Table::Claimed, &input.0, &number));
    }
    Ok(())
}

/// Inputs are claimed by the transaction that spends them; those of a withdrawal by what it withdraws, until that is
/// dead.
fn claims_its_own(kv: &dyn Read, attempt: &Attempt) -> Result<bool, StoreError> {
    let of = match attempt.purpose {
        Purpose::Payouts => return Ok(!attempt.is_dead()),
        Purpose::Withdrawal { of } => of,
    };
    let original: Option<Attempt> = get(kv, Table::Attempts, &key(of.get()))?;
    Ok(!attempt.is_dead() && original.is_none_or(|original| original.is_dead()))
}

/// The rows that follow from the answers that are kept.
pub(super) fn entries_of_answers(kv: &dyn Read, entries: &mut dyn Entries) -> Result<(), StoreError> {
    let mut counts: BTreeMap<[u8; 32], u64> = BTreeMap::new();
    for row in kv.scan(Table::Answers, &[], None)? {
        let (key, value) = row?;
        let done: Done = decode(Table::Answers, &key, &value)?;
        entries.entry(Table::AnswersByAge, &age_key(done.at, &key), &[]);
        let count = counts.entry(*done.client).or_default();
        *count = count.saturating_add(1);
    }
    for (client, count) in counts {
        entries.entry(Table::AnswerCounts, &client, &encode(&count));
    }
    Ok(())
}

/// Holds every table against its seal, and every index against what is expected of it.
pub(super) fn check(
    kv: &dyn Read,
    expected: &Expected,
    known: &Known,
    report: &mut AuditReport,
    progress: &dyn Fn(u64),
) -> Result<(), StoreError> {
    for table in Table::ALL.into_iter().filter(|table| *table != Table::Seals) {
        let found = match known.0[table.index()] {
            Some(seal) => seal,
            None => Seal::of(kv, table, || report.seen_row(progress))?,
        };
        let kept = Seal::kept(kv, table)?;
        report.check(found == kept, || {
            format!(
                "table {}: {} rows were written, {} are there, or others",
                table.name(),
                kept.rows,
                found.rows
            )
        });
        let wanted = expected.0[table.index()];
        if INDEX_TABLES.contains(&table) && found != wanted {
            explain(kv, table, report)?;
            report.check(false, || {
                format!(
                    "table {}: {} rows belong there, {} are there, or others",
                    table.name(),
                    wanted.rows,
                    found.rows
                )
            });
        }
    }
    check_seals(kv, report)
}

/// Finds out which rows a table lacks.
fn explain(kv: &dyn Read, table: Table, report: &mut AuditReport) -> Result<(), StoreError> {
    let mut missing = Missing { kv, table, report, failed: None };
    for row in rows::<Purchase>(kv, Table::Deposits)? {
        entries_of_purchase(&row?.1, &mut missing);
    }
    for row in rows::<Attempt>(kv, Table::Attempts)? {
        let (number, attempt) = row?;
        if let Some(transaction) = get(kv, Table::SignedTransactions, &key(number))? {
            entries_of_attempt(kv, &attempt, &transaction, &mut missing)?;
        }
    }
    entries_of_answers(kv, &mut missing)?;
    missing.failed.map_or(Ok(()), Err)
}

/// Looks for each row of one table.
struct Missing<'a> {
    kv: &'a dyn Read,
    table: Table,
    report: &'a mut AuditReport,
    failed: Option<StoreError>,
}

impl Entries for Missing<'_> {
    fn entry(&mut self, table: Table, key: &[u8], value: &[u8]) {
        if table != self.table {
            return;
        }
        match self.kv.get(table, key) {
            Ok(found) => self.report.check(found.as_deref() == Some(value), || {
                let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("table {} lacks the entry {key}, or it says something else", table.name())
            }),
            Err(error) => self.failed = Some(error),
        }
    }
}

/// A seal of nothing that there is, is a row too many.
fn check_seals(kv: &dyn Read, report: &mut AuditReport) -> Result<(), StoreError> {
    for pair in kv.scan(Table::Seals, &[], None)? {
        let (name, _) = pair?;
        let is_known =
            Table::ALL.iter().any(|table| table.name().as_bytes() == name && *table != Table::Seals);
        report.check(is_known, || format!("table seals: {:?} is no table", String::from_utf8_lossy(&name)));
    }
    Ok(())
}
