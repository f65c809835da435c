//! Block headers: what a block's hash is made of.

use super::digest::sha256;
use super::hours::CoinHours;
use crate::types::{BlockHash, Hash32, Height, TxId, UnixTime};

/// The header of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHeader {
    /// The version of the format.
    pub version: u32,
    /// The block's own time.
    pub time: UnixTime,
    /// The height, zero for the first block.
    pub height: Height,
    /// Coin hours burnt by the block's transactions.
    pub fee: CoinHours,
    /// The hash of the block below; zeros for the first block.
    pub previous: BlockHash,
    /// The Merkle root of the txids; of a single transaction, its txid.
    pub body: Hash32,
    /// Stands for all unspent outputs before this block.
    pub unspent: Hash32,
}

impl BlockHeader {
    /// The block's hash.
    pub fn hash(&self) -> BlockHash {
        let hash = sha256([
            &self.version.to_le_bytes(),
            &self.time.get().to_le_bytes(),
            &self.height.get().to_le_bytes(),
            &self.fee.get().to_le_bytes(),
            &self.previous.0,
            &self.body.0,
            &self.unspent.0,
        ]);
        BlockHash(hash.0)
    }
}

/// Returns what a chain of the family has that no other has: the coin's name and its first block.
pub fn identity(coin: &str, first_block: BlockHash) -> String {
    format!("{coin}, first block {first_block}")
}

/// The root over the txids of a block, which its header names: filled up with zeros to a power of two, hashed in pairs.
pub fn merkle_root(txids: &[TxId]) -> Hash32 {
    let mut row: Vec<Hash32> = txids.iter().map(|txid| Hash32(txid.0)).collect();
    row.resize(row.len().next_power_of_two(), Hash32([0; 32]));
    while row.len() > 1 {
        row = row.chunks(2).map(|pair| sha256([&pair[0].0, &pair[1].0])).collect();
    }
    row.first().copied().unwrap_or(Hash32([0; 32]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_join_txids_in_pairs() {
        let txids = [1, 2, 3].map(|n| TxId([n; 32]));
        let [a, b, c] = txids.map(|txid| Hash32(txid.0));
        let join = |one: Hash32, two: Hash32| sha256([&one.0, &two.0]);
        assert_eq!(merkle_root(&txids[..1]), a);
        assert_eq!(merkle_root(&txids[..2]), join(a, b));
        assert_eq!(merkle_root(&txids), join(join(a, b), join(c, Hash32([0; 32]))));
        assert_eq!(merkle_root(&[]), Hash32([0; 32]));
    }
}
