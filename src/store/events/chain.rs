//! What happens to a chain.

use minicbor::{Decode, Encode};

use crate::types::{BlockRef, Coin};

/// A change of a chain that is followed, or paid on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ChainEvent {
    /// Its blocks above this one are not part of the best chain any more.
    #[n(0)]
    Forked {
        /// The coin.
        #[n(0)]
        coin: Coin,
        /// The last block that both chains have.
        #[n(1)]
        fork: BlockRef,
        /// The block that was the newest before.
        #[n(2)]
        abandoned: BlockRef,
    },
    /// Which chain the node of a coin follows, or where no coin is named, the node that payouts are made on: at first
    /// contact, and never another one.
    #[n(1)]
    Identified {
        /// The coin.
        #[n(0)]
        coin: Option<Coin>,
        /// What tells its chain, or its account, from all others.
        #[n(1)]
        identity: String,
    },
}
