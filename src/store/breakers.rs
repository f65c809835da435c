//! Circuit breakers that have opened at some time.

use super::codec;
use super::events::BreakerEvent;
use super::kv::Table;
use super::tables::{self, Tables};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::breaker::{Breaker, BreakerState, Opened};
use crate::payout::Reason;
use crate::types::{Actor, AttemptNo};

/// Reads of circuit breakers.
pub trait Breakers: Tables {
    /// Returns how a breaker stands; none where it has never opened.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn breaker(&self, breaker: Breaker) -> Result<Option<BreakerState>, StoreError> {
        tables::get(self.kv(), Table::Breakers, &breaker.key())
    }

    /// Returns all that have ever opened.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn breakers(&self) -> Result<Vec<(Breaker, BreakerState)>, StoreError> {
        let rows = self.kv().scan(Table::Breakers, &[], None)?;
        rows.map(|row| {
            let (key, value) = row?;
            let breaker =
                Breaker::from_key(&key).ok_or_else(|| invariant("a breaker has a key of its own"))?;
            Ok((breaker, codec::decode(Table::Breakers, &key, &value)?))
        })
        .collect()
    }

    /// Returns whether a breaker is open.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn is_broken(&self, breaker: Breaker) -> Result<bool, StoreError> {
        Ok(self.breaker(breaker)?.is_some_and(|state| state.is_open()))
    }
}

impl<T: Tables + ?Sized> Breakers for T {}

pub(super) fn apply(tx: &mut WriteTx<'_>, event: BreakerEvent, by: Option<Actor>) -> Result<(), StoreError> {
    tx.draft.work = true;
    match event {
        BreakerEvent::Opened { breaker, evidence, grounds } => {
            let opened = Opened { at: tx.now(), evidence, grounds };
            let state = match tx.breaker(breaker)? {
                // It stays open, and since when it is stays told.
                Some(BreakerState { opened: Some(was), times, closed, after, accepted }) => {
                    let opened = Some(Opened { at: was.at, ..opened });
                    BreakerState { opened, times, closed, after, accepted }
                }
                Some(known) => known.reopened(opened),
                None => BreakerState::new(opened),
            };
            put(tx, breaker, &state)
        }
        BreakerEvent::Over { breaker, why: _ } => {
            let known = tx.breaker(breaker)?.filter(BreakerState::is_open);
            let known = known.ok_or_else(|| invariant("only an open breaker is over"))?;
            put(tx, breaker, &known.over())
        }
        BreakerEvent::Closed { breaker, why } => {
            let by = by.ok_or_else(|| invariant("an act is somebody's"))?;
            let (reason, after) = (Reason { by, why, at: tx.now() }, AttemptNo::new(tx.counters().attempts));
            let known = tx.breaker(breaker)?.and_then(|known| known.close(after, reason));
            put(tx, breaker, &known.ok_or_else(|| invariant("only an open breaker is closed"))?)
        }
    }
}

fn put(tx: &mut WriteTx<'_>, breaker: Breaker, state: &BreakerState) -> Result<(), StoreError> {
    tx.kv.put(Table::Breakers, &breaker.key(), &codec::encode(state))
}
