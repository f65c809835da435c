//! How busy the desk was, hour by hour, and how long payouts took: counted as it happens, so that a chart of a month
//! costs as many rows as it has points.

use super::StoreError;
use super::codec::{self, key};
use super::hour::{HOUR, Hour};
use super::kv::Table;
use super::tables::{Purchase, Tables, get};
use super::tx::WriteTx;
use crate::payout::PayoutState;
use crate::types::{Droplets, UnixTime};

const fn hour_of(at: UnixTime) -> u64 {
    at.get() / HOUR
}

/// Counts what a change of a purchase was: a deposit that is new, a payout that is done.
pub(super) fn note(tx: &mut WriteTx<'_>, old: Option<&Purchase>, new: &Purchase) -> Result<(), StoreError> {
    // What was taken over from the original happened at other hours.
    let is_new = old.is_none() && !new.deposit.is_unlocated;
    let done = |purchase: &Purchase| {
        let state = purchase.payout.as_ref().map(|payout| &payout.state);
        matches!(state, Some(PayoutState::Settled { .. }))
    };
    let is_done = done(new) && !old.is_some_and(done);
    if !is_new && !is_done {
        return Ok(());
    }
    let number = hour_of(tx.now);
    let hour = match tx.draft.hours.remove(&number) {
        Some(hour) => hour,
        None => get(&*tx.kv, Table::Hours, &key(number))?.unwrap_or_default(),
    };
    let hour = tx.draft.hours.entry(number).or_insert(hour);
    if is_new {
        hour.note_deposit(new.deposit.quote.unwrap_or(Droplets::ZERO));
    }
    if let Some(payout) = new.payout.as_ref().filter(|_| is_done) {
        hour.note_payout(payout.amount, tx.now.since(new.deposit.seen_at).as_secs());
    }
    Ok(())
}

/// Reads of hours.
pub trait Hours: Tables {
    /// Returns the hours from one number to another, both with them, in which anything happened; numbers count hours
    /// since 1970 began.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn hours(&self, from: u64, to: u64) -> Result<Vec<(u64, Hour)>, StoreError> {
        let table = Table::Hours;
        let rows = self.kv().scan(table, &key(from), Some(&key(to.saturating_add(1))))?;
        rows.map(|row| {
            let (key, value) = row?;
            Ok((codec::number_at_end(table, &key)?, codec::decode(table, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> Hours for T {}

impl WriteTx<'_> {
    /// Writes the hours that something was counted in.
    pub(super) fn save_hours(&mut self) -> Result<(), StoreError> {
        for (number, hour) in std::mem::take(&mut self.draft.hours) {
            self.kv.put(Table::Hours, &key(number), &codec::encode(&hour))?;
        }
        Ok(())
    }
}
