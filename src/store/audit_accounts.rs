//! The audit of derived addresses: each was given out once, in order, and an account's row says what came of them.

use std::collections::BTreeMap;

use super::account::{Account, Derivation};
use super::audit_report::{AuditReport, rows};
use super::kv::{Read, Table};
use super::tables::{Binding, Page, Tables};
use super::{Accounts, StoreError};
use crate::address::AccountXpub;

/// What bindings and deposits say of the accounts.
#[derive(Debug, Default)]
pub(super) struct AccountAudit(BTreeMap<u64, Account>);

impl AccountAudit {
    /// As they were before anything was given out.
    pub(super) fn new(kv: &dyn Read) -> Result<Self, StoreError> {
        let blank = |account: Account| Account { next: 0, received: 0, longest_gap: 0, ..account };
        let all = rows::<Account>(kv, Table::Accounts)?;
        Ok(AccountAudit(
            all.map(|row| row.map(|(no, account)| (no, blank(account)))).collect::<Result<_, _>>()?,
        ))
    }

    pub(super) fn bound(&mut self, binding: &Binding, report: &mut AuditReport) {
        let Some(Derivation { account, index }) = binding.derivation else { return };
        let known = self.0.get_mut(&account).filter(|known| known.coin == binding.address.coin());
        let is_next = known.is_some_and(|known| known.give_out(index).is_ok());
        report.check(is_next, || {
            format!("binding {} has index {index} of account {account}, which was not next", binding.no)
        });
    }

    pub(super) fn received(&mut self, binding: &Binding) {
        let Some(Derivation { account, index }) = binding.derivation else { return };
        if let Some(known) = self.0.get_mut(&account) {
            known.receive(index);
        }
    }

    pub(super) fn finish(self, kv: &dyn Read, report: &mut AuditReport) -> Result<(), StoreError> {
        for row in rows::<Account>(kv, Table::Accounts)? {
            let (number, stored) = row?;
            let counted = self.0.get(&number);
            report.check(number == stored.no && counted == Some(&stored), || {
                format!("account {number} is stored as {stored:?}, and bindings and deposits say {counted:?}")
            });
        }
        Ok(())
    }
}

/// Derives the addresses again that were given out of an account, from the binding after `after` on. Returns
/// what differs, each as a line, and how many were looked at.
///
/// # Errors
/// The store's.
pub fn check_derivations(
    tables: &(impl Tables + ?Sized),
    key: &AccountXpub,
    after: u64,
) -> Result<(Vec<String>, u64), StoreError> {
    /// Bindings that are held in memory at a time.
    const PAGE: usize = 1000;
    let (mut wrong, mut count, mut page) = (Vec::new(), 0u64, Page { after, limit: PAGE });
    let Some(account) = tables.account_of(key.coin(), &key.identity())? else { return Ok((wrong, 0)) };
    loop {
        let bindings = tables.bindings(page)?;
        let Some(last) = bindings.last() else { return Ok((wrong, count)) };
        page.after = last.no.get();
        for binding in &bindings {
            let Some(at) = binding.derivation.filter(|at| at.account == account.no) else { continue };
            count = count.saturating_add(1);
            let derived = key.derive(at.index).ok();
            if derived != Some(binding.address) {
                let (no, address, index) = (binding.no, binding.address, at.index);
                wrong
                    .push(format!("binding {no} has {address}, and index {index} of its account is another"));
            }
        }
    }
}
