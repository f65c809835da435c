//! What Kraken tells of its markets.

use serde_json::{Map, Value, json};

use crate::serve::Parameters;

use super::super::clock::rfc3339;
use super::super::engine::{DepthLevel, Market, MarketId, MarketState, Side};
use super::super::markets::codes;
use super::super::venue::{ALL, View};
use super::names;
use super::{ApiError, Outcome};

/// Returns seconds with decimal places, as Kraken tells moments.
pub(super) fn seconds(millis: u64) -> Value {
    let text = format!("{}.{:03}", millis / 1_000, millis % 1_000);
    text.parse().map_or(Value::Null, Value::Number)
}

pub(super) fn time(view: &View<'_>) -> Value {
    json!({ "unixtime": view.clock / 1_000, "rfc1123": rfc3339(view.clock) })
}

pub(super) fn status(view: &View<'_>) -> Value {
    json!({ "status": "online", "timestamp": rfc3339(view.clock) })
}

pub(super) fn assets(view: &View<'_>) -> Value {
    let exchange = &view.state.exchange;
    let row = |id| {
        let asset = exchange.asset(id);
        let value = json!({
            "aclass": "currency",
            "altname": names::short(&asset.code),
            "decimals": asset.decimals,
            "display_decimals": asset.decimals.min(8),
            "status": "enabled",
        });
        (names::long(&asset.code), value)
    };
    Value::Object(exchange.asset_ids().map(row).collect())
}

/// Returns the markets of the parameter `pair`, which are those of all where it is missing.
fn wanted(view: &View<'_>, parameters: &Parameters) -> Result<Vec<MarketId>, ApiError> {
    match parameters.get("pair") {
        "" => Ok(view.state.exchange.markets().map(Market::id).collect()),
        names => names.split(',').map(|name| names::market(view, name)).collect(),
    }
}

pub(super) fn pairs(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let row = |id: MarketId| (names::pair(view, id), pair(view, view.market(id)));
    Ok(Value::Object(wanted(view, parameters)?.into_iter().map(row).collect()))
}

fn pair(view: &View<'_>, market: &Market) -> Value {
    let ((base, quote), scale, spec) = (codes(market), view.scale(market.id()), market.spec());
    let status = match market.state() {
        MarketState::Trading => "online",
        MarketState::CancelOnly => "cancel_only",
        MarketState::Gone => "maintenance",
    };
    json!({
        "altname": names::pair(view, market.id()),
        "wsname": names::with_slash(view, market.id()),
        "aclass_base": "currency",
        "base": names::long(base),
        "aclass_quote": "currency",
        "quote": names::long(quote),
        "lot": "unit",
        "cost_decimals": scale.quote,
        "pair_decimals": scale.price,
        "lot_decimals": places(spec.step, scale.base),
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, "0.40"]],
        "fees_maker": [[0, "0.25"]],
        "fee_volume_currency": "ZUSD",
        "ordermin": scale.short_base(spec.min_quantity),
        "costmin": scale.short_quote(spec.min_notional),
        "tick_size": scale.price(spec.tick),
        "status": status,
    })
}

/// Returns how many decimal places a multiple of the step has.
fn places(step: u128, decimals: u8) -> u8 {
    let zeros = step.checked_ilog10().unwrap_or_default();
    decimals.saturating_sub(u8::try_from(zeros).unwrap_or_default())
}

pub(super) fn ticker(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let mut all = Map::new();
    for market in wanted(view, parameters)? {
        let (scale, ticker) = (view.scale(market), view.state.exchange.ticker(market, view.now));
        let best = |level: Option<DepthLevel>| {
            let quantity = level.map_or(0, |level| level.quantity);
            json!([scale.price_or_zero(level.map(|level| level.price)), "1", scale.base(quantity)])
        };
        let (high, low) = (ticker.day.map(|day| day.high), ticker.day.map(|day| day.low));
        let twice = |value: Value| json!([value, value]);
        let value = json!({
            "a": best(ticker.ask),
            "b": best(ticker.bid),
            "c": [scale.price_or_zero(ticker.last), scale.base(0)],
            "v": twice(json!(scale.base(ticker.day.map_or(0, |day| day.volume)))),
            "p": twice(json!(scale.price_or_zero(ticker.last))),
            "t": twice(json!(ticker.day.map_or(0, |day| day.trades))),
            "l": twice(json!(scale.price_or_zero(low))),
            "h": twice(json!(scale.price_or_zero(high))),
            "o": scale.price_or_zero(ticker.day.map(|day| day.open)),
        });
        all.insert(names::pair(view, market), value);
    }
    Ok(Value::Object(all))
}

pub(super) fn depth(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let market = names::market(view, parameters.get("pair"))?;
    let count = parameters.get("count").parse().unwrap_or(100).min(500);
    let (scale, depth) = (view.scale(market), view.state.exchange.depth(market, count));
    let time = view.clock / 1_000;
    let row = |level: &DepthLevel| json!([scale.price(level.price), scale.base(level.quantity), time]);
    let rows = |levels: &[DepthLevel]| levels.iter().map(row).collect::<Value>();
    Ok(json!({ names::pair(view, market): { "asks": rows(&depth.asks), "bids": rows(&depth.bids) } }))
}

pub(super) fn trades(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let market = names::market(view, parameters.get("pair"))?;
    let (scale, count) = (view.scale(market), parameters.get("count").parse().unwrap_or(1_000).min(1_000));
    let newest = view.state.exchange.trades(market, ALL).rev().take(count);
    let mut rows: Vec<Value> = newest
        .map(|trade| {
            let side = match trade.taker_side {
                Side::Buy => "b",
                Side::Sell => "s",
            };
            let (price, volume) = (scale.price(trade.price), scale.base(trade.quantity));
            json!([price, volume, seconds(trade.time), side, "m", "", trade.id.get()])
        })
        .collect();
    rows.reverse();
    let last = format!("{}000000", view.clock);
    Ok(json!({ names::pair(view, market): rows, "last": last }))
}
