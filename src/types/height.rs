//! Places in a chain.

use crate::types::BlockHash;
use minicbor::{Decode, Encode};

/// A block height; the genesis block has height 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Height(#[n(0)] u64);

impl Height {
    /// Returns this height.
    pub const fn new(height: u64) -> Self {
        Height(height)
    }

    /// Returns the number of blocks below.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the height above.
    pub const fn next(self) -> Height {
        Height(self.0.saturating_add(1))
    }

    /// Returns the height below; none below the first block.
    pub const fn prev(self) -> Option<Height> {
        match self.0.checked_sub(1) {
            Some(height) => Some(Height(height)),
            None => None,
        }
    }

    /// How many blocks of the best chain lie above this one: 0 for the tip itself.
    pub const fn depth_below(self, best: Height) -> u64 {
        best.0.saturating_sub(self.0)
    }
}

impl std::fmt::Display for Height {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One block of one chain: heights alone lie when a chain forks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub struct BlockRef {
    /// How high it stands.
    #[n(0)]
    pub height: Height,
    /// Its hash.
    #[n(1)]
    pub hash: BlockHash,
}
