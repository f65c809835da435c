//! What follows from an event about a withdrawal from an exchange: its row, and what stands on the way in the books.

use super::codec::{self, key};
use super::counters::step;
use super::events::WithdrawalEvent;
use super::kv::Table;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::wallet_addresses::WalletAddresses;
use super::{StoreError, invariant};
use crate::ledger;
use crate::types::WithdrawalNo;
use crate::upstream::{IllegalWithdrawalStep, Withdrawal, WithdrawalTerms};

/// Reads of withdrawals.
pub trait Withdrawals: Tables {
    /// Returns the withdrawal of this number; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn withdrawal(&self, no: WithdrawalNo) -> Result<Option<Withdrawal>, StoreError> {
        get(self.kv(), Table::Withdrawals, &key(no.get()))
    }

    /// Returns the withdrawals that have not ended, ascending. There is one for each coin at most.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn open_withdrawals(&self) -> Result<Vec<Withdrawal>, StoreError> {
        let table = Table::WithdrawalsOpen;
        let rows = self.kv().scan(table, &[], None)?;
        let numbers = rows.map(|row| Ok(WithdrawalNo::new(codec::number_at_end(table, &row?.0)?)));
        let missing = || invariant("an open withdrawal exists");
        numbers.map(|no| no.and_then(|no| self.withdrawal(no)?.ok_or_else(missing))).collect()
    }

    /// Returns withdrawals, open or ended, at most `limit` beyond `after`, ascending.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn withdrawals(&self, after: WithdrawalNo, limit: usize) -> Result<Vec<Withdrawal>, StoreError> {
        let table = Table::Withdrawals;
        let rows = self.kv().scan(table, &key(after.next().get()), None)?.take(limit);
        rows.map(|row| row.and_then(|(key, value)| codec::decode(table, &key, &value))).collect()
    }
}

impl<T: Tables + ?Sized> Withdrawals for T {}

impl WriteTx<'_> {
    /// Stores a withdrawal that is to be asked for. Only after this has committed may it be.
    ///
    /// # Errors
    ///
    /// Where it does not go to an address of the hot wallet, or another one of its coin has not ended.
    pub fn intend_withdrawal(&mut self, terms: WithdrawalTerms) -> Result<WithdrawalNo, StoreError> {
        self.check_books()?;
        let withdrawal = WithdrawalNo::new(self.draft.counters.withdrawals).next();
        self.record(WithdrawalEvent::Intended { withdrawal, terms })?;
        Ok(withdrawal)
    }
}

/// Writes one, and moves it between the counters that it belongs to.
fn put(tx: &mut WriteTx<'_>, old: Option<&Withdrawal>, new: &Withdrawal) -> Result<(), StoreError> {
    tx.draft.work = true;
    let row = key(new.no.get());
    let (was_open, is_open) = (old.is_some_and(Withdrawal::is_open), new.is_open());
    if was_open != is_open {
        match is_open {
            true => tx.kv.put(Table::WithdrawalsOpen, &row, &[])?,
            false => drop(tx.kv.delete(Table::WithdrawalsOpen, &row)?),
        }
        step(&mut tx.draft.counters.open_withdrawals, is_open)?;
    }
    let (was_held, is_held) = (old.is_some_and(Withdrawal::is_held), new.is_held());
    if was_held != is_held {
        step(&mut tx.draft.counters.held_withdrawals, is_held)?;
    }
    let mut entry = ledger::of_withdrawal(new)?;
    if let Some(old) = old {
        entry.subtract(&ledger::of_withdrawal(old)?)?;
    }
    tx.post(&entry)?;
    tx.kv.put(Table::Withdrawals, &row, &codec::encode(new))
}

pub(super) fn intend(
    tx: &mut WriteTx<'_>,
    no: WithdrawalNo,
    terms: WithdrawalTerms,
) -> Result<(), StoreError> {
    if no.get() != tx.draft.counters.withdrawals.saturating_add(1) {
        return Err(invariant("withdrawals are numbered without gaps"));
    }
    if !tx.is_of_wallet(&terms.to())? {
        return Err(invariant("what is withdrawn goes to the hot wallet"));
    }
    let asset = terms.wanted.asset;
    if tx.open_withdrawals()?.iter().any(|open| open.terms.wanted.asset == asset) {
        return Err(invariant("one withdrawal of a coin is under way at a time"));
    }
    tx.draft.counters.withdrawals = no.get();
    let now = tx.now();
    put(tx, None, &Withdrawal::intended(no, terms, now))
}

/// Applies any other step.
pub(super) fn step_to(
    tx: &mut WriteTx<'_>,
    no: WithdrawalNo,
    to: impl FnOnce(Withdrawal) -> Result<Withdrawal, IllegalWithdrawalStep>,
) -> Result<(), StoreError> {
    let missing = || invariant("an event names a withdrawal that exists");
    let old = tx.withdrawal(no)?.ok_or_else(missing)?;
    let new = to(old.clone())?;
    put(tx, Some(&old), &new)
}
