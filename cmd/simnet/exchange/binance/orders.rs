//! Placing, finding and cancelling orders at Binance.

use serde_json::{Value, json};

use crate::serve::Parameters;

use super::super::amount::AmountError;
use super::super::engine::{
    AccountId, IdPolicy, MarketId, OrderId, OrderInfo, OrderRequest, SelfTrade, Side, Terms, TimeInForce,
};
use super::super::scale::Scale;
use super::super::venue::View;
use super::Outcome;
use super::errors::ApiError;
use super::markets::{limit, market};
use super::shown;

pub(super) fn place(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let request = request(view, parameters)?;
    let placed = view.place(account, &request)?;
    let order = view.order(account, placed.order);
    let order = order.ok_or_else(|| ApiError::new(-2013, "Order does not exist."))?;
    let full = shown::placed(view, &order);
    let is_told = |field: &str| match parameters.get("newOrderRespType") {
        "ACK" => ["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"].contains(&field),
        "RESULT" => field != "fills",
        _ => true,
    };
    let fields = full.as_object().into_iter().flatten().filter(|(field, _)| is_told(field));
    Ok(fields.map(|(field, value)| (field.clone(), value.clone())).collect())
}

pub(super) fn test(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let request = request(view, parameters)?;
    view.validate(account, &request)?;
    Ok(json!({}))
}

fn request<'a>(view: &View<'_>, parameters: &'a Parameters) -> Result<OrderRequest<'a>, ApiError> {
    let market = market(view, parameters)?;
    let side = match parameters.get("side") {
        "BUY" => Side::Buy,
        "SELL" => Side::Sell,
        "" => return Err(ApiError::mandatory("side")),
        _ => return Err(ApiError::new(-1117, "Invalid side.")),
    };
    let mut request = OrderRequest::new(market, side, terms(view.scale(market), parameters)?);
    request.self_trade = Some(match parameters.get("selfTradePreventionMode") {
        "" | "NONE" => SelfTrade::Allow,
        "EXPIRE_TAKER" => SelfTrade::ExpireTaker,
        "EXPIRE_MAKER" => SelfTrade::ExpireMaker,
        "EXPIRE_BOTH" => SelfTrade::ExpireBoth,
        _ => {
            return Err(ApiError::new(
                -1013,
                "This symbol does not allow the specified self-trade prevention mode.",
            ));
        }
    });
    match parameters.get("newClientOrderId") {
        "" => Ok(request),
        id if is_id(id) => Ok(request.named(id, IdPolicy::UniqueAmongOpen)),
        _ => {
            let words = "Illegal characters found in parameter 'newClientOrderId'; legal range is \
                         '^[a-zA-Z0-9-_]{1,36}$'.";
            Err(ApiError::new(-1100, words))
        }
    }
}

fn is_id(id: &str) -> bool {
    id.len() <= 36 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn terms(scale: Scale, parameters: &Parameters) -> Result<Terms, ApiError> {
    let given = |name: &'static str| match parameters.get(name) {
        "" => Err(ApiError::mandatory(name)),
        text => Ok((name, text)),
    };
    let quantity = || given("quantity").and_then(|(name, text)| read(name, scale.read_base(text)));
    let limit = |time_in_force| {
        let price = given("price").and_then(|(name, text)| read(name, scale.read_price(text)))?;
        Ok(Terms::Limit { price, quantity: quantity()?, time_in_force })
    };
    match (parameters.get("type"), parameters.get("timeInForce")) {
        ("LIMIT", "GTC") => limit(TimeInForce::GoodTilCancelled),
        ("LIMIT", "IOC") => limit(TimeInForce::ImmediateOrCancel),
        ("LIMIT", "FOK") => limit(TimeInForce::FillOrKill),
        ("LIMIT", "") => Err(ApiError::mandatory("timeInForce")),
        ("LIMIT", _) => Err(ApiError::new(-1115, "Invalid timeInForce.")),
        ("LIMIT_MAKER", "") => limit(TimeInForce::PostOnly),
        ("MARKET", "") => match (parameters.get("quantity"), parameters.get("quoteOrderQty")) {
            ("", "") => Err(ApiError::new(
                -1102,
                "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
            )),
            (_, "") => Ok(Terms::Market { quantity: quantity()? }),
            ("", text) => Ok(Terms::MarketSpend { quote: read("quoteOrderQty", scale.read_quote(text))? }),
            _ => Err(ApiError::new(-1128, "Combination of optional parameters invalid.")),
        },
        ("MARKET" | "LIMIT_MAKER", _) => {
            Err(ApiError::new(-1106, "Parameter 'timeInForce' sent when not required."))
        }
        ("", _) => Err(ApiError::mandatory("type")),
        _ => Err(ApiError::new(-1116, "Invalid orderType.")),
    }
}

fn read<T>(name: &str, amount: Result<T, AmountError>) -> Result<T, ApiError> {
    amount.map_err(|error| match error {
        AmountError::TooPrecise => {
            ApiError::new(-1111, format!("Parameter '{name}' has too much precision."))
        }
        AmountError::NoNumber => {
            let legal = r"^([0-9]{1,20})(\.[0-9]{1,20})?$";
            let words = format!("Illegal characters found in parameter '{name}'; legal range is '{legal}'.");
            ApiError::new(-1100, words)
        }
    })
}

/// Returns the order that is named by its id or by its client's.
fn named<'a>(
    view: &'a View<'_>,
    account: AccountId,
    market: MarketId,
    parameters: &Parameters,
) -> Result<Option<OrderInfo<'a>>, ApiError> {
    let found = match (parameters.get("orderId"), parameters.get("origClientOrderId")) {
        ("", "") => {
            let words = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!";
            return Err(ApiError::new(-1102, words));
        }
        ("", name) => {
            view.state.exchange.orders_by_client_id(account, name).find(|order| order.market == market)
        }
        (id, _) => id.parse().ok().and_then(|id| view.order(account, OrderId::new(id))),
    };
    Ok(found.filter(|order| order.market == market))
}

pub(super) fn query(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let order = named(view, account, market, parameters)?;
    let order = order.ok_or_else(|| ApiError::new(-2013, "Order does not exist."))?;
    Ok(shown::order(view, &order))
}

pub(super) fn cancel(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let unknown = || ApiError::new(-2011, "Unknown order sent.");
    let id = named(view, account, market, parameters)?.map(|order| order.id).ok_or_else(unknown)?;
    view.cancel(account, id).map_err(|_| unknown())?;
    cancelled(view, account, id).ok_or_else(unknown)
}

fn cancelled(view: &View<'_>, account: AccountId, id: OrderId) -> Option<Value> {
    let order = view.order(account, id)?;
    let mut shown = shown::order(view, &order);
    shown["origClientOrderId"] = json!(shown::client_id(&order));
    shown["transactTime"] = json!(order.updated);
    // A cancel has a name of its own.
    shown["clientOrderId"] = json!(format!("cancel{id}"));
    Some(shown)
}

pub(super) fn cancel_all(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let open = view.state.exchange.open_orders(account);
    let ids: Vec<OrderId> =
        open.iter().filter(|order| order.market == market).map(|order| order.id).collect();
    let mut all = Vec::new();
    for id in ids {
        let done = view.cancel(account, id).ok().and_then(|()| cancelled(view, account, id));
        all.extend(done);
    }
    if all.is_empty() { Err(ApiError::new(-2011, "Unknown order sent.")) } else { Ok(json!(all)) }
}

pub(super) fn open(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let wanted = match parameters.get("symbol") {
        "" => None,
        _ => Some(market(view, parameters)?),
    };
    let mut open = view.state.exchange.open_orders(account);
    open.retain(|order| wanted.is_none_or(|market| order.market == market));
    Ok(open.iter().rev().map(|order| shown::order(view, order)).collect())
}

pub(super) fn all(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let most = limit(parameters, (500, 1_000))?;
    let from: Option<u64> = parameters.get("orderId").parse().ok();
    let orders = view.state.exchange.orders(account, None);
    let wanted =
        orders.filter(|order| order.market == market && from.is_none_or(|from| order.id.get() >= from));
    let mut newest: Vec<_> = wanted.collect();
    newest.reverse();
    // With an id, those from it on; without one, the newest.
    let skipped = if from.is_some() { 0 } else { newest.len().saturating_sub(most) };
    Ok(newest.iter().skip(skipped).take(most).map(|order| shown::order(view, order)).collect())
}
