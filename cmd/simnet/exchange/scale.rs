//! The decimal places of a market, and its amounts as text.

use super::amount::{AmountError, average, decimal, short, units};
use super::engine::{Exchange, MarketId, OrderInfo, Price};

/// Places of base and quote coins and of prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) base: u8,
    pub(super) quote: u8,
    pub(super) price: u8,
}

impl Scale {
    pub(super) fn of(exchange: &Exchange, market: MarketId) -> Scale {
        let spec = exchange.market(market).spec();
        let decimals = |asset| exchange.asset(asset).decimals;
        Scale { base: decimals(spec.base), quote: decimals(spec.quote), price: spec.price_decimals }
    }

    pub(super) fn base(self, amount: u128) -> String {
        decimal(amount, self.base)
    }

    pub(super) fn quote(self, amount: u128) -> String {
        decimal(amount, self.quote)
    }

    pub(super) fn price(self, price: Price) -> String {
        decimal(price.get().into(), self.price)
    }

    pub(super) fn price_or_zero(self, price: Option<Price>) -> String {
        self.price(price.unwrap_or(Price::new(0)))
    }

    /// Returns what was paid on average for one base coin, to so many places.
    pub(super) fn average(self, order: &OrderInfo<'_>, places: u8) -> String {
        average((order.filled_quote, self.quote), (order.filled, self.base), places)
    }

    /// Returns base units without zeros at the end.
    pub(super) fn short_base(self, amount: u128) -> String {
        short(amount, self.base)
    }

    /// Returns quote units without zeros at the end.
    pub(super) fn short_quote(self, amount: u128) -> String {
        short(amount, self.quote)
    }

    pub(super) fn read_base(self, text: &str) -> Result<u128, AmountError> {
        units(text, self.base)
    }

    pub(super) fn read_quote(self, text: &str) -> Result<u128, AmountError> {
        units(text, self.quote)
    }

    pub(super) fn read_price(self, text: &str) -> Result<Price, AmountError> {
        let price = u64::try_from(units(text, self.price)?).map_err(|_| AmountError::NoNumber)?;
        Ok(Price::new(price))
    }
}
