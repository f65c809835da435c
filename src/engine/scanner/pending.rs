//! Looks at payments that are in no block yet, to show them.
//!
//! A job beside following, and worth nothing but a word to the buyer: whatever ails it is a note, and neither stops nor
//! slows the follower, nor takes the coin off offer. What is not known is shown as it was, never as gone.

use std::sync::Arc;
use std::time::Duration;

use super::bound;
use crate::chain::{ChainSource, Payment, SourceError};
use crate::clock::Clock;
use crate::live::Live;
use crate::store::{Chains, Store, StoreError, Tables};
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockRef, DepositId, Moment};

/// Between two looks, however many hints there are.
const HINTED: Duration = Duration::from_secs(1);
/// Between two tries where the node does not tell.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// The worker that looks at what one chain's node has not put into a block.
#[derive(Debug)]
pub struct PendingWatcher<S> {
    store: Store,
    source: Arc<S>,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    period: Duration,
    /// When it looked last, and how long it rests since: every write to the store wakes the worker.
    rests: Option<(Moment, Duration)>,
}

impl<S: ChainSource> PendingWatcher<S> {
    /// Returns a watcher that looks at the node's pool every `period`, and sooner on a hint.
    pub fn new(
        store: Store,
        source: Arc<S>,
        live: Arc<Live>,
        clock: Arc<dyn Clock>,
        period: Duration,
    ) -> Self {
        PendingWatcher { store, source, live, clock, period, rests: None }
    }

    /// Looks once; answers how long to wait before the next look.
    async fn look(&self) -> Result<Duration, StepError> {
        let coin = self.source.coin();
        if !self.live.chain(coin).is_some_and(|chain| chain.node.is_followed()) {
            return Ok(self.period);
        }
        match self.waiting().await {
            Ok(None) => Ok(TRY_AGAIN),
            Ok(Some((pending, tip))) => {
                self.live.change_notes(coin, |notes| notes.pending_error = None);
                self.show(&pending, tip)?;
                Ok(self.period)
            }
            Err(error) => {
                let words = error.to_string();
                if self.live.notes(coin).pending_error.as_ref() != Some(&words) {
                    tracing::warn!(%coin, %words, "payments that wait for a block cannot be shown");
                }
                self.live.change_notes(coin, |notes| notes.pending_error = Some(words.clone()));
                Ok(TRY_AGAIN)
            }
        }
    }

    /// What waits, and the newest block after that was told.
    async fn waiting(&self) -> Result<Option<(Vec<Payment>, BlockRef)>, SourceError> {
        match self.source.pending(&bound(&self.store)).await? {
            Some(pending) => Ok(Some((pending, self.source.tip().await?.block))),
            None => Ok(None),
        }
    }

    fn show(&self, pending: &[Payment], tip: BlockRef) -> Result<(), StoreError> {
        let (coin, snapshot) = (self.source.coin(), self.store.snapshot());
        let known = self.live.sightings(coin);
        let is_read = snapshot.cursor(coin)?.is_some_and(|cursor| cursor.tip == tip);
        if (pending.is_empty() && known.is_empty()) || !is_read {
            // What a block has taken that is not read yet would be shown as gone.
            return Ok(());
        }
        let is_deposit = |tx: &str, n: u32| {
            let id = DepositId { coin, tx: tx.to_owned(), n, token: None };
            matches!(snapshot.deposit_no(&id), Ok(Some(_)))
        };
        self.live.set_sightings(coin, known.after(pending, self.clock.moment(), is_deposit));
        Ok(())
    }
}

impl<S: ChainSource> Worker for PendingWatcher<S> {
    fn name(&self) -> &'static str {
        self.source.coin().facts().workers.pending
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let is_hinted = self.live.hint(self.source.coin()).take();
        if let Some((_, rest)) = self.rests.as_mut().filter(|_| is_hinted) {
            *rest = HINTED.min(*rest);
        }
        let now = self.clock.moment();
        let left = self.rests.and_then(|(since, rest)| rest.checked_sub(now.since(since)));
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            return Ok(Next::Wait(left));
        }
        let wait = self.look().await?;
        self.rests = Some((self.clock.moment(), wait));
        Ok(Next::Wait(wait))
    }
}

#[cfg(test)]
mod tests;
