//! What was seen of a node's mempool.

use std::collections::HashSet;

use crate::chain::Payment;

/// Transactions that are fetched in one look; the rest comes with the next ones.
const PER_LOOK: usize = 2_000;
/// The same of a node that is asked too much already: blocks come first.
const PER_LOOK_AT_A_BUSY_NODE: usize = 8;
/// Transactions that are remembered: more than any node keeps by default.
const KNOWN: usize = 500_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Mempool {
    /// What the node listed the last time.
    listed: HashSet<String>,
    /// Transactions that were looked at.
    known: HashSet<String>,
    /// Those of them that pay somebody.
    payments: Vec<Payment>,
}

impl Mempool {
    /// Forgets what is gone, and answers what still has to be looked at: what came since the last look first, since
    /// a mempool that was full at the start takes a while.
    pub(super) fn sort(&mut self, listed: Vec<String>, is_busy: bool) -> Vec<String> {
        let there: HashSet<String> = listed.into_iter().collect();
        self.known.retain(|txid| there.contains(txid));
        self.payments.retain(|payment| there.contains(&payment.tx));
        let at_once = if is_busy { PER_LOOK_AT_A_BUSY_NODE } else { PER_LOOK };
        let room = KNOWN.saturating_sub(self.known.len()).min(at_once);
        let mut left: Vec<String> = there.difference(&self.known).cloned().collect();
        left.sort_by_key(|txid| self.listed.contains(txid));
        left.truncate(room);
        self.listed = there;
        left
    }

    pub(super) fn add(&mut self, txid: String, payments: Vec<Payment>) {
        self.known.insert(txid);
        self.payments.extend(payments);
    }

    pub(super) fn payments(&self) -> Vec<Payment> {
        self.payments.clone()
    }
}
