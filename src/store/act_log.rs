//! The log of acts: what was asked of the admin listener beyond reading, by whom, and what came of it, refusals
//! included. No events: what an act changes has one, and this tells what else was tried.

use minicbor::{Decode, Encode};

use super::StoreError;
use super::codec::{self, key};
use super::kv::Table;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use crate::types::{Droplets, UnixTime};

/// An entry of the log; one that happened often is told once, with how often.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ActEntry {
    /// When, the first time.
    #[n(0)]
    pub at: UnixTime,
    /// When, the last time.
    #[n(1)]
    pub last_at: UnixTime,
    /// How often.
    #[n(2)]
    pub times: u64,
    /// By whom, where that is known.
    #[n(3)]
    pub who: Option<String>,
    /// How they showed who they are.
    #[n(4)]
    pub via: String,
    /// The address that it came from.
    #[n(5)]
    pub from: String,
    /// The kind of act: the method, and the path with names in place of numbers.
    #[n(6)]
    pub act: String,
    /// The path that was asked for.
    #[n(7)]
    pub target: String,
    /// The reason that was given.
    #[n(8)]
    pub why: Option<String>,
    /// What came of it.
    #[n(9)]
    pub outcome: ActOutcome,
    /// The status of the answer.
    #[n(10)]
    pub status: u16,
    /// The answer, in short.
    #[n(11)]
    pub words: Option<String>,
    /// SKY that it moved without a second person, where it moved any and one is wanted for more.
    #[n(12)]
    pub moved: Option<Droplets>,
}

/// What came of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ActOutcome {
    /// It was done.
    #[n(0)]
    Done,
    /// It waits for a second person.
    #[n(1)]
    Proposed,
    /// The state does not allow it, or it was asked for wrongly.
    #[n(2)]
    Refused,
    /// Whoever asked may not.
    #[n(3)]
    Forbidden,
    /// Whoever asked did not show who they are.
    #[n(4)]
    Unauthorized,
    /// Whoever asked had to wait.
    #[n(5)]
    Throttled,
    /// The desk could not do it.
    #[n(6)]
    Failed,
    /// It was done before, and what it was answered then was given again.
    #[n(7)]
    Replayed,
}

impl ActOutcome {
    /// Returns its name, as the API has it.
    pub const fn name(self) -> &'static str {
        match self {
            ActOutcome::Done => "done",
            ActOutcome::Proposed => "proposed",
            ActOutcome::Refused => "refused",
            ActOutcome::Forbidden => "forbidden",
            ActOutcome::Unauthorized => "unauthorized",
            ActOutcome::Throttled => "throttled",
            ActOutcome::Failed => "failed",
            ActOutcome::Replayed => "replayed",
        }
    }
}

/// Reads of the log.
pub trait ActLog: Tables {
    /// Returns entries before the number `before`, the newest first; from the newest on where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn acts_before(&self, before: Option<u64>, limit: usize) -> Result<Vec<(u64, ActEntry)>, StoreError> {
        let table = Table::Acts;
        let last = last_no(self)?;
        let newest = before.map_or(last, |before| before.saturating_sub(1).min(last));
        let oldest = newest.saturating_sub(u64::try_from(limit).unwrap_or(u64::MAX)).saturating_add(1);
        let rows = self.kv().scan(table, &key(oldest), Some(&key(newest.saturating_add(1))))?;
        let mut entries = rows
            .map(|row| {
                let (key, value) = row?;
                Ok((codec::number_at_end(table, &key)?, codec::decode(table, &key, &value)?))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        entries.reverse();
        Ok(entries)
    }
}

impl<T: Tables + ?Sized> ActLog for T {}

fn last_no<T: Tables + ?Sized>(tables: &T) -> Result<u64, StoreError> {
    let last = tables.kv().last(Table::Acts)?;
    last.map_or(Ok(0), |(key, _)| codec::number_at_end(Table::Acts, &key))
}

impl WriteTx<'_> {
    /// Appends an entry. Answers its number.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub fn log_act(&mut self, entry: &ActEntry) -> Result<u64, StoreError> {
        self.changed();
        let no = last_no(self)?.saturating_add(1);
        self.kv.put(Table::Acts, &key(no), &codec::encode(entry))?;
        Ok(no)
    }

    /// Notes that what an entry tells has happened again, so often in all.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub fn log_again(&mut self, no: u64, times: u64, last_at: UnixTime) -> Result<(), StoreError> {
        let Some(entry) = get::<ActEntry>(self.kv(), Table::Acts, &key(no))? else { return Ok(()) };
        self.changed();
        self.kv.put(Table::Acts, &key(no), &codec::encode(&ActEntry { times, last_at, ..entry }))
    }
}
