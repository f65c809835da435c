//! What Binance tells of its markets. Their names are both codes together: `SKYBTC`.

use serde_json::{Value, json};

use crate::serve::Parameters;

use super::super::engine::{Candle, DepthLevel, Market, MarketId, MarketState, Price, Side, Ticker};
use super::super::markets::{codes, find};
use super::super::venue::{ALL, View};
use super::Outcome;
use super::errors::ApiError;

/// Returns the market of the parameter `symbol`.
pub(super) fn market(view: &View<'_>, parameters: &Parameters) -> Result<MarketId, ApiError> {
    let name = parameters.get("symbol");
    if name.is_empty() {
        return Err(ApiError::mandatory("symbol"));
    }
    let is_named = |base: &str, quote: &str| name.strip_prefix(base) == Some(quote);
    find(&view.state.exchange, is_named).ok_or_else(|| ApiError::new(-1121, "Invalid symbol."))
}

pub(super) fn symbol(market: &Market) -> String {
    let (base, quote) = codes(market);
    format!("{base}{quote}")
}

pub(super) fn limit(parameters: &Parameters, (default, most): (usize, usize)) -> Result<usize, ApiError> {
    match parameters.get("limit") {
        "" => Ok(default),
        text => text.parse().map(|limit: usize| limit.min(most)).map_err(|_| ApiError::mandatory("limit")),
    }
}

pub(super) fn info(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let symbols: Vec<Value> = match parameters.get("symbol") {
        "" => view.state.exchange.markets().map(|market| row(view, market)).collect(),
        _ => vec![row(view, view.market(market(view, parameters)?))],
    };
    Ok(json!({
        "timezone": "UTC",
        "serverTime": view.clock,
        "rateLimits": [{
            "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": super::LIMIT,
        }],
        "exchangeFilters": [],
        "symbols": symbols,
    }))
}

fn row(view: &View<'_>, market: &Market) -> Value {
    let (base, quote) = codes(market);
    let (scale, spec) = (view.scale(market.id()), market.spec());
    let status = match market.state() {
        MarketState::Trading => "TRADING",
        MarketState::CancelOnly => "CANCEL_ONLY",
        MarketState::Gone => "BREAK",
    };
    json!({
        "symbol": symbol(market),
        "status": status,
        "baseAsset": base,
        "baseAssetPrecision": scale.base,
        "quoteAsset": quote,
        "quotePrecision": scale.quote,
        "quoteAssetPrecision": scale.quote,
        "baseCommissionPrecision": scale.base,
        "quoteCommissionPrecision": scale.quote,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"],
        "icebergAllowed": false,
        "quoteOrderQtyMarketAllowed": true,
        "isSpotTradingAllowed": true,
        "isMarginTradingAllowed": false,
        "filters": [
            {
                "filterType": "PRICE_FILTER", "minPrice": scale.price(spec.tick),
                "maxPrice": scale.price(Price::new(spec.tick.get() * 100_000_000)), "tickSize": scale.price(spec.tick),
            },
            {
                "filterType": "LOT_SIZE", "minQty": scale.base(spec.min_quantity),
                "maxQty": scale.base(spec.max_quantity), "stepSize": scale.base(spec.step),
            },
            {
                "filterType": "NOTIONAL", "minNotional": scale.quote(spec.min_notional), "applyMinToMarket": true,
                "maxNotional": scale.quote(spec.min_notional.saturating_mul(100_000_000)), "applyMaxToMarket": false,
                "avgPriceMins": 5,
            },
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"],
    })
}

pub(super) fn depth(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let depth = view.state.exchange.depth(market, limit(parameters, (100, 5_000))?);
    let scale = view.scale(market);
    let row = |level: &DepthLevel| json!([scale.price(level.price), scale.base(level.quantity)]);
    let rows = |levels: &[DepthLevel]| levels.iter().map(row).collect::<Value>();
    Ok(json!({ "lastUpdateId": depth.sequence, "bids": rows(&depth.bids), "asks": rows(&depth.asks) }))
}

pub(super) fn trades(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let (scale, most) = (view.scale(market), limit(parameters, (500, 1_000))?);
    let mut newest: Vec<Value> = view
        .state
        .exchange
        .trades(market, ALL)
        .rev()
        .take(most)
        .map(|trade| {
            json!({
                "id": trade.id.get(),
                "price": scale.price(trade.price),
                "qty": scale.base(trade.quantity),
                "quoteQty": scale.quote(trade.quote),
                "time": trade.time,
                "isBuyerMaker": trade.taker_side == Side::Sell,
                "isBestMatch": true,
            })
        })
        .collect();
    newest.reverse();
    Ok(json!(newest))
}

pub(super) fn candles(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let (scale, most) = (view.scale(market), limit(parameters, (500, 1_000))?);
    let length = match parameters.get("interval") {
        "1m" => 60_000,
        "5m" => 300_000,
        "1h" => 3_600_000,
        "1d" => 86_400_000,
        _ => return Err(ApiError::new(-1120, "Invalid interval.")),
    };
    let candles = view.state.exchange.candles(market, length).into_iter().flatten();
    let mut newest: Vec<Value> = candles
        .rev()
        .take(most)
        .map(|candle| {
            let Candle { start, open, high, low, close, volume, quote_volume, trades } = *candle;
            let [open, high, low, close] = [open, high, low, close].map(|price| scale.price(price));
            let (volume, quote) = (scale.base(volume), scale.quote(quote_volume));
            let taken = [scale.base(0), scale.quote(0)];
            json!([
                start,
                open,
                high,
                low,
                close,
                volume,
                start + length - 1,
                quote,
                trades,
                taken[0],
                taken[1],
                "0"
            ])
        })
        .collect();
    newest.reverse();
    Ok(json!(newest))
}

fn ticker(view: &View<'_>, market: MarketId) -> Ticker {
    view.state.exchange.ticker(market, view.now)
}

pub(super) fn day(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let (scale, ticker) = (view.scale(market), ticker(view, market));
    let day = ticker.day;
    let (bid, ask) = (ticker.bid, ticker.ask);
    let price = |level: Option<DepthLevel>| scale.price_or_zero(level.map(|level| level.price));
    let quantity = |level: Option<DepthLevel>| scale.base(level.map_or(0, |level| level.quantity));
    Ok(json!({
        "symbol": symbol(view.market(market)),
        "lastPrice": scale.price_or_zero(ticker.last),
        "bidPrice": price(bid),
        "bidQty": quantity(bid),
        "askPrice": price(ask),
        "askQty": quantity(ask),
        "openPrice": scale.price_or_zero(day.map(|day| day.open)),
        "highPrice": scale.price_or_zero(day.map(|day| day.high)),
        "lowPrice": scale.price_or_zero(day.map(|day| day.low)),
        "volume": scale.base(day.map_or(0, |day| day.volume)),
        "quoteVolume": scale.quote(day.map_or(0, |day| day.quote_volume)),
        "openTime": view.clock.saturating_sub(86_400_000),
        "closeTime": view.clock,
        "count": day.map_or(0, |day| day.trades),
    }))
}

pub(super) fn price(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let last = view.scale(market).price_or_zero(ticker(view, market).last);
    Ok(json!({ "symbol": symbol(view.market(market)), "price": last }))
}

pub(super) fn best(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let all = day(view, parameters)?;
    let fields = ["symbol", "bidPrice", "bidQty", "askPrice", "askQty"];
    Ok(fields.iter().map(|field| ((*field).to_owned(), all[*field].clone())).collect())
}
