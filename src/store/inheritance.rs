//! Reads of what was taken over from the original.

use super::codec;
use super::kv::{Table, prefix_end};
use super::tables::{Tables, rows_of_tx};
use super::{StoreError, invariant};
use crate::deposit::Deposit;
use crate::types::{DepositId, DepositNo, TxId};

/// Reads of what was taken over.
pub trait Inheritance: Tables {
    /// Returns whether the original has paid a deposit by this transaction, as it says or a person does.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn is_paid_before(&self, txid: TxId) -> Result<bool, StoreError> {
        let to = prefix_end(&txid.0);
        let mut rows = self.kv().scan(Table::PaidBefore, &txid.0, to.as_deref())?;
        Ok(rows.next().transpose()?.is_some())
    }

    /// Returns the deposits of one transaction that were taken over and that the chain has not shown yet.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn unlocated_of_tx(&self, id: &DepositId) -> Result<Vec<Deposit>, StoreError> {
        let rows = rows_of_tx(self.kv(), Table::Unlocated, id.coin, id.token, &id.tx)?;
        let missing = || invariant("an indexed deposit exists");
        rows.into_iter()
            .map(|(_, value)| {
                let no = DepositNo::new(codec::number_at_end(Table::Unlocated, &value)?);
                self.deposit(no)?.ok_or_else(missing)
            })
            .collect()
    }
}

impl<T: Tables + ?Sized> Inheritance for T {}
