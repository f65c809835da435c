//! What is in the blocks, what can be spent, and what each node has heard of.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Broadcast, PAYOUT_NODES};
use crate::skycoin::{Address, Output, Transaction};
use crate::types::{BlockHash, Claim, Droplets, TxId};

#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) txid: TxId,
    pub(super) transaction: Transaction,
    pub(super) uxids: Vec<Claim>,
    pub(super) is_operators: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) pool: BTreeSet<usize>,
    /// The newest blocks that it has not seen.
    pub(super) behind: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) hash: BlockHash,
    pub(super) transactions: Vec<usize>,
}

pub(super) type Outputs = BTreeMap<Claim, Output>;

#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) owner: Address,
    pub(super) max_decimals: u8,
    /// Coins that came from outside. They are there at every height.
    pub(super) founded: Outputs,
    /// What somebody else's transactions brought.
    pub(super) gifts: HashMap<TxId, Droplets>,
    pub(super) known: Vec<Known>,
    pub(super) by_txid: HashMap<TxId, usize>,
    pub(super) blocks: Vec<Made>,
    /// The most blocks that there ever were.
    pub(super) highest: usize,
    /// How often something was made: no two blocks have one hash, no two fundings one output.
    pub(super) made: u64,
    pub(super) nodes: [Node; PAYOUT_NODES],
    pub(super) answering: usize,
    /// After so many more questions another node answers.
    pub(super) change: Option<(u32, usize)>,
}

impl Known {
    pub(super) fn payments(&self, owner: Address) -> Vec<(Address, Droplets)> {
        let payments = self.transaction.outputs().iter().filter(|output| output.address != owner);
        payments.map(|output| (output.address, output.coins)).collect()
    }

    pub(super) fn fits(&self, outputs: &Outputs) -> bool {
        self.transaction.inputs().iter().all(|input| outputs.contains_key(input))
    }

    pub(super) fn apply(&self, outputs: &mut Outputs) {
        for input in self.transaction.inputs() {
            outputs.remove(input);
        }
        outputs.extend(self.uxids.iter().copied().zip(self.transaction.outputs().iter().copied()));
    }
}

impl State {
    pub(super) fn next_hash(&mut self, kind: u8) -> [u8; 32] {
        self.made += 1;
        let mut hash = [kind; 32];
        hash[..8].copy_from_slice(&self.made.to_be_bytes());
        hash
    }

    pub(super) fn learn(&mut self, transaction: Transaction, is_operators: bool) -> usize {
        let txid = transaction.txid();
        if let Some(position) = self.by_txid.get(&txid) {
            return *position;
        }
        let position = self.known.len();
        let uxids = transaction.uxids();
        self.known.push(Known { txid, transaction, uxids, is_operators });
        self.by_txid.insert(txid, position);
        position
    }

    pub(super) fn confirmed(&self, seen: usize) -> impl Iterator<Item = usize> {
        self.blocks.iter().take(seen).flat_map(|block| block.transactions.iter().copied())
    }

    pub(super) fn height_of(&self, position: usize, seen: usize) -> Option<usize> {
        self.blocks.iter().take(seen).position(|block| block.transactions.contains(&position))
    }

    /// What can be spent after the first `seen` blocks.
    pub(super) fn outputs(&self, seen: usize) -> Outputs {
        let mut outputs = self.founded.clone();
        self.confirmed(seen).for_each(|position| self.known[position].apply(&mut outputs));
        outputs.retain(|_, output| output.address == self.owner);
        outputs
    }

    /// What is in any pool and in no block.
    pub(super) fn pooled(&self) -> Vec<usize> {
        let confirmed: HashSet<usize> = self.confirmed(self.blocks.len()).collect();
        let all: BTreeSet<usize> = self.nodes.iter().flat_map(|node| &node.pool).copied().collect();
        all.into_iter().filter(|position| !confirmed.contains(position)).collect()
    }

    pub(super) fn can_any(&self, positions: &[usize]) -> bool {
        let outputs = self.outputs(self.blocks.len());
        positions.iter().any(|position| self.known[*position].fits(&outputs))
    }

    /// Makes a block of those that fit; answers how many.
    pub(super) fn mine(&mut self, wanted: impl IntoIterator<Item = usize>) -> usize {
        let mut outputs = self.outputs(self.blocks.len());
        let mut transactions = Vec::new();
        for position in wanted {
            if self.known[position].fits(&outputs) {
                self.known[position].apply(&mut outputs);
                transactions.push(position);
            }
        }
        let hash = BlockHash(self.next_hash(0xd0));
        let count = transactions.len();
        self.blocks.push(Made { hash, transactions });
        self.highest = self.highest.max(self.blocks.len());
        count
    }

    /// The desk's transactions that are confirmed once all of these have come to a miner, in this order.
    pub(super) fn future(&self, order: &[usize]) -> Vec<Broadcast> {
        let mut outputs = self.outputs(self.blocks.len());
        let mut done: BTreeSet<usize> = self.confirmed(self.blocks.len()).collect();
        loop {
            let next = order.iter().find(|one| !done.contains(one) && self.known[**one].fits(&outputs));
            let Some(next) = next else { break };
            self.known[*next].apply(&mut outputs);
            outputs.retain(|_, output| output.address == self.owner);
            done.insert(*next);
        }
        let ours = done.into_iter().map(|position| &self.known[position]).filter(|known| !known.is_operators);
        ours.map(|known| Broadcast {
            txid: known.txid,
            payments: known.payments(self.owner),
            confirmed: true,
            is_dropped: false,
        })
        .collect()
    }
}
