//! Whether what has arrived is there still: a fork of the chain may take it back, and may bring it again.

use std::time::Duration;

use super::Withdrawer;
use super::look::is_all_there;
use crate::rail::{Broadcaster, Receipt};
use crate::store::{StoreError, WithdrawalEvent, Withdrawals};
use crate::task::StepError;
use crate::types::{Moment, TxId, WithdrawalNo};
use crate::upstream::{Withdrawal, WithdrawalState};

/// The newest withdrawals, which are looked at again.
const NEWEST: u64 = 8;
/// For how long after one has arrived.
const LATELY: Duration = Duration::from_secs(24 * 3_600);
/// Between two looks.
const EVERY: Duration = Duration::from_secs(60);
/// For how long the chain has to be without it before it is taken back: a node that has just been started, or another
/// one behind a balancer, does not know everything.
const GONE_FOR: Duration = Duration::from_secs(600);

/// Since when one that had arrived is in no block, and in how many looks.
pub(super) type Gone = (Moment, u32);

impl<N: Broadcaster> Withdrawer<N> {
    /// Looks again at what has arrived lately, and at what a fork took back; answers whether anything happened.
    pub(super) async fn look_back(&mut self) -> Result<bool, StepError> {
        let now = self.clock.moment();
        if self.looked_back.is_some_and(|looked| now.since(looked) < EVERY) {
            return Ok(false);
        }
        self.looked_back = Some(now);
        let mut is_news = false;
        for known in self.to_look_back_at(now)? {
            let Some(hash) = known.txid().and_then(|txid| TxId::parse(txid).ok()) else { continue };
            // What the node does not say is not known.
            let Ok(receipt) = self.node.received(hash, known.terms.to()).await else { continue };
            if let Some(event) = self.seen_again(&known, receipt, now) {
                is_news |= self.record_again(known, event).await?;
            }
        }
        Ok(is_news)
    }

    /// Those that have arrived lately, and those that a fork took back.
    fn to_look_back_at(&self, now: Moment) -> Result<Vec<Withdrawal>, StoreError> {
        let snapshot = self.store.snapshot();
        let after = WithdrawalNo::new(snapshot.counters().withdrawals.saturating_sub(NEWEST));
        let mut all = snapshot.withdrawals(after, usize::MAX)?;
        let is_recent = |known: &Withdrawal| now.at().since(known.updated_at) < LATELY;
        all.retain(|known| matches!(known.state, WithdrawalState::Arrived { .. }) && is_recent(known));
        let open = snapshot.open_withdrawals()?;
        all.extend(open.into_iter().filter(|known| known.is_held() && known.is_taken_back));
        Ok(all)
    }

    /// What the chain's word on one comes to; none where there is nothing new.
    fn seen_again(&mut self, known: &Withdrawal, receipt: Receipt, now: Moment) -> Option<WithdrawalEvent> {
        let withdrawal = known.no;
        match receipt {
            Receipt::Confirmed { coins, confirmations } => {
                self.gone.remove(&withdrawal);
                let departure = *known.departure()?;
                let is_back = known.is_taken_back
                    && confirmations >= self.settings.confirmations
                    && is_all_there(coins, &departure);
                is_back.then_some(WithdrawalEvent::Arrived { withdrawal, departure, why: None })
            }
            Receipt::Absent | Receipt::Unconfirmed => {
                let (since, looks) = self.gone.entry(withdrawal).or_insert((now, 0));
                *looks = looks.saturating_add(1);
                let is_sure = now.since(*since) >= GONE_FOR && *looks > 2;
                let words = format!(
                    "it had arrived by transaction {}, which is in no block any more",
                    known.txid().unwrap_or_default()
                );
                let is_news = is_sure && !known.is_taken_back;
                is_news.then_some(WithdrawalEvent::TakenBack { withdrawal, words })
            }
        }
    }

    /// Commits it, where nobody has said anything else meanwhile; answers whether that was so.
    async fn record_again(&mut self, known: Withdrawal, event: WithdrawalEvent) -> Result<bool, StepError> {
        let (no, txid) = (known.no, known.txid().unwrap_or_default().to_owned());
        let is_lost = matches!(event, WithdrawalEvent::TakenBack { .. });
        let recorded = self.store.write(move |tx| {
            let is_same = tx.withdrawal(known.no)?.as_ref() == Some(&known);
            if is_same {
                tx.record(event.clone())?;
            }
            Ok(is_same)
        });
        let is_recorded = recorded.await?;
        if is_recorded && is_lost {
            tracing::error!(withdrawal = no.get(), %txid, notice = "WATCH", "a fork took back what had arrived");
        }
        self.gone.remove(&no);
        self.watches.remove(&no);
        Ok(is_recorded)
    }
}

#[cfg(test)]
mod tests;
