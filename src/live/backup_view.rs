//! Copies of the database that make themselves, as their keeper saw them last.

use std::time::Duration;

use crate::types::{Droplets, Moment, UnixTime};

/// A copy that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCopy {
    /// The file's name.
    pub name: String,
    /// When it was made.
    pub made_at: UnixTime,
    /// The head of the history in it.
    pub history: String,
    /// Bytes of the file.
    pub size: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Whether it is encrypted.
    pub is_encrypted: bool,
}

/// How backups fare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupView {
    /// Where they are kept.
    pub place: String,
    /// The copies of this desk, the newest first; none where their place has not told.
    pub copies: Option<Vec<KeptCopy>>,
    /// Whether one is being made.
    pub is_running: bool,
    /// Since when there are none new, and why; none while all is well.
    pub trouble: Option<(UnixTime, String)>,
    /// Copies that were made since the start.
    pub made: u64,
    /// Copies that could not be made since the start.
    pub failures: u64,
    /// When the keeper began.
    pub since: Moment,
    /// After how long the newest copy is too old.
    pub too_old_after: Duration,
}

impl BackupView {
    /// Returns what there is to be shown before the place of copies was looked at. `since` is when their keeper began.
    pub const fn new(since: Moment, too_old_after: Duration) -> BackupView {
        BackupView {
            place: String::new(),
            copies: None,
            is_running: false,
            trouble: None,
            made: 0,
            failures: 0,
            since,
            too_old_after,
        }
    }

    /// Returns the newest copy; none where there is none, or that is not known.
    pub fn newest(&self) -> Option<&KeptCopy> {
        self.copies.as_ref()?.first()
    }

    /// Returns how old the newest copy is where that is too old, or how long there was time to make one and there is
    /// none; nothing where all is well, or not known.
    pub fn too_old(&self, now: UnixTime, moment: Moment) -> Option<Duration> {
        let copies = self.copies.as_ref()?;
        let age = copies.first().map_or_else(|| moment.since(self.since), |copy| now.since(copy.made_at));
        Some(age).filter(|age| *age > self.too_old_after)
    }
}

/// A drill: the proof that the newest copy can be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillView {
    /// When it began.
    pub began_at: UnixTime,
    /// How it came out.
    pub end: DrillEnd,
}

/// How a drill came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrillEnd {
    /// It has not ended.
    Running,
    /// The copy can be restored.
    Passed {
        /// When it ended.
        at: UnixTime,
        /// What was found.
        facts: DrillFacts,
    },
    /// It could not be tried here, which says nothing of the copy.
    Untried {
        /// When that was found.
        at: UnixTime,
        /// Why, for people.
        words: String,
    },
    /// Nobody knows that it can.
    Failed {
        /// When it ended.
        at: UnixTime,
        /// Why, for people.
        words: String,
    },
}

/// What a drill found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillFacts {
    /// The copy.
    pub name: String,
    /// When it was made.
    pub made_at: UnixTime,
    /// The head of the history in it, which is one of this desk's.
    pub history: String,
    /// Events that have happened since, which the copy does not know.
    pub events_since: u64,
    /// Payouts that a desk would make that is started on it.
    pub payouts: u64,
    /// What they come to.
    pub coins: Droplets,
    /// Transactions that it may send again.
    pub transactions: u64,
}
