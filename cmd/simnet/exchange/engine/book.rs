//! One side of an order book: price levels in order, each a queue of orders.
//!
//! A level knows its first and last order; the orders know their neighbours. So the best order is found at once, and
//! one is taken out of the middle of a queue without a search.

use std::collections::BTreeMap;

use super::order::{NOWHERE, Order, Slot};
use super::orders::{Links, Orders};
use super::terms::Side;

/// Orders of one price, the oldest first.
#[derive(Debug, Clone)]
pub(super) struct Level {
    pub(super) first: Slot,
    pub(super) last: Slot,
    pub(super) lots: u128,
    pub(super) orders: u32,
}

/// Prices of one side as numbers that are the smaller, the better the price is.
pub(super) type Rank = u64;

/// Worse than any price.
pub(super) const WORST: Rank = Rank::MAX;

pub(super) const fn rank(side: Side, ticks: u64) -> Rank {
    match side {
        Side::Buy => !ticks,
        Side::Sell => ticks,
    }
}

#[derive(Debug, Clone)]
pub(super) struct BookSide {
    side: Side,
    levels: BTreeMap<Rank, Level>,
}

impl BookSide {
    pub(super) fn new(side: Side) -> BookSide {
        BookSide { side, levels: BTreeMap::new() }
    }

    /// Returns the best level with its rank.
    pub(super) fn best(&self) -> Option<(Rank, &Level)> {
        self.levels.first_key_value().map(|(rank, level)| (*rank, level))
    }

    /// Returns the best price in ticks.
    pub(super) fn best_ticks(&self) -> Option<u64> {
        self.best().map(|(rank, _)| self.ticks(rank))
    }

    /// Returns the levels with their prices in ticks, best first.
    pub(super) fn levels(&self) -> impl Iterator<Item = (u64, &Level)> {
        self.levels.iter().map(|(rank, level)| (self.ticks(*rank), level))
    }

    /// Puts an order behind all others of its price.
    pub(super) fn push(&mut self, orders: &mut Orders, slot: Slot) {
        let (ticks, lots) = (orders.at(slot).ticks, orders.at(slot).rest());
        let new = Level { first: slot, last: NOWHERE, lots: 0, orders: 0 };
        let level = self.levels.entry(rank(self.side, ticks)).or_insert(new);
        let before = std::mem::replace(&mut level.last, slot);
        level.lots += u128::from(lots);
        level.orders += 1;
        if before != NOWHERE {
            orders.links_mut(before).behind = slot;
        }
        let links = orders.links_mut(slot);
        (links.before, links.behind) = (before, NOWHERE);
    }

    /// Takes an order out.
    pub(super) fn remove(&mut self, orders: &mut Orders, slot: Slot) {
        let (ticks, lots) = (orders.at(slot).ticks, orders.at(slot).rest());
        let Links { before, behind, .. } = *orders.links(slot);
        let rank = rank(self.side, ticks);
        let level = self.levels.get_mut(&rank).expect("BUG: an order in the book has a level");
        level.lots -= u128::from(lots);
        level.orders -= 1;
        if before == NOWHERE {
            level.first = behind;
        } else {
            orders.links_mut(before).behind = behind;
        }
        if behind == NOWHERE {
            level.last = before;
        } else {
            orders.links_mut(behind).before = before;
        }
        if level.orders == 0 {
            self.levels.remove(&rank);
        }
    }

    /// Notes that the best order has so many lots less.
    pub(super) fn reduce_best(&mut self, lots: u64) {
        let mut best = self.levels.first_entry().expect("BUG: what has traded has a level");
        best.get_mut().lots -= u128::from(lots);
    }

    /// Returns the orders in the order in which they trade.
    pub(super) fn queue<'a>(&'a self, orders: &'a Orders) -> impl Iterator<Item = (Rank, &'a Order)> {
        self.levels.iter().flat_map(move |(rank, level)| level.queue(orders).map(|(_, order)| (*rank, order)))
    }

    fn ticks(&self, rank: Rank) -> u64 {
        // It undoes itself.
        self::rank(self.side, rank)
    }
}

impl Level {
    /// Returns the orders of this price, oldest first.
    pub(super) fn queue<'a>(&self, orders: &'a Orders) -> impl Iterator<Item = (Slot, &'a Order)> + use<'a> {
        let step = |slot: Slot| (slot != NOWHERE).then_some(slot);
        std::iter::successors(step(self.first), move |slot| step(orders.links(*slot).behind))
            .map(|slot| (slot, orders.at(slot)))
    }
}
