//! The balances of the books, kept in the same transaction as what they follow from, and the entry of each event.
//!
//! Entries are not stored: each is what the positions of all that an event changes are afterwards, less what they were
//! before, and [`journal`] derives them again.

use super::StoreError;
use super::codec;
use super::events::Record;
use super::kv::{Read, Table};
use super::replay::replay;
use super::row_keys::{day_of, stray_key};
use super::tables::{Tables, get};
use super::tx::WriteTx;
use crate::ledger::{Account, Asset, Balance, Balances, Entry, LedgerError, Posting};
use crate::types::{AttemptNo, DepositNo, Droplets};

/// The key of a balance.
pub(super) fn balance_key(asset: Asset, account: Account) -> Vec<u8> {
    let mut key = asset.key();
    key.push(account.tag());
    key
}

/// A payment that a transaction which was given up has made all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrayPayment {
    /// The deposit that it was for.
    pub deposit: DepositNo,
    /// The transaction that has paid it.
    pub attempt: AttemptNo,
    /// How much that has paid for it, in droplets.
    pub amount: Droplets,
}

/// Reads of the books.
pub trait Books: Tables {
    /// Returns what stands on the accounts.
    fn balances(&self) -> Result<Balances, StoreError> {
        let mut all = Entry::default();
        for row in self.kv().scan(Table::Balances, &[], None)? {
            let (key, value) = row?;
            let amount: Balance = codec::decode(Table::Balances, &key, &value)?;
            let (asset, account) = account_of(&key).ok_or_else(|| unknown_account(Table::Balances, &key))?;
            all.post(Posting { asset, account, amount })?;
        }
        Ok(Balances::new(all))
    }

    /// Returns payments by transactions that were given up, by deposit and transaction, at most `limit` beyond `after`.
    fn strays(
        &self,
        after: Option<(DepositNo, AttemptNo)>,
        limit: usize,
    ) -> Result<Vec<StrayPayment>, StoreError> {
        let table = Table::Strays;
        let from = after.map_or(Vec::new(), |(deposit, attempt)| codec::beyond(&stray_key(deposit, attempt)));
        let rows = self.kv().scan(table, &from, None)?.take(limit);
        rows.map(|row| {
            let (key, value) = row?;
            let deposit = codec::number_at_end(table, key.get(..8).unwrap_or_default())?;
            let attempt = codec::number_at_end(table, &key)?;
            Ok(StrayPayment {
                deposit: DepositNo::new(deposit),
                attempt: AttemptNo::new(attempt),
                amount: codec::decode(table, &key, &value)?,
            })
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> Books for T {}

pub(super) fn account_of(key: &[u8]) -> Option<(Asset, Account)> {
    let (account, asset) = key.split_last()?;
    Asset::from_key(asset).zip(Account::from_tag(*account))
}

pub(super) fn unknown_account(table: Table, key: &[u8]) -> StoreError {
    let (table, why) = (table.name(), "there is no such account".to_owned());
    StoreError::Undecodable { table, key: format!("{key:02x?}"), why }
}

impl WriteTx<'_> {
    /// Adds to the entry of the event that is being applied.
    pub(super) fn post(&mut self, entry: &Entry) -> Result<(), StoreError> {
        Ok(self.entry.add(entry)?)
    }

    /// Closes the entry of an event.
    pub(super) fn enter(&mut self) -> Result<(), StoreError> {
        self.entry.check()?;
        if !self.entry.is_empty() {
            self.draft.days.entry(day_of(self.now)).or_default().add(&self.entry)?;
        }
        Ok(self.draft.entered.add(&self.entry)?)
    }

    /// Brings the balances up to what was entered.
    pub(super) fn save_balances(&mut self) -> Result<(), StoreError> {
        for Posting { asset, account, amount } in self.draft.entered.postings() {
            let key = balance_key(*asset, *account);
            let old: Balance = get(&*self.kv, Table::Balances, &key)?.unwrap_or_default();
            let out_of_range = LedgerError::OutOfRange { account: *account };
            let new = old.checked_add(*amount).ok_or(out_of_range)?;
            if new.is_zero() {
                self.kv.delete(Table::Balances, &key)?;
            } else {
                self.kv.put(Table::Balances, &key, &codec::encode(&new))?;
            }
        }
        Ok(())
    }
}

/// Tells every event with its number and its entry, which is derived anew.
///
/// # Errors
///
/// Where the events contradict themselves, or `tell` fails.
pub fn journal<E: From<StoreError>>(
    kv: &dyn Read,
    mut tell: impl FnMut(u64, &Record, &Entry) -> Result<(), E>,
) -> Result<(), E> {
    let mut failed = None;
    let replayed = replay(kv, &mut |number, record, entry| {
        tell(number, record, entry).map_err(|error| failed = Some(error)).is_ok()
    });
    match (failed, replayed?) {
        (Some(error), _) => Err(error),
        (None, Err(refused)) => Err(StoreError::Inconsistent(vec![refused]).into()),
        (None, Ok(_)) => Ok(()),
    }
}
