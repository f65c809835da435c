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

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: std::ops::Range<usize>) -> Vec<String> {
        numbers.map(|number| number.to_string()).collect()
    }

    fn sorted(mut ids: Vec<String>) -> Vec<String> {
        ids.sort_unstable();
        ids
    }

    #[test]
    fn should_look_at_what_came_since_the_last_look_first() {
        let mut mempool = Mempool::default();
        let full = mempool.sort(ids(0..5_000), false);
        assert_eq!(full.len(), PER_LOOK, "the rest comes with the next looks");
        full.into_iter().for_each(|txid| mempool.add(txid, Vec::new()));
        let next = mempool.sort(ids(0..5_010), false);
        assert_eq!(next.len(), PER_LOOK);
        assert_eq!(sorted(next[..10].to_vec()), ids(5_000..5_010));
        next.into_iter().for_each(|txid| mempool.add(txid, Vec::new()));
        assert_eq!(mempool.sort(ids(0..5_010), false).len(), 1_010, "each of them once");
    }

    #[test]
    fn should_ask_little_of_a_busy_node() {
        assert_eq!(Mempool::default().sort(ids(0..5_000), true).len(), PER_LOOK_AT_A_BUSY_NODE);
    }

    #[test]
    fn should_look_again_at_what_was_gone_and_came_back() {
        let mut mempool = Mempool::default();
        mempool.sort(ids(0..2), false).into_iter().for_each(|txid| mempool.add(txid, Vec::new()));
        assert_eq!(mempool.sort(ids(0..1), false), Vec::<String>::new());
        assert_eq!(mempool.sort(ids(0..2), false), ids(1..2));
    }
}
