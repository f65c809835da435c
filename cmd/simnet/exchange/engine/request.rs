//! What is asked of the exchange, and what is wrong with it.

use super::ids::{MarketId, OrderId};
use super::market::Market;
use super::rate::MAX_UNITS;
use super::terms::{IdPolicy, MarketState, OrderKind, Price, RejectReason, SelfTrade, Side, TimeInForce};

/// What an order is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    /// The quantity is in base units.
    Limit { price: Price, quantity: u128, time_in_force: TimeInForce },
    /// The quantity is in base units.
    Market { quantity: u128 },
    /// Buys for so many quote units, a fee in quote included.
    MarketSpend { quote: u128 },
}

/// A name that a client gives an order, and what that promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientId<'a> {
    pub(crate) id: &'a str,
    pub(crate) policy: IdPolicy,
}

/// What becomes of an order that is well formed and cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Refusal {
    /// There is no such order.
    #[default]
    Error,
    /// It is on record as rejected.
    Recorded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderRequest<'a> {
    pub(crate) market: MarketId,
    pub(crate) side: Side,
    pub(crate) terms: Terms,
    pub(crate) client_id: Option<ClientId<'a>>,
    /// Instead of the account's.
    pub(crate) self_trade: Option<SelfTrade>,
    pub(crate) refusal: Refusal,
}

impl<'a> OrderRequest<'a> {
    pub(crate) const fn new(market: MarketId, side: Side, terms: Terms) -> OrderRequest<'a> {
        OrderRequest { market, side, terms, client_id: None, self_trade: None, refusal: Refusal::Error }
    }

    /// Returns a request for an order that rests; the quantity is in base units.
    pub(crate) const fn limit(
        market: MarketId,
        side: Side,
        price: Price,
        quantity: u128,
    ) -> OrderRequest<'a> {
        let time_in_force = TimeInForce::GoodTilCancelled;
        OrderRequest::new(market, side, Terms::Limit { price, quantity, time_in_force })
    }

    #[must_use]
    pub(crate) const fn named(self, id: &'a str, policy: IdPolicy) -> OrderRequest<'a> {
        OrderRequest { client_id: Some(ClientId { id, policy }), ..self }
    }
}

/// The order that answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) order: OrderId,
    /// Whether it was there before, under the client id of the request.
    pub(crate) is_repeat: bool,
}

/// Why an order is not taken. Amounts are in smallest units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("the market {name} is {state:?}, expected one that is trading")]
    NotTrading { name: String, state: MarketState },
    #[error("the client id {id:?} is that of order {order}, expected another one")]
    IdTaken { id: String, order: OrderId },
    #[error("a price of {price}, expected a multiple of {tick} above 0")]
    Price { price: Price, tick: Price },
    #[error("a quantity of {quantity}, expected a multiple of {step}")]
    Step { quantity: u128, step: u128 },
    #[error("a quantity of {quantity}, expected {min} to {max}")]
    Quantity { quantity: u128, min: u128, max: u128 },
    #[error("a price of {price} for a quantity of {quantity} is worth more than can be, expected less")]
    OutOfRange { price: Price, quantity: u128 },
    #[error("worth {worth}, expected at least {least}")]
    Notional { worth: u128, least: u128 },
    #[error("{quote} to spend, expected at most {most}")]
    Spend { quote: u128, most: u128 },
    #[error("a sale for an amount of quote, expected a quantity of base")]
    SpendOnSell,
    #[error("{needed} units are needed, expected at most the {free} that are free")]
    Balance { needed: u128, free: u128 },
    #[error("a post-only order at {price} would trade with {best}, expected a worse price")]
    WouldTake { price: Price, best: Price },
}

impl PlaceError {
    /// Returns the reason of an order that is on record in spite of this.
    pub(super) fn on_record(&self) -> Option<RejectReason> {
        match self {
            PlaceError::Balance { .. } => Some(RejectReason::Balance),
            PlaceError::WouldTake { .. } => Some(RejectReason::WouldTake),
            PlaceError::NotTrading { .. }
            | PlaceError::IdTaken { .. }
            | PlaceError::Price { .. }
            | PlaceError::Step { .. }
            | PlaceError::Quantity { .. }
            | PlaceError::OutOfRange { .. }
            | PlaceError::Notional { .. }
            | PlaceError::Spend { .. }
            | PlaceError::SpendOnSell => None,
        }
    }
}

/// Terms in ticks and lots, known to keep the market's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) kind: OrderKind,
    pub(super) ticks: u64,
    pub(super) lots: u64,
    pub(super) spend: u128,
}

/// Counts the terms of an order in a market's ticks and lots.
///
/// # Errors
/// Where they break the market's rules.
pub(super) fn draft(market: &Market, side: Side, terms: Terms) -> Result<Draft, PlaceError> {
    match terms {
        Terms::Limit { price, quantity, time_in_force } => {
            let kind = OrderKind::Limit(time_in_force);
            let (ticks, lots) = (ticks(market, price)?, lots(market, quantity)?);
            let out_of_range = PlaceError::OutOfRange { price, quantity };
            enough(market, market.worth(ticks, lots).ok_or(out_of_range)?)?;
            Ok(Draft { kind, ticks, lots, spend: 0 })
        }
        Terms::Market { quantity } => {
            Ok(Draft { kind: OrderKind::Market, ticks: 0, lots: lots(market, quantity)?, spend: 0 })
        }
        Terms::MarketSpend { quote } => {
            if side == Side::Sell {
                return Err(PlaceError::SpendOnSell);
            }
            if quote > MAX_UNITS {
                return Err(PlaceError::Spend { quote, most: MAX_UNITS });
            }
            enough(market, quote)?;
            Ok(Draft { kind: OrderKind::MarketSpend, ticks: 0, lots: 0, spend: quote })
        }
    }
}

fn ticks(market: &Market, price: Price) -> Result<u64, PlaceError> {
    let tick = market.spec().tick;
    market.ticks(price).filter(|ticks| *ticks > 0).ok_or(PlaceError::Price { price, tick })
}

fn lots(market: &Market, quantity: u128) -> Result<u64, PlaceError> {
    let (min, max, step) = (market.spec().min_quantity, market.spec().max_quantity, market.spec().step);
    let min = min.max(step);
    if quantity < min || quantity > max {
        return Err(PlaceError::Quantity { quantity, min, max });
    }
    market.lots(quantity).ok_or(PlaceError::Step { quantity, step })
}

fn enough(market: &Market, worth: u128) -> Result<(), PlaceError> {
    let least = market.spec().min_notional;
    if worth < least { Err(PlaceError::Notional { worth, least }) } else { Ok(()) }
}
