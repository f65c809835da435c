//! Compares the balances of bound addresses before and after blocks with transactions of which nothing could be known.
//!
//! A job beside following: it asks for few addresses in a step, keeps how far it has come, and whatever ails
//! it is a note. Invariant: it credits nothing. What grew by more than the desk saw coming is shown, and a
//! person decides.

use std::sync::Arc;
use std::time::Duration;

use super::Trouble;
use crate::address::DepositAddress;
use crate::chain::{ChainSource, SourceError};
use crate::engine::seen::seen_in_block;
use crate::live::Live;
use crate::store::{BalanceCheck, BalanceChecks, Binding, Chains, CheckEnd, Page, PassedOver, Store, Tables};
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockRef, Coin, Units};

/// Bindings of a step.
const SHARE: usize = 200;
/// Between two steps: following and paying come first.
const PAUSE: Duration = Duration::from_millis(200);
/// Between two tries where the node cannot tell balances now.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// The store wakes this worker; the wait is only a net.
const IDLE: Duration = Duration::from_secs(60);

/// The worker that compares balances on one chain.
#[derive(Debug)]
pub struct BalanceChecker<S> {
    store: Store,
    source: Arc<S>,
    live: Arc<Live>,
}

impl<S: ChainSource> BalanceChecker<S> {
    /// Returns a checker for blocks of the source's chain with transactions that could not be read.
    pub fn new(store: Store, source: Arc<S>, live: Arc<Live>) -> Self {
        BalanceChecker { store, source, live }
    }

    fn coin(&self) -> Coin {
        self.source.coin()
    }

    /// Compares the next addresses of the first block that wants it.
    async fn check(&self) -> Result<Next, Trouble> {
        let coin = self.coin();
        let Some(passed) = self.store.snapshot().next_balance_check(coin)? else {
            return Ok(Next::Wait(IDLE));
        };
        if !self.live.chain(coin).is_some_and(|chain| chain.node.is_followed()) {
            return Ok(Next::Wait(TRY_AGAIN));
        }
        // The follower looks at the node's identity when that was away; this job may be the first to meet another one.
        self.source.check_network().await?;
        let check = match self.go_on(&passed).await {
            Ok(Some(check)) => check,
            // A chain without balances has nothing to compare.
            Ok(None) => return Ok(Next::Wait(IDLE)),
            Err(Trouble::Source(SourceError::Pruned(why))) => {
                BalanceCheck { end: Some(CheckEnd::Failed(why)), ..passed.check.clone().unwrap_or_default() }
            }
            Err(trouble) => return Err(trouble),
        };
        self.tell(&passed, &check);
        let (at, is_over) = (passed.at, check.end.is_some());
        let noted = self.store.write(move |tx| tx.note_balance_check(coin, at, &check)).await;
        noted.map_err(Trouble::Store)?;
        Ok(if is_over { Next::Again } else { Next::Wait(PAUSE) })
    }

    /// The comparison with the next addresses in it.
    async fn go_on(&self, passed: &PassedOver) -> Result<Option<BalanceCheck>, Trouble> {
        let (coin, snapshot) = (self.coin(), self.store.snapshot());
        let mut check = passed.check.clone().unwrap_or_default();
        let after = check.up_to.map_or(0, |no| no.get());
        let bindings = snapshot.bindings(Page { after, limit: SHARE })?;
        let of_coin = |binding: &&Binding| binding.address.coin() == coin;
        let addresses: Vec<DepositAddress> =
            bindings.iter().filter(of_coin).map(|binding| binding.address).collect();
        let Some(grown) = self.grown(&addresses, passed.at).await? else { return Ok(None) };
        for (address, more) in grown {
            let seen = seen_in_block(&snapshot, &address, passed.at)?;
            let unexplained = more.get().saturating_sub(seen.get());
            if unexplained > 0 {
                check.grew.push((address, Units::new(unexplained)));
            }
        }
        check.up_to = bindings.last().map(|binding| binding.no).or(check.up_to);
        check.end = (bindings.len() < SHARE).then_some(CheckEnd::Done);
        Ok(Some(check))
    }

    /// Which of the addresses have more after a block than before it, and how much; none where there are no balances.
    async fn grown(
        &self,
        addresses: &[DepositAddress],
        at: BlockRef,
    ) -> Result<Option<Vec<(DepositAddress, Units)>>, Trouble> {
        let Some(now) = self.source.balances(addresses, at).await? else { return Ok(None) };
        // What holds nothing has not grown: most addresses are new, or emptied.
        let full = addresses.iter().copied().zip(now).filter(|(_, now)| now.get() > 0);
        let (full, now): (Vec<DepositAddress>, Vec<Units>) = full.unzip();
        if full.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let Some(before) = self.source.balances(&full, self.before(at)?).await? else { return Ok(None) };
        let all = full.into_iter().zip(now).zip(before);
        let grown = all.filter_map(|((address, now), before)| {
            let more = now.get().checked_sub(before.get()).filter(|more| *more > 0)?;
            Some((address, Units::new(more)))
        });
        Ok(Some(grown.collect()))
    }

    fn before(&self, at: BlockRef) -> Result<BlockRef, Trouble> {
        let height = at.height.prev();
        let known = height.map(|height| self.store.snapshot().block_hash(self.coin(), height));
        let hash = known.transpose()?.flatten();
        let before = height.zip(hash).map(|(height, hash)| BlockRef { height, hash });
        let too_old = || SourceError::Pruned("the block before it is not remembered any more".to_owned());
        Ok(before.ok_or_else(too_old)?)
    }

    fn tell(&self, passed: &PassedOver, check: &BalanceCheck) {
        let (coin, height, tx) = (self.coin(), passed.at.height, &passed.tx);
        match &check.end {
            None => {}
            Some(CheckEnd::Done) if check.grew.is_empty() => tracing::info!(%coin, %height, %tx,
                "no balance of a deposit address grew unexplained in the block of a transaction that was passed over"),
            Some(CheckEnd::Done) => {
                for (address, amount) in &check.grew {
                    tracing::error!(%coin, %height, %tx, %address, amount = %amount.get(), notice = "WATCH",
                        "a deposit address grew unexplained in the block of a transaction that was passed over");
                }
            }
            Some(CheckEnd::Failed(why)) => tracing::warn!(%coin, %height, %tx, %why,
                "balances around a transaction that was passed over cannot be compared"),
        }
    }

    /// Shows why it does not go on; only the store's own trouble ends the worker.
    fn note(&self, trouble: Trouble) -> Result<Next, StepError> {
        let words = match trouble {
            Trouble::Store(error) => return Err(error.into()),
            trouble => trouble.to_string(),
        };
        if self.live.notes(self.coin()).balances_error.as_ref() != Some(&words) {
            tracing::warn!(coin = %self.coin(), %words, "balances cannot be compared now");
        }
        self.live.change_notes(self.coin(), |notes| notes.balances_error = Some(words.clone()));
        Ok(Next::Wait(TRY_AGAIN))
    }
}

impl<S: ChainSource> Worker for BalanceChecker<S> {
    fn name(&self) -> &'static str {
        self.coin().facts().workers.balance_checker
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        match self.check().await {
            Ok(next) => {
                self.live.change_notes(self.coin(), |notes| notes.balances_error = None);
                Ok(next)
            }
            Err(trouble) => self.note(trouble),
        }
    }
}
