//! Makes sure that every spend of the hot wallet is a known one before anything is signed.
//!
//! A restored backup has forgotten what was paid after it was made, and the chain has not. Spends are looked
//! for at each start from the block on that was stored last, and from then on in every new block, so that a
//! restart, new coins and somebody else with the same keys are one case.

use super::Payer;
use crate::live::BooksView;
use crate::rail::Spend;
use crate::rail::{Rail, SpendsSeen};
use crate::store::{Reconciled, Snapshot, Spends, StoreError, Tables, WriteTx};
use crate::task::StepError;
use crate::types::BlockRef;

/// Blocks after which the position is stored although nothing was found: that many are read again after a restart.
const STORE_EVERY: u64 = 50;

impl<R: Rail> Payer<R> {
    /// Looks for spends up to the newest block and among those that wait for one. Answers whether all are
    /// known, and the database is none that was restored, so that something may be signed.
    pub(super) async fn reconcile(&mut self, funds: &R::Funds) -> Result<bool, StepError> {
        let result = self.look_for_spends(funds).await;
        let unknown = self.store.snapshot().counters().unknown_spends;
        let looked = match &result {
            Ok(_) => self.position.map(|to| (to, self.clock.now())),
            Err(_) => self.live.books().looked,
        };
        let error = result.as_ref().err().map_or(String::new(), |error| error.message.clone());
        self.live.set_books(BooksView { looked, unknown, error });
        Ok(result? && self.store.snapshot().counters().is_reconciled())
    }

    /// Answers whether nothing changed that was known before.
    async fn look_for_spends(&mut self, funds: &R::Funds) -> Result<bool, StepError> {
        if self.position.is_none() {
            let stored = self.store.snapshot().reconciled()?;
            let wallet = self.rail.fingerprint();
            self.position = stored.filter(|stored| stored.wallet == wallet).map(|stored| stored.to);
        }
        let mut is_quiet = true;
        loop {
            let snapshot = self.store.snapshot();
            // What cannot be read is asked for; the store tells its trouble where it is written.
            let is_known = |txid| snapshot.is_own_spend(txid).unwrap_or(false);
            let seen = self.rail.spends(self.position, &is_known).await.map_err(StepError::transient)?;
            match seen {
                SpendsSeen::Forked => {
                    tracing::warn!(
                        "the payout chain has forked, all spends of the wallet are looked for again"
                    );
                    self.position = None;
                }
                SpendsSeen::Seen { to, is_all, spends } => {
                    is_quiet &= self.take_spends(to, spends).await?;
                    if is_all {
                        break;
                    }
                }
            }
        }
        Ok(self.take_pending(funds).await? && is_quiet)
    }

    /// Stores what was found, and up to where. After a look at everything, what was not found is gone.
    async fn take_spends(&mut self, to: BlockRef, spends: Vec<Spend>) -> Result<bool, StepError> {
        let is_everything = self.position.is_none();
        self.position = Some(to);
        let reconciled = Reconciled { to, wallet: self.rail.fingerprint() };
        if spends.is_empty() && !is_everything && !self.is_far_from_stored(to)? {
            return Ok(true);
        }
        tell(&spends);
        let write = self.store.write(move |tx| {
            let before = tx.counters().events;
            tx.take_spends(&spends)?;
            if is_everything {
                let is_there = |known: &Spend| {
                    known.block.is_none() || spends.iter().any(|spend| spend.txid == known.txid)
                };
                tx.drop_spends(&is_there)?;
            }
            tx.set_reconciled(reconciled)?;
            Ok(tx.counters().events == before)
        });
        Ok(write.await?)
    }

    fn is_far_from_stored(&self, to: BlockRef) -> Result<bool, StoreError> {
        let stored = self.store.snapshot().reconciled()?.map(|stored| stored.to.height);
        Ok(stored.is_none_or(|stored| stored.depth_below(to.height) >= STORE_EVERY))
    }

    /// Those that wait for a block: asked for where an output is leaving that no transaction of ours spends,
    /// or where some were known to wait.
    async fn take_pending(&mut self, funds: &R::Funds) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        let is_waiting = |spend: &Spend| spend.block.is_none();
        let waited = snapshot.foreign_spends(true, None, usize::MAX)?;
        let waited = waited.iter().any(|known| is_waiting(&known.spend));
        if !waited && !self.is_foreign_leaving(&snapshot, funds)? {
            return Ok(true);
        }
        let pending = self.rail.pending_spends().await.map_err(StepError::transient)?;
        let write = self.store.write(move |tx| {
            let before = tx.counters().events;
            let mut news = Vec::new();
            for spend in &pending {
                if is_news(tx, spend)? {
                    news.push(spend.clone());
                }
            }
            tx.take_spends(&news)?;
            let is_there =
                |known: &Spend| known.block.is_some() || pending.iter().any(|spend| spend.txid == known.txid);
            tx.drop_spends(&is_there)?;
            Ok(tx.counters().events == before)
        });
        Ok(write.await?)
    }

    fn is_foreign_leaving(&self, snapshot: &Snapshot, funds: &R::Funds) -> Result<bool, StoreError> {
        for output in self.rail.claims(funds).leaving {
            if snapshot.claimed_by(output)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether what waits for a block is to be taken up. One that was ruled on before it was in a block stays what it is,
/// unless it was taken over and given up since. One that was seen in a block stays there until blocks are read
/// again: this may be the word of a node that is behind.
fn is_news(tx: &WriteTx<'_>, spend: &Spend) -> Result<bool, StoreError> {
    Ok(match tx.foreign_spend(spend.txid)? {
        None => true,
        Some(known) if tx.is_given_up(&known)? => true,
        Some(known) => known.is_unknown() && known.spend.block.is_none(),
    })
}

fn tell(spends: &[Spend]) {
    for spend in spends {
        let paid: Vec<String> =
            spend.payments.iter().map(|paid| format!("{} to {}", paid.coins, paid.to)).collect();
        tracing::error!(txid = %spend.txid, paid = paid.join(", "), notice = "WATCH",
            "the hot wallet was spent from by a transaction that this desk does not know");
    }
}
