//! What everybody may see of a market.

use super::charts::Candle;
use super::ids::{MarketId, TradeId};
use super::state::Exchange;
use super::tape::Trade;
use super::terms::{Price, Side};

/// All orders of one price together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DepthLevel {
    pub(crate) price: Price,
    /// In base units.
    pub(crate) quantity: u128,
    pub(crate) orders: u32,
}

/// A snapshot of an order book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Depth {
    /// Best first.
    pub(crate) bids: Vec<DepthLevel>,
    /// Best first.
    pub(crate) asks: Vec<DepthLevel>,
    /// Grows with each change of the book.
    pub(crate) sequence: u64,
}

/// A market's last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticker {
    /// In milliseconds.
    pub(crate) time: u64,
    pub(crate) bid: Option<DepthLevel>,
    pub(crate) ask: Option<DepthLevel>,
    /// The price of the last trade, however long ago.
    pub(crate) last: Option<Price>,
    /// The trades of the 24 hours before `time` together, to the minute; `None` where nothing traded.
    pub(crate) day: Option<Candle>,
}

impl Exchange {
    /// Returns the best prices of a market with what is there, so many of each side.
    pub(crate) fn depth(&self, market: MarketId, levels: usize) -> Depth {
        let side = |side| self.levels(market, side).take(levels).collect();
        let (bids, asks) = (side(Side::Buy), side(Side::Sell));
        Depth { bids, asks, sequence: self.venues[market.index()].sequence }
    }

    /// Returns the figures of the 24 hours before `now`, which is in milliseconds.
    pub(crate) fn ticker(&self, market: MarketId, now: u64) -> Ticker {
        let best = |side| self.levels(market, side).next();
        let charts = &self.venues[market.index()].charts;
        Ticker {
            time: now,
            bid: best(Side::Buy),
            ask: best(Side::Sell),
            last: charts.last(),
            day: charts.day(now),
        }
    }

    /// Returns the candles of an interval in milliseconds, oldest first, or `None` where the settings have no such
    /// interval.
    pub(crate) fn candles(
        &self,
        market: MarketId,
        interval: u64,
    ) -> Option<impl DoubleEndedIterator<Item = &Candle>> {
        self.venues[market.index()].charts.candles(interval)
    }

    /// Returns the kept trades of a market from this one on, oldest first; from the back, newest first.
    pub(crate) fn trades(&self, market: MarketId, from: TradeId) -> impl DoubleEndedIterator<Item = &Trade> {
        self.venues[market.index()].tape.from(from)
    }

    fn levels(&self, market: MarketId, side: Side) -> impl Iterator<Item = DepthLevel> {
        let venue = &self.venues[market.index()];
        venue.side(side).levels().map(|(ticks, level)| DepthLevel {
            price: venue.market.price(ticks),
            quantity: level.lots * venue.market.spec().step,
            orders: level.orders,
        })
    }
}
