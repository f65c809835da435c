//! What a scanner does where the node's chain differs from the one that was followed.
//!
//! A chain that is at least as heavy takes its place at once. A lighter one waits: more often than the
//! network has lost blocks, another backend of a balancer answers that is a few blocks behind, on a stale
//! one. Until the better chain is back, or the lighter one has stayed long enough, nothing is undone, and
//! nothing becomes final or is newly paid that stands in the blocks in doubt. On Bitcoin heavy is the work in
//! the blocks since the fork, computed from their headers on both sides: more blocks may have less of it. On
//! other chains it is their number, for want of anything better: what makes one of Ethereum's branches the
//! better one is decided by validators, and is in no block.

use super::{Scanner, Trouble};
use crate::chain::{ChainSource, Tip};
use crate::engine::following::{ForkPoint, undo_blocks};
use crate::live::NodeState;
use crate::store::Chains;
use crate::types::{BlockRef, Height};

/// Blocks after the first within which a fork of that one is followed.
const ANEW: u64 = 100;

impl<S: ChainSource> Scanner<S> {
    /// Whether the node's chain is lighter than the one that was followed, and has not stayed long enough.
    pub(super) async fn must_wait(&mut self, ours: BlockRef, tip: &Tip, at: Height) -> Result<bool, Trouble> {
        let back = self.fork_below(at).await?;
        let first = if back.is_anew { back.to.height } else { back.to.height.next() };
        // The block where scanning began is known by its hash alone: it counts on neither side.
        let above = back.to.height.next();
        let followed = self.store.snapshot().work_from(self.coin(), above)?;
        if self.source.work_between(above, tip.block, followed).await? >= followed {
            self.trust();
            return Ok(false);
        }
        let now = self.clock.moment();
        let since = self.doubted_since.unwrap_or(now);
        if self.doubted_since.is_none() {
            tracing::warn!(coin = %self.coin(), tip = %tip.block.height, followed = %ours.height,
                fork = %back.to.height,
                "the node shows another, lighter or shorter chain: nothing is undone unless it stays");
        }
        if now.since(since) >= self.settings.shorter_chain_wait {
            self.trust();
            return Ok(false);
        }
        self.doubted_since = Some(since);
        self.view.doubted_from = Some(first);
        self.set_node(NodeState::Shorter { tip: tip.block.height });
        Ok(true)
    }

    /// The node's chain is the one that was followed, or is going to be.
    pub(super) fn trust(&mut self) {
        if self.doubted_since.take().is_some() {
            tracing::info!(coin = %self.coin(), "the node does not show a lighter or shorter chain any more");
        }
        self.view.doubted_from = None;
    }

    /// Goes back to the highest block that both chains have.
    pub(super) async fn rewind(&mut self, ours: BlockRef, at: Height) -> Result<(), Trouble> {
        let coin = self.coin();
        // Nothing is undone on the word of a node of another chain, which a balancer may have let in.
        self.check_identity().await?;
        let back = self.fork_below(at).await?;
        let depth = back.to.height.depth_below(ours.height);
        tracing::warn!(%coin, fork = %back.to.height, abandoned = %ours.height, depth, "the chain forked");
        let undone = self.store.write(move |tx| undo_blocks(tx, coin, back, ours)).await;
        let undone = undone.map_err(Trouble::Store)?;
        if undone.quarantined() > 0 {
            let (left, not_left) = (undone.sent, undone.unsent);
            tracing::error!(%coin, depth, left, not_left, notice = "WATCH",
                "a fork took back deposits whose payouts are signed: what has not left waits for the operator");
        }
        self.view.scanned = Some(back.to);
        Ok(())
    }

    /// The highest block below `at` that both chains have. Where they have none since scanning began, and
    /// that is not long ago, it begins anew after the block that is there now. Longer ago, it is more likely
    /// that the node follows another chain, with the same beginning, and an operator has to look.
    async fn fork_below(&self, at: Height) -> Result<ForkPoint, Trouble> {
        let first = self.settings.initial_height.prev();
        let first = first.filter(|first| first.depth_below(at) <= ANEW);
        let mut height = at;
        loop {
            let above = height;
            height = above.prev().ok_or(Trouble::ForkedTooDeep(Height::new(0)))?;
            match self.store.snapshot().block_hash(self.coin(), height)? {
                Some(hash) if self.hash_below(height).await? == hash => {
                    return Ok(ForkPoint { to: BlockRef { height, hash }, is_anew: false });
                }
                Some(_) => {}
                None if first == Some(above) => {
                    let hash = self.hash_below(above).await?;
                    return Ok(ForkPoint { to: BlockRef { height: above, hash }, is_anew: true });
                }
                None => return Err(Trouble::ForkedTooDeep(height)),
            }
        }
    }
}
