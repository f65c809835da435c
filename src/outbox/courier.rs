//! Tells one receiver, one event after the other, in the order of the log.
//!
//! It reads the log in pages behind its cursor, and never looks back. While its receiver does not answer, it sleeps: it
//! costs nothing then, however much happens.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::backoff::backoff;
use super::couriers::Handle;
use super::pages::{LogPages, Ready};
use super::port::Refusal;
use crate::clock::Clock;
use crate::store::{
    DELIVERIES_KEPT, Delivery, ReceiverEvent, ReceiverRow, Receivers, Store, StoreError, Told,
};
use crate::task::Shutdown;
use crate::types::Moment;

/// Deliveries after which the cursor is written at the latest. As many more are told while that is written: so twice as
/// many may be told once more after a crash.
const SAVE_EVERY: usize = 50;
/// After so long it is written too.
const SAVE_AFTER: Duration = Duration::from_millis(250);
/// Events that are none of the receiver's, after which the cursor is written although nothing was delivered.
const SKIP: u64 = 5_000;
/// Waits between two tries; the last is the longest.
const WAITS: [u64; 7] = [5, 30, 120, 300, 900, 1800, 3600];
/// Where the store cannot be read.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// What a courier wants after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// There is more to do at once.
    Again,
    /// There is nothing to do before something happens.
    Idle,
    /// The receiver is left alone for so long.
    Wait(Duration),
}

/// A cursor that is being written: how far that is, and what becomes of it.
type Saving = (u64, JoinHandle<Result<(), StoreError>>);

/// The courier of one receiver.
#[derive(Debug)]
pub struct Courier {
    handle: Arc<Handle>,
    store: Store,
    pages: Arc<LogPages>,
    clock: Arc<dyn Clock>,
    /// The turn that all below is of; none before the row was read.
    turn: Option<u64>,
    is_resting: bool,
    /// Acknowledged, or none of the receiver's.
    cursor: u64,
    /// The same as the store has it.
    saved: u64,
    saved_at: Moment,
    /// Up to where the log was read.
    read_to: u64,
    page: VecDeque<Ready>,
    /// The last deliveries that were not written down yet, and how many there were.
    unsaved: VecDeque<Delivery>,
    taken: usize,
    /// How often the event at the front was refused.
    tries: u32,
    /// Whether it goes on while a cursor is written.
    is_running: bool,
    saving: Option<Saving>,
}

impl Courier {
    /// Returns one that has done nothing yet.
    pub fn new(handle: Arc<Handle>, store: Store, clock: Arc<dyn Clock>) -> Courier {
        Courier {
            handle,
            store,
            pages: Arc::default(),
            saved_at: clock.moment(),
            clock,
            turn: None,
            is_resting: false,
            cursor: 0,
            saved: 0,
            read_to: 0,
            page: VecDeque::new(),
            unsaved: VecDeque::new(),
            taken: 0,
            tries: 0,
            is_running: false,
            saving: None,
        }
    }

    /// Returns the same, sharing what it reads with others.
    #[must_use]
    pub fn sharing(self, pages: &Arc<LogPages>) -> Courier {
        Courier { pages: Arc::clone(pages), ..self }
    }

    /// Tells until the service stops.
    pub async fn run(mut self, shutdown: Shutdown) {
        let mut commits = self.store.commits();
        self.is_running = true;
        loop {
            let seen = *commits.borrow_and_update();
            // What is on its way when the service stops is told once more after the next start.
            let pace = tokio::select! {
                pace = self.step() => pace,
                () = shutdown.wait() => break,
            };
            let wait = match pace {
                Ok(Pace::Again) => continue,
                Ok(Pace::Idle) => Duration::MAX,
                Ok(Pace::Wait(wait)) => wait,
                Err(error) => {
                    tracing::warn!(receiver = %self.handle.name, %error, "events are not told for now");
                    STORE_WAIT
                }
            };
            let is_idle = wait == Duration::MAX;
            tokio::select! {
                () = tokio::time::sleep(wait.min(Duration::from_secs(86_400))) => {}
                // Only who waits for news is woken by them.
                news = commits.wait_for(|newest| *newest > seen), if is_idle => {
                    if news.is_err() { break }
                }
                () = self.handle.woken() => self.tries = 0,
                () = shutdown.wait() => break,
            }
        }
        if let Err(error) = self.save().await {
            tracing::warn!(receiver = %self.handle.name, %error, "the last events will be told once more");
        }
    }

    /// Does one thing: reads a page, or tells one event.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read or written to. Nothing is lost: the next step goes on.
    pub async fn step(&mut self) -> Result<Pace, StoreError> {
        let is_due = self.handle.take_change() || self.is_resting || self.turn.is_none();
        if (is_due || self.page.is_empty()) && !self.look()? {
            return Ok(Pace::Idle);
        }
        if self.page.is_empty() && !self.read()? {
            self.save().await?;
            return Ok(Pace::Idle);
        }
        let Some(Ready { message, .. }) = self.page.front() else {
            if self.cursor.saturating_sub(self.saved) >= SKIP {
                self.save().await?;
            }
            return Ok(Pace::Again);
        };
        let message = Arc::clone(message);
        let (delivery, told) = self.handle.tell(&message, &*self.clock).await;
        match told {
            Ok(()) => self.took(delivery).await,
            Err(refusal) => self.refused(delivery, refusal).await,
        }
    }

    /// Takes over what a person has changed. Answers whether there is somebody to be told.
    fn look(&mut self) -> Result<bool, StoreError> {
        let row = self.store.snapshot().receiver(&self.handle.name)?;
        let Some(ReceiverRow { cursor, turn, rest, .. }) = row else { return Ok(false) };
        if self.turn != Some(turn) {
            self.turn = Some(turn);
            (self.cursor, self.saved, self.read_to) = (cursor, cursor, cursor);
            self.page.clear();
            self.unsaved.clear();
            (self.tries, self.taken) = (0, 0);
        }
        self.is_resting = rest.is_some();
        Ok(!self.is_resting)
    }

    /// Reads the next page. Answers whether there was one.
    fn read(&mut self) -> Result<bool, StoreError> {
        let snapshot = self.store.snapshot();
        let Some((ready, last)) = self.pages.behind(&snapshot, self.read_to)? else { return Ok(false) };
        self.page = ready.into_iter().filter(|event| self.handle.only.has(event.name)).collect();
        self.read_to = last;
        if self.page.is_empty() {
            self.cursor = last;
        }
        Ok(true)
    }

    async fn took(&mut self, delivery: Delivery) -> Result<Pace, StoreError> {
        self.page.pop_front();
        self.tries = 0;
        self.cursor = if self.page.is_empty() { self.read_to } else { delivery.event };
        self.taken = self.taken.saturating_add(1);
        self.unsaved.push_back(delivery);
        if self.unsaved.len() > DELIVERIES_KEPT {
            self.unsaved.pop_front();
        }
        let is_due = self.clock.moment().since(self.saved_at) >= SAVE_AFTER;
        if self.taken >= SAVE_EVERY || is_due {
            self.begin_to_save().await?;
        }
        Ok(Pace::Again)
    }

    fn told(&self) -> Told {
        let deliveries = self.unsaved.iter().cloned().collect();
        Told { turn: self.turn.unwrap_or_default(), cursor: self.cursor, deliveries }
    }

    /// Begins to write how far the receiver is, where that is not written; what was begun before is waited for.
    async fn begin_to_save(&mut self) -> Result<(), StoreError> {
        self.end_saving().await?;
        let is_news = self.cursor > self.saved || !self.unsaved.is_empty();
        if self.turn.is_none() || !is_news {
            return Ok(());
        }
        let (name, told, store) = (self.handle.name.clone(), self.told(), self.store.clone());
        let cursor = told.cursor;
        let write = async move { store.write(move |tx| tx.receiver_took(&name, &told)).await };
        if self.is_running {
            self.saving = Some((cursor, tokio::spawn(write)));
        } else {
            write.await?;
            self.saved = cursor;
        }
        self.unsaved.clear();
        self.taken = 0;
        self.saved_at = self.clock.moment();
        Ok(())
    }

    async fn end_saving(&mut self) -> Result<(), StoreError> {
        if let Some((cursor, write)) = &mut self.saving {
            let (cursor, written) = (*cursor, write.await);
            self.saving = None;
            written.unwrap_or(Err(StoreError::Closed))?;
            self.saved = cursor;
        }
        Ok(())
    }

    /// Writes down how far the receiver is, where that is not written.
    async fn save(&mut self) -> Result<(), StoreError> {
        self.begin_to_save().await?;
        self.end_saving().await
    }

    async fn refused(&mut self, delivery: Delivery, refusal: Refusal) -> Result<Pace, StoreError> {
        self.end_saving().await?;
        let (name, told, event) = (self.handle.name.clone(), self.told(), delivery.event);
        let stop = match &refusal {
            Refusal::Gone { words } => Some(words.clone()),
            Refusal::Failed { .. } => None,
        };
        let is_stop = stop.is_some();
        self.store
            .write(move |tx| {
                tx.receiver_refused(&name, &told, delivery.clone())?;
                match &stop {
                    Some(why) => {
                        tx.record(ReceiverEvent::Stopped { receiver: name.clone(), why: why.clone() })
                    }
                    None => Ok(()),
                }
            })
            .await?;
        (self.saved, self.saved_at) = (self.cursor, self.clock.moment());
        self.unsaved.clear();
        self.taken = 0;
        if self.tries == 0 {
            let words = refusal.words();
            tracing::warn!(receiver = %self.handle.name, event, words, "a receiver did not take an event");
        }
        self.tries = self.tries.saturating_add(1);
        if is_stop {
            self.handle.wake();
            return Ok(Pace::Again);
        }
        let wish = match refusal {
            Refusal::Failed { after, .. } => after.unwrap_or_default(),
            Refusal::Gone { .. } => Duration::ZERO,
        };
        Ok(Pace::Wait(wish.max(backoff(&WAITS, &format!("{} {event}", self.handle.name), self.tries))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_wait_longer_each_time_and_an_hour_at_last() {
        let waits: Vec<u64> = (1..12).map(|tries| backoff(&WAITS, "shop 7", tries).as_secs()).collect();
        assert!(waits.windows(2).take(6).all(|pair| pair[0] < pair[1]), "{waits:?}");
        assert!(waits[0] >= 5 && waits.iter().all(|wait| *wait <= 4_320), "{waits:?}");
        assert!(waits[6..].iter().all(|wait| *wait >= 3_600), "{waits:?}");
        assert_ne!(backoff(&WAITS, "shop 7", 9), backoff(&WAITS, "other 7", 9));
    }
}
