//! Spends of the hot wallet that no transaction of this desk is, and up to which block they were looked for.
//!
//! Invariant: while one of them is unknown, nothing is signed and no address is given out.

use super::attempts;
use super::codec;
use super::counters::step;
use super::events::WalletEvent;
use super::foreign_spends::{KEY, Reconciled, Spends, accounted, strays_of};
use super::kv::Table;
use super::rows::set_stray;
use super::tables::Tables;
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::ledger::{self, Entry};
use crate::payout::{Attempt, ForeignSpend, SpendRuling, SpendVerdict};
use crate::rail::{Pays, Purpose, SignedTransaction, Spend};
use crate::types::{Actor, AttemptNo, TxId};

impl WriteTx<'_> {
    /// Takes up spends that the chain shows: those that are not this desk's own are unknown from now on, unless they
    /// were ruled on before. Answers how many are news.
    pub fn take_spends(&mut self, seen: &[Spend]) -> Result<u64, StoreError> {
        let mut news = 0u64;
        for spend in seen {
            // What only moves coins within the wallet is no payment that could have been forgotten.
            let pays_nobody = spend.payments.is_empty();
            let known = self.foreign_spend(spend.txid)?;
            let is_told = match &known {
                Some(known) => known.spend == *spend && !self.is_given_up(known)?,
                None => false,
            };
            if pays_nobody || is_told || self.is_own_spend(spend.txid)? {
                continue;
            }
            news = news.saturating_add(u64::from(known.is_none()));
            self.record(WalletEvent::SpendFound { spend: spend.clone() })?;
        }
        Ok(news)
    }

    /// Forgets the unknown spends that are neither in a block nor on their way any more, and takes the others that were
    /// ruled on out of their blocks. `there` tells which are there.
    pub fn drop_spends(&mut self, there: &dyn Fn(&Spend) -> bool) -> Result<u64, StoreError> {
        let mut gone = 0u64;
        for known in self.foreign_spends(false, None, usize::MAX)? {
            let is_nowhere = known.ruling.is_some() && known.spend.block.is_none();
            if !known.is_adopted() && !is_nowhere && !there(&known.spend) {
                self.record(WalletEvent::SpendGone { txid: known.spend.txid })?;
                gone = gone.saturating_add(1);
            }
        }
        Ok(gone)
    }

    /// Remembers up to where spends were looked for.
    pub fn set_reconciled(&mut self, reconciled: Reconciled) -> Result<(), StoreError> {
        self.changed();
        self.kv.put(Table::Reconciled, KEY, &codec::encode(&reconciled))
    }

    fn known_spend(&self, txid: TxId) -> Result<ForeignSpend, StoreError> {
        self.foreign_spend(txid)?.ok_or_else(|| invariant("an event names a foreign spend that is known"))
    }

    fn put_spend(&mut self, spend: &ForeignSpend) -> Result<(), StoreError> {
        self.kv.put(Table::Spends, &spend.spend.txid.0, &codec::encode(spend))
    }

    /// The transaction of this desk with this id, where it was given up for dead.
    fn dead_attempt(&self, txid: TxId) -> Result<Option<AttemptNo>, StoreError> {
        let Some(no) = self.attempt_by_txid(txid)? else { return Ok(None) };
        Ok(self.attempt(no)?.filter(Attempt::is_dead).map(|attempt| attempt.no))
    }
}

/// Puts what a foreign spend comes to into the books, and tells the payouts that it has paid; or takes both back.
fn enter(tx: &mut WriteTx<'_>, known: &ForeignSpend, is_there: bool) -> Result<(), StoreError> {
    let position = ledger::of_spend(known, accounted(tx, known)?)?;
    let mut entry = Entry::default();
    if is_there {
        entry.add(&position)?
    } else {
        entry.subtract(&position)?
    }
    tx.post(&entry)?;
    for (deposit, stray) in strays_of(tx, known)? {
        set_stray(tx, deposit, stray, is_there)?;
    }
    Ok(())
}

/// Writes one that is known another way from now on.
fn change(tx: &mut WriteTx<'_>, old: &ForeignSpend, new: &ForeignSpend) -> Result<(), StoreError> {
    enter(tx, old, false)?;
    enter(tx, new, true)?;
    tx.put_spend(new)
}

/// A spend that is not known, or that stands elsewhere now. One that was taken over as a transaction of this desk, and
/// was given up since, is unknown anew.
pub(super) fn find(tx: &mut WriteTx<'_>, spend: Spend) -> Result<(), StoreError> {
    let (seen_at, was) = (tx.now(), tx.dead_attempt(spend.txid)?);
    let Some(known) = tx.foreign_spend(spend.txid)? else {
        step(&mut tx.draft.counters.unknown_spends, true)?;
        step(&mut tx.draft.counters.foreign_spends, true)?;
        tx.doubt_pools();
        let found = ForeignSpend { spend, seen_at, ruling: None, was };
        enter(tx, &found, true)?;
        return tx.put_spend(&found);
    };
    let is_back = known.is_adopted() && was.is_some();
    let ruling = known.ruling.clone().filter(|_| !is_back);
    if is_back {
        step(&mut tx.draft.counters.unknown_spends, true)?;
    }
    change(tx, &known, &ForeignSpend { spend, ruling, was, ..known.clone() })
}

/// What nobody had ruled on is forgotten; a ruling is not.
pub(super) fn lose(tx: &mut WriteTx<'_>, txid: TxId) -> Result<(), StoreError> {
    let known = tx.known_spend(txid)?;
    tx.draft.work = true;
    if known.is_unknown() {
        step(&mut tx.draft.counters.unknown_spends, false)?;
        step(&mut tx.draft.counters.foreign_spends, false)?;
        enter(tx, &known, false)?;
        return tx.kv.delete(Table::Spends, &txid.0).map(drop);
    }
    let spend = Spend { block: None, ..known.spend.clone() };
    change(tx, &known, &ForeignSpend { spend, ..known.clone() })
}

/// A person has ruled what an unknown spend is.
pub(super) fn rule(
    tx: &mut WriteTx<'_>,
    txid: TxId,
    verdict: SpendVerdict,
    by: Actor,
    why: String,
) -> Result<(), StoreError> {
    let ruling = SpendRuling { verdict, by, why, at: tx.now() };
    let known = tx.known_spend(txid)?;
    if known.is_adopted() {
        return Err(invariant("a transaction that paid deposits here is nothing else"));
    }
    no_longer_unknown(tx, &known)?;
    change(tx, &known, &ForeignSpend { ruling: Some(ruling), ..known.clone() })
}

fn no_longer_unknown(tx: &mut WriteTx<'_>, known: &ForeignSpend) -> Result<(), StoreError> {
    tx.draft.work = true;
    if known.is_unknown() { step(&mut tx.draft.counters.unknown_spends, false) } else { Ok(()) }
}

/// Takes a foreign spend over as a transaction of this desk: like one that was sent here, it is followed until it is
/// settled, and offered again where a fork takes it back.
pub(super) fn adopt(
    tx: &mut WriteTx<'_>,
    txid: TxId,
    no: AttemptNo,
    pays: Vec<Pays>,
    by: Actor,
    why: String,
) -> Result<(), StoreError> {
    let now = tx.now();
    let known = tx.known_spend(txid)?;
    if pays.is_empty() || tx.is_own_spend(txid)? {
        return Err(invariant(
            "only what is no transaction of this desk yet, and pays something, is adopted",
        ));
    }
    let spend = known.spend.clone();
    let change = spend.change().map_err(|error| StoreError::Invariant(error.to_string()))?;
    let (read, transaction) = SignedTransaction::adopt(spend.raw, change, pays)?;
    if read != txid {
        return Err(invariant("a foreign spend is kept with its own bytes"));
    }
    enter(tx, &known, false)?;
    attempts::insert(tx, &Attempt::signed(no, txid, Purpose::Payouts, now), &transaction)?;
    attempts::send(tx, no)?;
    no_longer_unknown(tx, &known)?;
    let ruling = Some(SpendRuling { verdict: SpendVerdict::Adopted { attempt: no }, by, why, at: now });
    let adopted = ForeignSpend { ruling, was: None, ..known };
    enter(tx, &adopted, true)?;
    tx.put_spend(&adopted)
}
