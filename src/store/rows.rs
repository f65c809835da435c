//! What follows from an event: the rows, indexes and counters that change with it.

use super::chain::height_key;
use super::codec::{self, key, key_tagged};
use super::counters::{amount, step};
use super::events::Event;
use super::kv::Table;
use super::tables::{Binding, Purchase, Tables};
use super::tx::{NewDeposit, WriteTx};
use super::{OpenState, StoreError, invariant};
use crate::address::DepositAddress;
use crate::deposit::{Deposit, DepositState};
use crate::payout::{
    Attempt, AttemptState, HoldReason, Payout, PayoutState, SignedTransaction, public_status,
};
use crate::types::{AttemptNo, BlockRef, BuyMethod, Coin, DepositNo, Height, Units};

/// Applies an event that has just been appended.
pub(super) fn apply(tx: &mut WriteTx<'_>, event: Event) -> Result<(), StoreError> {
    let now = tx.now();
    match event {
        Event::AddressBound { binding, address, payee, payee_seq } => tx.insert_binding(Binding {
            no: binding,
            address,
            payee,
            payee_seq,
            bound_at: now,
            previous: None,
            last_deposit: None,
        }),
        Event::DepositSeen { deposit, id, binding, payee_seq, amount, rate, quote, block } => {
            tx.draft.work = true;
            let new = NewDeposit { id, amount, rate, quote, block };
            tx.insert_deposit(new.into_deposit(deposit, binding, payee_seq, now))
        }
        Event::DepositFinalized { deposit } => finalize(tx, deposit),
        Event::DepositOrphaned { deposit } => orphan(tx, deposit),
        Event::DepositReincluded { deposit, block } => {
            change_deposit(tx, deposit, |deposit| Ok(deposit.reinclude(block, now)?))
        }
        Event::DepositQuarantined { deposit } => {
            change_deposit(tx, deposit, |deposit| Ok(deposit.quarantine(now)?))
        }
        Event::PayoutDecided { payout, method } => decide(tx, payout, method),
        Event::PayoutHeld { payout, why } => change_payout(tx, payout, |payout| Ok(payout.hold(why, now)?)),
        Event::PayoutReleased { payout } => change_payout(tx, payout, |payout| Ok(payout.release(now)?)),
        Event::AttemptSigned { attempt, raw, change, pays } => {
            let state = AttemptState::Signed { refused: None };
            let (no, signed_at, updated_at) = (attempt, now, now);
            let (txid, transaction) = SignedTransaction::read(raw, change, pays)?;
            insert_attempt(tx, &Attempt { no, txid, signed_at, updated_at, state }, &transaction)
        }
        Event::AttemptSent { attempt } => send(tx, attempt),
        Event::AttemptRefused { attempt, words } => {
            let refused = known_attempt(tx, attempt)?.refuse(words, now)?;
            put_attempt(tx, &refused)
        }
        Event::AttemptSettled { attempt, block } => settle(tx, attempt, block),
        Event::AttemptDied { attempt, why } => die(tx, attempt, why),
        // Told for the record: the cursor and the deposits change with it, each by itself.
        Event::ChainForked { .. } => Ok(()),
        Event::ChainFrozen { coin, why } => {
            tx.draft.work = true;
            tx.kv.put(Table::Frozen, &[coin.tag()], &codec::encode(&why))
        }
        Event::ChainReleased { coin } => {
            tx.draft.work = true;
            tx.kv.delete(Table::Frozen, &[coin.tag()]).map(drop)
        }
    }
}

/// A purchase before and after an event.
pub(super) struct Change {
    old: Option<Purchase>,
    new: Purchase,
}

impl Change {
    pub(super) fn of_new(deposit: Deposit) -> Change {
        Change { old: None, new: Purchase { deposit, payout: None } }
    }

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
        move_status(tx, number, old_status, public_status(deposit, payout.as_ref()).tag())?;
        let old_open = old_deposit.zip(old_payout).and_then(|(d, p)| OpenState::of(d, p));
        move_open(tx, number, old_open, payout.as_ref().and_then(|p| OpenState::of(deposit, p)))?;
        move_height(tx, deposit.no, old_deposit.and_then(place), place(deposit))?;
        let errored = |payout: Option<&Payout>| payout.is_some_and(|p| p.state == PayoutState::Void);
        move_errored(tx, number, errored(old_payout), errored(payout.as_ref()))?;
        sum_deposit(tx, old_deposit, deposit)?;
        sum_payout(tx, old_deposit.zip(old_payout), payout.as_ref().map(|payout| (deposit, payout)))
    }
}

/// The chain and height that a deposit stands at, while its block is part of the best chain.
pub(super) fn place(deposit: &Deposit) -> Option<(Coin, Height)> {
    deposit.place().map(|block| (deposit.id.coin, block.height))
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

fn move_status(tx: &mut WriteTx<'_>, number: u64, old: Option<u8>, new: u8) -> Result<(), StoreError> {
    if old == Some(new) {
        return Ok(());
    }
    if let Some(old) = old {
        tx.kv.delete(Table::DepositsByStatus, &key_tagged(old, number))?;
        step(&mut tx.draft.counters.by_status[usize::from(old)], false)?;
    }
    tx.kv.put(Table::DepositsByStatus, &key_tagged(new, number), &[])?;
    step(&mut tx.draft.counters.by_status[usize::from(new)], true)
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

fn sum_deposit(tx: &mut WriteTx<'_>, old: Option<&Deposit>, new: &Deposit) -> Result<(), StoreError> {
    let counted = |deposit: &Deposit| if deposit.is_final() { deposit.amount } else { Units::ZERO };
    let sum = &mut tx.draft.counters.received[usize::from(new.id.coin.tag())];
    let without = amount(sum.checked_sub(old.map_or(Units::ZERO, counted)))?;
    *sum = amount(without.checked_add(counted(new)))?;
    Ok(())
}

fn sum_payout(
    tx: &mut WriteTx<'_>,
    old: Option<(&Deposit, &Payout)>,
    new: Option<(&Deposit, &Payout)>,
) -> Result<(), StoreError> {
    let counters = &mut tx.draft.counters;
    if let Some((amount_of, sent, owed)) = old.map(|(deposit, payout)| parts(deposit, payout)) {
        counters.quoted = amount(counters.quoted.checked_sub(amount_of))?;
        counters.sent = amount(counters.sent.checked_sub(sent))?;
        counters.owed = amount(counters.owed.checked_sub(owed))?;
    }
    if let Some((amount_of, sent, owed)) = new.map(|(deposit, payout)| parts(deposit, payout)) {
        counters.quoted = amount(counters.quoted.checked_add(amount_of))?;
        counters.sent = amount(counters.sent.checked_add(sent))?;
        counters.owed = amount(counters.owed.checked_add(owed))?;
    }
    Ok(())
}

/// A payout's amount, and how much of it is sent and owed. Nothing is owed for a deposit that is not there.
pub(super) fn parts(deposit: &Deposit, payout: &Payout) -> (Units, Units, Units) {
    match deposit.state {
        DepositState::Confirming { .. } | DepositState::Orphaned { .. } => {
            (Units::ZERO, Units::ZERO, Units::ZERO)
        }
        DepositState::Final { .. } | DepositState::Quarantined { .. } => {
            let sent = payout.sent_amount();
            (payout.amount.into(), sent.into(), payout.amount.saturating_sub(sent).into())
        }
    }
}

fn change_deposit(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    step: impl FnOnce(Deposit) -> Result<Deposit, StoreError>,
) -> Result<(), StoreError> {
    let old = tx.known(no)?;
    let deposit = step(old.deposit.clone())?;
    let new = Purchase { deposit, payout: old.payout.clone() };
    Change { old: Some(old), new }.apply(tx)
}

fn change_payout(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    step: impl FnOnce(Payout) -> Result<Payout, StoreError>,
) -> Result<(), StoreError> {
    let old = tx.known(no)?;
    let payout = old.payout.clone().ok_or_else(|| invariant("an event names a payout that exists"))?;
    let new = Purchase { deposit: old.deposit.clone(), payout: Some(step(payout)?) };
    Change { old: Some(old), new }.apply(tx)
}

/// Only what is final is decided on: an orphaned deposit may never come back.
fn decide(tx: &mut WriteTx<'_>, no: DepositNo, method: BuyMethod) -> Result<(), StoreError> {
    let now = tx.now();
    if !tx.deposit(no)?.is_some_and(|deposit| deposit.is_final()) {
        return Err(invariant("a payout is decided on when its deposit is final"));
    }
    change_payout(tx, no, |payout| Ok(payout.decide(method, now)?))
}

/// A final deposit is owed a payout: the one it has from an earlier time, or a new one with its number.
fn finalize(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let binding = tx.binding(old.deposit.binding)?.ok_or_else(|| invariant("a deposit has a binding"))?;
    let deposit = old.deposit.clone().finalize(now)?;
    let owed = match old.payout.clone() {
        None => Payout::undecided(no, binding.payee, deposit.quote, now),
        Some(held) if held.state.waits_for_deposit() => held.release(now)?,
        Some(other) => other,
    };
    Change { old: Some(old), new: Purchase { deposit, payout: Some(owed) } }.apply(tx)
}

/// An orphaned deposit is not paid while it is out: what is owed for it already is held.
fn orphan(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let deposit = old.deposit.clone().orphan(now)?;
    let payout = match old.payout.clone() {
        Some(payout) if !payout.is_unsigned() => {
            return Err(invariant("a deposit whose payout is signed is quarantined, not orphaned"));
        }
        Some(payout) if matches!(payout.state, PayoutState::Owed { .. } | PayoutState::Held { .. }) => {
            Some(payout.hold(HoldReason::DepositOrphaned, now)?)
        }
        other => other,
    };
    Change { old: Some(old), new: Purchase { deposit, payout } }.apply(tx)
}

fn insert_attempt(
    tx: &mut WriteTx<'_>,
    attempt: &Attempt,
    transaction: &SignedTransaction,
) -> Result<(), StoreError> {
    let (no, now) = (attempt.no, tx.now());
    if no.get() != tx.draft.counters.attempts.saturating_add(1) {
        return Err(invariant("attempts are numbered without gaps"));
    }
    if tx.find_address(&DepositAddress::of_skycoin(transaction.change))?.is_some() {
        return Err(invariant("change goes back to the wallet, never to a deposit address"));
    }
    for input in &transaction.inputs {
        if tx.claimed_by(*input)?.is_some() {
            return Err(invariant("no two live transactions share an input"));
        }
        tx.kv.put(Table::Claimed, &input.0, &key(no.get()))?;
    }
    for part in &transaction.parts {
        let old = tx.known(part.payout)?;
        let payout = old.payout.clone().ok_or_else(|| invariant("only what is owed is paid"))?;
        if (payout.payee, payout.amount) != (part.payee, part.amount) || !old.deposit.is_final() {
            return Err(invariant("a payout pays its payee the quote of a final deposit"));
        }
        let new = Purchase { deposit: old.deposit.clone(), payout: Some(payout.sign(no, now)?) };
        Change { old: Some(old), new }.apply(tx)?;
    }
    tx.draft.counters.attempts = no.get();
    step(&mut tx.draft.counters.live_attempts, true)?;
    tx.draft.work = true;
    tx.kv.put(Table::AttemptTxids, &attempt.txid.0, &key(no.get()))?;
    tx.kv.put(Table::AttemptsLive, &key(no.get()), &[])?;
    tx.kv.put(Table::SignedTransactions, &key(no.get()), &codec::encode(transaction))?;
    put_attempt(tx, attempt)
}

fn known_attempt(tx: &WriteTx<'_>, no: AttemptNo) -> Result<Attempt, StoreError> {
    tx.attempt(no)?.ok_or_else(|| invariant("an event names an attempt that exists"))
}

fn known_transaction(tx: &WriteTx<'_>, no: AttemptNo) -> Result<SignedTransaction, StoreError> {
    tx.signed_transaction(no)?.ok_or_else(|| invariant("what is attempted is stored"))
}

fn put_attempt(tx: &mut WriteTx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    tx.kv.put(Table::Attempts, &key(attempt.no.get()), &codec::encode(attempt))
}

fn send(tx: &mut WriteTx<'_>, no: AttemptNo) -> Result<(), StoreError> {
    let now = tx.now();
    let attempt = known_attempt(tx, no)?.send(now)?;
    for part in known_transaction(tx, no)?.parts {
        change_payout(tx, part.payout, |payout| Ok(payout.send(now)?))?;
    }
    put_attempt(tx, &attempt)
}

fn settle(tx: &mut WriteTx<'_>, no: AttemptNo, block: BlockRef) -> Result<(), StoreError> {
    let now = tx.now();
    let attempt = known_attempt(tx, no)?.settle(block, now)?;
    for part in known_transaction(tx, no)?.parts {
        change_payout(tx, part.payout, |payout| Ok(payout.settle(now)?))?;
    }
    end_attempt(tx, &attempt)
}

fn die(tx: &mut WriteTx<'_>, no: AttemptNo, why: String) -> Result<(), StoreError> {
    let now = tx.now();
    let attempt = known_attempt(tx, no)?.kill(why, now)?;
    let SignedTransaction { inputs, parts, .. } = known_transaction(tx, no)?;
    for part in parts {
        detach(tx, part.payout)?;
    }
    for input in inputs {
        tx.kv.delete(Table::Claimed, &input.0)?;
    }
    end_attempt(tx, &attempt)
}

/// Owed again; where a fork took the deposit back meanwhile, not before that is final again.
fn detach(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let payout = old.payout.clone().ok_or_else(|| invariant("what is attempted is owed"))?.detach(now)?;
    let deposit = old.deposit.clone();
    let (deposit, payout) = match deposit.state {
        DepositState::Quarantined { .. } => {
            (deposit.unpay(now)?, payout.hold(HoldReason::DepositOrphaned, now)?)
        }
        DepositState::Confirming { .. } | DepositState::Final { .. } | DepositState::Orphaned { .. } => {
            (deposit, payout)
        }
    };
    Change { old: Some(old), new: Purchase { deposit, payout: Some(payout) } }.apply(tx)
}

fn end_attempt(tx: &mut WriteTx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    if !tx.kv.delete(Table::AttemptsLive, &key(attempt.no.get()))? {
        return Err(invariant("an attempt ends once"));
    }
    step(&mut tx.draft.counters.live_attempts, false)?;
    tx.draft.work = true;
    put_attempt(tx, attempt)
}
