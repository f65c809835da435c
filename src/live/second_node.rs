//! What a second node of a chain says of the blocks that large payouts stand on.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::types::{BlockHash, Droplets, Height, Moment};

/// How long an answer counts: what waits for other reasons meanwhile is asked about again.
const FRESH: Duration = Duration::from_secs(600);
/// Answers that are kept.
const MOST_AGREED: usize = 4_096;

/// A block that a payout stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskedBlock {
    /// Its height.
    pub height: Height,
    /// Its hash; none where it was taken over without one, so that both nodes have to be asked.
    pub hash: Option<BlockHash>,
}

/// How a second node fares, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondNodeView {
    /// Blocks that payouts wait for.
    pub blocks: usize,
    /// Why it has not agreed to one of them; none where it was not asked yet, or has.
    pub trouble: Option<String>,
}

/// The second node of a chain: what is asked, and what it has agreed to. What is not known is no agreement.
#[derive(Debug)]
pub struct SecondNode {
    above: Droplets,
    known: Mutex<Known>,
    nudge: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Known {
    asked: BTreeSet<AskedBlock>,
    agreed: HashMap<AskedBlock, Moment>,
    trouble: Option<String>,
}

impl SecondNode {
    /// Returns one that was asked nothing yet, for what is above this amount: one payout, or all together that it has
    /// not looked at.
    pub fn new(above: Droplets) -> SecondNode {
        SecondNode { above, known: Mutex::default(), nudge: Arc::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the amount above which payouts wait for it, one alone or all that it has not looked at.
    pub const fn above(&self) -> Droplets {
        self.above
    }

    /// Told when it is asked for more.
    pub fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.nudge)
    }

    /// Whether it has the same block at this height, as far as it said lately.
    pub fn has_agreed(&self, block: AskedBlock, now: Moment) -> bool {
        self.known().has_agreed(block, now)
    }

    /// Returns the highest block that it has agreed to since then, and so to all below that it follows from; none where
    /// there is none, or the hash is not known.
    pub fn agreed_up_to(&self, since: Moment) -> Option<Height> {
        let known = self.known();
        let later =
            known.agreed.iter().filter(|(block, at)| block.hash.is_some() && since.since(**at).is_zero());
        later.map(|(block, _)| block.height).max()
    }

    /// Asks about these blocks from now on, and about no others.
    pub fn ask(&self, blocks: BTreeSet<AskedBlock>) {
        let mut known = self.known();
        if blocks.is_empty() {
            known.trouble = None;
        }
        let is_more = blocks.iter().any(|block| !known.asked.contains(block));
        known.asked = blocks;
        if is_more {
            self.nudge.notify_one();
        }
    }

    /// Returns the blocks that it has not agreed to yet.
    pub fn open(&self, now: Moment) -> Vec<AskedBlock> {
        let known = self.known();
        known.asked.iter().filter(|block| !known.has_agreed(**block, now)).copied().collect()
    }

    /// Whether it is asked about this block now, as a payout waits for it.
    pub fn is_asked(&self, block: AskedBlock) -> bool {
        self.known().asked.contains(&block)
    }

    /// Notes that it has the same block.
    pub fn agree(&self, block: AskedBlock, now: Moment) {
        let mut known = self.known();
        if known.agreed.len() >= MOST_AGREED {
            known.agreed.retain(|_, at| now.since(*at) < FRESH);
        }
        // With more of them at a time some are asked about once more.
        if known.agreed.len() < MOST_AGREED {
            known.agreed.insert(block, now);
        }
    }

    /// Shows why it has not agreed; nothing where it has.
    pub fn set_trouble(&self, trouble: Option<String>) {
        self.known().trouble = trouble;
    }

    /// Returns what people are shown.
    pub fn view(&self, now: Moment) -> SecondNodeView {
        let blocks = self.open(now).len();
        SecondNodeView { blocks, trouble: self.known().trouble.clone().filter(|_| blocks > 0) }
    }
}

impl Known {
    fn has_agreed(&self, block: AskedBlock, now: Moment) -> bool {
        self.agreed.get(&block).is_some_and(|at| now.since(*at) < FRESH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UnixTime;

    fn at(seconds: u64) -> Moment {
        Moment::new(UnixTime::new(0), Duration::from_secs(seconds))
    }

    fn block(height: u64) -> AskedBlock {
        AskedBlock { height: Height::new(height), hash: Some(BlockHash([7; 32])) }
    }

    #[test]
    fn should_take_nothing_for_agreed_that_was_not_said_lately() {
        let node = SecondNode::new(Droplets::ZERO);
        node.ask([block(1), block(2)].into());
        assert_eq!(node.open(at(0)), [block(1), block(2)]);
        node.agree(block(1), at(0));
        assert!(node.has_agreed(block(1), at(599)) && !node.has_agreed(block(1), at(600)));
        assert!(
            !node.has_agreed(AskedBlock { hash: None, ..block(1) }, at(0)),
            "of another hash nothing is known"
        );
        assert_eq!((node.open(at(599)), node.open(at(600))), (vec![block(2)], vec![block(1), block(2)]));
    }

    #[test]
    fn should_show_trouble_only_while_something_waits() {
        let node = SecondNode::new(Droplets::ZERO);
        let shown =
            |blocks, trouble: Option<&str>| SecondNodeView { blocks, trouble: trouble.map(str::to_owned) };
        node.set_trouble(Some("away".to_owned()));
        assert_eq!(node.view(at(0)), shown(0, None));
        node.ask([block(1)].into());
        node.set_trouble(Some("away".to_owned()));
        assert_eq!(node.view(at(0)), shown(1, Some("away")));
        node.ask(BTreeSet::new());
        node.ask([block(2)].into());
        assert_eq!(node.view(at(0)), shown(1, None));
    }
}
