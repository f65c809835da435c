//! A market maker: keeps a book alive on both sides of a reference price.
//!
//! It only says what it would do; so the same seed, exchange and prices give the same orders. Where the price moves
//! through somebody's order, the market maker trades with it, as a market would.

use super::ids::{AccountId, MarketId, OrderId};
use super::market::Market;
use super::order::OrderInfo;
use super::random::Random;
use super::request::{OrderRequest, Terms};
use super::state::Exchange;
use super::terms::{Price, SelfTrade, Side, TimeInForce};

/// How a market maker quotes. Distances are in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quoting {
    pub(crate) market: MarketId,
    /// How many prices on each side.
    pub(crate) levels: u32,
    /// From the best bid to the best ask.
    pub(crate) spread: u64,
    /// From one price of a side to the next.
    pub(crate) gap: u64,
    /// How far an order may be from where it should be before it is replaced. Less than half the spread.
    pub(crate) tolerance: u64,
    /// The least and the most of an order, in steps of the market's quantity.
    pub(crate) lots: (u64, u64),
}

/// Something that a market maker would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Cancel(OrderId),
    Place(OrderRequest<'static>),
}

impl Action {
    /// Does it in the name of an account; returns whether the exchange took it.
    pub(crate) fn apply(&self, exchange: &mut Exchange, account: AccountId, now: u64) -> bool {
        match self {
            Action::Cancel(order) => exchange.cancel(account, *order, now).is_ok(),
            Action::Place(request) => exchange.place(account, request, now).is_ok(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct MarketMaker {
    account: AccountId,
    quoting: Quoting,
    random: Random,
}

impl MarketMaker {
    pub(crate) fn new(seed: u64, account: AccountId, quoting: Quoting) -> MarketMaker {
        MarketMaker { account, quoting, random: Random::new(seed) }
    }

    /// Returns what brings the account's orders to where they should be at a reference price: cancels first. Where its
    /// money does not reach, the outer levels stay empty.
    pub(crate) fn decide(&mut self, exchange: &Exchange, reference: Price) -> Vec<Action> {
        let market = exchange.market(self.quoting.market);
        let open = exchange.open_orders(self.account);
        let mut open: Vec<OrderInfo<'_>> =
            open.into_iter().filter(|order| order.market == market.id()).collect();
        let mut missing = Vec::new();
        for target in self.targets(market, reference) {
            match open.iter().position(|order| self.is_kept(market, order, target)) {
                Some(place) => drop(open.swap_remove(place)),
                None => missing.push(target),
            }
        }
        // What is left of the open orders belongs to no target.
        let mut purse = Purse::of(exchange, self.account, market);
        open.iter().for_each(|order| purse.take_back(market, order));
        open.sort_by_key(|order| order.id);
        let mut actions: Vec<Action> = open.iter().map(|order| Action::Cancel(order.id)).collect();
        for (side, ticks) in missing {
            let lots = self.random.between(self.quoting.lots.0, self.quoting.lots.1);
            if purse.pay(market, side, ticks, lots) {
                actions.push(Action::Place(request(market, side, ticks, lots)));
            }
        }
        actions
    }

    /// Returns where orders should be, in ticks; from the best price outwards, the sides in turn.
    fn targets(&self, market: &Market, reference: Price) -> Vec<(Side, u64)> {
        let tick = market.spec().tick.get();
        let middle = reference.get() / tick;
        let below = self.quoting.spread / 2;
        let above = (self.quoting.spread - below).max(1);
        let is_price = |ticks: &u64| *ticks > 0 && ticks.checked_mul(tick).is_some();
        let mut targets = Vec::new();
        for level in 0..u64::from(self.quoting.levels) {
            let away = level.saturating_mul(self.quoting.gap.max(1));
            let bid = middle.checked_sub(below.saturating_add(away)).filter(is_price);
            let ask = middle.checked_add(above.saturating_add(away)).filter(is_price);
            targets.extend(bid.map(|ticks| (Side::Buy, ticks)));
            targets.extend(ask.map(|ticks| (Side::Sell, ticks)));
        }
        targets
    }

    fn is_kept(&self, market: &Market, order: &OrderInfo<'_>, (side, ticks): (Side, u64)) -> bool {
        let own = order.price.and_then(|price| market.ticks(price));
        order.side == side && own.is_some_and(|own| own.abs_diff(ticks) <= self.quoting.tolerance)
    }
}

fn request(market: &Market, side: Side, ticks: u64, lots: u64) -> OrderRequest<'static> {
    let (price, quantity) = (market.price(ticks), market.quantity(lots));
    let time_in_force = TimeInForce::GoodTilCancelled;
    let terms = Terms::Limit { price, quantity, time_in_force };
    OrderRequest { self_trade: Some(SelfTrade::ExpireMaker), ..OrderRequest::new(market.id(), side, terms) }
}

/// What there is to quote with, in smallest units.
struct Purse {
    base: u128,
    quote: u128,
}

impl Purse {
    fn of(exchange: &Exchange, account: AccountId, market: &Market) -> Purse {
        let free = |side| exchange.balance(account, market.paid(side)).free;
        Purse { base: free(Side::Sell), quote: free(Side::Buy) }
    }

    /// Notes what the end of an order frees.
    fn take_back(&mut self, market: &Market, order: &OrderInfo<'_>) {
        let rest = order.quantity.unwrap_or_default() - order.filled;
        match order.side {
            Side::Buy => {
                self.quote += order.price.and_then(|price| market.notional(price, rest)).unwrap_or_default();
            }
            Side::Sell => self.base += rest,
        }
    }

    /// Takes what an order needs, or returns that it is not there.
    fn pay(&mut self, market: &Market, side: Side, ticks: u64, lots: u64) -> bool {
        let (left, needed) = match side {
            Side::Buy => (&mut self.quote, market.worth(ticks, lots)),
            Side::Sell => (&mut self.base, Some(market.quantity(lots))),
        };
        match needed.and_then(|needed| left.checked_sub(needed)) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        }
    }
}
