//! Placing, finding and cancelling orders at Coinbase.

use serde_json::{Value, json};

use crate::serve::Parameters;

use super::super::amount::AmountError;
use super::super::engine::{
    AccountId, IdPolicy, MarketId, OrderId, OrderInfo, OrderRequest, PlaceError, Side, Terms, TimeInForce,
};
use super::super::scale::Scale;
use super::super::venue::View;
use super::ids::{self, IdKind};
use super::products::market;
use super::{ApiError, Outcome, shown};

pub(super) fn create(view: &mut View<'_>, account: AccountId, asked: &Value) -> Outcome {
    let name = text(asked, "client_order_id");
    if name.is_empty() {
        return Err(ApiError::argument("client_order_id is required"));
    }
    let market = market(view, text(asked, "product_id"))?;
    let side = match text(asked, "side") {
        "BUY" => Side::Buy,
        "SELL" => Side::Sell,
        _ => return Err(ApiError::argument("side is required")),
    };
    let configuration = &asked["order_configuration"];
    let terms = match terms(view.scale(market), configuration)? {
        Ok(terms) => terms,
        Err(name) => return Ok(failed(name, "Order size or price is not valid", configuration)),
    };
    let request = OrderRequest::new(market, side, terms).named(name, IdPolicy::ReturnsExisting);
    match view.place(account, &request) {
        Ok(placed) => {
            let response = json!({
                "order_id": ids::write(IdKind::Order, placed.order.get()),
                "product_id": text(asked, "product_id"),
                "side": text(asked, "side"),
                "client_order_id": name,
            });
            Ok(json!({
                "success": true, "failure_reason": "UNKNOWN_FAILURE_REASON", "order_id": response["order_id"],
                "success_response": response, "order_configuration": configuration,
            }))
        }
        Err(error) => {
            let (name, words) = reason(&error);
            Ok(failed(name, words, configuration))
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Returns an order that was not taken: the status is 200 all the same.
fn failed(name: &str, words: &str, configuration: &Value) -> Value {
    json!({
        "success": false,
        "failure_reason": "UNKNOWN_FAILURE_REASON",
        "order_id": "",
        "error_response": {
            "error": name,
            "message": words,
            "error_details": "",
            "preview_failure_reason": format!("PREVIEW_{name}"),
            "new_order_failure_reason": name,
        },
        "order_configuration": configuration,
    })
}

fn reason(error: &PlaceError) -> (&'static str, &'static str) {
    match error {
        PlaceError::NotTrading { .. } => ("ORDER_ENTRY_DISABLED", "Order entry is disabled for this product"),
        PlaceError::IdTaken { .. } => ("DUPLICATE_CLIENT_ORDER_ID", "Duplicate client_order_id"),
        PlaceError::Price { .. } => ("INVALID_PRICE_PRECISION", "Too many decimals in order price"),
        PlaceError::Step { .. } => ("INVALID_SIZE_PRECISION", "Too many decimals in order amount"),
        PlaceError::Quantity { quantity, min, .. } if quantity < min => {
            ("INVALID_BASE_SIZE_TOO_SMALL", "Order size is too small")
        }
        PlaceError::Quantity { .. } | PlaceError::OutOfRange { .. } => {
            ("INVALID_BASE_SIZE_TOO_LARGE", "Order size is too large")
        }
        PlaceError::Notional { .. } => ("INVALID_QUOTE_SIZE_TOO_SMALL", "Order size is too small"),
        PlaceError::Spend { .. } => ("INVALID_QUOTE_SIZE_TOO_LARGE", "Order size is too large"),
        PlaceError::SpendOnSell => ("UNSUPPORTED_ORDER_CONFIGURATION", "quote_size is for buys alone"),
        PlaceError::Balance { .. } => ("INSUFFICIENT_FUND", "Insufficient balance in source account"),
        PlaceError::WouldTake { .. } => ("INVALID_LIMIT_PRICE_POST_ONLY", "Post only order would match"),
    }
}

/// Reads what an order is to do; inside, the name of what is wrong with its amounts.
fn terms(scale: Scale, configuration: &Value) -> Result<Result<Terms, &'static str>, ApiError> {
    let fields = configuration.as_object().filter(|fields| fields.len() == 1);
    let (kind, values) = fields
        .and_then(|fields| fields.iter().next())
        .ok_or_else(|| ApiError::argument("order_configuration must have exactly one configuration"))?;
    let base = || scale.read_base(text(values, "base_size")).map_err(|error| wrong(error, "SIZE"));
    let limit = |time_in_force| {
        let price = scale.read_price(text(values, "limit_price")).map_err(|error| wrong(error, "PRICE"))?;
        Ok(Terms::Limit { price, quantity: base()?, time_in_force })
    };
    let is_post_only = values["post_only"] == true;
    let terms = match kind.as_str() {
        "market_market_ioc" | "market_market_fok" if !text(values, "quote_size").is_empty() => {
            let quote = scale.read_quote(text(values, "quote_size"));
            quote.map(|quote| Terms::MarketSpend { quote }).map_err(|error| wrong(error, "SIZE"))
        }
        "market_market_ioc" => base().map(|quantity| Terms::Market { quantity }),
        "limit_limit_gtc" if is_post_only => limit(TimeInForce::PostOnly),
        "limit_limit_gtc" => limit(TimeInForce::GoodTilCancelled),
        "limit_limit_fok" => limit(TimeInForce::FillOrKill),
        "sor_limit_ioc" => limit(TimeInForce::ImmediateOrCancel),
        _ => return Ok(Err("UNSUPPORTED_ORDER_CONFIGURATION")),
    };
    Ok(terms)
}

fn wrong(error: AmountError, what: &str) -> &'static str {
    match (error, what) {
        (AmountError::TooPrecise, "PRICE") => "INVALID_PRICE_PRECISION",
        (AmountError::TooPrecise, _) => "INVALID_SIZE_PRECISION",
        (AmountError::NoNumber, "PRICE") => "INVALID_LIMIT_PRICE",
        (AmountError::NoNumber, _) => "INVALID_ORDER_SIZE",
    }
}

fn order_id(text: &str) -> Option<OrderId> {
    ids::read(IdKind::Order, text).map(OrderId::new)
}

pub(super) fn cancel(view: &mut View<'_>, account: AccountId, asked: &Value) -> Outcome {
    let ids = asked["order_ids"].as_array().ok_or_else(|| ApiError::argument("order_ids is required"))?;
    let mut results = Vec::new();
    for id in ids {
        let done = order_id(id.as_str().unwrap_or_default()).map(|id| view.cancel(account, id));
        let reason = match done {
            Some(Ok(())) => "UNKNOWN_CANCEL_FAILURE_REASON",
            Some(Err(_)) | None => "UNKNOWN_CANCEL_ORDER",
        };
        let is_done = matches!(done, Some(Ok(())));
        results.push(json!({ "success": is_done, "failure_reason": reason, "order_id": id }));
    }
    Ok(json!({ "results": results }))
}

pub(super) fn get(view: &View<'_>, account: AccountId, id: &str) -> Outcome {
    let order = order_id(id).and_then(|id| view.order(account, id));
    let order =
        order.ok_or_else(|| ApiError::missing(format!("order with this orderID was not found: {id}")))?;
    Ok(json!({ "order": shown::order(view, &order) }))
}

/// Returns all values of a parameter that can stand more than once.
fn values<'a>(parameters: &'a Parameters, name: &str) -> Vec<&'a str> {
    let named = parameters.all().iter().filter(|(known, _)| known == name);
    named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()).collect()
}

/// Returns the markets of the parameters `product_id` and `product_ids`.
fn wanted(view: &View<'_>, parameters: &Parameters) -> Result<Vec<MarketId>, ApiError> {
    let names = [values(parameters, "product_id"), values(parameters, "product_ids")].concat();
    names.into_iter().map(|name| market(view, name)).collect()
}

pub(super) fn list(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let (markets, statuses) = (wanted(view, parameters)?, values(parameters, "order_status"));
    let limit = parameters.get("limit").parse().unwrap_or(1_000).max(1);
    let offset: usize = parameters.get("cursor").parse().unwrap_or(0);
    let is_wanted = |order: &OrderInfo<'_>| {
        (markets.is_empty() || markets.contains(&order.market))
            && (statuses.is_empty() || statuses.contains(&shown::status(order)))
    };
    let page = view.state.exchange.page(account, is_wanted, (offset, limit));
    let end = offset + page.orders.len();
    let has_next = end < page.total;
    let orders: Value = page.orders.iter().map(|order| shown::order(view, order)).collect();
    let cursor = if has_next { end.to_string() } else { String::new() };
    Ok(json!({ "orders": orders, "sequence": "0", "has_next": has_next, "cursor": cursor }))
}

pub(super) fn fills(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let markets = wanted(view, parameters)?;
    let orders = [values(parameters, "order_id"), values(parameters, "order_ids")].concat();
    let orders: Vec<Option<OrderId>> = orders.into_iter().map(order_id).collect();
    let limit = parameters.get("limit").parse().unwrap_or(100).max(1);
    let offset: usize = parameters.get("cursor").parse().unwrap_or(0);
    let mut all = view.all_fills(account, None);
    all.retain(|fill| {
        (markets.is_empty() || markets.contains(&fill.market))
            && (orders.is_empty() || orders.contains(&Some(fill.order)))
    });
    let page: Vec<Value> =
        all.iter().rev().skip(offset).take(limit).map(|fill| shown::fill(view, fill)).collect();
    let end = offset + page.len();
    let cursor = if end < all.len() { end.to_string() } else { String::new() };
    Ok(json!({ "fills": page, "cursor": cursor }))
}
