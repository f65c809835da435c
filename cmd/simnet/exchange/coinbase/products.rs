//! What Coinbase tells of its markets: `SKY-BTC`.

use serde_json::{Value, json};

use crate::serve::Parameters;

use super::super::clock::rfc3339;
use super::super::engine::{DepthLevel, Market, MarketId, MarketState, Side};
use super::super::markets::{codes, find};
use super::super::venue::{ALL, View};
use super::{ApiError, Outcome};

pub(super) fn time(view: &View<'_>) -> Value {
    json!({
        "iso": rfc3339(view.clock),
        "epochSeconds": (view.clock / 1_000).to_string(),
        "epochMillis": view.clock.to_string(),
    })
}

/// Returns the market of a name.
pub(super) fn market(view: &View<'_>, name: &str) -> Result<MarketId, ApiError> {
    let is_named = |base: &str, quote: &str| name.split_once('-') == Some((base, quote));
    let found = find(&view.state.exchange, is_named);
    found.ok_or_else(|| ApiError::argument(format!("ProductID \"{name}\" could not be found.")))
}

pub(super) fn answer(view: &View<'_>, parts: &[&str], parameters: &Parameters) -> Outcome {
    match parts {
        ["products"] => {
            let all: Vec<Value> = view.state.exchange.markets().map(|market| product(view, market)).collect();
            Ok(json!({ "num_products": all.len(), "products": all }))
        }
        ["products", name] => Ok(product(view, view.market(market(view, name)?))),
        ["products", name, "ticker"] => ticker(view, market(view, name)?, parameters),
        ["product_book"] => {
            let market = market(view, parameters.get("product_id"))?;
            let limit = parameters.get("limit").parse().unwrap_or(100);
            Ok(json!({ "pricebook": book(view, market, limit) }))
        }
        ["best_bid_ask"] => {
            let named = parameters.all().iter().filter(|(name, _)| name == "product_ids");
            let books = named.map(|(_, name)| Ok(book(view, market(view, name)?, 1)));
            Ok(json!({ "pricebooks": books.collect::<Result<Value, ApiError>>()? }))
        }
        _ => Err(ApiError::missing("no such path")),
    }
}

fn book(view: &View<'_>, market: MarketId, levels: usize) -> Value {
    let (scale, depth) = (view.scale(market), view.state.exchange.depth(market, levels));
    let row = |level: &DepthLevel| {
        let (price, size) = (scale.price(level.price), scale.short_base(level.quantity));
        json!({ "price": price, "size": size })
    };
    let rows = |levels: &[DepthLevel]| levels.iter().map(row).collect::<Value>();
    json!({
        "product_id": view.market(market).spec().name,
        "bids": rows(&depth.bids),
        "asks": rows(&depth.asks),
        "time": rfc3339(view.clock),
    })
}

/// Returns what a coin is called in full.
pub(super) fn coin_name(view: &View<'_>, code: &str) -> String {
    match (code, view.network(code).as_str()) {
        ("USDT", _) => "Tether".to_owned(),
        ("SKY", "Ethereum") => "Sky".to_owned(),
        ("SKY", _) => "Skycoin".to_owned(),
        (_, network) => network.to_owned(),
    }
}

fn product(view: &View<'_>, market: &Market) -> Value {
    let ((base, quote), scale, spec) = (codes(market), view.scale(market.id()), market.spec());
    let ticker = view.state.exchange.ticker(market.id(), view.now);
    let (is_open, is_there) = (market.state() == MarketState::Trading, market.state() != MarketState::Gone);
    json!({
        "product_id": spec.name,
        "price": ticker.last.map_or_else(String::new, |price| scale.price(price)),
        "volume_24h": scale.short_base(ticker.day.map_or(0, |day| day.volume)),
        "approximate_quote_24h_volume": scale.short_quote(ticker.day.map_or(0, |day| day.quote_volume)),
        "base_increment": scale.short_base(spec.step),
        "quote_increment": scale.short_quote(1),
        "price_increment": scale.price(spec.tick),
        "quote_min_size": scale.short_quote(spec.min_notional),
        "quote_max_size": scale.short_quote(spec.min_notional.saturating_mul(100_000_000)),
        "base_min_size": scale.short_base(spec.min_quantity),
        "base_max_size": scale.short_base(spec.max_quantity),
        "base_name": coin_name(view, base),
        "quote_name": coin_name(view, quote),
        "watched": false,
        "is_disabled": !is_there,
        "new": false,
        "status": if is_there { "online" } else { "delisted" },
        "cancel_only": market.state() == MarketState::CancelOnly,
        "limit_only": false,
        "post_only": false,
        "trading_disabled": !is_open,
        "auction_mode": false,
        "product_type": "SPOT",
        "quote_currency_id": quote,
        "base_currency_id": base,
        "base_display_symbol": base,
        "quote_display_symbol": quote,
        "view_only": false,
        "alias": "",
        "alias_to": [],
        "product_venue": "CBE",
    })
}

fn ticker(view: &View<'_>, market: MarketId, parameters: &Parameters) -> Outcome {
    let (scale, limit) = (view.scale(market), parameters.get("limit").parse().unwrap_or(100));
    let ticker = view.state.exchange.ticker(market, view.now);
    let newest = view.state.exchange.trades(market, ALL).rev().take(limit);
    let rows = newest.map(|trade| {
        // Coinbase tells the side of the one that was there first.
        let side = match trade.taker_side {
            Side::Buy => "SELL",
            Side::Sell => "BUY",
        };
        json!({
            "trade_id": trade.id.to_string(),
            "product_id": view.market(market).spec().name,
            "price": scale.price(trade.price),
            "size": scale.short_base(trade.quantity),
            "time": rfc3339(trade.time),
            "side": side,
        })
    });
    let best = |level: Option<DepthLevel>| level.map_or_else(String::new, |level| scale.price(level.price));
    let trades: Value = rows.collect();
    Ok(json!({ "trades": trades, "best_bid": best(ticker.bid), "best_ask": best(ticker.ask) }))
}
