//! Reads ranges of blocks again that an operator, or a node that could not tell everything, asked for.
//!
//! A job beside following: whatever ails it is a note, and neither stops nor slows the follower, nor takes the coin off
//! offer. Invariant: what is taken up here is final only as far as the follower has come.

use std::sync::Arc;
use std::time::Duration;

use super::{BATCH, Trouble, bound, final_height_of};
use crate::chain::ChainSource;
use crate::chain::tracker::linked;
use crate::engine::following::take_again;
use crate::engine::intake::Intake;
use crate::engine::scanner::ScannerSettings;
use crate::live::Live;
use crate::store::{BlindRange, Chains, Passes, Rescan, Store};
use crate::task::{Next, StepError, Worker};
use crate::types::Coin;

/// Between two tries where the node cannot give the blocks now.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// The store wakes this worker; the wait is only a net.
const IDLE: Duration = Duration::from_secs(60);

/// The worker that reads one chain's blocks again.
#[derive(Debug)]
pub struct Rescanner<S> {
    store: Store,
    source: Arc<S>,
    intake: Intake,
    settings: ScannerSettings,
    live: Arc<Live>,
}

impl<S: ChainSource> Rescanner<S> {
    /// Returns a worker that reads the ranges of this chain again that are asked for.
    pub fn new(
        store: Store,
        source: Arc<S>,
        intake: Intake,
        settings: ScannerSettings,
        live: Arc<Live>,
    ) -> Self {
        Rescanner { store, source, intake, settings, live }
    }

    fn coin(&self) -> Coin {
        self.source.coin()
    }

    /// Reads a part of the range that was asked for.
    async fn read(&self) -> Result<Next, Trouble> {
        let coin = self.coin();
        let snapshot = self.store.snapshot();
        let (Some(rescan), Some(cursor)) = (snapshot.rescan(coin)?, snapshot.cursor(coin)?) else {
            return self.look_for_gaps().await;
        };
        let followed = self.live.chain(coin).filter(|chain| chain.node.is_followed());
        let Some(tip) = followed.and_then(|chain| chain.tip) else {
            // The follower has not found the chain that is meant; it comes first.
            return Ok(Next::Wait(self.settings.scan_period));
        };
        // The follower looks at the node's identity when that was away; this job may be the first to meet another one.
        self.source.check_network().await?;
        let last = rescan.to.min(cursor.tip.height);
        let left = last.get().saturating_add(1).saturating_sub(rescan.next.get());
        let mut blocks = self.source.blocks(rescan.next, left.min(BATCH), &bound(&self.store)).await?;
        blocks.truncate(linked(None, &blocks));
        if blocks.is_empty() {
            // The node is behind, or a fork took the chain back below the range: there will be more to read later.
            return Ok(Next::Wait(self.settings.scan_period));
        }
        let final_height = final_height_of(&self.settings, &tip);
        let intake = self.intake.clone();
        let write =
            self.store.write(move |tx| take_again(tx, coin, &blocks, final_height, &intake, rescan, last));
        let next: Option<Rescan> = write.await.map_err(Trouble::Store)?;
        match next {
            None => {
                tracing::info!(%coin, from = %rescan.from, to = %last, "rescan done");
                Ok(Next::Again)
            }
            // The chain has forked meanwhile, and following it comes first.
            Some(left) if left == rescan => Ok(Next::Wait(self.settings.scan_period)),
            Some(_) => Ok(Next::Again),
        }
    }

    /// Has blocks read again that were followed without what happens inside transactions, once the node tells it.
    async fn look_for_gaps(&self) -> Result<Next, Trouble> {
        let coin = self.coin();
        if self.source.is_blind() || self.store.snapshot().blind_ranges(coin)?.is_empty() {
            return Ok(Next::Wait(IDLE));
        }
        let begun = self.store.write(move |tx| tx.read_blind_again(coin)).await.map_err(Trouble::Store)?;
        if let Some(BlindRange { from, to, .. }) = begun {
            tracing::info!(%coin, %from, %to, "blocks that were followed without traces are read again");
        }
        Ok(Next::Again)
    }

    /// Shows why it does not go on; only the store's own trouble ends the worker.
    fn note(&self, trouble: Trouble) -> Result<Next, StepError> {
        let words = match trouble {
            Trouble::Store(error) => return Err(error.into()),
            Trouble::Source(error) => error.to_string(),
            Trouble::ForkedTooDeep(_) => trouble.to_string(),
        };
        if self.live.notes(self.coin()).rescan_error.as_ref() != Some(&words) {
            tracing::warn!(coin = %self.coin(), %words, "the rescan does not go on");
        }
        self.live.change_notes(self.coin(), |notes| notes.rescan_error = Some(words.clone()));
        Ok(Next::Wait(TRY_AGAIN))
    }
}

impl<S: ChainSource> Worker for Rescanner<S> {
    fn name(&self) -> &'static str {
        self.coin().facts().workers.rescanner
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        match self.read().await {
            Ok(next) => {
                self.live.change_notes(self.coin(), |notes| notes.rescan_error = None);
                Ok(next)
            }
            Err(trouble) => self.note(trouble),
        }
    }
}
