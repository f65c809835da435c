//! The chain itself: blocks, what is unspent, what was spent by whom.
//!
//! Everything follows from the blocks: taking some of them away builds the rest again.

use std::collections::{BTreeMap, HashMap};

use teller::skycoin::{Address, BlockHeader, CoinHours, HoursError, calculated_hours};
use teller::types::{BlockHash, Claim, Droplets, Hash32, Height, TxId, UnixTime};

use super::wire::{Tx, TxOut, sha256_of};

/// All coins there ever are, in droplets.
pub(crate) const GENESIS_COINS: u64 = 100_000_000_000_000;
const NULL: Hash32 = Hash32([0; 32]);

/// An output, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UxOut {
    pub(crate) time: u64,
    pub(crate) seq: u64,
    pub(crate) source: TxId,
    pub(crate) out: TxOut,
}

impl UxOut {
    pub(crate) fn uxid(&self) -> Claim {
        self.out.uxid(self.source)
    }

    /// Its hours at this time.
    pub(crate) fn hours_at(&self, time: u64) -> Result<u64, HoursError> {
        let (coins, hours) = (Droplets::new(self.out.coins), CoinHours::new(self.out.hours));
        calculated_hours(coins, hours, UnixTime::new(self.time), UnixTime::new(time)).map(CoinHours::get)
    }

    /// Part of the hash that stands for all unspent outputs.
    fn snapshot(&self) -> Hash32 {
        let body = [&self.source.0[..], &self.out.encode()].concat();
        sha256_of(&[&body, &self.time.to_le_bytes(), &self.seq.to_le_bytes()])
    }
}

/// What became of an output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    pub(crate) ux: UxOut,
    /// The transaction that spent it, and its block.
    pub(crate) spent: Option<(TxId, u64)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) header: BlockHeader,
    pub(crate) hash: BlockHash,
    pub(crate) txs: Vec<Tx>,
}

impl Block {
    pub(crate) fn seq(&self) -> u64 {
        self.header.height.get()
    }

    pub(crate) fn time(&self) -> u64 {
        self.header.time.get()
    }

    pub(crate) fn size(&self) -> u64 {
        self.txs.iter().map(|tx| u64::from(tx.size())).sum()
    }
}

/// A block's place for a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) index: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Chain {
    blocks: Vec<Block>,
    unspent: BTreeMap<Claim, UxOut>,
    fates: HashMap<Claim, Fate>,
    /// Every output there ever was, in the order of making.
    made: Vec<Claim>,
    places: HashMap<TxId, Place>,
    snapshot: Hash32,
}

impl Chain {
    /// The first block: everything to one address.
    pub(crate) fn new(genesis: Address, time: u64) -> Chain {
        let tx = Tx { outputs: vec![TxOut::to(genesis, GENESIS_COINS, GENESIS_COINS)], ..Tx::default() };
        let header = BlockHeader {
            version: 0,
            time: UnixTime::new(time),
            height: Height::new(0),
            fee: CoinHours::ZERO,
            previous: BlockHash(NULL.0),
            body: Hash32(tx.txid().0),
            unspent: NULL,
        };
        Chain::of([Block { hash: header.hash(), header, txs: vec![tx] }])
    }

    fn of(blocks: impl IntoIterator<Item = Block>) -> Chain {
        let mut chain = Chain {
            blocks: Vec::new(),
            unspent: BTreeMap::new(),
            fates: HashMap::new(),
            made: Vec::new(),
            places: HashMap::new(),
            snapshot: NULL,
        };
        blocks.into_iter().for_each(|block| chain.append(block));
        chain
    }

    fn append(&mut self, block: Block) {
        for (index, tx) in block.txs.iter().enumerate() {
            let txid = tx.txid();
            for input in &tx.inputs {
                if let Some(ux) = self.unspent.remove(input) {
                    self.mix(ux.snapshot());
                    self.fates.insert(*input, Fate { ux, spent: Some((txid, block.seq())) });
                }
            }
            for ux in outputs_of(tx, &block) {
                let uxid = ux.uxid();
                self.mix(ux.snapshot());
                self.unspent.insert(uxid, ux);
                self.made.push(uxid);
                self.fates.insert(uxid, Fate { ux, spent: None });
            }
            self.places.insert(txid, Place { seq: block.seq(), index });
        }
        self.blocks.push(block);
    }

    fn mix(&mut self, other: Hash32) {
        self.snapshot.0.iter_mut().zip(other.0).for_each(|(byte, other)| *byte ^= other);
    }

    /// A block of these transactions on top; they are known to be valid and to spend nothing twice.
    pub(crate) fn extend(&mut self, txs: Vec<Tx>, fee: u64, now: u64) -> &Block {
        let head = self.head();
        let header = BlockHeader {
            version: head.header.version,
            time: UnixTime::new(now.max(head.time() + 1)),
            height: head.header.height.next(),
            fee: CoinHours::new(fee),
            previous: head.hash,
            body: merkle(txs.iter().map(|tx| Hash32(tx.txid().0)).collect()),
            unspent: self.snapshot,
        };
        self.append(Block { hash: header.hash(), header, txs });
        self.head()
    }

    /// Takes the highest blocks away, never the first, and gives their transactions in their order.
    pub(crate) fn shorten(&mut self, by: usize) -> Vec<Tx> {
        let keep = self.blocks.len().saturating_sub(by).max(1);
        let mut blocks = std::mem::take(&mut self.blocks);
        let gone = blocks.split_off(keep);
        *self = Chain::of(blocks);
        gone.into_iter().flat_map(|block| block.txs).collect()
    }

    pub(crate) fn head(&self) -> &Block {
        self.blocks.last().expect("BUG: a chain has a first block")
    }

    pub(crate) fn block(&self, seq: u64) -> Option<&Block> {
        self.blocks.get(usize::try_from(seq).ok()?)
    }

    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    pub(crate) fn unspent(&self, uxid: &Claim) -> Option<&UxOut> {
        self.unspent.get(uxid)
    }

    pub(crate) fn all_unspent(&self) -> impl Iterator<Item = &UxOut> {
        self.unspent.values()
    }

    pub(crate) fn fate(&self, uxid: &Claim) -> Option<&Fate> {
        self.fates.get(uxid)
    }

    /// The fates of all outputs, in the order of their making.
    pub(crate) fn fates(&self) -> impl Iterator<Item = &Fate> {
        self.made.iter().filter_map(|uxid| self.fates.get(uxid))
    }

    /// The chain without its newest blocks.
    pub(crate) fn without(&self, newest: usize) -> Chain {
        let keep = self.blocks.len().saturating_sub(newest).max(1);
        Chain::of(self.blocks.iter().take(keep).cloned())
    }

    pub(crate) fn find(&self, txid: &TxId) -> Option<(&Block, &Tx)> {
        let place = self.places.get(txid)?;
        let block = self.block(place.seq)?;
        Some((block, block.txs.get(place.index)?))
    }
}

/// The outputs of a block's transaction. Those of the first block have no transaction to come from; the daemon says so
/// even of those that a waiting transaction would make on top of it.
pub(crate) fn outputs_of(tx: &Tx, block: &Block) -> Vec<UxOut> {
    let source = if block.seq() == 0 { TxId(NULL.0) } else { tx.txid() };
    let (time, seq) = (block.time(), block.seq());
    tx.outputs.iter().map(|out| UxOut { time, seq, source, out: *out }).collect()
}

/// The root over hashes, filled up with zeros to a power of two.
fn merkle(mut hashes: Vec<Hash32>) -> Hash32 {
    hashes.resize(hashes.len().next_power_of_two(), NULL);
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(|pair| sha256_of(&[&pair[0].0, &pair[1].0])).collect();
    }
    hashes[0]
}
