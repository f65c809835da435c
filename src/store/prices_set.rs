//! Prices that persons have set in place of what is configured.

use minicbor::{Decode, Encode};

use super::codec;
use super::kv::Table;
use super::tables::Tables;
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::payout::Reason;
use crate::types::Rate;

/// A price that a person has set.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PriceSet {
    /// SKY for one whole coin or token.
    #[n(0)]
    pub rate: String,
    /// Who has set it, why and when.
    #[n(1)]
    pub reason: Reason,
}

/// Reads of prices that were set.
pub trait PricesSet: Tables {
    /// Returns all that are set, with the codes of their assets.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn prices_set(&self) -> Result<Vec<(String, PriceSet)>, StoreError> {
        let rows = self.kv().scan(Table::PricesSet, &[], None)?;
        rows.map(|row| {
            let (key, value) = row?;
            let code = String::from_utf8(key.clone()).map_err(|_| invariant("a code is text"))?;
            Ok((code, codec::decode(Table::PricesSet, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> PricesSet for T {}

pub(super) fn set(tx: &mut WriteTx<'_>, code: &str, rate: String, reason: Reason) -> Result<(), StoreError> {
    if code.is_empty() || Rate::parse(&rate).is_err() {
        return Err(invariant("a price that is set is one, of something"));
    }
    tx.kv.put(Table::PricesSet, code.as_bytes(), &codec::encode(&PriceSet { rate, reason }))
}

pub(super) fn clear(tx: &mut WriteTx<'_>, code: &str) -> Result<(), StoreError> {
    match tx.kv.delete(Table::PricesSet, code.as_bytes())? {
        true => Ok(()),
        false => Err(invariant("only a price that is set is cleared")),
    }
}
