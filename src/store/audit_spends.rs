//! The audit of foreign spends: each under its own id, as many as were counted.

use super::StoreError;
use super::audit::AuditReport;
use super::codec;
use super::counters::Counters;
use super::kv::{Read, Table};
use super::tables::Tables;
use crate::payout::{ForeignSpend, SpendVerdict};

/// The tables to check.
struct View<'a>(&'a dyn Read);

impl Tables for View<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
}

pub(super) fn check(
    kv: &dyn Read,
    counted: &mut Counters,
    report: &mut AuditReport,
) -> Result<(), StoreError> {
    for pair in kv.scan(Table::Spends, &[], None)? {
        let (key, value) = pair?;
        let foreign: ForeignSpend = codec::decode(Table::Spends, &key, &value)?;
        let txid = foreign.spend.txid;
        report.check(key == txid.0, || format!("foreign spend {txid} is kept under another id"));
        counted.foreign_spends += 1;
        counted.unknown_spends += u64::from(foreign.is_unknown());
        if let Some(SpendVerdict::Adopted { attempt }) = foreign.ruling.map(|ruling| ruling.verdict) {
            let known = View(kv).attempt(attempt)?.map(|attempt| attempt.txid);
            report
                .check(known == Some(txid), || format!("foreign spend {txid} is not transaction {attempt}"));
        }
    }
    Ok(())
}
