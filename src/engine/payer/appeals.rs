//! What listeners ask of the payer: what nobody but the owner of the hot wallet, with its node, can answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::Payer;
use crate::engine::operator::{ActError, Order};
use crate::types::AttemptNo;
use crate::wallet::{Broadcaster, Signer, Wallet};

/// Longest that an answer is waited for. Whoever has gone by then has asked for nothing.
const PATIENCE: Duration = Duration::from_secs(20);

/// Questions that wait for the payer's next step.
#[derive(Debug, Default)]
pub struct Appeals {
    waiting: Mutex<Vec<Appeal>>,
    nudge: Arc<Notify>,
}

#[derive(Debug)]
struct Appeal {
    attempt: AttemptNo,
    order: Order,
    answer: oneshot::Sender<Result<String, ActError>>,
}

impl Appeals {
    /// Told when the payer has something to look at.
    pub fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.nudge)
    }

    /// Has a transaction given up that can never confirm. Answers what the chain shows.
    ///
    /// # Errors
    ///
    /// Where the state of the transaction does not allow it, the chain does not show it, or the payer has no time.
    pub async fn abandon(&self, attempt: AttemptNo, order: Order) -> Result<String, ActError> {
        let (answer, answered) = oneshot::channel();
        self.waiting().push(Appeal { attempt, order, answer });
        self.nudge.notify_one();
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(ActError::Unheard),
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Appeal>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<N: Wallet + Broadcaster, S: Signer> Payer<N, S> {
    /// Answers these appeals from now on.
    #[must_use]
    pub fn hearing(self, appeals: Arc<Appeals>) -> Self {
        Payer { appeals, ..self }
    }

    /// Answers what was asked since the last step.
    pub(super) async fn hear(&mut self) {
        let asked = std::mem::take(&mut *self.appeals.waiting());
        for Appeal { attempt, order, answer } in asked {
            if !answer.is_closed() {
                let told = self.abandon(attempt, order).await;
                if answer.send(told).is_err() {
                    tracing::warn!(
                        transaction = attempt.get(),
                        "whoever asked to abandon it has gone meanwhile"
                    );
                }
            }
        }
    }
}
