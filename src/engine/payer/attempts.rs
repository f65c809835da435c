//! Brings signed transactions further: each is asked for, offered to the node, and settled once it is confirmed.

use super::Payer;
use crate::deposit::Deposit;
use crate::payout::{Attempt, AttemptState, Payout, Purpose, SignedTransaction, Verdict};
use crate::store::{Event, Purchase, Tables};
use crate::task::StepError;
use crate::types::{AttemptNo, BlockRef, Coin};
use crate::wallet::{Broadcaster, SendOutcome, Signer, TxStatus, Wallet};

/// How often an unconfirmed transaction is offered to the node again, in seconds. Nodes forget them.
const OFFER_AGAIN: u64 = 60;

impl<N: Wallet + Broadcaster, S: Signer> Payer<N, S> {
    /// Brings every transaction further; answers the first trouble, which does not stop the others.
    pub(super) async fn advance_all(&mut self) -> Result<Option<StepError>, StepError> {
        let mut stuck = None;
        for no in self.store.snapshot().live_attempts()? {
            // Looked at anew: another one may have ended with the one before it, or a person may have ruled meanwhile.
            let attempt = self.store.snapshot().attempt(no)?.filter(Attempt::is_live);
            let Some(attempt) = attempt else { continue };
            match self.advance(&attempt).await {
                Err(error) if error.is_transient => stuck = stuck.or(Some(error)),
                result => result?,
            }
        }
        Ok(stuck)
    }

    /// Brings one transaction further: asks the chain first, sends only what the chain does not know.
    async fn advance(&mut self, attempt: &Attempt) -> Result<(), StepError> {
        let status = self.node.status(attempt.txid).await.map_err(StepError::transient)?;
        match (status, &attempt.state) {
            (TxStatus::Confirmed { block, confirmations }, _)
                if confirmations >= self.settings.confirmations =>
            {
                self.settle(attempt, block).await
            }
            (TxStatus::Confirmed { .. } | TxStatus::Unconfirmed, AttemptState::Signed { .. }) => {
                self.record(Event::AttemptSent { attempt: attempt.no }).await
            }
            (TxStatus::Confirmed { .. }, _) => Ok(()),
            (TxStatus::Unconfirmed | TxStatus::Absent, _) if self.is_held_back(attempt)? => {
                self.watch(attempt).await
            }
            // Not known to have left: it waits like all that is not signed yet.
            (TxStatus::Absent, AttemptState::Signed { .. })
                if !self.settings.send_enabled || self.pays_what_is_in_doubt(attempt)? =>
            {
                Ok(())
            }
            (TxStatus::Unconfirmed, _) if !self.is_due(attempt.no) => Ok(()),
            (TxStatus::Unconfirmed, _) if self.bury(attempt).await? => Ok(()),
            (TxStatus::Unconfirmed | TxStatus::Absent, _) => self.offer(attempt).await,
        }
    }

    /// Whether it is offered to nobody: a fork or a person holds it back. What withdraws another one is offered as long as
    /// that is to be withdrawn.
    fn is_held_back(&self, attempt: &Attempt) -> Result<bool, StepError> {
        match attempt.purpose {
            Purpose::Payouts => Ok(attempt.is_held_back()),
            Purpose::Withdrawal { of } => {
                let original = self.store.snapshot().attempt(of)?;
                Ok(original.is_some_and(|original| original.is_live() && !original.is_withdrawn()))
            }
        }
    }

    /// Whether the deposit stands in a block that its node does not have at the moment, and nobody ruled that it is paid.
    pub(super) fn is_in_doubt(&self, deposit: &Deposit, payout: &Payout) -> bool {
        let doubted = self.desk.doubted_from(deposit.id.coin);
        doubted.is_some_and(|from| deposit.block().hash.is_some() && deposit.block().height >= from)
            && payout.verdict() != Some(Verdict::Pay)
    }

    fn pays_what_is_in_doubt(&self, attempt: &Attempt) -> Result<bool, StepError> {
        if Coin::ALL.into_iter().all(|coin| self.desk.doubted_from(coin).is_none()) {
            return Ok(false);
        }
        let snapshot = self.store.snapshot();
        for part in self.transaction(attempt)?.parts {
            if let Some(Purchase { deposit, payout: Some(payout) }) = snapshot.purchase(part.payout)?
                && self.is_in_doubt(&deposit, &payout)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Looks now and then whether a transaction that is not offered can never confirm any more.
    async fn watch(&mut self, attempt: &Attempt) -> Result<(), StepError> {
        if self.is_due(attempt.no) {
            self.offered.insert(attempt.no, self.clock.now());
            self.bury(attempt).await?;
        }
        Ok(())
    }

    fn is_due(&self, attempt: AttemptNo) -> bool {
        let offered = self.offered.get(&attempt);
        offered.is_none_or(|at| self.clock.now().since(*at).as_secs() >= OFFER_AGAIN)
    }

    async fn offer(&mut self, attempt: &Attempt) -> Result<(), StepError> {
        let SignedTransaction { raw, parts, .. } = self.transaction(attempt)?;
        let outcome = self.node.send(&raw).await;
        self.offered.insert(attempt.no, self.clock.now());
        match (outcome, &attempt.state) {
            (SendOutcome::Accepted | SendOutcome::AlreadyKnown, AttemptState::Signed { .. }) => {
                tracing::info!(txid = %attempt.txid, payouts = parts.len(), "payout transaction sent");
                self.record(Event::AttemptSent { attempt: attempt.no }).await
            }
            (SendOutcome::Accepted | SendOutcome::AlreadyKnown, _) => Ok(()),
            (SendOutcome::Unknown(why), _) => Err(StepError::transient(why)),
            (SendOutcome::Rejected(words), AttemptState::Signed { refused }) => {
                if self.bury(attempt).await? {
                    return Ok(());
                }
                if refused.as_ref() != Some(&words) {
                    tracing::error!(txid = %attempt.txid, %words, "the node refuses a payout transaction");
                    let words = words.clone();
                    self.record(Event::AttemptRefused { attempt: attempt.no, words }).await?;
                }
                Err(StepError::transient(format!("the node refuses transaction {}: {words}", attempt.txid)))
            }
            (SendOutcome::Rejected(words), _) => {
                if self.bury(attempt).await? {
                    return Ok(());
                }
                Err(StepError::transient(format!("the node refuses transaction {}: {words}", attempt.txid)))
            }
        }
    }

    async fn settle(&mut self, attempt: &Attempt, block: BlockRef) -> Result<(), StepError> {
        self.record(Event::AttemptSettled { attempt: attempt.no, block }).await?;
        self.offered.remove(&attempt.no);
        let payouts = self.transaction(attempt)?.parts.len();
        tracing::info!(txid = %attempt.txid, payouts, %block.height, "payouts settled");
        Ok(())
    }
}
