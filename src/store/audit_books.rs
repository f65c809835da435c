//! The audit of the books: what stands on the accounts is what the rows come to, and nothing came from nowhere.

use std::collections::BTreeSet;

use super::StoreError;
use super::audit_report::AuditReport;
use super::books::Books;
use super::days::Days;
use super::kv::Read;
use super::tables::Tables;
use crate::ledger::{Balance, Entry};

/// The tables to check.
struct View<'a>(&'a dyn Read);

impl Tables for View<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
}

/// Holds the balances against what all rows together come to.
pub(super) fn check(kv: &dyn Read, booked: &Entry, report: &mut AuditReport) -> Result<(), StoreError> {
    let stored = View(kv).balances()?;
    let stored = stored.all();
    for entry in [booked, stored] {
        if let Err(unbalanced) = entry.check() {
            report.check(false, || format!("the books: {unbalanced}"));
        }
    }
    days(kv, stored, report)?;
    let lines = [booked, stored].into_iter().flat_map(Entry::postings);
    let all: BTreeSet<_> = lines.map(|line| (line.asset, line.account)).collect();
    for (asset, account) in all {
        let (stands, comes) = (stored.on(asset, account), booked.on(asset, account));
        report.check(stands == comes, || {
            let (stands, comes) = (words(stands), words(comes));
            format!("the books: on account {account} stands {stands} of {asset}, the rows come to {comes}")
        });
    }
    Ok(())
}

/// All days together come to what stands on the accounts.
fn days(kv: &dyn Read, stored: &Entry, report: &mut AuditReport) -> Result<(), StoreError> {
    let mut all = Entry::default();
    for day in View(kv).days(None, usize::MAX)? {
        all.post(day.line)?;
    }
    all.subtract(stored)?;
    report.check(all.is_empty(), || {
        "the books: the sums of all days are not what stands on the accounts".to_owned()
    });
    Ok(())
}

fn words(balance: Balance) -> String {
    let side = if balance.is_credit() { "credit" } else { "debit" };
    format!("{} ({side})", balance.amount())
}
