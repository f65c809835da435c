//! Receivers of events outside of the desk, which outlive it: one that hears all and says so, and one that often does
//! not take what it is told, or whose word that it did is lost.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;

use super::World;
use super::judge::text;
use crate::clock::Clock;
use crate::outbox::{Courier, Handle, Message, Pace, Port, PublicEvent, Refusal, public_event};
use crate::store::{History, Page, Snapshot, Store, StoreError};
use crate::task::{Next, StepError};
use crate::testing::fuse::Fuse;
use crate::testing::step_end::{StepEnd, ended};
use crate::types::{EventFilter, UnixTime};

/// The receivers of a world.
const NAMES: [&str; 2] = ["well", "odd"];
/// Refusals in a row after which everybody goes on with something else.
const PATIENCE: usize = 5;

/// A receiver.
#[derive(Debug)]
pub(super) struct Hearer {
    fuse: Fuse,
    is_odd: bool,
    /// Whether nobody reaches it.
    is_away: AtomicBool,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    events: Vec<(u64, Vec<u8>)>,
    /// The messages by their ids, also those of before a copy was put back.
    bodies: BTreeMap<String, Vec<u8>>,
    /// A message that had an id which another one had before.
    confused: Option<String>,
    asked: usize,
    /// Whether what it heard first is the first event of all.
    is_from_begin: bool,
}

impl Heard {
    fn hear(&mut self, message: &Message) {
        self.events.push((message.event, message.body.clone()));
        let before = self.bodies.insert(message.id.clone(), message.body.clone());
        if before.is_some_and(|before| before != message.body) {
            self.confused = Some(message.id.clone());
        }
    }
}

impl Hearer {
    pub(super) fn all(fuse: &Fuse) -> Vec<Arc<Hearer>> {
        let of = |name: &&str| {
            let heard = Mutex::new(Heard { is_from_begin: true, ..Heard::default() });
            let is_away = AtomicBool::new(false);
            Arc::new(Hearer { fuse: fuse.clone(), is_odd: **name == *"odd", is_away, heard })
        };
        NAMES.iter().map(of).collect()
    }

    /// A copy of the desk was put back: it numbers anew what came after that.
    pub(super) fn forget(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let (bodies, confused) = (std::mem::take(&mut heard.bodies), heard.confused.take());
        *heard = Heard { bodies, confused, ..Heard::default() };
    }

    /// Each event is heard in its order, none is left out, and the same one is told in the same words each time.
    fn check(&self, told: &[PublicEvent], at_rest: bool) -> Result<(), String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = &heard.confused {
            return Err(format!("{id} tells of two events"));
        }
        let place = |id: u64| told.binary_search_by_key(&id, |event| event.id);
        let mut before: Option<usize> = None;
        let mut furthest = 0;
        for (id, body) in &heard.events {
            let at = place(*id).map_err(|_| format!("event {id} was told, and is none"))?;
            if told[at].json() != *body {
                return Err(format!("event {id} was told in other words: {}", String::from_utf8_lossy(body)));
            }
            let is_next = match before {
                Some(before) => at <= before.saturating_add(1),
                None => at == 0 || !heard.is_from_begin,
            };
            if !is_next {
                return Err(format!("event {id} was told, and those before it were left out"));
            }
            before = Some(at);
            furthest = furthest.max(at.saturating_add(1));
        }
        if at_rest && heard.is_from_begin && furthest != told.len() {
            return Err(format!("{furthest} events of {} were told", told.len()));
        }
        Ok(())
    }
}

#[async_trait]
impl Port for Hearer {
    fn kind(&self) -> &'static str {
        "hearer"
    }

    async fn tell(&self, message: &Message, _: UnixTime) -> Result<(), Refusal> {
        self.fuse.pass_or_die();
        if self.is_away.load(Ordering::Relaxed) {
            return Err(Refusal::failed("nobody is there"));
        }
        let turn = {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.asked = heard.asked.saturating_add(1);
            if self.is_odd { heard.asked.checked_rem(4).unwrap_or_default() } else { 1 }
        };
        match turn {
            0 => return Err(Refusal::failed("it is away")),
            _ => {
                let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.hear(message);
            }
        }
        self.fuse.pass_or_die();
        if turn == 3 { Err(Refusal::failed("its word is lost")) } else { Ok(()) }
    }
}

/// Makes the receivers known to the desk, and answers their couriers.
pub(super) fn couriers(
    hearers: &[Arc<Hearer>],
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<Courier>, StoreError> {
    let names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    store.write_blocking(move |tx| tx.configure_receivers(&names))?;
    let courier = |(name, hearer): (&&str, &Arc<Hearer>)| {
        let port = Arc::clone(hearer) as Arc<dyn Port>;
        let handle = Handle::new(name, port, EventFilter::default(), Duration::from_secs(60));
        Courier::new(handle, store.clone(), Arc::clone(clock))
    };
    Ok(NAMES.iter().zip(hearers).map(courier).collect())
}

impl World {
    /// Lets receivers be told until each has heard all, or does not want to for now.
    pub async fn tell(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        for courier in &mut service.couriers {
            let mut refused = 0;
            loop {
                let step = courier.step().map(|step| match step {
                    Ok(Pace::Again) => Ok(Next::Again),
                    Ok(Pace::Idle) => Ok(Next::Wait(Duration::ZERO)),
                    Ok(Pace::Wait(wait)) => Ok(Next::Wait(wait)),
                    Err(error) if error.is_fatal() => Err(StepError::fatal(error)),
                    Err(error) => Err(StepError::transient(error)),
                });
                match ended(AssertUnwindSafe(step).catch_unwind().await) {
                    StepEnd::Done(Some(Next::Again)) => refused = 0,
                    StepEnd::Done(Some(Next::Wait(wait))) if !wait.is_zero() && refused < PATIENCE => {
                        refused += 1
                    }
                    StepEnd::Done(_) => break,
                    end => return end,
                }
            }
        }
        StepEnd::Done(None)
    }

    /// Has nobody reach the odd receiver, or has it be there again.
    pub fn send_away(&self, is_away: bool) {
        let odd = self.hearers.iter().filter(|hearer| hearer.is_odd);
        odd.for_each(|hearer| hearer.is_away.store(is_away, Ordering::Relaxed));
    }

    /// Returns how many events each receiver has heard: the one that hears all, and the odd one.
    pub fn heard(&self) -> [usize; 2] {
        let count = |at: usize| {
            self.hearers.get(at).map_or(0, |hearer| {
                let heard = hearer.heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.bodies.len()
            })
        };
        [count(0), count(1)]
    }

    /// See [`Hearer::check`].
    pub(super) fn check_hearers(&self, snapshot: &Snapshot, at_rest: bool) -> Result<(), String> {
        if !self.settings.has_receivers {
            return Ok(());
        }
        let mut told = Vec::new();
        for event in snapshot.past_events(Page::ALL).map_err(text)? {
            told.extend(public_event(snapshot, &event).map_err(text)?);
        }
        self.hearers.iter().try_for_each(|hearer| hearer.check(&told, at_rest))
    }
}
