//! What follows from an event about a deposit or its payout: the rows, indexes and counters that change with it.

use super::codec::{self, key, key_tagged};
use super::counters::step;
use super::inherited_row::paid_before;
use super::kv::Table;
use super::row_keys::{height_key, is_errored, place, stray_key, unpriced_key, waiting_key};
use super::sole_line::SoleLine;
use super::tables::{Purchase, Tables};
use super::tx::WriteTx;
use super::{OpenState, StoreError, attempt_rows, hours, invariant};
use crate::deposit::Deposit;
use crate::ledger;
use crate::payout::{Payout, Stray, Waiting, public_status};
use crate::types::{Coin, DepositNo, Droplets, Height, UnixTime};

/// A purchase before and after an event.
pub(super) struct Change {
    pub(super) old: Option<Purchase>,
    pub(super) new: Purchase,
}

impl Change {
    /// Writes the row where it differs, and moves the deposit between the indexes and counters that it belongs to.
    pub(super) fn apply(self, tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
        let Purchase { deposit, payout } = &self.new;
        let number = deposit.no.get();
        let old_deposit = self.old.as_ref().map(|old| &old.deposit);
        let old_payout = self.old.as_ref().and_then(|old| old.payout.as_ref());
        if self.old.as_ref() != Some(&self.new) {
            tx.kv.put(Table::Deposits, &key(number), &codec::encode(&self.new))?;
        }
        let old_status = old_deposit.map(|deposit| public_status(deposit, old_payout).tag());
        move_status(tx, deposit, old_status, public_status(deposit, payout.as_ref()).tag())?;
        let old_open = old_deposit.zip(old_payout).and_then(|(d, p)| OpenState::of(d, p));
        move_open(tx, number, old_open, payout.as_ref().and_then(|p| OpenState::of(deposit, p)))?;
        move_height(tx, deposit.no, old_deposit.and_then(place), place(deposit))?;
        let old = old_deposit.zip(old_payout);
        let new = payout.as_ref().map(|payout| (deposit, payout));
        move_unpriced(tx, old_deposit.and_then(unpriced_key), unpriced_key(deposit))?;
        move_paid_before(tx, paid_before(deposit.no, old_payout), paid_before(deposit.no, payout.as_ref()))?;
        let errored = |both: Option<(&Deposit, &Payout)>| both.is_some_and(|(d, p)| is_errored(d, p));
        move_errored(tx, number, errored(old), errored(new))?;
        let waiting = |both: Option<(&Deposit, &Payout)>| both.and_then(|(d, p)| Waiting::of(d, p));
        move_waiting(tx, deposit.no, waiting(old), waiting(new))?;
        let kept = |both: Option<(&Deposit, &Payout)>| both.and_then(|(d, p)| attempt_rows::kept_back(d, p));
        attempt_rows::keep_back(tx, kept(old), kept(new))?;
        self.move_sole_line(tx);
        hours::note(tx, self.old.as_ref(), &self.new)?;
        enter(tx, self.old.as_ref(), &self.new)
    }

    /// What has no payout is not at rest: it never was, and the line of its binding is gone since it came.
    fn move_sole_line(&self, tx: &mut WriteTx<'_>) {
        let Some(payout) = &self.new.payout else { return };
        let (old, new) =
            (self.old.as_ref().and_then(SoleLine::of_purchase), SoleLine::of_purchase(&self.new));
        if old != new {
            tx.draft.sole_lines.insert(self.new.deposit.binding, (payout.payee, new));
        }
    }
}

fn move_height(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    old: Option<(Coin, Height)>,
    new: Option<(Coin, Height)>,
) -> Result<(), StoreError> {
    if old == new {
        return Ok(());
    }
    if let Some((coin, height)) = old {
        tx.kv.delete(Table::DepositsByHeight, &height_key(coin, height, no))?;
    }
    if let Some((coin, height)) = new {
        tx.kv.put(Table::DepositsByHeight, &height_key(coin, height, no), &[])?;
    }
    Ok(())
}

/// A deposit never changes its coin.
fn move_status(tx: &mut WriteTx<'_>, deposit: &Deposit, old: Option<u8>, new: u8) -> Result<(), StoreError> {
    if old == Some(new) {
        return Ok(());
    }
    let (number, coin) = (deposit.no.get(), deposit.id.coin);
    if let Some(old) = old {
        tx.kv.delete(Table::DepositsByStatus, &key_tagged(old, number))?;
        step(&mut tx.draft.counters.by_status[coin][usize::from(old)], false)?;
    }
    tx.kv.put(Table::DepositsByStatus, &key_tagged(new, number), &[])?;
    step(&mut tx.draft.counters.by_status[coin][usize::from(new)], true)
}

fn move_open(
    tx: &mut WriteTx<'_>,
    number: u64,
    old: Option<OpenState>,
    new: Option<OpenState>,
) -> Result<(), StoreError> {
    if old == new {
        return Ok(());
    }
    if let Some(old) = old {
        tx.kv.delete(Table::PayoutsOpen, &key_tagged(old.tag(), number))?;
        step(open_counter(tx, old), false)?;
    }
    if let Some(new) = new {
        tx.draft.work = true;
        tx.kv.put(Table::PayoutsOpen, &key_tagged(new.tag(), number), &[])?;
        step(open_counter(tx, new), true)?;
    }
    Ok(())
}

fn open_counter<'t>(tx: &'t mut WriteTx<'_>, state: OpenState) -> &'t mut u64 {
    match state {
        OpenState::Undecided => &mut tx.draft.counters.undecided,
        OpenState::Ready => &mut tx.draft.counters.ready,
        OpenState::Held => &mut tx.draft.counters.held,
        OpenState::ToBuy => &mut tx.draft.counters.to_buy,
    }
}

fn move_errored(tx: &mut WriteTx<'_>, number: u64, old: bool, new: bool) -> Result<(), StoreError> {
    match (old, new) {
        (false, true) => tx.kv.put(Table::DepositsErrored, &key(number), &[])?,
        (true, false) => drop(tx.kv.delete(Table::DepositsErrored, &key(number))?),
        _ => return Ok(()),
    }
    step(&mut tx.draft.counters.errored, new)
}

fn move_paid_before(
    tx: &mut WriteTx<'_>,
    old: Option<Vec<u8>>,
    new: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    if old == new {
        return Ok(());
    }
    if let Some(old) = old {
        tx.kv.delete(Table::PaidBefore, &old)?;
    }
    new.map_or(Ok(()), |new| tx.kv.put(Table::PaidBefore, &new, &[]))
}

fn move_unpriced(tx: &mut WriteTx<'_>, old: Option<Vec<u8>>, new: Option<Vec<u8>>) -> Result<(), StoreError> {
    if old == new {
        return Ok(());
    }
    if let Some(old) = old {
        tx.kv.delete(Table::DepositsUnpriced, &old)?;
    }
    new.map_or(Ok(()), |new| tx.kv.put(Table::DepositsUnpriced, &new, &[]))
}

fn move_waiting(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    old: Option<(Waiting, UnixTime)>,
    new: Option<(Waiting, UnixTime)>,
) -> Result<(), StoreError> {
    if old == new {
        return Ok(());
    }
    if let Some((code, since)) = old {
        tx.kv.delete(Table::Waiting, &waiting_key(code, since, no))?;
        step(&mut tx.draft.counters.waiting[usize::from(code.tag())], false)?;
    }
    if let Some((code, since)) = new {
        tx.kv.put(Table::Waiting, &waiting_key(code, since, no), &[])?;
        step(&mut tx.draft.counters.waiting[usize::from(code.tag())], true)?;
    }
    Ok(())
}

/// Enters what changed of what it comes to.
fn enter(tx: &mut WriteTx<'_>, old: Option<&Purchase>, new: &Purchase) -> Result<(), StoreError> {
    let mut entry = ledger::of_purchase(&new.deposit, new.payout.as_ref())?;
    if let Some(Purchase { deposit, payout }) = old {
        entry.subtract(&ledger::of_purchase(deposit, payout.as_ref())?)?;
    }
    tx.post(&entry)
}

/// Writes down, or strikes off, what a transaction that was given up has paid all the same.
pub(super) fn set_stray(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    stray: Stray,
    is_there: bool,
) -> Result<(), StoreError> {
    let row = stray_key(no, stray.attempt);
    if is_there {
        tx.kv.put(Table::Strays, &row, &codec::encode(&stray.amount))?;
        return change_payout(tx, no, |payout| Ok(payout.add_stray(stray)));
    }
    tx.kv.delete(Table::Strays, &row)?;
    change_payout(tx, no, |payout| Ok(payout.drop_stray(stray.attempt)))
}

pub(super) fn change_deposit(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    step: impl FnOnce(Deposit) -> Result<Deposit, StoreError>,
) -> Result<(), StoreError> {
    let old = tx.known(no)?;
    let deposit = step(old.deposit.clone())?;
    let new = Purchase { deposit, payout: old.payout.clone() };
    Change { old: Some(old), new }.apply(tx)
}

pub(super) fn change_payout(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    step: impl FnOnce(Payout) -> Result<Payout, StoreError>,
) -> Result<(), StoreError> {
    let old = tx.known(no)?;
    let payout = old.payout.clone().ok_or_else(|| invariant("an event names a payout that exists"))?;
    let new = Purchase { deposit: old.deposit.clone(), payout: Some(step(payout)?) };
    Change { old: Some(old), new }.apply(tx)
}

/// A final deposit is owed a payout: the one it has from an earlier time, or a new one with its number.
pub(super) fn finalize(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let binding = tx.binding(old.deposit.binding)?.ok_or_else(|| invariant("a deposit has a binding"))?;
    let deposit = old.deposit.clone().finalize(now)?;
    let owed = match old.payout.clone() {
        // What has no price is held when it is decided on, and nothing is ever paid for it.
        None => Payout::undecided(no, binding.payee, deposit.quote.unwrap_or(Droplets::ZERO), now),
        Some(known) => known.regain_deposit(now),
    };
    Change { old: Some(old), new: Purchase { deposit, payout: Some(owed) } }.apply(tx)
}

/// An orphaned deposit is not paid while it is out: what is owed for it already is held.
pub(super) fn orphan(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let deposit = old.deposit.clone().orphan(now)?;
    if old.payout.as_ref().is_some_and(|payout| !payout.is_unsigned()) {
        return Err(invariant("a deposit whose payout is signed is quarantined, not orphaned"));
    }
    let payout = old.payout.clone().map(|payout| payout.lose_deposit(now));
    Change { old: Some(old), new: Purchase { deposit, payout } }.apply(tx)
}

/// Taken back with its payout signed: that is kept back until somebody rules, or the deposit is final again.
pub(super) fn quarantine(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let deposit = old.deposit.clone().quarantine(now)?;
    if old.payout.as_ref().is_none_or(Payout::is_unsigned) {
        return Err(invariant("a deposit is quarantined only where its payout is signed"));
    }
    let payout = old.payout.clone().map(|payout| payout.lose_deposit(now));
    Change { old: Some(old), new: Purchase { deposit, payout } }.apply(tx)
}
