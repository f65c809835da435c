//! Follows one chain: new blocks, forks, finality. Beside it, on their own: blocks that are read again (`rescan`),
//! payments that wait for a block (`pending`), and balances, where nothing else tells what came (`balance_checker`).
//!
//! Invariant: blocks, their deposits and the cursor change in one transaction, and only along hashes. A deposit becomes
//! final only while the node's best chain holds its block deep enough; an orphaned one is un-confirmed, never deleted.
//! On failure: the node's trouble is shown, told apart by kind, and everything resumes by itself.

mod balance_checker;
mod fork;
mod pending;
mod rescan;

use std::sync::Arc;
use std::time::Duration;

use crate::address::DepositAddress;
use crate::chain::tracker::{Move, compare, final_height, linked};
use crate::chain::{Block, ChainSource, SourceError, Tip, Watch, Watcher};
use crate::clock::Clock;
use crate::engine::following::{BlocksStep, StepReport, take_blocks};
use crate::engine::intake::Intake;
use crate::live::{ChainLimits, ChainView, Live, NodeState};
use crate::store::{Chains, Cursor, Identities, Store, StoreError, is_same_chain};
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockHash, BlockRef, Coin, Height, Moment};

pub use self::balance_checker::BalanceChecker;
pub use self::pending::PendingWatcher;
pub use self::rescan::Rescanner;

/// Blocks that are taken in one step: few enough that binds do not wait for a commit of ours, many enough that the disk
/// is not what catching up waits for.
const BATCH: u64 = 500;
/// Between two words on how far catching up has come.
const PROGRESS_EVERY: Duration = Duration::from_secs(10);

/// What a scanner is told.
#[derive(Debug, Clone, Copy)]
pub struct ScannerSettings {
    /// Where to begin the first time.
    pub initial_height: Height,
    /// Blocks that have to lie on a deposit's block before it is final.
    pub confirmations: u64,
    /// Whether the chain's own word on finality counts instead of depth.
    pub use_finalized: bool,
    /// How often the node is asked.
    pub scan_period: Duration,
    /// How long the node has to stay with a chain that is shorter than the one it showed before, until that
    /// is followed.
    pub shorter_chain_wait: Duration,
    /// What the chain is held to before it stops being offered.
    pub limits: ChainLimits,
}

/// The worker of one chain.
#[derive(Debug)]
pub struct Scanner<S> {
    store: Store,
    source: Arc<S>,
    intake: Intake,
    settings: ScannerSettings,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    view: ChainView,
    /// Since when the node has shown another, shorter chain without a break.
    doubted_since: Option<Moment>,
    /// Whether the node was found to be of the right network since it was last away.
    is_checked: bool,
    /// When it was last said how far catching up has come.
    progress_at: Moment,
}

/// Every bound address, by the store's index: a wrong yes costs one read.
struct BoundAddresses(Store);

impl Watch for BoundAddresses {
    fn may_be_watched(&self, address: &DepositAddress) -> bool {
        self.0.may_be_bound(address)
    }

    fn watched_among(&self, addresses: &[DepositAddress]) -> Vec<usize> {
        self.0.which_may_be_bound(addresses)
    }
}

pub(super) fn bound(store: &Store) -> Watcher {
    Arc::new(BoundAddresses(store.clone()))
}

/// How deep is final under this tip, by the settings.
fn final_height_of(settings: &ScannerSettings, tip: &Tip) -> Option<Height> {
    final_height(tip, settings.confirmations, settings.use_finalized)
}

impl<S: ChainSource> Scanner<S> {
    /// Returns a scanner of the source's chain, and shows its view in `live`. It reads nothing before its first step.
    pub fn new(
        store: Store,
        source: Arc<S>,
        intake: Intake,
        settings: ScannerSettings,
        live: Arc<Live>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let view = ChainView::new(settings.limits, clock.moment());
        live.set_chain(source.coin(), view.clone());
        let progress_at = clock.moment();
        Scanner {
            store,
            source,
            intake,
            settings,
            live,
            clock,
            view,
            doubted_since: None,
            is_checked: false,
            progress_at,
        }
    }

    fn coin(&self) -> Coin {
        self.source.coin()
    }

    async fn follow(&mut self) -> Result<Next, Trouble> {
        if !self.is_checked {
            self.check_identity().await?;
            self.is_checked = true;
        }
        let tip = self.source.tip().await?;
        let untold = self.never_final(&tip);
        self.view.is_finality_untold = untold.is_some();
        let blind_spots = [self.source.limits(), untold].into_iter().flatten();
        self.view.blind_spot = blind_spots.reduce(|one, other| format!("{one}; {other}"));
        self.view.set_tip(tip, self.clock.moment());
        let Some(cursor) = self.cursor(&tip).await? else { return Ok(self.idle()) };
        self.view.scanned = Some(cursor.tip);
        let next = self.advance(&tip, cursor).await?;
        if self.view.is_followed_up() {
            self.view.current_at = Some(self.clock.moment());
        }
        Ok(next)
    }

    /// Holds the node's chain against the one that this database was made with, which is noted at first contact.
    async fn check_identity(&self) -> Result<(), Trouble> {
        let (coin, told) = (self.coin(), self.source.check_network().await?);
        match self.store.snapshot().identity(Some(coin))? {
            Some(known) if is_same_chain(&known, &told) => {
                if told.len() <= known.len() {
                    return Ok(());
                }
                tracing::info!(%coin, identity = %told, "the chain is known better");
                self.store.write(move |tx| tx.identify(Some(coin), &told)).await.map_err(Trouble::Store)
            }
            Some(known) => {
                let words = format!("its chain is {told}; this database was made with {known}");
                Err(SourceError::WrongNetwork(words).into())
            }
            None => {
                tracing::info!(%coin, identity = %told, "first contact with the chain");
                self.store.write(move |tx| tx.identify(Some(coin), &told)).await.map_err(Trouble::Store)
            }
        }
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
            self.view.current_at = Some(self.clock.moment());
            self.set_node(NodeState::Ok);
            return Ok(None);
        }
        let Some(hash) = self.source.hash_at(before).await? else { return Ok(None) };
        let after = BlockRef { height: before, hash };
        self.store.write(move |tx| tx.start_chain(coin, after)).await.map_err(Trouble::Store)?;
        tracing::info!(%coin, height = %after.height, hash = %after.hash, "chain is followed from here");
        self.view.waits_for = None;
        Ok(self.store.snapshot().cursor(coin)?)
    }

    async fn advance(&mut self, tip: &Tip, cursor: Cursor) -> Result<Next, Trouble> {
        let ours = cursor.tip;
        let lower = ours.height.min(tip.block.height);
        let theirs = self.hash_of(lower, tip).await?;
        let known = self.store.snapshot().block_hash(self.coin(), lower)?;
        let next = compare(ours, tip, theirs, known);
        if !matches!(next, Move::Forked { .. }) {
            self.trust();
        }
        match next {
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
            Move::Forked { at } if self.must_wait(ours, tip, at).await? => Ok(self.idle()),
            Move::Forked { at } => {
                self.rewind(ours, at).await?;
                Ok(Next::Again)
            }
        }
    }

    async fn hash_of(&self, height: Height, tip: &Tip) -> Result<BlockHash, Trouble> {
        if height == tip.block.height {
            return Ok(tip.block.hash);
        }
        self.hash_below(height).await
    }

    /// The node's hash at a height that its tip was above. Where it has none the chain has become shorter since, or
    /// another node answers that has not seen as much: nothing can be told of the chain from that.
    async fn hash_below(&self, height: Height) -> Result<BlockHash, Trouble> {
        let hash = self.source.hash_at(height).await?;
        hash.ok_or_else(|| {
            SourceError::Unreachable("the chain changed while it was being read".to_owned()).into()
        })
    }

    async fn extend(&mut self, tip: &Tip, ours: BlockRef, from: Height) -> Result<Next, Trouble> {
        let left = tip.block.height.get().saturating_sub(ours.height.get());
        let watch = bound(&self.store);
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

    fn final_height(&self, tip: &Tip) -> Option<Height> {
        final_height_of(&self.settings, tip)
    }

    /// Says now and then how far catching up has come.
    fn tell_progress(&mut self, left: u64) {
        let now = self.clock.moment();
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
        let required = (!self.settings.use_finalized).then_some(self.settings.confirmations);
        let step = BlocksStep { coin, ours, blocks, final_height, required, intake };
        if step.is_nothing(&self.store.snapshot())? {
            return Ok(());
        }
        let settled: StepReport =
            self.store.write(move |tx| take_blocks(tx, &step)).await.map_err(Trouble::Store)?;
        self.view.scanned = Some(settled.tip);
        if settled.found > 0 || settled.finalized > 0 {
            let (found, finalized) = (settled.found, settled.finalized);
            tracing::info!(coin = %self.coin(), height = %settled.tip.height, found, finalized, "deposits");
        }
        Ok(())
    }

    fn set_node(&mut self, node: NodeState) {
        self.view.set_node(node, self.clock.moment());
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
            Trouble::Source(SourceError::Forbidden(why)) => self.set_node(NodeState::Forbidden { why }),
            Trouble::Source(SourceError::RateLimited { after, why }) => {
                // It is the same node still: asking it who it is would only be one request more.
                self.set_node(NodeState::RateLimited { why });
                return StepError::transient(message).retry_after(after);
            }
            Trouble::Source(SourceError::Starting(why)) => self.set_node(NodeState::Starting { why }),
            Trouble::Source(SourceError::Syncing(_)) => self.set_node(NodeState::Syncing),
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
pub(super) enum Trouble {
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
        self.coin().facts().workers.scanner
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let result = self.follow().await;
        let result = result.map_err(|trouble| self.note(trouble));
        self.live.set_chain(self.coin(), self.view.clone());
        result
    }
}

#[cfg(test)]
mod tests;
