//! The audit of withdrawals from an exchange: numbered without gaps, to the hot wallet, one of a coin at a time.

use std::collections::BTreeSet;

use super::StoreError;
use super::audit::Audit;
use super::audit_report::rows;
use super::audit_tables::Entries;
use super::codec::key;
use super::kv::Table;
use crate::ledger;
use crate::types::Symbol;
use crate::upstream::Withdrawal;

pub(super) fn check(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let (mut last, mut open) = (0, BTreeSet::<Symbol>::new());
    for row in rows::<Withdrawal>(audit.kv, Table::Withdrawals)? {
        let (number, withdrawal) = row?;
        audit.seen_row();
        audit.report.check(number == last + 1 && withdrawal.no.get() == number, || {
            format!("withdrawal {number} follows {last}")
        });
        last = number;
        audit.booked.add(&ledger::of_withdrawal(&withdrawal)?)?;
        let to = withdrawal.terms.to();
        let is_ours = audit.kv.get(Table::WalletAddresses, to.as_bytes())?.is_some();
        audit
            .report
            .check(is_ours, || format!("withdrawal {number} goes to {to}, which is not the wallet's"));
        if !withdrawal.is_open() {
            continue;
        }
        audit.counted.open_withdrawals += 1;
        audit.counted.held_withdrawals += u64::from(withdrawal.is_held());
        audit.expected.entry(Table::WithdrawalsOpen, &key(number), &[]);
        // One that a fork took back was the only one in its own time.
        let is_alone = withdrawal.is_taken_back || open.insert(withdrawal.terms.wanted.asset);
        audit.report.check(is_alone, || format!("withdrawal {number} is under way beside another one"));
    }
    audit.counted.withdrawals = last;
    Ok(())
}
