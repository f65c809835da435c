//! What follows from an event about a signed transaction: its rows, its claims, and the payouts that it pays.
//!
//! Invariant: an output is claimed by one transaction that is not dead. A withdrawal spends what the
//! transaction that it withdraws has claimed, and inherits the claim when that dies.

use super::attempt_rows::{known, known_transaction, put};
use super::codec::{self, key};
use super::counters::step;
use super::foreign_spends::adopted_rest;
use super::kv::Table;
use super::row_keys::txid_key;
use super::rows::{Change, change_payout};
use super::tables::{Purchase, Tables};
use super::tx::WriteTx;
use super::wallet_addresses::WalletAddresses;
use super::{StoreError, invariant};
use crate::address::DepositAddress;
use crate::deposit::DepositState;
use crate::ledger;
use crate::payout::{Attempt, Reason, may_leave};
use crate::rail::{Purpose, SignedTransaction};
use crate::skycoin::CoinHours;
use crate::types::{Actor, AttemptNo, BlockRef, Claim, DepositNo, TxId};

/// A transaction that pays what is owed was signed.
pub(super) fn insert_signed(
    tx: &mut WriteTx<'_>,
    no: AttemptNo,
    (txid, transaction): (TxId, SignedTransaction),
) -> Result<(), StoreError> {
    insert(tx, &Attempt::signed(no, txid, Purpose::Payouts, tx.now()), &transaction)
}

/// Takes over a transaction that pays, and claims what it spends.
pub(super) fn insert(
    tx: &mut WriteTx<'_>,
    attempt: &Attempt,
    transaction: &SignedTransaction,
) -> Result<(), StoreError> {
    let (no, now) = (attempt.no, tx.now());
    for input in &transaction.inputs {
        if tx.claimed_by(*input)?.is_some() {
            return Err(invariant("no two live transactions share an input"));
        }
        tx.kv.put(Table::Claimed, &input.0, &key(no.get()))?;
    }
    for part in &transaction.parts {
        let old = tx.known(part.payout)?;
        let payout = old.payout.clone().ok_or_else(|| invariant("only what is owed is paid"))?;
        if (payout.payee, payout.amount) != (part.payee, part.amount) {
            return Err(invariant("a payout pays its payee the quote of its deposit"));
        }
        // A fork may have taken the deposit back after the payer had looked.
        if !may_leave(&old.deposit, &payout) {
            return Err(invariant("nothing is signed for a deposit that is not final"));
        }
        let signed = if transaction.is_adopted { payout.adopt(no, now) } else { payout.sign(no, now) }?;
        let new = Purchase { deposit: old.deposit.clone(), payout: Some(signed) };
        Change { old: Some(old), new }.apply(tx)?;
    }
    put_new(tx, attempt, transaction)
}

/// A transaction was signed that spends an input of another one back to the wallet.
pub(super) fn insert_withdrawal(
    tx: &mut WriteTx<'_>,
    no: AttemptNo,
    of: AttemptNo,
    (txid, transaction): (TxId, SignedTransaction),
) -> Result<(), StoreError> {
    let attempt = Attempt::signed(no, txid, Purpose::Withdrawal { of }, tx.now());
    let original = known(tx, of)?;
    if !original.is_live() || !original.is_withdrawn() || original.rival.is_some() {
        return Err(invariant("what is withdrawn is live, was asked to be, and is withdrawn once"));
    }
    for input in &transaction.inputs {
        if tx.claimed_by(*input)? != Some(of) {
            return Err(invariant("a withdrawal spends inputs of what it withdraws alone"));
        }
    }
    if transaction.inputs.is_empty() || !transaction.parts.is_empty() {
        return Err(invariant("a withdrawal spends something, and pays nobody"));
    }
    put(tx, &Attempt { rival: Some(attempt.no), ..original })?;
    put_new(tx, &attempt, &transaction)
}

fn put_new(
    tx: &mut WriteTx<'_>,
    attempt: &Attempt,
    transaction: &SignedTransaction,
) -> Result<(), StoreError> {
    let no = attempt.no;
    if no.get() != tx.draft.counters.attempts.saturating_add(1) {
        return Err(invariant("attempts are numbered without gaps"));
    }
    if tx.find_address(&DepositAddress::of_skycoin(transaction.change))?.is_some() {
        return Err(invariant("change goes back to the wallet, never to a deposit address"));
    }
    if !tx.keeps_change(transaction)? {
        return Err(invariant("change goes back to an address of the wallet"));
    }
    tx.draft.counters.attempts = no.get();
    step(&mut tx.draft.counters.live_attempts, true)?;
    tx.draft.work = true;
    tx.kv.put(Table::AttemptTxids, &txid_key(attempt), &[])?;
    tx.kv.put(Table::AttemptsLive, &key(no.get()), &[])?;
    tx.kv.put(Table::SignedTransactions, &key(no.get()), &codec::encode(transaction))?;
    put(tx, attempt)
}

pub(super) fn send(tx: &mut WriteTx<'_>, no: AttemptNo) -> Result<(), StoreError> {
    let now = tx.now();
    for part in known_transaction(tx, no)?.parts {
        change_payout(tx, part.payout, |payout| Ok(payout.send(now)?))?;
    }
    let sent = known(tx, no)?.send(now)?;
    put(tx, &sent)
}

pub(super) fn refuse(tx: &mut WriteTx<'_>, no: AttemptNo, words: String) -> Result<(), StoreError> {
    let refused = known(tx, no)?.refuse(words, tx.now())?;
    put(tx, &refused)
}

pub(super) fn take(tx: &mut WriteTx<'_>, no: AttemptNo) -> Result<(), StoreError> {
    let taken = known(tx, no)?.take()?;
    put(tx, &taken)
}

pub(super) fn retry(tx: &mut WriteTx<'_>, no: AttemptNo) -> Result<(), StoreError> {
    let again = known(tx, no)?.retry()?;
    tx.draft.work = true;
    put(tx, &again)
}

/// Given up by a person. Should it confirm all the same, it is a spend of the wallet that nobody knows: see `spends`.
pub(super) fn abandon(
    tx: &mut WriteTx<'_>,
    no: AttemptNo,
    found: String,
    by: Actor,
    why: String,
) -> Result<(), StoreError> {
    known(tx, no)?.abandonable()?;
    die(tx, no, format!("abandoned by {by}, since {found}: {why}"))
}

pub(super) fn withdraw(tx: &mut WriteTx<'_>, no: AttemptNo, reason: Reason) -> Result<(), StoreError> {
    let withdrawn = known(tx, no)?.withdraw(reason)?;
    tx.draft.work = true;
    put(tx, &withdrawn)
}

pub(super) fn send_on(tx: &mut WriteTx<'_>, no: AttemptNo) -> Result<(), StoreError> {
    let sent_on = known(tx, no)?.send_on()?;
    tx.draft.work = true;
    put(tx, &sent_on)
}

/// Confirmed for good; whatever spends one of its inputs besides it is dead.
pub(super) fn settle(
    tx: &mut WriteTx<'_>,
    no: AttemptNo,
    block: BlockRef,
    burnt: CoinHours,
) -> Result<(), StoreError> {
    let now = tx.now();
    for part in known_transaction(tx, no)?.parts {
        change_payout(tx, part.payout, |payout| Ok(payout.settle(now)?))?;
    }
    let settled = known(tx, no)?.settle(block, burnt, now)?;
    let transaction = known_transaction(tx, no)?;
    tx.post(&ledger::of_attempt(&settled, adopted_rest(tx, &settled, &transaction)?)?)?;
    end(tx, &settled)?;
    let other = match settled.purpose {
        Purpose::Payouts => settled.rival,
        Purpose::Withdrawal { of } => Some(of),
    };
    let Some(loser) = other.map(|other| known(tx, other)).transpose()?.filter(Attempt::is_live) else {
        return Ok(());
    };
    let why = match settled.purpose {
        Purpose::Payouts => format!("what it withdraws is confirmed: transaction {}", settled.txid),
        Purpose::Withdrawal { .. } => format!("it was withdrawn by transaction {}", settled.txid),
    };
    die(tx, loser.no, why)
}

pub(super) fn die(tx: &mut WriteTx<'_>, no: AttemptNo, why: String) -> Result<(), StoreError> {
    let now = tx.now();
    let SignedTransaction { inputs, parts, .. } = known_transaction(tx, no)?;
    for part in parts {
        detach(tx, part.payout)?;
    }
    let dead = known(tx, no)?.kill(why, now)?;
    let heir = heir(tx, &dead)?;
    for input in inputs {
        if tx.claimed_by(input)? != Some(no) {
            continue;
        }
        match heir.as_ref().filter(|(_, inherited)| inherited.contains(&input)) {
            Some((heir, _)) => tx.kv.put(Table::Claimed, &input.0, &key(heir.get()))?,
            None => drop(tx.kv.delete(Table::Claimed, &input.0)?),
        }
    }
    end(tx, &dead)
}

/// The transaction that withdraws this one, and may confirm in its place, with what it spends.
fn heir(tx: &WriteTx<'_>, dead: &Attempt) -> Result<Option<(AttemptNo, Vec<Claim>)>, StoreError> {
    let Some(rival) = dead.rival.map(|rival| known(tx, rival)).transpose()? else { return Ok(None) };
    if rival.is_dead() {
        return Ok(None);
    }
    Ok(Some((rival.no, known_transaction(tx, rival.no)?.inputs)))
}

/// Owed again, or void, as was ruled; where a fork took the deposit back meanwhile, not before that is final again.
fn detach(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let payout = old.payout.clone().ok_or_else(|| invariant("what is attempted is owed"))?;
    let deposit = old.deposit.clone();
    let payout = payout.detach(deposit.is_final(), now)?;
    let deposit = match deposit.state {
        DepositState::Quarantined { .. } => deposit.unpay(now)?,
        DepositState::Confirming { .. } | DepositState::Final { .. } | DepositState::Orphaned { .. } => {
            deposit
        }
    };
    Change { old: Some(old), new: Purchase { deposit, payout: Some(payout) } }.apply(tx)
}

fn end(tx: &mut WriteTx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    if !tx.kv.delete(Table::AttemptsLive, &key(attempt.no.get()))? {
        return Err(invariant("an attempt ends once"));
    }
    step(&mut tx.draft.counters.live_attempts, false)?;
    tx.draft.work = true;
    put(tx, attempt)
}
