//! That a database was made of a copy, until a person has cleared it: what happened after that is not in it.

use minicbor::{Decode, Encode};

use super::audit_report::AuditReport;
use super::codec;
use super::kv::{Read, Table};
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{Counters, StoreError, invariant};
use crate::types::UnixTime;

const KEY: &[u8] = b"restored";

/// The copy that a database was made of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RestoredCopy {
    /// The head of the history in it.
    #[n(0)]
    pub from: String,
    /// When it became this database.
    #[n(1)]
    pub at: UnixTime,
}

/// Notes that this database was made of a copy.
pub(super) fn begin(tx: &mut WriteTx<'_>, from: String) -> Result<(), StoreError> {
    let row = codec::encode(&RestoredCopy { from, at: tx.now() });
    tx.draft.counters.restored = 1;
    tx.kv.put(Table::Meta, KEY, &row)
}

/// Notes that somebody has looked at what happened since.
pub(super) fn clear(tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
    if tx.draft.counters.restored == 0 {
        return Err(invariant("what is cleared was restored"));
    }
    tx.draft.counters.restored = 0;
    tx.draft.work = true;
    tx.kv.delete(Table::Meta, KEY).map(drop)
}

/// Counts it, and reads the row.
pub(super) fn check(
    kv: &dyn Read,
    counted: &mut Counters,
    report: &mut AuditReport,
) -> Result<(), StoreError> {
    let row: Option<RestoredCopy> = get(kv, Table::Meta, KEY)?;
    counted.restored = u64::from(row.is_some());
    let is_told = row.is_none_or(|row| row.from.parse::<crate::types::HistoryHead>().is_ok());
    report.check(is_told, || "the copy that was restored has no head of a history".to_owned());
    Ok(())
}

/// Reads of it.
pub trait Restores: Tables {
    /// Returns the copy that this database was made of; none where it is none, or a person has cleared it.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn restored(&self) -> Result<Option<RestoredCopy>, StoreError> {
        get(self.kv(), Table::Meta, KEY)
    }
}

impl<T: Tables + ?Sized> Restores for T {}
