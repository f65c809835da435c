//! The trades of a market, the newest so many of them.

use std::collections::VecDeque;

use super::ids::{OrderId, TradeId};
use super::terms::{Price, Side};

/// Two orders that met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trade {
    pub(crate) id: TradeId,
    /// In milliseconds.
    pub(crate) time: u64,
    pub(crate) price: Price,
    /// In base units.
    pub(crate) quantity: u128,
    /// In quote units.
    pub(crate) quote: u128,
    pub(crate) maker: OrderId,
    pub(crate) taker: OrderId,
    pub(crate) taker_side: Side,
    /// In units of the asset that the maker's fee is taken in.
    pub(crate) maker_fee: u128,
    /// In units of the asset that the taker's fee is taken in.
    pub(crate) taker_fee: u128,
    /// The trades of these orders before this one.
    pub(super) maker_before: TradeId,
    pub(super) taker_before: TradeId,
}

impl Trade {
    /// Returns the trade of this order before this one.
    pub(super) fn before(&self, order: OrderId) -> TradeId {
        if order == self.maker { self.maker_before } else { self.taker_before }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Tape {
    trades: VecDeque<Trade>,
    /// Most trades that are kept.
    most: usize,
    last: u64,
}

impl Tape {
    pub(super) fn new(most: usize) -> Tape {
        Tape { trades: VecDeque::new(), most: most.max(1), last: 0 }
    }

    pub(super) fn next_id(&self) -> TradeId {
        TradeId::new(self.last + 1)
    }

    /// Keeps the trade that was made with the next id.
    pub(super) fn push(&mut self, trade: Trade) {
        if self.trades.len() >= self.most {
            self.trades.pop_front();
        }
        self.last = trade.id.get();
        self.trades.push_back(trade);
    }

    pub(super) fn get(&self, id: TradeId) -> Option<&Trade> {
        let first = self.trades.front()?.id.get();
        self.trades.get(usize::try_from(id.get().checked_sub(first)?).ok()?)
    }

    /// Returns the kept trades from this one on, oldest first.
    pub(super) fn from(&self, id: TradeId) -> impl DoubleEndedIterator<Item = &Trade> {
        let first = self.trades.front().map_or(0, |trade| trade.id.get());
        let skipped = usize::try_from(id.get().saturating_sub(first)).unwrap_or(usize::MAX);
        self.trades.range(skipped.min(self.trades.len())..)
    }
}
