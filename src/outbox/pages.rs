//! The log of events in pages, made ready to be told once for all who are told: those that catch up together read the
//! same events.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::of_record::public_event;
use super::port::Message;
use crate::store::{History, Page, Snapshot, StoreError};
use crate::types::EventName;

/// Events of a page, by their numbers: of some of them nothing is told.
const PAGE: u64 = 256;
/// Pages that are kept: each receiver that is elsewhere wants one.
const KEPT: usize = 16;

/// An event that is ready to be told.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    pub(super) name: EventName,
    pub(super) message: Arc<Message>,
}

/// What was read of a page. The log only grows, so that what was read stays so.
#[derive(Debug)]
struct Sheet {
    /// Events of the page come after this one.
    begin: u64,
    /// Up to here it was read.
    last: u64,
    ready: Vec<Ready>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct LogPages(Mutex<VecDeque<(u64, Arc<Mutex<Sheet>>)>>);

impl LogPages {
    /// Returns what is to be told of the rest of the page that goes on behind an event, and the last event that was
    /// read; none at the log's end.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub(super) fn behind(
        &self,
        snapshot: &Snapshot,
        after: u64,
    ) -> Result<Option<(Vec<Ready>, u64)>, StoreError> {
        let newest = snapshot.counters().events;
        if after >= newest {
            return Ok(None);
        }
        let sheet = self.sheet(after / PAGE);
        let mut sheet = sheet.lock().unwrap_or_else(PoisonError::into_inner);
        sheet.read_to(snapshot, newest)?;
        let rest = sheet.ready.iter().filter(|ready| ready.message.event > after).cloned().collect();
        Ok(Some((rest, sheet.last)))
    }

    /// The page of this number; the one that was asked for the longest time ago goes.
    fn sheet(&self, number: u64) -> Arc<Mutex<Sheet>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(one, _)| *one == number).and_then(|at| kept.remove(at));
        let (_, sheet) = found.unwrap_or_else(|| {
            let begin = number.saturating_mul(PAGE);
            (number, Arc::new(Mutex::new(Sheet { begin, last: begin, ready: Vec::new() })))
        });
        kept.push_back((number, Arc::clone(&sheet)));
        if kept.len() > KEPT {
            kept.pop_front();
        }
        sheet
    }
}

impl Sheet {
    /// Reads what the log has of the page by now.
    fn read_to(&mut self, snapshot: &Snapshot, newest: u64) -> Result<(), StoreError> {
        let end = self.begin.saturating_add(PAGE).min(newest);
        let limit = usize::try_from(end.saturating_sub(self.last)).unwrap_or(usize::MAX);
        if limit == 0 {
            return Ok(());
        }
        for event in snapshot.past_events(Page { after: self.last, limit })? {
            if let Some(told) = public_event(snapshot, &event)? {
                self.ready.push(Ready { name: told.name, message: Arc::new(Message::of(&told)) });
            }
            self.last = event.head.number;
        }
        Ok(())
    }
}
