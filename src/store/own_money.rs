//! What came to deposit addresses and was ours before: shown, and never paid for.

use super::codec;
use super::kv::Table;
use super::own_money_row::OwnMoney;
use super::tables::{Tables, get, rows_of_tx};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::types::{Coin, Contract, DepositId};

/// Reads of own money.
pub trait OwnMoneyTable: Tables {
    /// Returns what is kept of the output with this id; none where it is not own money.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn own_money(&self, id: &DepositId) -> Result<Option<OwnMoney>, StoreError> {
        get(self.kv(), Table::OwnMoney, &id.key())
    }

    /// Own money of one transaction, of its chain's coin or of a token, with its numbers inside it, ascending.
    fn own_money_of_tx(
        &self,
        coin: Coin,
        token: Option<Contract>,
        tx: &str,
    ) -> Result<Vec<(u32, OwnMoney)>, StoreError> {
        let rows = rows_of_tx(self.kv(), Table::OwnMoney, coin, token, tx)?;
        rows.into_iter()
            .map(|(n, value)| Ok((n, codec::decode(Table::OwnMoney, tx.as_bytes(), &value)?)))
            .collect()
    }

    /// How many there are.
    fn count_own_money(&self) -> Result<u64, StoreError> {
        self.kv()
            .scan(Table::OwnMoney, &[], None)?
            .try_fold(0_u64, |count, row| row.map(|_| count.saturating_add(1)))
    }

    /// The first `limit` of them beyond `after`, by the keys of their ids.
    fn all_own_money(
        &self,
        after: Option<&DepositId>,
        limit: usize,
    ) -> Result<Vec<(DepositId, OwnMoney)>, StoreError> {
        let from = after.map_or(Vec::new(), |id| codec::beyond(&id.key()));
        let rows = self.kv().scan(Table::OwnMoney, &from, None)?.take(limit);
        rows.map(|row| {
            let (key, value) = row?;
            let id = DepositId::from_key(&key).ok_or_else(|| invariant("own money has a deposit's key"))?;
            Ok((id, codec::decode(Table::OwnMoney, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables> OwnMoneyTable for T {}

/// Keeps what was seen; what is a deposit already stays one.
pub(super) fn insert(tx: &mut WriteTx<'_>, id: &DepositId, own: &OwnMoney) -> Result<(), StoreError> {
    if tx.deposit_no(id)?.is_some() {
        return Err(invariant("own money is no deposit"));
    }
    tx.kv.put(Table::OwnMoney, &id.key(), &codec::encode(own))
}
