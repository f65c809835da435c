//! All receivers, as the admin listener sees them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::port::{Message, Port, Refusal};
use crate::clock::Clock;
use crate::store::{Delivery, Store, StoreError};
use crate::types::EventFilter;

/// One receiver: how it is told, and how its courier is woken.
#[derive(Debug)]
pub struct Handle {
    /// The name that the configuration gives it.
    pub name: String,
    /// How it is told.
    pub port: Arc<dyn Port>,
    /// Which events it wants.
    pub only: EventFilter,
    /// How long it may take for one event.
    pub timeout: Duration,
    /// Whether its row has to be looked at anew.
    is_changed: AtomicBool,
    nudge: Notify,
}

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// Why it was not taken; none where it was.
    pub refused: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl Handle {
    /// Returns a receiver that was not told anything yet.
    pub fn new(name: &str, port: Arc<dyn Port>, only: EventFilter, timeout: Duration) -> Arc<Handle> {
        let (is_changed, nudge) = (AtomicBool::new(false), Notify::new());
        Arc::new(Handle { name: name.to_owned(), port, only, timeout, is_changed, nudge })
    }

    /// Has its courier look at once: something was changed by a person.
    pub fn wake(&self) {
        self.is_changed.store(true, Ordering::Release);
        self.nudge.notify_one();
    }

    /// Whether something was changed since this was asked last.
    pub(super) fn take_change(&self) -> bool {
        self.is_changed.swap(false, Ordering::AcqRel)
    }

    pub(super) async fn woken(&self) {
        self.nudge.notified().await;
    }

    /// Tells it, for as long as it may take.
    pub(super) async fn tell(&self, message: &Message, clock: &dyn Clock) -> (Delivery, Result<(), Refusal>) {
        let (at, began) = (clock.now(), clock.moment());
        let told = timeout(self.timeout, self.port.tell(message, at)).await;
        let told = told.unwrap_or_else(|_| Err(Refusal::failed("it takes too long")));
        let took = clock.moment().since(began);
        let refused = told.as_ref().err().map(|refusal| refusal.words().to_owned());
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        (Delivery { event: message.event, name: message.name.to_owned(), at, took_ms, refused }, told)
    }

    /// Tells it that somebody tries whether it hears, and keeps what became of that. No cursor moves.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn test(&self, store: &Store, clock: &dyn Clock) -> Result<TestOutcome, StoreError> {
        let (delivery, _) = self.tell(&Message::test(clock.now()), clock).await;
        let (name, kept) = (self.name.clone(), delivery.clone());
        store.write(move |tx| tx.receiver_tested(&name, kept.clone())).await?;
        Ok(TestOutcome { refused: delivery.refused, took: Duration::from_millis(delivery.took_ms) })
    }
}

/// The receivers that the configuration has.
#[derive(Debug, Clone, Default)]
pub struct Couriers(Arc<Vec<Arc<Handle>>>);

impl Couriers {
    /// Returns these.
    pub fn new(handles: Vec<Arc<Handle>>) -> Couriers {
        Couriers(Arc::new(handles))
    }

    /// Returns the receiver of this name; none where there is none.
    pub fn get(&self, name: &str) -> Option<&Arc<Handle>> {
        self.0.iter().find(|handle| handle.name == name)
    }

    /// Returns all, in the order of the configuration.
    pub fn all(&self) -> &[Arc<Handle>] {
        &self.0
    }
}
