//! Brings signed transactions further: each is asked for, offered to the node, and settled once it is confirmed.

use futures_util::{StreamExt, stream};

use super::Payer;
use super::breakers::stopped_coins;
use super::burial::Burial;
use crate::deposit::Deposit;
use crate::engine::doubt::is_in_doubt;
use crate::payout::{Attempt, AttemptState, Payout};
use crate::rail::{NodeError, Rail, SendOutcome, TxStatus};
use crate::rail::{Purpose, SignedTransaction};
use crate::store::{AttemptEvent, Purchase, Tables};
use crate::task::StepError;
use crate::types::{AttemptNo, BlockRef, Coin};

/// Transactions that are asked for at once.
const AT_ONCE: usize = 8;

impl<R: Rail> Payer<R> {
    /// Brings every transaction further. Trouble with one of them is that one's own: it is tried again later,
    /// each time after a longer while, and stops neither the others nor what is to be paid next. Answers the
    /// first trouble in words.
    pub(super) async fn advance_all(&mut self) -> Result<Option<String>, StepError> {
        let mut stuck = None;
        for (no, status) in self.statuses().await? {
            // Looked at anew: another one may have ended with the one before it, or a person may have ruled meanwhile.
            let attempt = self.store.snapshot().attempt(no)?.filter(Attempt::is_live);
            let Some(attempt) = attempt else { continue };
            let result = match status {
                Ok(status) => self.advance(&attempt, status).await,
                Err(error) => Err(StepError::transient(error)),
            };
            match result {
                Ok(()) => {}
                Err(error) if error.is_transient => {
                    self.offers.fail(&attempt, self.clock.moment());
                    stuck = stuck.or(Some(error.message));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(stuck)
    }

    /// What the chain knows of each: some are asked for at once. One that could not be asked for waits for its turn.
    async fn statuses(&self) -> Result<Vec<(AttemptNo, Result<TxStatus, NodeError>)>, StepError> {
        let (snapshot, now) = (self.store.snapshot(), self.clock.moment());
        let mut asked = Vec::new();
        for no in snapshot.live_attempts()? {
            let attempt = snapshot.attempt(no)?;
            asked.extend(attempt.filter(|attempt| !self.offers.is_resting(attempt, now)));
        }
        let rail = &self.rail;
        let statuses = asked.into_iter().map(|attempt| async move {
            let status = rail.status(attempt.txid).await;
            (attempt.no, status)
        });
        Ok(stream::iter(statuses).buffered(AT_ONCE).collect().await)
    }

    /// Brings one transaction further by what the chain knows of it; sends only what that does not know.
    async fn advance(&mut self, attempt: &Attempt, status: TxStatus) -> Result<(), StepError> {
        match (status, &attempt.state) {
            (TxStatus::Confirmed { block, confirmations }, _)
                if confirmations >= self.settings.confirmations =>
            {
                self.settle(attempt, block).await
            }
            (TxStatus::Confirmed { .. } | TxStatus::Unconfirmed, AttemptState::Signed) => {
                self.record(AttemptEvent::Sent { attempt: attempt.no }).await
            }
            (TxStatus::Confirmed { .. }, AttemptState::Sent) if attempt.refusal.is_some() => {
                self.record(AttemptEvent::Taken { attempt: attempt.no }).await
            }
            (TxStatus::Confirmed { .. }, _) => Ok(()),
            (TxStatus::Unconfirmed | TxStatus::Absent, _) if self.is_held_back(attempt)? => {
                self.watch(attempt).await
            }
            // Not known to have left: it waits like all that is not signed yet.
            (TxStatus::Absent, AttemptState::Signed)
                if !self.may_send()
                    || self.pays_what_is_in_doubt(attempt)?
                    || self.pays_what_is_stopped(attempt)? =>
            {
                Ok(())
            }
            (TxStatus::Unconfirmed, _) if !self.offers.is_due(attempt, self.clock.moment()) => Ok(()),
            (TxStatus::Unconfirmed, _) => match self.bury(attempt).await? {
                Burial::Dead => Ok(()),
                // The pool keeps it, and no block can take it.
                Burial::Missing(input) => {
                    self.refuse(attempt, format!("unspent output {input} does not exist")).await
                }
                Burial::Possible => self.offer(attempt).await,
            },
            (TxStatus::Absent, _) => self.offer(attempt).await,
        }
    }

    /// Whether it is offered to nobody: a fork or a person holds it back. What withdraws another one is
    /// offered as long as that is to be withdrawn.
    fn is_held_back(&self, attempt: &Attempt) -> Result<bool, StepError> {
        match attempt.purpose {
            Purpose::Payouts => Ok(attempt.is_held_back()),
            Purpose::Withdrawal { of } => {
                let original = self.store.snapshot().attempt(of)?;
                Ok(original.is_some_and(|original| original.is_live() && !original.is_withdrawn()))
            }
        }
    }

    /// Whether the deposit stands in a block that its node does not have at the moment, and nobody ruled that
    /// it is paid.
    pub(super) fn is_in_doubt(&self, deposit: &Deposit, payout: &Payout) -> bool {
        is_in_doubt(&self.live, deposit, payout)
    }

    fn pays_what_is_in_doubt(&self, attempt: &Attempt) -> Result<bool, StepError> {
        if Coin::all().all(|coin| self.live.doubted_from(coin).is_none()) {
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

    /// Whether it pays for deposits of a chain whose breaker is open.
    fn pays_what_is_stopped(&self, attempt: &Attempt) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        let stopped = stopped_coins(&*snapshot)?;
        if stopped.is_empty() {
            return Ok(false);
        }
        for part in self.transaction(attempt)?.parts {
            let deposit = snapshot.deposit(part.payout)?;
            if deposit.is_some_and(|deposit| stopped.contains(&deposit.id.coin)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Looks now and then whether a transaction that is not offered can never confirm any more.
    async fn watch(&mut self, attempt: &Attempt) -> Result<(), StepError> {
        if self.offers.is_due(attempt, self.clock.moment()) {
            self.offers.made(attempt, self.clock.moment());
            self.bury(attempt).await?;
        }
        Ok(())
    }

    async fn offer(&mut self, attempt: &Attempt) -> Result<(), StepError> {
        let SignedTransaction { raw, .. } = self.transaction(attempt)?;
        match self.rail.send(&raw).await {
            SendOutcome::Accepted | SendOutcome::AlreadyKnown => {
                self.offers.made(attempt, self.clock.moment());
                match attempt.state {
                    AttemptState::Signed => self.record(AttemptEvent::Sent { attempt: attempt.no }).await,
                    AttemptState::Sent if attempt.refusal.is_some() => {
                        self.record(AttemptEvent::Taken { attempt: attempt.no }).await
                    }
                    AttemptState::Sent | AttemptState::Settled { .. } | AttemptState::Dead { .. } => Ok(()),
                }
            }
            SendOutcome::Unknown(why) => Err(StepError::transient(why)),
            SendOutcome::Rejected(_) if self.bury(attempt).await? == Burial::Dead => Ok(()),
            SendOutcome::Rejected(words) => self.refuse(attempt, words).await,
        }
    }

    /// Keeps in sight that no node will have it.
    async fn refuse(&mut self, attempt: &Attempt, words: String) -> Result<(), StepError> {
        if attempt.refusal.as_ref().map(|refusal| &refusal.words) != Some(&words) {
            tracing::error!(txid = %attempt.txid, %words, "the node refuses a payout transaction");
            let words = words.clone();
            self.record(AttemptEvent::Refused { attempt: attempt.no, words }).await?;
        }
        Err(StepError::transient(format!("the node refuses transaction {}: {words}", attempt.txid)))
    }

    async fn settle(&mut self, attempt: &Attempt, block: BlockRef) -> Result<(), StepError> {
        let burnt = self.rail.burnt(attempt.txid).await.map_err(StepError::transient)?;
        self.record(AttemptEvent::Settled { attempt: attempt.no, block, burnt }).await?;
        self.offers.forget(attempt.no);
        Ok(())
    }
}
