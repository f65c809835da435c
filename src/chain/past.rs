//! What a node tells of the past of addresses that nobody was given yet.
//!
//! Coins may have come to an address in blocks that the desk never read: before its scanner began, or before
//! the address was in a pool. Whoever sent them was told to by somebody, so the address is somebody's. What
//! comes after the look, the scanner sees.

use crate::address::DepositAddress;
use crate::types::{Height, Units};

/// An address that was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastUse {
    /// The address that was used.
    pub address: DepositAddress,
    /// The first transaction that paid to it, where that is told.
    pub tx: Option<String>,
    /// How much that paid, or what lies at the address where no transaction is told; none where that is not known.
    pub amount: Option<Units>,
    /// The block of the transaction, or the one that was the newest.
    pub height: Height,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Past {
    /// Those that were used before; in none of the others there was anything, as far as the node can tell.
    Told(Vec<PastUse>),
    /// The node cannot tell, and why, in words.
    Untold(String),
}

/// What becomes of an address that no node was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unvetted {
    /// It is given out: there is nobody who could be asked.
    Given,
    /// It is given out, unless the desk may have forgotten bindings: asking fails, and that stops nobody else.
    GivenUnlessForgotten,
    /// It is given to nobody: the node is being asked.
    Withheld,
}
