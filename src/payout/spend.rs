//! Transactions that spend from the hot wallet and that this desk does not know: a restored backup has forgotten them,
//! or somebody else has the same keys.
//!
//! Not knowing one is not "it did not happen": while there is one that nobody has ruled on, nothing is signed.

use minicbor::{Decode, Encode};

use crate::rail::{AssignError, Spend};
use crate::types::{Actor, AttemptNo, DepositNo, UnixTime};

/// What a person has ruled a foreign spend to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum SpendVerdict {
    /// The operator's own: it has nothing to do with what buyers are owed.
    #[n(0)]
    Mine,
    /// Whatever it paid is to be paid again.
    #[n(1)]
    PayAgain,
    /// It paid deposits of this desk: it is the transaction with this number now.
    #[n(2)]
    Adopted {
        /// The number that it has here now.
        #[n(0)]
        attempt: AttemptNo,
    },
}

/// A ruling, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SpendRuling {
    /// What it is.
    #[n(0)]
    pub verdict: SpendVerdict,
    /// Who has ruled.
    #[n(1)]
    pub by: Actor,
    /// The reason that was given.
    #[n(2)]
    pub why: String,
    /// When.
    #[n(3)]
    pub at: UnixTime,
}

/// A spend that no transaction of this desk is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ForeignSpend {
    /// The transaction as the chain tells it.
    #[n(0)]
    pub spend: Spend,
    /// When it was first seen here.
    #[n(1)]
    pub seen_at: UnixTime,
    /// None while it waits for a person.
    #[n(2)]
    pub ruling: Option<SpendRuling>,
    /// The transaction of this desk that it is, which was given up for dead before it was seen.
    #[n(3)]
    pub was: Option<AttemptNo>,
}

impl ForeignSpend {
    /// Whether nobody has said yet what it is.
    pub fn is_unknown(&self) -> bool {
        self.ruling.is_none()
    }

    /// The transaction that was given up, and whose payments it has made all the same: it is in a block.
    pub fn strayed(&self) -> Option<AttemptNo> {
        self.was.filter(|_| self.spend.block.is_some() && !self.is_adopted())
    }

    /// Whether it is a transaction of this desk now, and followed like any of them.
    pub fn is_adopted(&self) -> bool {
        let verdict = self.ruling.as_ref().map(|ruling| ruling.verdict);
        matches!(verdict, Some(SpendVerdict::Adopted { .. }))
    }
}

/// Why a foreign spend is not what it is said to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpendRefused {
    /// No foreign spend with this id is known.
    #[error("there is no spend of that transaction id that is not this desk's own")]
    Unknown,
    /// It was taken over before, under this number.
    #[error("it paid deposits here already: it is transaction {0}")]
    Adopted(AttemptNo),
    /// What it pays is not what the deposits are owed.
    #[error(transparent)]
    Payments(#[from] AssignError),
    /// This deposit is not owed anything that it could have paid.
    #[error(
        "deposit {0} is not owed anything now: there is none, it is not final, or it is paid by another transaction"
    )]
    NotOwed(DepositNo),
    /// No deposits were named, and none that is owed fits one of its payments.
    #[error("no deposit that is owed now matches what it paid")]
    NothingMatches,
    /// An input of it is claimed by this transaction of the desk, which is not dead.
    #[error("transaction {0} of this desk spends the same outputs: it has to be declared dead first")]
    Claimed(AttemptNo),
    /// It is the desk's own, and was given up for dead under this number.
    #[error(
        "it is transaction {0} of this desk, which was declared dead: void what it paid, and say that it was yours"
    )]
    WasDead(AttemptNo),
}
