//! What C2CX tells of its markets. It names the quote coin first: `BTC_SKY`.

use serde_json::{Value, json};

use super::super::engine::{DepthLevel, Market, MarketId};
use super::super::markets::{codes, find};
use super::super::venue::View;
use super::{ApiError, Outcome};

/// Prices of each side that are shown.
const LEVELS: usize = 100;

/// Returns the market of a symbol.
pub(super) fn market(view: &View<'_>, symbol: &str) -> Result<MarketId, ApiError> {
    let found = symbol.split_once('_').and_then(|(quote, base)| {
        let is_named =
            |own: &str, other: &str| own.eq_ignore_ascii_case(base) && other.eq_ignore_ascii_case(quote);
        find(&view.state.exchange, is_named)
    });
    found.ok_or_else(|| ApiError(400, format!("symbol not exists: {symbol}")))
}

pub(super) fn symbol(market: &Market) -> String {
    let (base, quote) = codes(market);
    format!("{quote}_{base}")
}

pub(super) fn book(view: &View<'_>, symbol: &str) -> Outcome {
    let market = market(view, symbol)?;
    let (scale, depth) = (view.scale(market), view.state.exchange.depth(market, LEVELS));
    let row = |level: &DepthLevel| json!([scale.price(level.price), scale.short_base(level.quantity)]);
    let rows = |levels: &[DepthLevel]| levels.iter().map(row).collect::<Value>();
    let timestamp = (view.clock / 1_000).to_string();
    Ok(json!({ "timestamp": timestamp, "bids": rows(&depth.bids), "asks": rows(&depth.asks) }))
}

pub(super) fn ticker(view: &View<'_>, symbol: &str) -> Outcome {
    let market = market(view, symbol)?;
    let (scale, ticker) = (view.scale(market), view.state.exchange.ticker(market, view.now));
    let best = |level: Option<DepthLevel>| scale.price_or_zero(level.map(|level| level.price));
    Ok(json!({
        "timestamp": (view.clock / 1_000).to_string(),
        "high": scale.price_or_zero(ticker.day.map(|day| day.high)),
        "last": scale.price_or_zero(ticker.last),
        "low": scale.price_or_zero(ticker.day.map(|day| day.low)),
        "buy": best(ticker.bid),
        "sell": best(ticker.ask),
        "volume": scale.short_base(ticker.day.map_or(0, |day| day.volume)),
    }))
}
