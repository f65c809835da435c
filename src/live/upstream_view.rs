//! The exchange that coins are bought on, as the buyer saw it last.

use std::time::Duration;

use crate::types::UnixTime;

/// A market.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpstreamMarket {
    /// The code of what is spent.
    pub asset: String,
    /// The market's name at the exchange.
    pub market: String,
    /// Why nothing is bought there now, in words; none where nothing stands in the way.
    pub pause: Option<String>,
    /// The lowest price that somebody sells at, in whole coins for one; none where that is not known.
    pub asks: Option<String>,
    /// What an order takes at least, in whole coins; none where that is not known.
    pub least: Option<String>,
}

/// What the account holds of a coin, in whole coins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpstreamStock {
    /// The coin, as the exchange calls it, in capital letters as in orders.
    pub asset: String,
    /// What can be spent or withdrawn.
    pub available: String,
    /// What orders and withdrawals have reserved.
    pub reserved: String,
    /// How long it lasts at the pace of the last day; none where it is not spent, or not for long enough.
    pub lasts: Option<Duration>,
}

/// See the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamView {
    /// The exchange's name.
    pub exchange: &'static str,
    /// Why nothing is asked of it now, in words; none where it answers.
    pub standstill: Option<String>,
    /// The markets, in the order of the configuration.
    pub markets: Vec<UpstreamMarket>,
    /// What the account holds.
    pub stock: Vec<UpstreamStock>,
    /// Why the account could not be looked at last time, in words; none where it could.
    pub stock_trouble: Option<String>,
    /// How many orders were asked for again and again without an answer.
    pub unanswered: u64,
    /// When it was seen.
    pub at: UnixTime,
}

impl UpstreamView {
    /// Returns why nothing is bought for an asset now; none where nothing stands in the way.
    pub fn pause_of(&self, asset: &str) -> Option<&str> {
        let market = self.markets.iter().find(|market| market.asset == asset);
        self.standstill.as_deref().or_else(|| market.and_then(|market| market.pause.as_deref()))
    }
}
