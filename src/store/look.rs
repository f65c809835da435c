//! A look at a database that changes nothing: what the start would find.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::audit_run::audited;
use super::migrate::{Purpose, SCHEMA_VERSION, check, read_schema_version};
use super::redb_backend::RedbBackend;
use super::snapshot::Newest;
use super::{Snapshot, StoreError};
use crate::types::HistoryHead;

/// What there is.
#[derive(Debug)]
pub enum LookResult {
    /// No file, or an empty database: the start founds one.
    Absent,
    /// A teller has it open.
    InUse,
    /// It was not closed properly: the start repairs it first, and only then it can be looked at.
    Unrepaired,
    /// It is of an older schema, which the start changes.
    Older,
    /// All is well.
    Sound(Box<Snapshot>),
}

/// What a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyFacts {
    /// Its schema.
    pub schema: u32,
    /// The head of the history in it.
    pub head: HistoryHead,
}

/// Looks at a copy that this program has made as a start would: every row, and the history.
///
/// # Errors
/// A start would refuse it, with the same words.
pub fn look_at_copy(path: &Path) -> Result<CopyFacts, StoreError> {
    let unfit = |what: &str| StoreError::Inconsistent(vec![what.to_owned()]);
    let kv = RedbBackend::look(path)?.ok_or_else(|| unfit("the copy was not closed properly"))?;
    let schema = read_schema_version(&*kv)?.ok_or_else(|| unfit("the copy has no schema"))?;
    if schema != SCHEMA_VERSION {
        return Err(unfit("the copy is of another schema than the database"));
    }
    let (_, counters, _) = audited(&*kv, &|_| {})?;
    Ok(CopyFacts { schema, head: counters.head() })
}

/// Looks at the database in this file as the start does: schema, purpose, and the audit of every row.
///
/// # Errors
/// The start would refuse it, with the same words.
pub fn look(path: &Path, purpose: &Purpose, progress: &dyn Fn(u64)) -> Result<LookResult, StoreError> {
    if !path.exists() {
        return Ok(LookResult::Absent);
    }
    let kv = match RedbBackend::look(path) {
        Ok(Some(kv)) => kv,
        Ok(None) => return Ok(LookResult::Unrepaired),
        Err(StoreError::InUse { .. }) => return Ok(LookResult::InUse),
        Err(error) => return Err(error),
    };
    match read_schema_version(&*kv)? {
        None => return Ok(LookResult::Absent),
        Some(version) if version > SCHEMA_VERSION => {
            return Err(StoreError::NewerSchema { found: version, known: SCHEMA_VERSION });
        }
        Some(version) if version < SCHEMA_VERSION => return Ok(LookResult::Older),
        Some(_) => check(&*kv, purpose)?,
    }
    let (index, counters, pools) = audited(&*kv, progress)?;
    let newest = Arc::new(ArcSwap::from_pointee(Newest(Arc::clone(&kv))));
    Ok(LookResult::Sound(Box::new(Snapshot::new(kv, index, newest, counters, pools))))
}
