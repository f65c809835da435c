//! What persons have switched off.

use super::codec;
use super::kv::Table;
use super::tables::Tables;
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::payout::Reason;
use crate::types::Switch;

/// Reads of what is switched off.
pub trait Switches: Tables {
    /// Returns all that is switched off, with who did it and why.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn switched_off(&self) -> Result<Vec<(Switch, Reason)>, StoreError> {
        let rows = self.kv().scan(Table::SwitchedOff, &[], None)?;
        rows.map(|row| {
            let (key, value) = row?;
            let name = std::str::from_utf8(&key).ok();
            let switch = name.and_then(Switch::from_name).ok_or_else(|| invariant("a switch is known"))?;
            Ok((switch, codec::decode(Table::SwitchedOff, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> Switches for T {}

pub(super) fn turn_off(tx: &mut WriteTx<'_>, name: &str, reason: Reason) -> Result<(), StoreError> {
    if Switch::from_name(name).is_none() {
        return Err(invariant("only what is known is switched off"));
    }
    if tx.kv.get(Table::SwitchedOff, name.as_bytes())?.is_some() {
        return Err(invariant("only what is on is switched off"));
    }
    tx.kv.put(Table::SwitchedOff, name.as_bytes(), &codec::encode(&reason))
}

pub(super) fn turn_on(tx: &mut WriteTx<'_>, name: &str) -> Result<(), StoreError> {
    match tx.kv.delete(Table::SwitchedOff, name.as_bytes())? {
        true => Ok(()),
        false => Err(invariant("only what is off is switched on")),
    }
}
