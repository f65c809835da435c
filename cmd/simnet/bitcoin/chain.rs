//! The chain itself: the network's first block, then blocks from the start on, and transactions that wait.

use std::collections::HashMap;
use std::ops::Deref;

use bitcoin::block::{Header, Version};
use bitcoin::consensus::serialize;
use bitcoin::hashes::Hash;
use bitcoin::{
    Amount, Block, BlockHash, CompactTarget, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxMerkleNode,
    TxOut, Txid, Witness,
};

use super::kind::{BITS, Kind};
use super::script;
use super::transaction::transaction_of;

/// Most blocks made at once.
const MAX_BLOCKS: u64 = 10_000;
/// What a coinbase makes, in satoshi; nobody checks it.
const SUBSIDY: u64 = 625_000_000;

/// Why the chain did not do what it was told.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum ChainError {
    #[error("at most {MAX_BLOCKS} blocks at once")]
    TooMany,
    #[error("{0}")]
    Refused(String),
}

/// A block with what follows its header where its work was done on another chain's.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(super) block: Block,
    proof: Vec<u8>,
}

impl Made {
    /// The header as nodes write it.
    pub(super) fn head_bytes(&self) -> Vec<u8> {
        [serialize(&self.block.header), self.proof.clone()].concat()
    }

    /// The whole of it as nodes write it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        [self.head_bytes(), serialize(&self.block.txdata)].concat()
    }
}

impl Deref for Made {
    type Target = Block;

    fn deref(&self) -> &Block {
        &self.block
    }
}

#[derive(Debug)]
pub(crate) struct Chain {
    kind: Kind,
    genesis: Made,
    /// The height of the first of `blocks`.
    start: u64,
    blocks: Vec<Made>,
    heights: HashMap<BlockHash, u64>,
    pool: Vec<Transaction>,
    /// Makes coinbases and deposits differ from all that were there before.
    serial: u64,
}

impl Chain {
    pub(crate) fn new(kind: Kind, start: u64, now: u64) -> Chain {
        let genesis = Made { block: kind.genesis.clone(), proof: Vec::new() };
        let mut chain = Chain {
            kind,
            heights: HashMap::from([(genesis.block_hash(), 0)]),
            genesis,
            start: start.max(1),
            blocks: Vec::new(),
            pool: Vec::new(),
            // Two runs are two chains.
            serial: u64::from(std::process::id()) << 32 | now & 0xffff_ffff,
        };
        if start > 0 {
            chain.append(now);
        }
        chain
    }

    /// A block of all that waits.
    fn append(&mut self, now: u64) {
        let height = self.height(0) + u64::from(!self.blocks.is_empty());
        let height = height.max(self.start);
        let mut txdata = vec![self.coinbase(height)];
        txdata.append(&mut self.pool);
        let previous = self.tip();
        // Every block is later than the one before, and headers have 32 bits for that.
        let time = u32::try_from(now).unwrap_or(u32::MAX).max(previous.header.time.saturating_add(1));
        let header = Header {
            version: Version::from_consensus(0x2000_0000),
            prev_blockhash: previous.block_hash(),
            merkle_root: TxMerkleNode::all_zeros(),
            time,
            bits: CompactTarget::from_consensus(BITS),
            nonce: 0,
        };
        let mut block = Block { header, txdata };
        block.header.merkle_root = block.compute_merkle_root().unwrap_or(TxMerkleNode::all_zeros());
        let proof = self.kind.work(&mut block, height);
        self.heights.insert(block.block_hash(), height);
        self.blocks.push(Made { block, proof });
    }

    fn coinbase(&mut self, height: u64) -> Transaction {
        let input = TxIn {
            previous_output: OutPoint::null(),
            script_sig: script::coinbase(height, self.next_serial()),
            sequence: Sequence::MAX,
            witness: Witness::new(),
        };
        let output = TxOut { value: Amount::from_sat(SUBSIDY), script_pubkey: script::anybody() };
        transaction_of(input, vec![output])
    }

    /// A transaction with these outputs, from coins that never were.
    pub(crate) fn payment(&mut self, outputs: Vec<TxOut>) -> Transaction {
        let odd = Txid::hash(&self.next_serial().to_le_bytes());
        let input = TxIn {
            previous_output: OutPoint { txid: odd, vout: 0 },
            script_sig: ScriptBuf::new(),
            sequence: Sequence::MAX,
            witness: Witness::new(),
        };
        transaction_of(input, outputs)
    }

    fn next_serial(&mut self) -> u64 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    pub(crate) fn wait(&mut self, transaction: Transaction) {
        self.pool.push(transaction);
    }

    pub(crate) fn mine(&mut self, blocks: u64, now: u64) -> Result<(), ChainError> {
        if blocks > MAX_BLOCKS {
            return Err(ChainError::TooMany);
        }
        (0..blocks).for_each(|_| self.append(now));
        Ok(())
    }

    pub(crate) fn reorg(&mut self, depth: u64, length: u64, keep: bool, now: u64) -> Result<(), ChainError> {
        let made = u64::try_from(self.blocks.len()).unwrap_or(u64::MAX);
        if depth > made {
            return Err(ChainError::Refused(format!("only {made} blocks were made here")));
        }
        let left = usize::try_from(made - depth).unwrap_or(0);
        let gone = self.blocks.split_off(left);
        for block in &gone {
            self.heights.remove(&block.block_hash());
        }
        let waited = std::mem::take(&mut self.pool);
        if keep {
            // All but the coinbases, and before what waited already.
            self.pool = gone
                .into_iter()
                .flat_map(|made| made.block.txdata.into_iter().skip(1))
                .chain(waited)
                .collect();
        }
        self.mine(length, now)
    }

    /// The height of the tip, or of so many blocks below it, as far as there are any.
    pub(crate) fn height(&self, behind: u64) -> u64 {
        let made = u64::try_from(self.blocks.len()).unwrap_or(u64::MAX);
        match made.saturating_sub(behind) {
            0 => 0,
            made => self.start.saturating_add(made).saturating_sub(1),
        }
    }

    fn tip(&self) -> &Made {
        self.blocks.last().unwrap_or(&self.genesis)
    }

    pub(crate) fn tip_hash(&self) -> BlockHash {
        self.tip().block_hash()
    }

    pub(crate) fn at(&self, height: u64) -> Option<&Made> {
        if height == 0 {
            return Some(&self.genesis);
        }
        let index = height.checked_sub(self.start)?;
        self.blocks.get(usize::try_from(index).ok()?)
    }

    /// A block with its height.
    pub(crate) fn find(&self, hash: &BlockHash) -> Option<(u64, &Made)> {
        let height = *self.heights.get(hash)?;
        self.at(height).map(|block| (height, block))
    }

    pub(crate) fn pool(&self) -> &[Transaction] {
        &self.pool
    }
}

#[cfg(test)]
mod tests {
    use bitcoin::Network;

    use super::*;

    #[test]
    fn should_make_blocks_that_are_real() {
        let mut chain = Chain::new(Kind::bitcoin(Network::Bitcoin), 100, 1_700_000_000);
        chain.mine(3, 1_700_000_000).unwrap();
        assert_eq!((chain.height(0), chain.height(2), chain.height(9)), (103, 101, 0));
        for height in 101..=103 {
            let (block, parent) = (chain.at(height).unwrap(), chain.at(height - 1).unwrap());
            assert_eq!(block.header.prev_blockhash, parent.block_hash());
            assert!(block.check_merkle_root());
            assert!(block.header.validate_pow(block.header.target()).is_ok());
            assert_eq!(block.bip34_block_height(), Ok(height));
            assert_eq!(chain.find(&block.block_hash()).unwrap().0, height);
        }
        assert!(chain.at(99).is_none() && chain.at(104).is_none());
    }

    #[test]
    fn should_start_with_the_first_block_where_told_to() {
        let mut chain = Chain::new(Kind::bitcoin(Network::Regtest), 0, 1_700_000_000);
        assert_eq!(chain.height(0), 0);
        chain.mine(2, 1_700_000_000).unwrap();
        assert_eq!(chain.height(0), 2);
    }

    #[test]
    fn should_keep_or_lose_what_was_in_old_blocks() {
        for keep in [true, false] {
            let mut chain = Chain::new(Kind::bitcoin(Network::Bitcoin), 100, 1_700_000_000);
            let payment =
                chain.payment(vec![TxOut { value: Amount::ONE_BTC, script_pubkey: script::anybody() }]);
            chain.wait(payment.clone());
            chain.mine(2, 1_700_000_000).unwrap();
            let old = chain.at(101).unwrap().block_hash();
            chain.reorg(2, 3, keep, 1_700_000_000).unwrap();
            assert_eq!(chain.height(0), 103);
            assert!(chain.find(&old).is_none());
            let has_it = chain.at(101).unwrap().txdata.contains(&payment);
            assert_eq!(has_it, keep);
        }
    }
}
