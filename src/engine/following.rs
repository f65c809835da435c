//! What a scanner's steps do to the store, each in one transaction.

#[cfg(test)]
mod tests;

use super::depth::{self, Depth};
use super::intake::Intake;
use super::taking::take_block;
use crate::chain::Block;
use crate::store::{ChainEvent, Chains, DepositEvent, Rescan, Snapshot, StoreError, Tables, WriteTx};
use crate::types::{BlockRef, Coin, Height};

/// Blocks to follow, and how deep is final now.
#[derive(Debug, Clone)]
pub(super) struct BlocksStep {
    pub(super) coin: Coin,
    /// The cursor that the blocks follow.
    pub(super) ours: BlockRef,
    pub(super) blocks: Vec<Block>,
    pub(super) final_height: Option<Height>,
    /// Blocks that have to lie on a deposit's block; none where depth says nothing.
    pub(super) required: Option<u64>,
    pub(super) intake: Intake,
}

/// What a step did.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepReport {
    pub(super) tip: BlockRef,
    pub(super) found: u64,
    pub(super) finalized: u64,
}

/// What a fork undid.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct UndoReport {
    /// Deposits for which nothing was signed.
    pub(super) orphaned: u64,
    /// Deposits whose payouts are signed, and not known to have left.
    pub(super) unsent: u64,
    /// Deposits whose payouts the network has.
    pub(super) sent: u64,
}

impl UndoReport {
    /// Deposits on which a person has to decide.
    pub(super) fn quarantined(&self) -> u64 {
        self.unsent.saturating_add(self.sent)
    }
}

/// Where a fork leads back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForkPoint {
    pub(super) to: BlockRef,
    /// Whether that block stands where scanning began, in place of the one that it began after.
    pub(super) is_anew: bool,
}

impl BlocksStep {
    /// Whether the store is as this step would leave it already.
    pub(super) fn is_nothing(&self, snapshot: &Snapshot) -> Result<bool, StoreError> {
        let finalized = snapshot.cursor(self.coin)?.and_then(|cursor| cursor.finalized);
        let final_height = self.final_height.map(|height| height.min(self.ours.height));
        Ok(self.blocks.is_empty() && final_height <= finalized)
    }
}

/// Takes up the deposits of blocks, moves the cursor, and makes final what is deep enough.
pub(super) fn take_blocks(tx: &mut WriteTx<'_>, step: &BlocksStep) -> Result<StepReport, StoreError> {
    let mut found = 0;
    for block in &step.blocks {
        found += take_block(tx, step.coin, block, &step.intake)?;
    }
    let refs: Vec<_> = step.blocks.iter().map(|block| (block.at, block.work)).collect();
    tx.extend_chain(step.coin, step.ours, &refs)?;
    let tip = refs.last().map_or(step.ours, |(tip, _)| *tip);
    let finalized = match step.final_height {
        // What is deep enough for the node may not have been read yet.
        Some(height) => finalize(tx, step, height.min(tip.height))?,
        None => 0,
    };
    Ok(StepReport { tip, found, finalized })
}

/// Makes final what stands at or below `height`; answers how many deposits that are.
fn finalize(tx: &mut WriteTx<'_>, step: &BlocksStep, height: Height) -> Result<u64, StoreError> {
    let coin = step.coin;
    let done = tx.cursor(coin)?.and_then(|cursor| cursor.finalized);
    if done.is_some_and(|done| done >= height) {
        return Ok(0);
    }
    let from = done.map_or(Height::new(0), Height::next);
    let count = finalize_between(tx, coin, &step.intake, from, height)?;
    if let Some(required) = step.required {
        depth::tell(tx, coin, Depth { required, before: done, now: height })?;
    }
    tx.set_finalized(coin, height)?;
    Ok(count)
}

fn finalize_between(
    tx: &mut WriteTx<'_>,
    coin: Coin,
    intake: &Intake,
    from: Height,
    to: Height,
) -> Result<u64, StoreError> {
    let mut count = 0;
    for no in tx.deposits_between(coin, from, Some(to))? {
        if let Some(deposit) = tx.deposit(no)?.filter(|deposit| !deposit.is_final()) {
            intake.finalize(tx, &deposit)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Un-confirms every deposit above the fork, and moves the cursor back to it. What is signed already cannot be taken
/// back: such a deposit is quarantined, and nothing that pays it is sent until it is final again, or somebody decides.
pub(super) fn undo_blocks(
    tx: &mut WriteTx<'_>,
    coin: Coin,
    back: ForkPoint,
    abandoned: BlockRef,
) -> Result<UndoReport, StoreError> {
    let mut undone = UndoReport::default();
    let fork = back.to;
    let first = if back.is_anew { fork.height } else { fork.height.next() };
    for no in tx.deposits_between(coin, first, None)? {
        let block = tx.deposit(no)?.map(|deposit| deposit.block());
        if block.is_some_and(|block| block.hash.is_none() || block.height < first) {
            // A dummy deposit stands in no block of the chain, and one that waits longer than others in one that stays.
            continue;
        }
        match tx.payout(no)?.filter(|payout| !payout.is_unsigned()) {
            Some(payout) => {
                tx.record(DepositEvent::Quarantined { deposit: no })?;
                let has_left = !payout.sent_amount().is_zero();
                *(if has_left { &mut undone.sent } else { &mut undone.unsent }) += 1;
            }
            None => {
                tx.record(DepositEvent::Orphaned { deposit: no })?;
                undone.orphaned += 1;
            }
        }
    }
    tx.record(ChainEvent::Forked { coin, fork, abandoned })?;
    if back.is_anew {
        tx.restart_chain(coin, fork)?
    } else {
        tx.rewind_chain(coin, fork)?
    }
    Ok(undone)
}

/// Takes up what blocks of a rescanned range hold and was missed. Answers what is left of the range.
pub(super) fn take_again(
    tx: &mut WriteTx<'_>,
    coin: Coin,
    blocks: &[Block],
    final_height: Option<Height>,
    intake: &Intake,
    asked: Rescan,
    last: Height,
) -> Result<Option<Rescan>, StoreError> {
    if tx.rescan(coin)? != Some(asked) {
        // Another range was asked for meanwhile.
        return tx.rescan(coin);
    }
    // What is final was found out while the chain was followed; a rescan goes no further than that.
    let done = tx.cursor(coin)?.and_then(|cursor| cursor.finalized);
    let final_height = final_height.min(done);
    let mut left = asked;
    for block in blocks {
        let kept = tx.block_hash(coin, block.at.height)?;
        if kept.is_some_and(|kept| kept != block.at.hash) {
            // The chain forked since; the follower comes first.
            break;
        }
        left.found = left.found.saturating_add(take_block(tx, coin, block, intake)?);
        // Those that wait longer are found by the follower, when their time has come.
        let is_final = !block.payments.is_empty()
            && block.payments.iter().all(|payment| payment.waits == 0)
            && Some(block.at.height) <= final_height;
        if let (true, Some(done)) = (is_final, done) {
            finalize_between(tx, coin, intake, block.at.height, block.at.height)?;
            // Nothing waits here any more, so the follower need not look through all that lies above once more.
            tx.set_finalized(coin, done)?;
        }
        left.next = block.at.height.next();
    }
    let next = Some(left).filter(|left| left.next <= last);
    tx.set_rescan(coin, next)?;
    Ok(next)
}
