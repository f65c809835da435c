//! Prices that were heard, as far as a restart must not forget them: what was pushed, and what one that moves is
//! measured from.
//!
//! They are what somebody said, not what happened here: a deposit that takes one keeps it in an event of its own. So
//! these are no events, and change as often as prices do.

use minicbor::{Decode, Encode};

use super::codec;
use super::kv::Table;
use super::tables::Tables;
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::types::{Rate, UnixTime};

/// A price, and when it was so.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PriceHeard {
    /// SKY for one whole coin or token.
    #[n(0)]
    pub rate: String,
    /// When it was so.
    #[n(1)]
    pub at: UnixTime,
}

impl PriceHeard {
    /// Returns the rate.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn rate(&self) -> Result<Rate, StoreError> {
        Rate::parse(&self.rate).map_err(|_| invariant("what was heard is a price"))
    }
}

/// Reads of prices that were heard.
pub trait PricesHeard: Tables {
    /// Returns what was pushed last, with the codes of the assets.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn prices_pushed(&self) -> Result<Vec<(String, PriceHeard)>, StoreError> {
        by_code(self, Table::PricesPushed)
    }

    /// Returns the prices that those that move are measured from, the oldest first, with the codes of the assets.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn prices_seen(&self) -> Result<Vec<(String, Vec<PriceHeard>)>, StoreError> {
        by_code(self, Table::PricesSeen)
    }
}

impl<T: Tables + ?Sized> PricesHeard for T {}

fn by_code<T: for<'b> Decode<'b, ()>>(
    tables: &(impl Tables + ?Sized),
    table: Table,
) -> Result<Vec<(String, T)>, StoreError> {
    let rows = tables.kv().scan(table, &[], None)?;
    rows.map(|row| {
        let (key, value) = row?;
        let code = String::from_utf8(key.clone()).map_err(|_| invariant("a code is text"))?;
        Ok((code, codec::decode(table, &key, &value)?))
    })
    .collect()
}

impl WriteTx<'_> {
    /// Keeps what was pushed for an asset now, in place of what was before.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub fn keep_pushed(&mut self, code: &str, rate: &Rate) -> Result<(), StoreError> {
        let heard = PriceHeard { rate: rate.text().to_owned(), at: self.now() };
        self.changed();
        self.kv.put(Table::PricesPushed, code.as_bytes(), &codec::encode(&heard))
    }

    /// Keeps what the price of an asset is measured from, in place of what was before.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub fn keep_seen(&mut self, code: &str, seen: &[PriceHeard]) -> Result<(), StoreError> {
        self.changed();
        if seen.is_empty() {
            return self.kv.delete(Table::PricesSeen, code.as_bytes()).map(drop);
        }
        self.kv.put(Table::PricesSeen, code.as_bytes(), &codec::encode(&seen.to_vec()))
    }
}
