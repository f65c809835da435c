//! Whether every spend of the hot wallet is known.

use crate::types::{BlockRef, UnixTime};

/// What the payer found out about the wallet's spends since the start. What is unknown is in the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BooksView {
    /// Up to which block every spend is known, and when that was seen; none before the first time since the start.
    pub looked: Option<(BlockRef, UnixTime)>,
    /// Spends that nobody has said yet what they are.
    pub unknown: u64,
    /// Why the last look failed; empty where it did not.
    pub error: String,
}

/// Why not every spend of the hot wallet is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BooksDoubt {
    /// Somebody else than this desk has spent from it.
    ForeignSpend,
    /// It has not been looked at since the start.
    Looking,
}

impl BooksView {
    /// Why nothing is signed and no address is given out; none where all is well.
    pub fn refuses(&self) -> Option<BooksDoubt> {
        match self.looked {
            _ if self.unknown > 0 => Some(BooksDoubt::ForeignSpend),
            None => Some(BooksDoubt::Looking),
            Some(_) => None,
        }
    }
}
