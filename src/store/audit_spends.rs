//! The audit of foreign spends: each under its own id, as many as were counted, and what those paid that are
//! transactions which were given up.

use super::StoreError;
use super::audit::Audit;
use super::codec;
use super::foreign_spends::{accounted, strays_of};
use super::kv::{Read, Table};
use super::row_keys::stray_key;
use super::seal::Seal;
use super::tables::Tables;
use crate::ledger;
use crate::payout::{ForeignSpend, SpendVerdict};

/// The tables to check.
struct View<'a>(&'a dyn Read);

impl Tables for View<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
}

pub(super) fn check(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let view = View(audit.kv);
    let mut strays = Seal::default();
    for pair in audit.kv.scan(Table::Spends, &[], None)? {
        let (key, value) = pair?;
        let foreign: ForeignSpend = codec::decode(Table::Spends, &key, &value)?;
        let txid = foreign.spend.txid;
        audit.report.check(key == txid.0, || format!("foreign spend {txid} is kept under another id"));
        audit.counted.foreign_spends += 1;
        audit.counted.unknown_spends += u64::from(foreign.is_unknown());
        audit.booked.add(&ledger::of_spend(&foreign, accounted(&view, &foreign)?)?)?;
        for (deposit, stray) in strays_of(&view, &foreign)? {
            strays.add(&stray_key(deposit, stray.attempt), &codec::encode(&stray.amount));
        }
        let verdict = foreign.ruling.as_ref().map(|ruling| ruling.verdict);
        let named = verdict.and_then(|verdict| match verdict {
            SpendVerdict::Adopted { attempt } => Some(attempt),
            SpendVerdict::Mine | SpendVerdict::PayAgain => None,
        });
        for attempt in named.into_iter().chain(foreign.was) {
            let known = view.attempt(attempt)?.map(|attempt| attempt.txid);
            audit
                .report
                .check(known == Some(txid), || format!("foreign spend {txid} is not transaction {attempt}"));
        }
    }
    audit.report.check(audit.expected.of(Table::Strays) == strays, || {
        "payouts name other payments by transactions that were given up than foreign spends do".to_owned()
    });
    Ok(())
}
