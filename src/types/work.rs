//! What it cost to make blocks.

use std::iter::Sum;

use minicbor::{Decode, Encode};

use super::Units;

/// Work that went into blocks: on Bitcoin the number of hashes that their targets ask for on average; one a block on
/// chains where nothing but their number tells. Sums stop at the largest number, far above what any chain has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Work(#[n(0)] Units);

impl Work {
    /// What a block counts where only their number does.
    pub const BLOCK: Work = Work::new(1);

    /// Returns the work of so many hashes.
    pub const fn new(hashes: u128) -> Self {
        Work(Units::new(hashes))
    }

    /// Returns the number of hashes.
    pub const fn get(self) -> u128 {
        self.0.get()
    }
}

impl Sum for Work {
    fn sum<I: Iterator<Item = Work>>(all: I) -> Work {
        all.fold(Work::default(), |sum, one| Work::new(sum.get().saturating_add(one.get())))
    }
}
