//! Follows one chain: new blocks, forks, finality, rescans, sightings.
//!
//! Invariant: blocks, their deposits and the cursor change in one transaction, and only along hashes. A deposit becomes
//! final only while the node's best chain holds its block deep enough; an orphaned one is un-confirmed, never deleted.
//! On failure: the node's trouble is shown, told apart by kind, and everything resumes by itself.

use std::sync::Arc;
use std::time::Duration;

use crate::address::DepositAddress;
use crate::chain::tracker::{Move, compare, final_height, linked};
use crate::chain::{Block, ChainSource, SourceError, Tip, Watch, Watcher};
use crate::clock::Clock;
use crate::desk::{ChainLimits, ChainView, Desk, NodeState};
use crate::engine::following::{Back, Settled, Step, take_blocks, undo_blocks};
use crate::engine::intake::Intake;
use crate::store::{Chains, Cursor, Rescan, Store, StoreError, Tables};
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockRef, Coin, DepositId, Hash32, Height, UnixTime};

/// Blocks that are taken in one step: few enough that binds do not wait for a commit of ours, many enough that the disk
/// is not what catching up waits for.
const BATCH: u64 = 500;
/// Blocks after the first within which a fork of that one is followed.
const ANEW: u64 = 100;
/// Between two words on how far catching up has come.
const PROGRESS_EVERY: Duration = Duration::from_secs(10);

/// What a scanner is told.
#[derive(Debug, Clone, Copy)]
pub struct ScannerSettings {
    /// Where to begin the first time.
    pub initial_height: Height,
    pub confirmations: u64,
    /// Whether the chain's own word on finality counts instead of depth.
    pub use_finalized: bool,
    pub scan_period: Duration,
    pub limits: ChainLimits,
}

/// The worker of one chain.
#[derive(Debug)]
pub struct Scanner<S> {
    store: Store,
    source: S,
    intake: Intake,
    settings: ScannerSettings,
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
    view: ChainView,
    /// Whether the node was found to be of the right network since it was last away.
    is_checked: bool,
    /// When it was last said how far catching up has come.
    progress_at: UnixTime,
}

/// Every bound address, by the store's index: a wrong yes costs one read.
struct Bound(Store);

impl Watch for Bound {
    fn may_be_watched(&self, address: &DepositAddress) -> bool {
        self.0.may_be_bound(address)
    }

    fn watched_among(&self, addresses: &[DepositAddress]) -> Vec<usize> {
        self.0.which_may_be_bound(addresses)
    }
}

impl<S: ChainSource> Scanner<S> {
    pub fn new(
        store: Store,
        source: S,
        intake: Intake,
        settings: ScannerSettings,
        desk: Arc<Desk>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let view = ChainView::new(settings.limits, clock.now());
        desk.set_chain(source.coin(), view.clone());
        let progress_at = clock.now();
        Scanner { store, source, intake, settings, desk, clock, view, is_checked: false, progress_at }
    }

    fn bound(&self) -> Watcher {
        Arc::new(Bound(self.store.clone()))
    }

    fn coin(&self) -> Coin {
        self.source.coin()
    }

    async fn follow(&mut self) -> Result<Next, Trouble> {
        if !self.is_checked {
            self.source.check_network().await?;
            self.is_checked = true;
        }
        let tip = self.source.tip().await?;
        self.view.blind_spot = self.source.limits().or_else(|| self.never_final(&tip));
        self.view.tip = Some(tip);
        self.view.answered_at = Some(self.clock.now());
        let Some(cursor) = self.cursor(&tip).await? else { return Ok(self.idle()) };
        self.view.scanned = Some(cursor.tip);
        let next = self.advance(&tip, cursor).await?;
        if next == Next::Again {
            return Ok(next);
        }
        let more = self.rescan(&tip).await?;
        self.look_at_pending().await?;
        Ok(if more { Next::Again } else { self.idle() })
    }

    /// Where finality is to be the chain's own word, and the node does not pass it on.
    fn never_final(&self, tip: &Tip) -> Option<String> {
        let is_untold = self.settings.use_finalized && tip.finalized.is_none();
        is_untold.then(|| "the node does not tell what is finalized: no deposit becomes final".to_owned())
    }

    fn idle(&self) -> Next {
        Next::Wait(self.settings.scan_period)
    }

    /// The cursor; the first time it is set before the block that scanning begins with, once the chain is that high.
    async fn cursor(&mut self, tip: &Tip) -> Result<Option<Cursor>, Trouble> {
        let coin = self.coin();
        if let Some(cursor) = self.store.snapshot().cursor(coin)? {
            self.view.waits_for = None;
            return Ok(Some(cursor));
        }
        let before = self.settings.initial_height.prev().unwrap_or(Height::new(0));
        if tip.block.height < before {
            self.view.waits_for = Some(self.settings.initial_height);
            self.set_node(NodeState::Ok);
            return Ok(None);
        }
        let Some(hash) = self.source.hash_at(before).await? else { return Ok(None) };
        let after = BlockRef { height: before, hash };
        self.store.write(move |tx| tx.start_chain(coin, after)).await.map_err(Trouble::Store)?;
        tracing::info!(%coin, height = %after.height, hash = %after.hash, "chain is followed from here");
        Ok(self.store.snapshot().cursor(coin)?)
    }

    async fn advance(&mut self, tip: &Tip, cursor: Cursor) -> Result<Next, Trouble> {
        let ours = cursor.tip;
        let lower = ours.height.min(tip.block.height);
        let theirs = self.hash_of(lower, tip).await?;
        let known = self.store.snapshot().block_hash(self.coin(), lower)?;
        match compare(ours, tip, theirs, known) {
            Move::Extend { from } => self.extend(tip, ours, from).await,
            Move::UpToDate => {
                self.set_node(if tip.is_syncing { NodeState::Syncing } else { NodeState::Ok });
                self.settle(&[], ours, self.final_height(tip)).await?;
                Ok(self.idle())
            }
            Move::Behind { tip: height } => {
                self.set_node(NodeState::Behind { tip: height });
                Ok(self.idle())
            }
            Move::Forked { at } => {
                self.rewind(ours, at).await?;
                Ok(Next::Again)
            }
        }
    }

    async fn hash_of(&self, height: Height, tip: &Tip) -> Result<Hash32, Trouble> {
        if height == tip.block.height {
            return Ok(tip.block.hash);
        }
        self.hash_below(height).await
    }

    /// The node's hash at a height that its tip was above. Where it has none the chain has become shorter since, or
    /// another node answers that has not seen as much: nothing can be told of the chain from that.
    async fn hash_below(&self, height: Height) -> Result<Hash32, Trouble> {
        let hash = self.source.hash_at(height).await?;
        hash.ok_or_else(|| {
            SourceError::Unreachable("the chain changed while it was being read".to_owned()).into()
        })
    }

    async fn extend(&mut self, tip: &Tip, ours: BlockRef, from: Height) -> Result<Next, Trouble> {
        let left = tip.block.height.get().saturating_sub(ours.height.get());
        let watch = self.bound();
        let blocks = self.source.blocks(from, left.min(BATCH), &watch).await?;
        let good = linked(Some(ours), &blocks);
        let blocks = &blocks[..good];
        if blocks.is_empty() {
            // Forked while it was read; the next look finds where.
            return Ok(self.idle());
        }
        self.set_node(if tip.is_syncing { NodeState::Syncing } else { NodeState::Ok });
        // Depth below a tip that was abandoned while the blocks were read is none.
        let is_standing = blocks.last().is_some_and(|last| last.at == tip.block)
            || self.source.hash_at(tip.block.height).await? == Some(tip.block.hash);
        let final_height = self.final_height(tip).filter(|_| is_standing);
        self.settle(blocks, ours, final_height).await?;
        self.tell_progress(left);
        let is_done = blocks.last().is_some_and(|last| last.at.height >= tip.block.height);
        Ok(if is_done { self.idle() } else { Next::Again })
    }

    /// How deep is final under this tip, by the settings.
    fn final_height(&self, tip: &Tip) -> Option<Height> {
        final_height(tip, self.settings.confirmations, self.settings.use_finalized)
    }

    /// Says now and then how far catching up has come.
    fn tell_progress(&mut self, left: u64) {
        let now = self.clock.now();
        if left > BATCH && now.since(self.progress_at) >= PROGRESS_EVERY {
            let height = self.view.scanned.map(|block| block.height.get());
            tracing::info!(coin = %self.coin(), height, left, "catching up");
            self.progress_at = now;
        }
    }

    /// Commits blocks, their deposits, the cursor, and what is final now.
    async fn settle(
        &mut self,
        blocks: &[Block],
        ours: BlockRef,
        final_height: Option<Height>,
    ) -> Result<(), Trouble> {
        let (coin, blocks, intake) = (self.coin(), blocks.to_vec(), self.intake.clone());
        let step = Step { coin, ours, blocks, final_height, intake };
        if step.is_nothing(&self.store.snapshot())? {
            return Ok(());
        }
        let settled: Settled =
            self.store.write(move |tx| take_blocks(tx, &step)).await.map_err(Trouble::Store)?;
        self.view.scanned = Some(settled.tip);
        if settled.found > 0 || settled.finalized > 0 {
            let (found, finalized) = (settled.found, settled.finalized);
            tracing::info!(coin = %self.coin(), height = %settled.tip.height, found, finalized, "deposits");
        }
        Ok(())
    }

    /// Goes back to the highest block that both chains have.
    async fn rewind(&mut self, ours: BlockRef, at: Height) -> Result<(), Trouble> {
        let coin = self.coin();
        let back = self.fork_below(at).await?;
        let depth = back.to.height.depth_below(ours.height);
        tracing::warn!(%coin, fork = %back.to.height, abandoned = %ours.height, depth, "the chain forked");
        let undone = self.store.write(move |tx| undo_blocks(tx, coin, back, ours)).await;
        let undone = undone.map_err(Trouble::Store)?;
        if undone.quarantined > 0 {
            tracing::error!(%coin, depth, deposits = undone.quarantined, notice = "WATCH",
                "a fork took back deposits that are paid out; payouts for this coin are frozen");
        }
        self.view.scanned = Some(back.to);
        Ok(())
    }

    /// The highest block below `at` that both chains have. Where they have none since scanning began, and that is not long
    /// ago, it begins anew after the block that is there now. Longer ago, it is more likely that the node follows another
    /// chain, with the same beginning, and an operator has to look.
    async fn fork_below(&self, at: Height) -> Result<Back, Trouble> {
        let first = self.settings.initial_height.prev();
        let first = first.filter(|first| first.get() > 0 && first.depth_below(at) <= ANEW);
        let mut height = at;
        loop {
            let above = height;
            height = above.prev().ok_or(Trouble::ForkedTooDeep(Height::new(0)))?;
            match self.store.snapshot().block_hash(self.coin(), height)? {
                Some(hash) if self.hash_below(height).await? == hash => {
                    return Ok(Back { to: BlockRef { height, hash }, is_anew: false });
                }
                Some(_) => {}
                None if first == Some(above) => {
                    let hash = self.hash_below(above).await?;
                    return Ok(Back { to: BlockRef { height: above, hash }, is_anew: true });
                }
                None => return Err(Trouble::ForkedTooDeep(height)),
            }
        }
    }

    /// Reads a part of the range that was asked for again; answers whether there is more.
    async fn rescan(&mut self, tip: &Tip) -> Result<bool, Trouble> {
        let coin = self.coin();
        let snapshot = self.store.snapshot();
        let (Some(rescan), Some(cursor)) = (snapshot.rescan(coin)?, snapshot.cursor(coin)?) else {
            self.view.rescan_error = None;
            return Ok(false);
        };
        let last = rescan.to.min(cursor.tip.height);
        let left = last.get().saturating_add(1).saturating_sub(rescan.next.get());
        let watch = self.bound();
        let blocks = match self.source.blocks(rescan.next, left.min(BATCH), &watch).await {
            Err(error @ SourceError::Pruned(_)) => {
                self.view.rescan_error = Some(error.to_string());
                return Ok(false);
            }
            other => other?,
        };
        self.view.rescan_error = None;
        if blocks.is_empty() {
            // The node is behind, or a fork took the chain back below the range: there will be more to read later.
            return Ok(false);
        }
        let final_height = self.final_height(tip);
        let (step_intake, end) = (self.intake.clone(), last);
        let write = self.store.write(move |tx| {
            crate::engine::following::take_again(tx, coin, &blocks, final_height, &step_intake, rescan, end)
        });
        let next: Option<Rescan> = write.await.map_err(Trouble::Store)?;
        if next.is_none() {
            tracing::info!(%coin, from = %rescan.from, to = %last, "rescan done");
        }
        // Where nothing was taken the chain has forked meanwhile, and following it comes first.
        Ok(next.is_some() && next != Some(rescan))
    }

    async fn look_at_pending(&mut self) -> Result<(), Trouble> {
        let watch = self.bound();
        let Some(pending) = self.source.pending(&watch).await? else { return Ok(()) };
        let (coin, snapshot) = (self.coin(), self.store.snapshot());
        let known = self.desk.sightings(coin);
        if pending.is_empty() && known.is_empty() {
            return Ok(());
        }
        let is_deposit = |tx: &str, n: u32| {
            let id = DepositId { coin, tx: tx.to_owned(), n };
            matches!(snapshot.deposit_no(&id), Ok(Some(_)))
        };
        self.desk.set_sightings(coin, known.after(&pending, self.clock.now(), is_deposit));
        Ok(())
    }

    fn set_node(&mut self, node: NodeState) {
        self.view.set_node(node, self.clock.now());
    }

    /// Shows a trouble as what it is. Only the store's own ends the worker.
    fn note(&mut self, trouble: Trouble) -> StepError {
        let message = trouble.to_string();
        let never = self.view.answered_at.is_none();
        match trouble {
            Trouble::Store(error) => return error.into(),
            Trouble::ForkedTooDeep(below) => self.set_node(NodeState::ForkedTooDeep { below }),
            Trouble::Source(SourceError::Unreachable(why)) if never => {
                self.set_node(NodeState::NotYetReached { why });
            }
            Trouble::Source(SourceError::Unreachable(why)) => self.set_node(NodeState::Unreachable { why }),
            Trouble::Source(SourceError::Unauthorized(why)) => self.set_node(NodeState::Unauthorized { why }),
            Trouble::Source(SourceError::Starting(why)) => self.set_node(NodeState::Starting { why }),
            Trouble::Source(SourceError::WrongNetwork(why)) => self.set_node(NodeState::WrongNetwork { why }),
            Trouble::Source(SourceError::Pruned(why)) => self.set_node(NodeState::Pruned { why }),
            Trouble::Source(SourceError::Nonsense(why)) => self.set_node(NodeState::Nonsense { why }),
        }
        self.is_checked = false;
        StepError::transient(message)
    }
}

/// Why a step did not succeed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Store(StoreError),
    /// Nothing that is remembered is part of the node's chain.
    #[error("the node follows another chain from below block {0} on")]
    ForkedTooDeep(Height),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error)
    }
}

impl<S: ChainSource> Worker for Scanner<S> {
    fn name(&self) -> &'static str {
        match self.coin() {
            Coin::Btc => "btc-scanner",
            Coin::Eth => "eth-scanner",
            Coin::Sky => "sky-scanner",
        }
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let result = self.follow().await;
        let result = result.map_err(|trouble| self.note(trouble));
        self.desk.set_chain(self.coin(), self.view.clone());
        result
    }
}
