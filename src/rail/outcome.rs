//! What is asked of the node of a rail, and what it can answer.

use super::spend::Spend;
use crate::types::{BlockRef, Droplets, Height, TxId};

/// What became of an attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The node took it.
    Accepted,
    /// The node had it already: a success.
    AlreadyKnown,
    /// The node will not have it, in its own words.
    Rejected(String),
    /// Nobody knows: no reply, or one that makes no sense. Never to be read as "it did not happen".
    Unknown(String),
}

/// What the chain knows of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TxStatus {
    /// The node has never heard of it, or has forgotten it.
    Absent,
    /// In the node's pool.
    Unconfirmed,
    /// In this block, with so many confirmations: 1 for the tip.
    Confirmed {
        /// The block that it stands in.
        block: BlockRef,
        /// How many blocks deep it is; 1 in the newest.
        confirmations: u64,
    },
}

/// What a transaction has brought to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// The node does not know the transaction.
    Absent,
    /// It waits for a block.
    Unconfirmed,
    /// It is in a block.
    Confirmed {
        /// What it pays to the address.
        coins: Droplets,
        /// How many blocks deep it is; 1 in the newest.
        confirmations: u64,
    },
}

/// The transaction that spent an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spender {
    /// The transaction's id.
    pub txid: TxId,
    /// 1 in the newest block.
    pub confirmations: u64,
}

/// What became of an output, by the blocks of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is there, and no transaction in a block spends it.
    Unspent,
    /// A transaction in a block spends it.
    Spent(Spender),
    /// No transaction in a block has made it. A node that does not know says nothing at all: that is an error.
    Missing {
        /// The newest block of the node that says so. One that has not seen the newest blocks misses what they made.
        head: Height,
    },
}

/// A question that the node did not answer in a usable way.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct NodeError(pub String);

/// What a look for spends of the wallet brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpendsSeen {
    /// The block to go on from is not part of the chain any more.
    Forked,
    /// All that the blocks up to this one hold.
    Seen {
        /// The block that was looked up to.
        to: BlockRef,
        /// Whether that was the newest block.
        is_all: bool,
        /// Those that were not known.
        spends: Vec<Spend>,
    },
}

/// Whether a transaction is known already and need not be told.
pub type IsKnown<'a> = &'a (dyn Fn(TxId) -> bool + Sync);
