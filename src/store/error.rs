//! Why the store did not do what was asked.

use std::path::PathBuf;

use crate::coins::Network;

/// Why the store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum StoreError {
    /// The database failed. Whether a commit in progress is durable is unknown.
    #[error("database: {0}")]
    Backend(String),
    /// Another process has the file open.
    #[error("{}: is in use by another process; is a teller running on it?", path.display())]
    InUse {
        /// The database's file.
        path: PathBuf,
    },
    /// A stored value makes no sense.
    #[error("table {table}, key {key}: cannot be decoded: {why}")]
    Undecodable {
        /// The table's name in the database.
        table: &'static str,
        /// The row's key, for a person to read.
        key: String,
        /// What the decoder says.
        why: String,
    },
    /// What was asked would break an invariant, which is named. Nothing of it was kept.
    #[error("refused, it would break an invariant: {0}")]
    Invariant(String),
    /// The file was written by a newer version of this program.
    #[error(
        "the database has schema {found}, this version of teller knows up to {known}: use a newer teller"
    )]
    NewerSchema {
        /// The schema of the file.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// The file belongs to another network of a coin's chain.
    #[error("the database was made for {chain} network {found}, {section}.network is {configured}")]
    OtherNetwork {
        /// The chain's name.
        chain: &'static str,
        /// The section of the configuration that names its network.
        section: &'static str,
        /// The network that the file was made for.
        found: String,
        /// The network that is configured.
        configured: Network,
    },
    /// The file holds a coin that is neither in the catalogue nor described.
    #[error(
        "the database has followed the coin with number {number} (network {network}), and nobody says what that is: \
         it is described in the configuration, [bitcoin_likes], for good"
    )]
    UnknownCoin {
        /// The coin's number in the database.
        number: u8,
        /// The name of the network that was followed.
        network: String,
    },
    /// The file holds play money, and real money is configured, or the other way round.
    #[error(
        "the database was made with {found}, and now it is {configured}: play money and real coins never share a \
         database, set dbfile to another file"
    )]
    OtherMoney {
        /// Which sides of the file are play money, as settings.
        found: String,
        /// Which sides are play money now, as settings.
        configured: String,
    },
    /// A desk that pays was given the database of a shadow, in which nothing was ever paid.
    #[error(
        "the database is that of a shadow: the original has paid what is in it, and it would be paid again; set dbfile \
         to another file, and have the tool's import-original make it"
    )]
    OfAShadow,
    /// A shadow was given the database of a desk that pays.
    #[error(
        "the database is that of a desk that pays, and shadow.original is set: a shadow has a database of its own, set \
         dbfile to another file"
    )]
    NotOfAShadow,
    /// The stored data contradicts itself.
    #[error("the database is inconsistent:\n  {}", .0.join("\n  "))]
    Inconsistent(Vec<String>),
    /// A defect of the store itself, or of a job that it was given.
    #[error("the store's writer panicked: {0}")]
    Panicked(String),
    /// The request was done before: its answer is kept.
    #[error("this request was done before")]
    DoneBefore,
    /// Too many writes are waiting.
    #[error("overloaded: too many writes are waiting")]
    Busy,
    /// The store has ended.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    pub(crate) fn backend(error: impl std::fmt::Display) -> Self {
        StoreError::Backend(error.to_string())
    }

    /// Whether the store can go on after it.
    pub fn is_fatal(&self) -> bool {
        match self {
            StoreError::Invariant(_) | StoreError::DoneBefore | StoreError::Busy => false,
            StoreError::Backend(_)
            | StoreError::InUse { .. }
            | StoreError::Undecodable { .. }
            | StoreError::NewerSchema { .. }
            | StoreError::OtherNetwork { .. }
            | StoreError::UnknownCoin { .. }
            | StoreError::OtherMoney { .. }
            | StoreError::OfAShadow
            | StoreError::NotOfAShadow
            | StoreError::Inconsistent(_)
            | StoreError::Panicked(_)
            | StoreError::Closed => true,
        }
    }
}

/// What a refusal of a state or of a rule becomes: a broken invariant, in its words.
macro_rules! is_invariant {
    ($($refusal:ty),+) => {
        $(impl From<$refusal> for StoreError {
            fn from(refusal: $refusal) -> Self {
                StoreError::Invariant(refusal.to_string())
            }
        })+
    };
}

is_invariant! {
    crate::deposit::IllegalStep,
    crate::payout::IllegalStep,
    crate::payout::RulingRefused,
    crate::payout::PaidRefused,
    crate::payout::CourseRefused,
    crate::payout::AttemptError,
    crate::ledger::LedgerError,
    crate::rail::MismatchError,
    crate::types::AmountOutOfRange,
    crate::upstream::IllegalOrderStep,
    crate::upstream::IllegalWithdrawalStep
}

pub(super) fn invariant(what: &str) -> StoreError {
    StoreError::Invariant(what.to_owned())
}
