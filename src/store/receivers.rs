//! Receivers of events: how far each was told, and what became of the last times that it was.
//!
//! What was told is no event: nothing of the desk changes with it. That somebody paused a receiver, or had it told once
//! more, is one.

use minicbor::{Decode, Encode};

use super::codec;
use super::events::ReceiverEvent;
use super::kv::Table;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::payout::Reason;
use crate::types::{Actor, UnixTime};

/// Deliveries of one receiver that are kept.
pub const DELIVERIES_KEPT: usize = 50;
/// Readers that there may be.
pub const MOST_READERS: usize = 100;

/// Somebody who is told of events, or who asks for them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReceiverRow {
    /// Whether it asks by itself, and says how far it has come.
    #[n(0)]
    pub is_reader: bool,
    /// Whether the configuration has it, as the last start found; always for readers.
    #[n(1)]
    pub is_configured: bool,
    /// The last event that it has acknowledged, or that is none of its own.
    #[n(2)]
    pub cursor: u64,
    /// Changes when it is sent back: what was on its way then moves nothing.
    #[n(3)]
    pub turn: u64,
    /// Why it is told nothing; none where it is told.
    #[n(4)]
    pub rest: Option<Rest>,
    /// When it acknowledged something last.
    #[n(5)]
    pub acked_at: Option<UnixTime>,
    /// Since when it does not take what it is told; none where it does.
    #[n(6)]
    pub failing: Option<Failing>,
    /// The last deliveries, the oldest first.
    #[n(7)]
    pub deliveries: Vec<Delivery>,
}

/// Why a receiver is told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Rest {
    /// A person wants it.
    #[n(0)]
    Paused(#[n(0)] Reason),
    /// It said that it wants nothing any more.
    #[n(1)]
    Stopped {
        /// How it said so.
        #[n(0)]
        why: String,
        /// When.
        #[n(1)]
        at: UnixTime,
    },
}

/// A receiver that does not take what it is told.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Failing {
    /// Since when.
    #[n(0)]
    pub since: UnixTime,
    /// How often it was tried.
    #[n(1)]
    pub times: u64,
    /// What became of the last time.
    #[n(2)]
    pub words: String,
}

/// One time that a receiver was told.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Delivery {
    /// The event's number; 0 for a test.
    #[n(0)]
    pub event: u64,
    /// The event's public name.
    #[n(1)]
    pub name: String,
    /// When.
    #[n(2)]
    pub at: UnixTime,
    /// How long it took, in milliseconds.
    #[n(3)]
    pub took_ms: u64,
    /// Why it was not taken; none where it was.
    #[n(4)]
    pub refused: Option<String>,
}

impl ReceiverRow {
    fn new(is_reader: bool, cursor: u64) -> ReceiverRow {
        let (rest, acked_at, failing, deliveries) = (None, None, None, Vec::new());
        let is_configured = true;
        ReceiverRow { is_reader, is_configured, cursor, turn: 0, rest, acked_at, failing, deliveries }
    }

    fn log(&mut self, more: &[Delivery]) {
        self.deliveries.extend_from_slice(more);
        let over = self.deliveries.len().saturating_sub(DELIVERIES_KEPT);
        self.deliveries.drain(..over);
    }
}

/// Reads of receivers.
pub trait Receivers: Tables {
    /// Returns a receiver or reader by its name; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn receiver(&self, name: &str) -> Result<Option<ReceiverRow>, StoreError> {
        get(self.kv(), Table::Receivers, name.as_bytes())
    }

    /// Returns all, by name: few.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn receivers(&self) -> Result<Vec<(String, ReceiverRow)>, StoreError> {
        let table = Table::Receivers;
        let rows = self.kv().scan(table, &[], None)?;
        rows.map(|row| {
            let (key, value) = row?;
            let name = String::from_utf8(key.clone()).map_err(|_| invariant("a receiver's name is text"))?;
            Ok((name, codec::decode(table, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> Receivers for T {}

/// What came of telling a receiver: how far it is now, and each time that it was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The turn in which it was told.
    pub turn: u64,
    /// The last event that it has acknowledged, or that is none of its own.
    pub cursor: u64,
    /// What is kept of the deliveries.
    pub deliveries: Vec<Delivery>,
}

impl WriteTx<'_> {
    fn put_receiver(&mut self, name: &str, row: &ReceiverRow) -> Result<(), StoreError> {
        self.changed();
        self.kv.put(Table::Receivers, name.as_bytes(), &codec::encode(row))
    }

    /// Takes over which receivers the configuration has: a new one is told what happens from now on; of one that is
    /// gone is kept how far it came.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn configure_receivers(&mut self, names: &[String]) -> Result<(), StoreError> {
        let known = self.receivers()?;
        for (name, row) in &known {
            let is_configured = names.contains(name);
            if !row.is_reader && row.is_configured != is_configured {
                self.put_receiver(name, &ReceiverRow { is_configured, failing: None, ..row.clone() })?;
            }
        }
        for name in names {
            match known.iter().find(|(other, _)| other == name) {
                // A reader's name is a receiver's from now on; it goes on where the reader was.
                Some((_, row)) if row.is_reader => {
                    self.put_receiver(name, &ReceiverRow { is_reader: false, ..row.clone() })?;
                }
                Some(_) => {}
                None => self.put_receiver(name, &ReceiverRow::new(false, self.draft.counters.events))?,
            }
        }
        Ok(())
    }

    /// Notes what was acknowledged. Nothing is moved where the receiver was sent back meanwhile, or backwards.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn receiver_took(&mut self, name: &str, told: &Told) -> Result<(), StoreError> {
        let Some(mut row) = self.receiver(name)?.filter(|row| row.turn == told.turn) else { return Ok(()) };
        row.cursor = row.cursor.max(told.cursor);
        if !told.deliveries.is_empty() {
            (row.acked_at, row.failing) = (Some(self.now), None);
        }
        row.log(&told.deliveries);
        self.put_receiver(name, &row)
    }

    /// Notes that a receiver did not take an event, after what it has acknowledged before.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn receiver_refused(&mut self, name: &str, told: &Told, refused: Delivery) -> Result<(), StoreError> {
        self.receiver_took(name, told)?;
        let Some(mut row) = self.receiver(name)?.filter(|row| row.turn == told.turn) else { return Ok(()) };
        let words = refused.refused.clone().unwrap_or_default();
        let (since, times) = row.failing.map_or((self.now, 0), |failing| (failing.since, failing.times));
        row.failing = Some(Failing { since, times: times.saturating_add(1), words });
        row.log(&[refused]);
        self.put_receiver(name, &row)
    }

    /// Keeps what became of a test, which moves nothing.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn receiver_tested(&mut self, name: &str, delivery: Delivery) -> Result<(), StoreError> {
        let Some(mut row) = self.receiver(name)? else { return Ok(()) };
        row.log(&[delivery]);
        self.put_receiver(name, &row)
    }

    /// Notes how far a reader has come, who may be new. Answers how far that is: never back.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn reader_took(&mut self, name: &str, cursor: u64) -> Result<u64, StoreError> {
        let row = self.receiver(name)?.unwrap_or_else(|| ReceiverRow::new(true, 0));
        let cursor = row.cursor.max(cursor);
        self.put_receiver(name, &ReceiverRow { cursor, acked_at: Some(self.now), ..row })?;
        Ok(cursor)
    }

    /// Forgets a reader. Answers whether there was one.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn forget_reader(&mut self, name: &str) -> Result<bool, StoreError> {
        if !self.receiver(name)?.is_some_and(|row| row.is_reader) {
            return Ok(false);
        }
        self.changed();
        self.kv.delete(Table::Receivers, name.as_bytes())
    }
}

/// Where the events are replayed there are no receivers, and nothing follows.
pub(super) fn apply(tx: &mut WriteTx<'_>, event: ReceiverEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let at = tx.now();
    let by = by.ok_or_else(|| invariant("an act is somebody's"));
    if let ReceiverEvent::HooksResumed { .. } = event {
        // Told for the record: webhooks are no receivers, and change beside it.
        return by.map(drop);
    }
    let Some(row) = tx.receiver(event.receiver())? else { return Ok(()) };
    let name = event.receiver().to_owned();
    let turn = row.turn.saturating_add(1);
    let row = match event {
        ReceiverEvent::Paused { why, .. } => {
            ReceiverRow { rest: Some(Rest::Paused(Reason { by: by?, why, at })), ..row }
        }
        ReceiverEvent::Resumed { .. } | ReceiverEvent::HooksResumed { .. } => {
            ReceiverRow { rest: None, failing: None, ..row }
        }
        ReceiverEvent::Rewound { after, .. } => ReceiverRow { cursor: after, turn, failing: None, ..row },
        ReceiverEvent::Stopped { why, .. } => ReceiverRow { rest: Some(Rest::Stopped { why, at }), ..row },
    };
    tx.put_receiver(&name, &row)
}
