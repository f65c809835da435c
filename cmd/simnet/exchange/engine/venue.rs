//! A market with what happens in it.

use super::book::BookSide;
use super::charts::{Charts, Print};
use super::market::Market;
use super::order::Slot;
use super::orders::Orders;
use super::tape::{Tape, Trade};
use super::terms::Side;

#[derive(Debug, Clone)]
pub(super) struct Venue {
    pub(super) market: Market,
    bids: BookSide,
    asks: BookSide,
    pub(super) tape: Tape,
    pub(super) charts: Charts,
    /// Counts the changes of the book.
    pub(super) sequence: u64,
}

impl Venue {
    pub(super) fn new(market: Market, tape: Tape, charts: Charts) -> Venue {
        let (bids, asks) = (BookSide::new(Side::Buy), BookSide::new(Side::Sell));
        Venue { market, bids, asks, tape, charts, sequence: 0 }
    }

    pub(super) fn side(&self, side: Side) -> &BookSide {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut BookSide {
        self.sequence += 1;
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    /// Puts an order into the book.
    pub(super) fn push(&mut self, orders: &mut Orders, slot: Slot) {
        let side = orders.at(slot).side;
        self.side_mut(side).push(orders, slot);
    }

    /// Takes an order out of the book.
    pub(super) fn remove(&mut self, orders: &mut Orders, slot: Slot) {
        let side = orders.at(slot).side;
        self.side_mut(side).remove(orders, slot);
    }

    /// Notes that the best order of a side has so many lots less.
    pub(super) fn reduce_best(&mut self, side: Side, lots: u64) {
        self.side_mut(side).reduce_best(lots);
    }

    /// Notes a trade.
    pub(super) fn print(&mut self, trade: Trade) {
        let Trade { time, price, quantity, quote, .. } = trade;
        self.charts.add(&Print { time, price, quantity, quote });
        self.tape.push(trade);
    }
}
