//! A look at a database that changes nothing: what the start would find.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::audit_run::audited;
use super::kv::Read;
use super::migrate::{Purpose, SCHEMA_VERSION, check, read_schema_version};
use super::redb_backend::RedbBackend;
use super::snapshot::Newest;
use super::{OpenState, Page, Snapshot, StoreError, Tables};
use crate::types::{Droplets, HistoryHead};

/// Payouts that are read at once.
const PAGE: usize = 1000;

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

/// What a desk would do at once that is started on a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyDrill {
    /// The head of the history in it.
    pub head: HistoryHead,
    /// Payouts that it would make, those whose coins are to be bought first among them.
    pub payouts: u64,
    /// What they come to, as far as it is known: what is to be bought first is not.
    pub coins: Droplets,
    /// Transactions that are signed and have not ended, which it may send again.
    pub transactions: u64,
}

/// Looks at a copy as a start would, and at what would be paid on it.
///
/// # Errors
/// A start would refuse it, with the same words.
pub fn drill_copy(path: &Path) -> Result<CopyDrill, StoreError> {
    let head = look_at_copy(path)?.head;
    let kv = RedbBackend::look(path)?
        .ok_or_else(|| StoreError::Inconsistent(vec!["the copy is gone".to_owned()]))?;
    let view = Looked(&*kv);
    let (mut payouts, mut coins) = (0_u64, Droplets::ZERO);
    for state in [OpenState::Undecided, OpenState::Ready, OpenState::Held, OpenState::ToBuy] {
        let mut page = Page::first(PAGE);
        loop {
            let numbers = view.payouts_in(state, page)?;
            let Some(last) = numbers.last() else { break };
            page.after = last.get();
            for no in numbers {
                let payout =
                    view.payout(no)?.ok_or_else(|| StoreError::Invariant(format!("payout {no} is there")))?;
                payouts = payouts.saturating_add(1);
                coins = coins.checked_add(payout.amount)?;
            }
        }
    }
    let transactions = u64::try_from(view.live_attempts()?.len()).unwrap_or(u64::MAX);
    Ok(CopyDrill { head, payouts, coins, transactions })
}

/// A database that is only read.
struct Looked<'a>(&'a (dyn Read + Send + Sync));

impl Tables for Looked<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
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
