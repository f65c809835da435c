//! Where to go on from: what a node's chain and the followed blocks have in common. Pure.
//!
//! Hashes decide, never heights alone. A node whose chain is a beginning of ours is behind, not forked: it
//! may have lost blocks, and nothing is undone for that.

use crate::types::{BlockHash, BlockRef, Height};

use super::{Block, Tip};

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Blocks from this height on are new.
    Extend {
        /// Height of the first new block, the one above our tip.
        from: Height,
    },
    /// The node has nothing that is not known.
    UpToDate,
    /// The node's chain ends below ours, and is a part of it as far as is known.
    Behind {
        /// Height of the node's newest block.
        tip: Height,
    },
    /// The node's chain differs from ours at this height: look for the block that both have.
    Forked {
        /// Height of the lower of the two tips, where the hashes differ.
        at: Height,
    },
}

/// Compares the node's tip with ours. `node_hash` is the node's hash at the height of the lower of the two
/// tips, `our_hash` ours at the same height.
pub fn compare(ours: BlockRef, tip: &Tip, node_hash: BlockHash, our_hash: Option<BlockHash>) -> Move {
    let lower = ours.height.min(tip.block.height);
    if our_hash.is_some_and(|known| known != node_hash) {
        return Move::Forked { at: lower };
    }
    if tip.block.height > ours.height {
        return Move::Extend { from: ours.height.next() };
    }
    if tip.block.height < ours.height { Move::Behind { tip: tip.block.height } } else { Move::UpToDate }
}

/// How far fetched blocks follow each other from `parent` on: the number of leading blocks that do. Fewer
/// than all means that the chain changed while they were being fetched.
pub fn linked(parent: Option<BlockRef>, blocks: &[Block]) -> usize {
    let mut expected = parent;
    let follows = |block: &&Block| {
        let fits = expected
            .is_none_or(|parent| block.parent == parent.hash && block.at.height == parent.height.next());
        expected = Some(block.at);
        fits
    };
    blocks.iter().take_while(follows).count()
}

/// The highest height up to which deposits are final: `confirmations` blocks below the tip, or what the chain itself
/// calls final where that is asked for. None while the chain is too short.
pub fn final_height(tip: &Tip, confirmations: u64, use_finalized: bool) -> Option<Height> {
    match (use_finalized, tip.finalized) {
        (true, finalized) => finalized,
        (false, _) => tip.block.height.get().checked_sub(confirmations).map(Height::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UnixTime;

    fn at(height: u64, hash: u8) -> BlockRef {
        BlockRef { height: Height::new(height), hash: BlockHash([hash; 32]) }
    }

    fn tip(height: u64, hash: u8) -> Tip {
        Tip { block: at(height, hash), time: UnixTime::default(), finalized: None, is_syncing: false }
    }

    fn hash(n: u8) -> BlockHash {
        BlockHash([n; 32])
    }

    #[test]
    fn should_tell_apart_new_blocks_forks_and_a_node_that_is_behind() {
        let ours = at(10, 1);
        assert_eq!(
            compare(ours, &tip(12, 9), hash(1), Some(hash(1))),
            Move::Extend { from: Height::new(11) }
        );
        assert_eq!(compare(ours, &tip(10, 1), hash(1), Some(hash(1))), Move::UpToDate);
        assert_eq!(compare(ours, &tip(8, 5), hash(5), Some(hash(5))), Move::Behind { tip: Height::new(8) });
        assert_eq!(compare(ours, &tip(12, 9), hash(2), Some(hash(1))), Move::Forked { at: Height::new(10) });
        assert_eq!(compare(ours, &tip(8, 6), hash(6), Some(hash(5))), Move::Forked { at: Height::new(8) });
        // What is not known any more cannot contradict.
        assert_eq!(compare(ours, &tip(8, 6), hash(6), None), Move::Behind { tip: Height::new(8) });
    }

    #[test]
    fn should_take_only_blocks_that_follow_each_other() {
        let block = |height, hash_of, parent| Block {
            at: at(height, hash_of),
            parent: hash(parent),
            payments: vec![],
            work: crate::types::Work::BLOCK,
            gaps: crate::chain::Gaps::default(),
        };
        let chain = [block(11, 2, 1), block(12, 3, 2), block(13, 5, 4)];
        assert_eq!(linked(Some(at(10, 1)), &chain), 2);
        assert_eq!(linked(Some(at(10, 9)), &chain), 0);
        assert_eq!(linked(None, &chain), 2);
        assert_eq!(linked(Some(at(9, 1)), &chain), 0);
    }

    #[test]
    fn should_credit_once_the_best_height_is_so_much_higher() {
        // confirmations_required = n credits a deposit in block h once the best height is h + n or more.
        assert_eq!(final_height(&tip(100, 1), 1, false), Some(Height::new(99)));
        assert_eq!(final_height(&tip(100, 1), 0, false), Some(Height::new(100)));
        assert_eq!(final_height(&tip(3, 1), 6, false), None);
        let finalized = Tip { finalized: Some(Height::new(64)), ..tip(100, 1) };
        assert_eq!(final_height(&finalized, 1, true), Some(Height::new(64)));
        assert_eq!(final_height(&tip(100, 1), 1, true), None);
    }
}
