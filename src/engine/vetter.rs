//! Asks a coin's node about the past of the addresses that are given out next: coins may have come to one in
//! blocks that the desk never read.
//!
//! A job beside following: a bind never waits for it, it only takes what was looked into before. An address
//! is asked about once; what comes to it later, the scanner sees. On failure: addresses are given out all the
//! same, and health says so; but not where bindings may be forgotten, and the node could tell.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use crate::address::DepositAddress;
use crate::chain::{ChainSource, Past, PastUse, SourceError};
use crate::clock::Clock;
use crate::live::{Live, NodeState, Vetting, VettingState};
use crate::store::{POOL_CHUNK, Snapshot, Store, StoreError, Taints};
use crate::task::{Next, StepError, Worker};
use crate::types::{Coin, Moment};

/// How long a step waits for an answer: whoever wants to stop does not wait for a node.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks at pool and chain. They cost nothing, and a coin that is there is on offer at once,
/// however seldom its blocks are asked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between two tries where the node fails, and where it cannot tell: it may be another one by then.
const TRY_AGAIN: Duration = Duration::from_secs(30);
const MEET_AGAIN: Duration = Duration::from_secs(600);
/// Between two where it takes no more for now, or is not there yet.
const SOON: Duration = Duration::from_secs(5);
/// Chunks of bound addresses that are passed over in one step.
const CHUNKS: u64 = 64;

/// Addresses that are asked about, and where they end in the pool.
#[derive(Debug)]
struct Stretch {
    generation: u64,
    end: u64,
    addresses: Vec<DepositAddress>,
}

type Answer = (Stretch, Result<Past, SourceError>);

/// The worker of one coin's pool.
#[derive(Debug)]
pub struct Vetter<S> {
    store: Store,
    source: Arc<S>,
    live: Arc<Live>,
    /// At most one question; it ends with this value.
    asking: JoinSet<Answer>,
    clock: Arc<dyn Clock>,
    /// Since when it rests, and for how long: every write to the store wakes the worker.
    rest: Option<(Moment, Duration)>,
}

impl<S: ChainSource + 'static> Vetter<S> {
    /// Returns a worker that asks the source's node whether addresses of the pool received coins before.
    pub fn new(store: Store, source: Arc<S>, live: Arc<Live>, clock: Arc<dyn Clock>) -> Self {
        Vetter { store, source, live, asking: JoinSet::new(), clock, rest: None }
    }

    fn is_resting(&self) -> bool {
        self.rest.is_some_and(|(since, time)| self.clock.moment().since(since) < time)
    }

    fn coin(&self) -> Coin {
        self.source.coin()
    }

    /// Asks about the next stretch, where it is time to. Answers whether it does.
    async fn begin(&mut self) -> Result<bool, StoreError> {
        let is_there = self.live.chain(self.coin()).is_some_and(|chain| chain.node == NodeState::Ok);
        // What follows from a key is asked about in one go, once it is derived.
        if !is_there || self.is_resting() || !self.store.is_ahead(self.coin()) {
            self.show(None);
            return Ok(false);
        }
        loop {
            let snapshot = self.store.snapshot();
            let pool = snapshot.pool(self.coin());
            let next = snapshot.next_free(self.coin())?;
            let ahead = pool.vetted.saturating_sub(next);
            let wanted = u64::try_from(self.source.stretch()).unwrap_or(u64::MAX);
            let is_enough = next.max(pool.vetted) >= pool.total || ahead >= wanted / 2;
            if is_enough {
                self.show(Some(VettingState::Done));
                return Ok(false);
            }
            let stretch = stretch(&snapshot, next.max(pool.vetted), self.coin(), self.source.stretch())?;
            if !stretch.addresses.is_empty() {
                let source = Arc::clone(&self.source);
                self.asking.spawn(async move {
                    let past = source.past(&stretch.addresses).await;
                    (stretch, past)
                });
                return Ok(true);
            }
            self.note(stretch, Vec::new()).await?;
        }
    }

    /// Stores what was told, and how far that goes.
    async fn note(&self, stretch: Stretch, used: Vec<PastUse>) -> Result<(), StoreError> {
        let (coin, Stretch { generation, end, .. }) = (self.coin(), stretch);
        let write = self.store.write(move |tx| {
            for past in &used {
                // It may have been given out meanwhile, where that was allowed.
                if tx.find_address(&past.address)?.is_none() {
                    tx.taint(past.clone())?;
                }
            }
            tx.set_vetted(coin, generation, end)
        });
        write.await
    }

    async fn take(&mut self, (stretch, past): Answer) -> Result<(), StoreError> {
        match past {
            Ok(Past::Told(used)) => {
                let (coin, asked, found) = (self.coin(), stretch.addresses.len(), used.len());
                self.note(stretch, used).await?;
                tracing::info!(%coin, asked, found, "addresses of the pool were looked into");
                self.show(Some(VettingState::Done));
            }
            Ok(Past::Untold(why)) => self.rest(VettingState::Untold(why), MEET_AGAIN),
            Err(SourceError::RateLimited { after, .. }) => {
                self.rest(VettingState::Asking, after.unwrap_or(SOON));
            }
            Err(SourceError::Starting(_) | SourceError::Syncing(_)) => self.rest(VettingState::Asking, SOON),
            Err(error) => self.rest(VettingState::Failing(error.to_string()), TRY_AGAIN),
        }
        Ok(())
    }

    fn rest(&mut self, state: VettingState, time: Duration) {
        let coin = self.coin();
        if let Some(why) = state.detail().filter(|_| self.live.vetting(coin).state != state) {
            tracing::warn!(%coin, why, "the node does not tell whether addresses received coins before");
        }
        self.show(Some(state));
        self.rest = Some((self.clock.moment(), time));
    }

    /// Shows whether an address can be given out; with another state, or the one that is known.
    fn show(&self, state: Option<VettingState>) {
        let coin = self.coin();
        let state = state.unwrap_or_else(|| self.live.vetting(coin).state.clone());
        let snapshot = self.store.snapshot();
        let pool = snapshot.pool(coin);
        // The store tells its trouble where it is written to.
        let next = snapshot.next_free(coin).unwrap_or(pool.next);
        // An empty pool is another trouble, with words of its own.
        let is_open = next >= pool.total || !pool.withholds(next, state.unvetted());
        self.live.set_vetting(coin, Vetting { state, is_open });
    }
}

/// The addresses from this place on that nobody was given and nothing is known of, as many as are asked about
/// at a time.
fn stretch(snapshot: &Snapshot, begin: u64, coin: Coin, most: usize) -> Result<Stretch, StoreError> {
    let generation = snapshot.pool(coin).generation;
    let size = u64::try_from(POOL_CHUNK).unwrap_or(u64::MAX);
    let (mut end, mut addresses) = (begin, Vec::new());
    for number in (begin / size..).take(usize::try_from(CHUNKS).unwrap_or(1)) {
        let Some(chunk) = snapshot.pool_chunk(coin, number)? else { break };
        let first = number.saturating_mul(size);
        for (place, address) in (first..).zip(chunk).skip_while(|(place, _)| *place < begin) {
            if addresses.len() >= most {
                return Ok(Stretch { generation, end, addresses });
            }
            if snapshot.find_address(&address)?.is_none() && snapshot.was_tainted(&address)?.is_none() {
                addresses.push(address);
            }
            end = place.saturating_add(1);
        }
    }
    Ok(Stretch { generation, end, addresses })
}

impl<S: ChainSource + 'static> Worker for Vetter<S> {
    fn name(&self) -> &'static str {
        self.coin().facts().workers.vetter
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        if self.asking.is_empty() && !self.begin().await? {
            return Ok(Next::Wait(LOOK_EVERY));
        }
        match timeout(PATIENCE, self.asking.join_next()).await {
            Ok(Some(answer)) => self.take(answer.unwrap_or_else(go_down)).await?,
            Ok(None) | Err(_) => self.show(None),
        }
        Ok(Next::Again)
    }
}

/// A defect is the worker's end: it says nothing about the node.
fn go_down(ended: JoinError) -> Answer {
    match ended.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(cancelled) => {
            let nothing = Stretch { generation: 0, end: 0, addresses: Vec::new() };
            (nothing, Err(SourceError::Unreachable(cancelled.to_string())))
        }
    }
}
