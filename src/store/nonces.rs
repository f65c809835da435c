//! Numbers that rise for ever, for whoever wants one with each call: reserved in the database before any is used.

use super::codec;
use super::kv::Table;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};

const KEY: &[u8] = b"nonce";

impl WriteTx<'_> {
    /// Reserves so many numbers, none of which was ever reserved before, and none below `least`; returns the first.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written, or no numbers are left.
    pub fn reserve_nonces(&mut self, least: u64, count: u64) -> Result<u64, StoreError> {
        let reserved: Option<u64> = get(self.kv(), Table::Meta, KEY)?;
        let first = reserved.unwrap_or(0).max(least);
        let end = first.checked_add(count).ok_or_else(|| invariant("numbers are left"))?;
        self.changed();
        self.kv.put(Table::Meta, KEY, &codec::encode(&end))?;
        Ok(first)
    }
}
