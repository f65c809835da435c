//! What came to deposit addresses and was ours before: shown, and never paid for.

use super::audit_tables::Entries;
use super::codec;
use super::kv::{Read, Table, prefix_end};
use super::own_money_row::OwnMoney;
use super::seal::Seal;
use super::tables::{Tables, get, rows_of_tx};
use super::tx::WriteTx;
use super::{Snapshot, StoreError, invariant};
use crate::address::DepositAddress;
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

    /// What came to one address.
    fn own_money_at(&self, address: &DepositAddress) -> Result<Vec<(DepositId, OwnMoney)>, StoreError> {
        let from = address_key(address);
        let rows = self.kv().scan(Table::OwnMoneyByAddress, &from, prefix_end(&from).as_deref())?;
        rows.map(|row| {
            let (key, _) = row?;
            let id = key.get(from.len()..).and_then(DepositId::from_key);
            let id = id.ok_or_else(|| invariant("own money has a deposit's key"))?;
            let own = self.own_money(&id)?.ok_or_else(|| invariant("own money at an address is kept"))?;
            Ok((id, own))
        })
        .collect()
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
    if let Some(known) = tx.own_money(id)? {
        tx.kv.delete(Table::OwnMoneyByAddress, &by_address(id, &known))?;
    }
    tx.kv.put(Table::OwnMoneyByAddress, &by_address(id, own), &[])?;
    tx.kv.put(Table::OwnMoney, &id.key(), &codec::encode(own))
}

/// The rows that say what came to which address.
pub(super) fn entries_by_address(kv: &dyn Read, entries: &mut dyn Entries) -> Result<(), StoreError> {
    for row in kv.scan(Table::OwnMoney, &[], None)? {
        let (key, value) = row?;
        let own: OwnMoney = codec::decode(Table::OwnMoney, &key, &value)?;
        entries.entry(Table::OwnMoneyByAddress, &[address_key(&own.address), key].concat(), &[]);
    }
    Ok(())
}

impl Snapshot {
    /// Returns how many outputs of own money there are. Costs the same however many.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn count_own_money(&self) -> Result<u64, StoreError> {
        Ok(Seal::kept(self.kv(), Table::OwnMoney)?.rows())
    }
}

fn by_address(id: &DepositId, own: &OwnMoney) -> Vec<u8> {
    [address_key(&own.address), id.key()].concat()
}

/// With its length, so that none is the beginning of another.
fn address_key(address: &DepositAddress) -> Vec<u8> {
    let key = address.key();
    let bytes = key.as_bytes();
    let length = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
    [&[address.coin().tag(), length], bytes].concat()
}
