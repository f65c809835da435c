//! The books by days: what came to each account on each day, kept in the same transaction as the balances.
//!
//! All days of an account together come to its balance; every start checks that.

use super::StoreError;
use super::books::{account_of, balance_key, unknown_account};
use super::codec;
use super::kv::Table;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use crate::ledger::{Balance, LedgerError, Posting};

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// What came to an account on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayLine {
    /// Days since 1970 began, in universal time.
    pub day: u64,
    /// The account with its change on that day.
    pub line: Posting,
}

/// Reads of the books by days.
pub trait Days: Tables {
    /// Returns the lines of at most `limit` days after the day `after`, of each day all; of the first days of all where
    /// that is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn days(&self, after: Option<u64>, limit: usize) -> Result<Vec<DayLine>, StoreError> {
        let table = Table::Days;
        let from = after.map_or(0, |day| day.saturating_add(1));
        let (mut lines, mut found, mut last) = (Vec::new(), 0_usize, None);
        for row in self.kv().scan(table, &codec::key(from), None)? {
            let (key, value) = row?;
            let (day, account) = key.split_at_checked(8).ok_or_else(|| unknown_account(table, &key))?;
            let day = codec::number_at_end(table, day)?;
            if last != Some(day) {
                found = found.saturating_add(1);
                last = Some(day);
            }
            if found > limit {
                break;
            }
            let amount: Balance = codec::decode(table, &key, &value)?;
            let (asset, account) = account_of(account).ok_or_else(|| unknown_account(table, &key))?;
            lines.push(DayLine { day, line: Posting { asset, account, amount } });
        }
        Ok(lines)
    }
}

impl<T: Tables + ?Sized> Days for T {}

impl WriteTx<'_> {
    /// Brings the days up to what was entered.
    pub(super) fn save_days(&mut self) -> Result<(), StoreError> {
        for (day, entry) in std::mem::take(&mut self.draft.days) {
            for Posting { asset, account, amount } in entry.postings() {
                let key = [&codec::key(day)[..], &balance_key(*asset, *account)].concat();
                let old: Balance = get(&*self.kv, Table::Days, &key)?.unwrap_or_default();
                let out_of_range = LedgerError::OutOfRange { account: *account };
                let new = old.checked_add(*amount).ok_or(out_of_range)?;
                if new.is_zero() {
                    self.kv.delete(Table::Days, &key)?;
                } else {
                    self.kv.put(Table::Days, &key, &codec::encode(&new))?;
                }
            }
        }
        Ok(())
    }
}
