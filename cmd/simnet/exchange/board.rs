//! A market as a person looks at it: for the page of the control API, which asks every second.

use serde::Deserialize;
use serde_json::{Value, json};

use super::amount::{decimal, short};
use super::clock;
use super::directions::{DirectionError, Outcome, balances, market, named, shown_state};
use super::engine::{
    AccountId, Candle, DepthLevel, Exchange, MarketId, OrderInfo, OrderKind, OrderState, Side, Trade,
};
use super::scale::Scale;
use super::state::{FIRST, State};
use super::venue::{ALL, House};

/// How much of everything there is to see.
const LEVELS: usize = 15;
const TRADES: usize = 30;
const CANDLES: usize = 500;
const ORDERS: usize = 20;

/// Seconds of the candles that the engine keeps.
const INTERVALS: [u64; 4] = [60, 300, 3_600, 86_400];

/// What somebody looks at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Look {
    #[serde(default = "minute")]
    interval: u64,
    #[serde(default = "first")]
    account: String,
}

fn minute() -> u64 {
    INTERVALS[0]
}

fn first() -> String {
    FIRST.to_owned()
}

impl House {
    /// Returns the names of all markets.
    pub(crate) fn markets(&self) -> Value {
        names(&self.state().exchange)
    }

    /// Returns a market with its book, its last trades and its candles, and what an account has.
    pub(crate) fn board(&self, name: &str, look: &Look) -> Outcome {
        let state = self.state();
        let (id, account) = (market(&state, name)?, named(&state, &look.account)?);
        let exchange = &state.exchange;
        let (scale, spec, depth) =
            (Scale::of(exchange, id), exchange.market(id).spec(), exchange.depth(id, LEVELS));
        let code = |asset| &exchange.asset(asset).code;
        let levels = |levels: &[DepthLevel]| levels.iter().map(|level| row(scale, level)).collect::<Value>();
        Ok(json!({
            "time": clock::millis(), "markets": names(exchange), "market": spec.name,
            "state": shown_state(exchange.market(id).state()),
            "base": code(spec.base), "quote": code(spec.quote), "price_decimals": spec.price_decimals,
            "tick": scale.price(spec.tick), "step": scale.short_base(spec.step),
            "least": scale.short_base(spec.min_quantity), "least_worth": scale.short_quote(spec.min_notional),
            "day": day(exchange, id, scale),
            "bids": levels(&depth.bids), "asks": levels(&depth.asks),
            "trades": exchange.trades(id, ALL).rev().take(TRADES).map(|trade| traded(scale, trade)).collect::<Value>(),
            "interval": look.interval, "intervals": INTERVALS,
            "candles": candles(exchange, id, look.interval).ok_or(DirectionError::Interval(look.interval))?,
            "account": look.account, "balances": balances(&state, account), "orders": orders(&state, account),
        }))
    }
}

fn names(exchange: &Exchange) -> Value {
    exchange.markets().map(|market| json!(market.spec().name)).collect()
}

/// Price, quantity, number of orders.
fn row(scale: Scale, level: &DepthLevel) -> Value {
    json!([scale.price(level.price), scale.short_base(level.quantity), level.orders])
}

fn shown_side(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

fn day(exchange: &Exchange, market: MarketId, scale: Scale) -> Value {
    let ticker = exchange.ticker(market, clock::millis());
    let last = ticker.last.map(|price| scale.price(price));
    let Some(Candle { open, high, low, volume, trades, .. }) = ticker.day else {
        return json!({ "last": last });
    };
    let [open, high, low] = [open, high, low].map(|price| scale.price(price));
    let volume = scale.short_base(volume);
    json!({ "last": last, "open": open, "high": high, "low": low, "volume": volume, "trades": trades })
}

fn traded(scale: Scale, trade: &Trade) -> Value {
    json!({
        "id": trade.id.get(), "time": trade.time, "side": shown_side(trade.taker_side),
        "price": scale.price(trade.price), "quantity": scale.short_base(trade.quantity),
    })
}

/// Seconds, open, high, low, close, volume; oldest first.
fn candles(exchange: &Exchange, market: MarketId, interval: u64) -> Option<Value> {
    let scale = Scale::of(exchange, market);
    let candles = exchange.candles(market, interval.checked_mul(1_000)?)?;
    let mut newest: Vec<Value> = candles
        .rev()
        .take(CANDLES)
        .map(|candle| {
            let Candle { start, open, high, low, close, volume, .. } = *candle;
            let [open, high, low, close] = [open, high, low, close].map(|price| scale.price(price));
            json!([start / 1_000, open, high, low, close, scale.short_base(volume)])
        })
        .collect();
    newest.reverse();
    Some(json!(newest))
}

/// The newest orders of an account in all markets, newest first.
fn orders(state: &State, account: AccountId) -> Value {
    state.exchange.orders(account, None).take(ORDERS).map(|order| shown(&state.exchange, &order)).collect()
}

fn shown(exchange: &Exchange, order: &OrderInfo<'_>) -> Value {
    let (scale, spec) = (Scale::of(exchange, order.market), exchange.market(order.market).spec());
    let fee = exchange.asset(order.fee_asset);
    let state = match order.state {
        OrderState::Open => "open",
        OrderState::PartlyFilled => "partly filled",
        OrderState::Filled => "filled",
        OrderState::Cancelled => "cancelled",
        OrderState::Expired(_) => "expired",
        OrderState::Rejected(_) => "rejected",
    };
    let kind = match order.kind {
        OrderKind::Limit(_) => "limit",
        OrderKind::Market | OrderKind::MarketSpend => "market",
    };
    json!({
        "id": order.id.get(), "client_id": order.client_id, "market": spec.name, "time": order.created,
        "side": shown_side(order.side), "kind": kind, "state": state, "is_open": !order.state.is_final(),
        "price": order.price.map(|price| scale.price(price)),
        "quantity": order.quantity.map(|quantity| scale.short_base(quantity)),
        "spend": order.spend.map(|spend| short(spend, scale.quote)),
        "filled": scale.short_base(order.filled), "filled_quote": scale.short_quote(order.filled_quote),
        "fee": decimal(order.fee, fee.decimals), "fee_asset": fee.code,
    })
}
