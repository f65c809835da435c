//! What listeners ask of the payer: what nobody but the owner of the hot wallet, with its node, can answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::Payer;
use crate::engine::operator::{ActError, Order};
use crate::rail::Rail;
use crate::types::AttemptNo;

/// Longest that a question waits to be heard. What was not heard by then is taken back, and was not asked.
const PATIENCE: Duration = Duration::from_secs(20);

/// Questions that wait for the payer's next step.
#[derive(Debug)]
pub struct Appeals {
    waiting: Mutex<Vec<Appeal>>,
    next: AtomicU64,
    nudge: Arc<Notify>,
    patience: Duration,
}

impl Default for Appeals {
    fn default() -> Self {
        Appeals {
            waiting: Mutex::default(),
            next: AtomicU64::new(0),
            nudge: Arc::default(),
            patience: PATIENCE,
        }
    }
}

#[derive(Debug)]
struct Appeal {
    no: u64,
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
        let (answer, mut answered) = oneshot::channel();
        let no = self.next.fetch_add(1, Ordering::Relaxed);
        self.waiting().push(Appeal { no, attempt, order, answer });
        self.nudge.notify_one();
        if let Ok(answer) = tokio::time::timeout(self.patience, &mut answered).await {
            return answer.unwrap_or(Err(ActError::Unsure));
        }
        if self.take_back(no) {
            return Err(ActError::Unheard);
        }
        // It is being done: only what comes of it is an answer.
        answered.await.unwrap_or(Err(ActError::Unsure))
    }

    /// Answers whether nobody had heard it yet.
    fn take_back(&self, no: u64) -> bool {
        let mut waiting = self.waiting();
        let before = waiting.len();
        waiting.retain(|appeal| appeal.no != no);
        waiting.len() < before
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Appeal>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Rail> Payer<R> {
    /// Answers these appeals from now on.
    #[must_use]
    pub fn hearing(self, appeals: Arc<Appeals>) -> Self {
        Payer { appeals, ..self }
    }

    /// Answers what was asked since the last step.
    pub(super) async fn hear(&mut self) {
        let asked = std::mem::take(&mut *self.appeals.waiting());
        for Appeal { attempt, order, answer, .. } in asked {
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

#[cfg(test)]
mod tests {
    use futures_util::poll;

    use super::*;
    use crate::types::Actor;

    fn appeals() -> Appeals {
        Appeals { patience: Duration::from_millis(1), ..Appeals::default() }
    }

    fn order() -> Order {
        Order { by: Actor::operator(), why: "the fork stays".to_owned() }
    }

    #[tokio::test]
    async fn should_take_back_what_nobody_heard() {
        let appeals = appeals();
        let answer = appeals.abandon(AttemptNo::FIRST, order()).await;
        assert!(matches!(answer, Err(ActError::Unheard)), "{answer:?}");
        assert!(appeals.waiting().is_empty(), "it would be done although nothing was asked");
    }

    #[tokio::test]
    async fn should_not_say_of_what_is_being_done_that_nothing_was() {
        let appeals = appeals();
        let mut asking = std::pin::pin!(appeals.abandon(AttemptNo::FIRST, order()));
        assert!(poll!(&mut asking).is_pending());
        let heard = appeals.waiting().pop().unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(poll!(&mut asking).is_pending(), "its time is over, and it was heard");
        heard.answer.send(Ok("found".to_owned())).unwrap();
        assert_eq!(asking.await.unwrap(), "found");
    }

    #[tokio::test]
    async fn should_not_say_of_what_was_cut_off_that_nothing_was_done() {
        let appeals = appeals();
        let mut asking = std::pin::pin!(appeals.abandon(AttemptNo::FIRST, order()));
        assert!(poll!(&mut asking).is_pending());
        drop(appeals.waiting().pop());
        let answer = asking.await;
        assert!(matches!(answer, Err(ActError::Unsure)), "{answer:?}");
    }
}
