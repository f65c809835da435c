//! What follows from an event about an order upstream: its row, and the payouts that it buys for.

use super::codec::{self, key};
use super::counters::step;
use super::events::OrderEvent;
use super::kv::Table;
use super::rows::change_payout;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::ledger;
use crate::payout::Bought;
use crate::types::{OrderNo, Units};
use crate::upstream::{BuyOrder, IllegalOrderStep, Outcome, Portion, Share, Terms};

/// Reads of orders.
pub trait Orders: Tables {
    /// Returns the order of this number; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn order(&self, no: OrderNo) -> Result<Option<BuyOrder>, StoreError> {
        get(self.kv(), Table::Orders, &key(no.get()))
    }

    /// Returns the orders that have not ended, at most `limit` beyond `after`, ascending.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn open_orders(&self, after: OrderNo, limit: usize) -> Result<Vec<BuyOrder>, StoreError> {
        let table = Table::OrdersOpen;
        let rows = self.kv().scan(table, &key(after.next().get()), None)?.take(limit);
        let numbers = rows.map(|row| Ok(OrderNo::new(codec::number_at_end(table, &row?.0)?)));
        let missing = || invariant("an open order exists");
        numbers.map(|no| no.and_then(|no| self.order(no)?.ok_or_else(missing))).collect()
    }

    /// Returns orders, open or ended, at most `limit` beyond `after`, ascending.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn orders(&self, after: OrderNo, limit: usize) -> Result<Vec<BuyOrder>, StoreError> {
        let rows = self.kv().scan(Table::Orders, &key(after.next().get()), None)?.take(limit);
        rows.map(|row| row.and_then(|(key, value)| codec::decode(Table::Orders, &key, &value))).collect()
    }
}

impl<T: Tables + ?Sized> Orders for T {}

impl WriteTx<'_> {
    /// Stores an order that is to be placed. Only after this has committed may it be.
    ///
    /// # Errors
    ///
    /// Where one of its payouts is not to be bought, the share is not what is left of its deposit, or something left
    /// the hot wallet that nobody has explained.
    pub fn intend_order(&mut self, terms: Terms, shares: Vec<Share>) -> Result<OrderNo, StoreError> {
        self.check_books()?;
        let order = OrderNo::new(self.draft.counters.orders).next();
        self.record(OrderEvent::Intended { order, terms, shares })?;
        Ok(order)
    }
}

fn known(tx: &WriteTx<'_>, no: OrderNo) -> Result<BuyOrder, StoreError> {
    tx.order(no)?.ok_or_else(|| invariant("an event names an order that exists"))
}

/// Writes one, and moves it between the counters that it belongs to.
fn put(tx: &mut WriteTx<'_>, old: Option<&BuyOrder>, new: &BuyOrder) -> Result<(), StoreError> {
    tx.draft.work = true;
    let row = key(new.no.get());
    let (was_open, is_open) = (old.is_some_and(BuyOrder::is_open), new.is_open());
    if was_open != is_open {
        match is_open {
            true => tx.kv.put(Table::OrdersOpen, &row, &[])?,
            false => drop(tx.kv.delete(Table::OrdersOpen, &row)?),
        }
        step(&mut tx.draft.counters.open_orders, is_open)?;
    }
    let (was_held, is_held) = (old.is_some_and(BuyOrder::is_held), new.is_held());
    if was_held != is_held {
        step(&mut tx.draft.counters.held_orders, is_held)?;
    }
    tx.post(&ledger::of_order(new)?)?;
    tx.kv.put(Table::Orders, &row, &codec::encode(new))
}

/// Changes one that exists.
fn change(
    tx: &mut WriteTx<'_>,
    no: OrderNo,
    to: impl FnOnce(BuyOrder) -> Result<BuyOrder, IllegalOrderStep>,
) -> Result<BuyOrder, StoreError> {
    let old = known(tx, no)?;
    let new = to(old.clone())?;
    put(tx, Some(&old), &new)?;
    Ok(new)
}

pub(super) fn intend(
    tx: &mut WriteTx<'_>,
    no: OrderNo,
    terms: Terms,
    shares: Vec<Share>,
) -> Result<(), StoreError> {
    if no.get() != tx.draft.counters.orders.saturating_add(1) {
        return Err(invariant("orders are numbered without gaps"));
    }
    if shares.is_empty() || !shares.is_sorted_by(|one, other| one.payout < other.payout) {
        return Err(invariant("an order is for somebody, and for each once"));
    }
    let now = tx.now();
    for share in &shares {
        let known = tx.known(share.payout)?;
        let bought = known.payout.as_ref().and_then(|payout| payout.bought);
        let budget = bought.map(|bought| bought.budget(known.deposit.amount));
        if budget != Some(Ok(share.budget)) || share.budget == Units::ZERO {
            return Err(invariant("what is left of a deposit is spent by one order at a time"));
        }
        change_payout(tx, share.payout, |payout| Ok(payout.order(no, now)?))?;
    }
    tx.draft.counters.orders = no.get();
    put(tx, None, &BuyOrder::intended(no, terms, shares, now))
}

/// Tells the payouts of an order that has ended what came of it for each.
pub(super) fn close(tx: &mut WriteTx<'_>, no: OrderNo, outcome: Outcome) -> Result<(), StoreError> {
    let now = tx.now();
    let portions = known(tx, no)?.portions(&outcome)?;
    change(tx, no, |order| order.close(outcome, now))?;
    for Portion { payout, spent, bought } in portions {
        change_payout(tx, payout, |known| Ok(known.end_order(no, spent, bought, now)?))?;
    }
    Ok(())
}

/// Nothing came of it: its payouts are to be bought as before.
pub(super) fn miss(tx: &mut WriteTx<'_>, no: OrderNo, words: String) -> Result<(), StoreError> {
    let now = tx.now();
    let missed = change(tx, no, |order| order.miss(words, now))?;
    for share in missed.shares {
        let nothing = Bought::default();
        let (spent, coins) = (nothing.spent, nothing.coins);
        change_payout(tx, share.payout, |known| Ok(known.end_order(no, spent, coins, now)?))?;
    }
    Ok(())
}

/// Applies what changes nothing but the order itself.
pub(super) fn step_to(
    tx: &mut WriteTx<'_>,
    no: OrderNo,
    to: impl FnOnce(BuyOrder) -> Result<BuyOrder, IllegalOrderStep>,
) -> Result<(), StoreError> {
    change(tx, no, to).map(drop)
}
