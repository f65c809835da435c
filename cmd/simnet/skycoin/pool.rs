//! Transactions that wait for a block, and the making of blocks.
//!
//! As in the daemon, two that spend the same output may both wait: the one with the higher fee gets into a block, the
//! other stays until the next clean-up.

use std::collections::{BTreeMap, HashSet};

use teller::types::TxId;

use super::chain::Chain;
use super::verify::{Rules, verify, verify_hard};
use super::wire::Tx;

/// Most bytes of transactions in a block.
const MAX_BLOCK_BYTES: u32 = 32_768;

/// A transaction that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) tx: Tx,
    /// When it came last, and when it was looked at last; seconds.
    pub(crate) received: u64,
    pub(crate) checked: u64,
    pub(crate) is_valid: bool,
}

/// In the order of their ids, as the daemon keeps them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool(BTreeMap<TxId, Waiting>);

impl Pool {
    /// Takes one in; one that is there already is as new.
    pub(crate) fn put(&mut self, tx: Tx, now: u64) {
        let waiting = Waiting { tx, received: now, checked: now, is_valid: true };
        self.0.insert(waiting.tx.txid(), waiting);
    }

    pub(crate) fn get(&self, txid: &TxId) -> Option<&Waiting> {
        self.0.get(txid)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Waiting> {
        self.0.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Looks at all again, and forgets what no block can take any more. Gives how many.
    pub(crate) fn clean_up(&mut self, chain: &Chain, rules: &Rules, now: u64) -> usize {
        let before = self.0.len();
        self.0.retain(|_, waiting| verify_hard(&waiting.tx, chain).is_ok());
        for waiting in self.0.values_mut() {
            waiting.checked = now;
            waiting.is_valid = verify(&waiting.tx, chain, rules).is_ok();
        }
        before.saturating_sub(self.0.len())
    }

    /// The transactions for the next block, best fee first, and what they burn together. They leave the pool.
    pub(crate) fn take_for_block(&mut self, chain: &Chain, rules: &Rules) -> (Vec<Tx>, u64) {
        let mut valid: Vec<(u64, u64, TxId)> = Vec::new();
        for (txid, waiting) in &self.0 {
            if let Ok(fee) = verify(&waiting.tx, chain, rules) {
                let by_kilobyte =
                    fee.saturating_mul(1024).checked_div(u64::from(waiting.tx.size())).unwrap_or(0);
                valid.push((by_kilobyte, fee, *txid));
            }
        }
        valid.sort_by(|one, other| other.0.cmp(&one.0).then(one.2.cmp(&other.2)));
        let (mut taken, mut fees, mut bytes, mut spent) = (Vec::new(), 0u64, 0u32, HashSet::new());
        for (_, fee, txid) in valid {
            let Some(waiting) = self.0.get(&txid) else { continue };
            bytes = bytes.saturating_add(waiting.tx.size());
            if bytes > MAX_BLOCK_BYTES {
                break;
            }
            if waiting.tx.inputs.iter().any(|input| spent.contains(input)) {
                continue;
            }
            spent.extend(waiting.tx.inputs.iter().copied());
            fees = fees.saturating_add(fee);
            taken.push(waiting.tx.clone());
        }
        taken.iter().for_each(|tx| drop(self.0.remove(&tx.txid())));
        (taken, fees)
    }
}
