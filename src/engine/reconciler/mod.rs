//! Reads the final blocks of a chain a second time, and holds what they pay against the books.
//!
//! A job beside following, a few blocks at a time: it waits where the follower has work to do, and whatever ails it is
//! shown and stops nothing. Invariant: it credits nothing. What differs is read again from the same block before it is
//! told: one that comes of a race is gone by then.

mod compare;
mod open;
mod through;

use std::sync::Arc;
use std::time::Duration;

use self::compare::compare;
use self::open::Pages;
use super::scanner::{Trouble, bound};
use crate::breaker::Breaker;
use crate::chain::{Block, ChainSource, SourceError};
use crate::clock::Clock;
use crate::live::{Live, SecondReading};
use crate::store::{BreakerEvent, Breakers, Chains, Cursor, KEPT_BLOCKS, Snapshot, Store, StoreError};
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockRef, Coin, Height, Moment};

/// Blocks of a step.
const SHARE: u64 = 8;
/// Final blocks below the newest that are read after a start, and at least all that the run before had not found final:
/// what is older was its to read.
const LOOK_BACK: u64 = 1_000;
/// Between two steps: following and paying come first.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two tries where the node cannot give the blocks now.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// Between two looks for new final blocks.
const IDLE: Duration = Duration::from_secs(10);

/// The worker that compares one chain with the books.
#[derive(Debug)]
pub struct Reconciler<S> {
    store: Store,
    source: Arc<S>,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    /// Whether payouts of the chain's deposits stop where something differs.
    stops: bool,
    /// Where to begin; none where that follows from what is kept of the chain.
    from: Option<Height>,
    /// The newest block that was final when this process began, where there was one; none before that was looked at.
    before: Option<Option<Height>>,
    /// What was compared so far; none before the first block that can be.
    pages: Option<Pages>,
    /// When it began to rest, and for how long: every write to the store wakes it.
    rests: Option<(Moment, Duration)>,
}

impl<S: ChainSource> Reconciler<S> {
    /// Returns a worker that compares what this source's blocks pay with the store, and shows it in `live`.
    pub fn new(store: Store, source: Arc<S>, live: Arc<Live>, clock: Arc<dyn Clock>, stops: bool) -> Self {
        Reconciler { store, source, live, clock, stops, from: None, before: None, pages: None, rests: None }
    }

    /// Has it begin with this block instead, whatever is kept of the chain.
    #[must_use]
    pub fn beginning_at(mut self, from: Height) -> Self {
        self.from = Some(from);
        self
    }

    fn coin(&self) -> Coin {
        self.source.coin()
    }

    /// Compares what is due; answers how long to rest.
    async fn read(&mut self) -> Result<Duration, Trouble> {
        let coin = self.coin();
        let snapshot = self.store.snapshot();
        let cursor = snapshot.cursor(coin)?;
        let settled = cursor.as_ref().and_then(|cursor| cursor.finalized);
        let before = *self.before.get_or_insert(settled);
        let (Some(cursor), Some(settled)) = (cursor, settled) else { return Ok(IDLE) };
        let is_followed = self.live.chain(coin).is_some_and(|chain| chain.is_followed_up());
        if !is_followed || snapshot.rescan(coin)?.is_some() {
            // Following and reading again come first; what they are about to take up is no difference.
            return Ok(IDLE);
        }
        let begun = match self.pages.take() {
            Some(pages) if pages.stand(&snapshot, coin, settled)? => Some(pages),
            Some(_) | None => None,
        };
        let mut pages = match begun {
            Some(pages) => pages,
            // The first time, or a fork took back what was final: all of it is read anew.
            None => {
                let asked = self.from.filter(|from| *from <= settled);
                let kept = || first(&snapshot, coin, &cursor, (before, settled));
                match self.from.map_or_else(kept, |_| Ok(asked))? {
                    Some(from) => Pages::new(from),
                    None => return Ok(IDLE),
                }
            }
        };
        let result = self.turn(&mut pages, settled).await;
        self.pages = Some(pages);
        result
    }

    /// Reads what is due: blocks with differences once more, or the next ones.
    async fn turn(&self, pages: &mut Pages, settled: Height) -> Result<Duration, Trouble> {
        let now = self.clock.moment();
        let left = settled.next().get().saturating_sub(pages.next().get());
        let is_more = left > 0 && !pages.is_full();
        if let Some(height) = pages.due(now, is_more) {
            self.source.check_network().await?;
            let blocks = self.source.blocks(height, 1, &bound(&self.store)).await?;
            self.take(pages, &blocks, settled)?;
            pages.looked(height, now);
            self.stop(pages).await?;
            return Ok(PAUSE);
        }
        if !is_more {
            return Ok(IDLE);
        }
        self.source.check_network().await?;
        let blocks = self.source.blocks(pages.next(), left.min(SHARE), &bound(&self.store)).await?;
        if blocks.is_empty() {
            let words = format!("it has no block {}, which is final", pages.next());
            return Err(SourceError::Syncing(words).into());
        }
        self.take(pages, &blocks, settled)?;
        Ok(PAUSE)
    }

    /// Compares blocks with the books as they are after they were read.
    fn take(&self, pages: &mut Pages, blocks: &[Block], settled: Height) -> Result<(), Trouble> {
        let (coin, snapshot) = (self.coin(), self.store.snapshot());
        for block in blocks.iter().take_while(|block| block.at.height <= settled) {
            stands(&snapshot, coin, block.at)?;
            if block.gaps.blind.is_some() {
                pages.skip(block.at);
                continue;
            }
            let compared = compare(&snapshot, coin, block)?;
            for new in pages.put(block.at, compared, self.clock.moment()) {
                tracing::error!(%coin, height = %new.block.height, tx = %new.tx, address = %new.address,
                    chain = %new.chain.get(), books = %new.booked.get(), notice = "WATCH",
                    "the chain says otherwise than the books what a deposit address received");
            }
        }
        Ok(())
    }

    /// Opens the chain's circuit breaker where something stands that nobody has closed it over.
    async fn stop(&self, pages: &Pages) -> Result<(), StoreError> {
        let breaker = Breaker::Books(self.coin());
        let state = self.store.snapshot().breaker(breaker)?;
        if !self.stops || state.as_ref().is_some_and(|state| state.is_open()) {
            return Ok(());
        }
        let grounds = pages.grounds(&state.map(|state| state.accepted).unwrap_or_default());
        if grounds.is_empty() {
            return Ok(());
        }
        let evidence = format!(
            "the chain says otherwise than the books of {} payment(s) to deposit addresses, and said the same when it \
             was asked again",
            grounds.len()
        );
        let opened = BreakerEvent::Opened { breaker, evidence, grounds };
        self.store.write(move |tx| tx.record(opened.clone())).await
    }

    fn show(&self, trouble: Option<String>) {
        let known = self.live.reading(self.coin());
        if let Some(words) = &trouble
            && known.as_ref().as_ref().and_then(|known| known.trouble.as_ref()) != Some(words)
        {
            tracing::warn!(coin = %self.coin(), %words, "blocks cannot be compared with the books now");
        }
        match &self.pages {
            Some(pages) => self.live.set_reading(self.coin(), pages.shown(self.clock.now(), trouble)),
            None => self.live.set_reading(self.coin(), SecondReading { trouble, ..SecondReading::default() }),
        }
    }
}

/// Where to begin: after the lowest block that is kept, for what is below was not followed, or is not remembered; or,
/// where more became final since `before`, after that.
fn first(
    snapshot: &Snapshot,
    coin: Coin,
    cursor: &Cursor,
    (before, settled): (Option<Height>, Height),
) -> Result<Option<Height>, Trouble> {
    let mut from = Height::new(settled.get().saturating_sub(LOOK_BACK));
    if let Some(before) = before.filter(|before| *before < from) {
        return Ok(Some(before.next()));
    }
    if snapshot.block_hash(coin, from)?.is_none() {
        // Fewer blocks are kept: the chain was begun not long ago. Kept blocks have no gaps.
        let (mut absent, mut kept) = (from.get(), cursor.tip.height.get());
        for _ in 0..u64::BITS.min(KEPT_BLOCKS.ilog2().saturating_add(2)) {
            let middle = absent.midpoint(kept);
            match snapshot.block_hash(coin, Height::new(middle))? {
                Some(_) => kept = middle,
                None => absent = middle,
            }
        }
        from = Height::new(kept);
    }
    // The block that following began after does not count itself.
    Ok(Some(from.next()).filter(|from| *from <= settled))
}

/// Makes sure that a block is the one that was followed.
fn stands(snapshot: &Snapshot, coin: Coin, at: BlockRef) -> Result<(), Trouble> {
    match snapshot.block_hash(coin, at.height)? {
        Some(kept) if kept != at.hash => {
            let words = format!("block {} is {} now, and {kept} was followed", at.height, at.hash);
            Err(SourceError::Nonsense(words).into())
        }
        Some(_) | None => Ok(()),
    }
}

impl<S: ChainSource> Worker for Reconciler<S> {
    fn name(&self) -> &'static str {
        self.coin().facts().workers.reconciler
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let now = self.clock.moment();
        let left = self.rests.and_then(|(since, rest)| rest.checked_sub(now.since(since)));
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            return Ok(Next::Wait(left));
        }
        let (rest, trouble) = match self.read().await {
            Ok(rest) => (rest, None),
            Err(Trouble::Store(error)) => return Err(error.into()),
            Err(trouble) => (TRY_AGAIN, Some(trouble.to_string())),
        };
        self.show(trouble);
        self.rests = Some((self.clock.moment(), rest));
        Ok(Next::Wait(rest))
    }
}

#[cfg(test)]
mod tests;
