//! What the desk keeps for payees: of deposits what is too little for an order, of payouts what is too little for the
//! chain. Each comes with their next deposit, or payout.

use super::codec;
use super::kv::{Table, prefix_end};
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::ledger::Asset;
use crate::skycoin::Address;
use crate::types::Units;

/// Bytes of a payee in a key.
const PAYEE: usize = 20;

/// Returns the asset of a key; none where it has none.
pub(super) fn asset_of(key: &[u8]) -> Option<Asset> {
    key.get(PAYEE..).and_then(Asset::from_key)
}

/// The key of what is kept for a payee in one asset.
fn remainder_key(payee: &Address, asset: Asset) -> Vec<u8> {
    [payee.as_bytes().as_slice(), &asset.key()].concat()
}

/// Reads of what is kept for payees.
pub trait Remainders: Tables {
    /// Returns what is kept for a payee in an asset, in its smallest unit.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn remainder(&self, payee: &Address, asset: Asset) -> Result<Units, StoreError> {
        Ok(get(self.kv(), Table::Remainders, &remainder_key(payee, asset))?.unwrap_or_default())
    }

    /// Returns all that is kept for a payee, by asset.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read, or has an asset that is unknown.
    fn remainders(&self, payee: &Address) -> Result<Vec<(Asset, Units)>, StoreError> {
        let prefix = payee.as_bytes().as_slice();
        let rows = self.kv().scan(Table::Remainders, prefix, prefix_end(prefix).as_deref())?;
        rows.map(|row| {
            let (key, value) = row?;
            let asset = asset_of(&key).ok_or_else(|| invariant("what is kept for a payee is of an asset"))?;
            Ok((asset, codec::decode(Table::Remainders, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> Remainders for T {}

impl WriteTx<'_> {
    /// Adds to what is kept for a payee.
    pub(super) fn keep(&mut self, payee: &Address, asset: Asset, more: Units) -> Result<(), StoreError> {
        let all = self.remainder(payee, asset)?.checked_add(more)?;
        self.set_remainder(payee, asset, all)
    }

    /// Takes all that is kept for a payee, and returns it.
    pub(super) fn draw(&mut self, payee: &Address, asset: Asset) -> Result<Units, StoreError> {
        let all = self.remainder(payee, asset)?;
        self.set_remainder(payee, asset, Units::ZERO)?;
        Ok(all)
    }

    fn set_remainder(&mut self, payee: &Address, asset: Asset, to: Units) -> Result<(), StoreError> {
        let key = remainder_key(payee, asset);
        if to.is_zero() {
            self.kv.delete(Table::Remainders, &key)?;
            return Ok(());
        }
        self.kv.put(Table::Remainders, &key, &codec::encode(&to))
    }
}
