//! Placing, finding and cancelling orders at Kraken.

use serde_json::{Map, Value, json};

use crate::serve::Parameters;

use super::super::amount::AmountError;
use super::super::clock;
use super::super::engine::{
    AccountId, FeeCoin, IdPolicy, MarketId, OrderInfo, OrderRequest, SelfTrade, Side, Terms, TimeInForce,
};
use super::super::scale::Scale;
use super::super::venue::View;
use super::names;
use super::shown::{self, gross};
use super::{ApiError, Outcome};

/// Orders of a page.
const PAGE: usize = 50;

pub(super) fn add(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    in_time(view, parameters.get("deadline"))?;
    let market = names::market(view, parameters.get("pair"))?;
    let side = match parameters.get("type") {
        "buy" => Side::Buy,
        "sell" => Side::Sell,
        _ => return Err(ApiError::argument("type")),
    };
    let name = names::with_slash(view, market);
    let terms = terms((&name, view.scale(market)), side, parameters)?;
    let mut request = OrderRequest::new(market, side, terms);
    let reference = reference(parameters)?;
    match (parameters.get("cl_ord_id"), &reference) {
        ("", None) => {}
        ("", Some(reference)) => request = request.named(reference, IdPolicy::NotEnforced),
        (id, None) if is_id(id) => request = request.named(id, IdPolicy::UniqueAmongOpen),
        _ => return Err(ApiError::argument("cl_ord_id")),
    }
    request.self_trade = Some(match parameters.get("stptype") {
        "" | "cancel-newest" => SelfTrade::ExpireTaker,
        "cancel-oldest" => SelfTrade::ExpireMaker,
        "cancel-both" => SelfTrade::ExpireBoth,
        _ => return Err(ApiError::argument("stptype")),
    });
    view.fee_coin = flags(parameters).find_map(|flag| match flag {
        "fcib" => Some(FeeCoin::Base),
        "fciq" => Some(FeeCoin::Quote),
        _ => None,
    });
    let descr = json!({ "order": words(view, market, parameters) });
    if parameters.get("validate") == "true" {
        view.validate(account, &request)?;
        return Ok(json!({ "descr": descr }));
    }
    let placed = view.place(account, &request)?;
    let mut result = json!({ "descr": descr, "txid": [names::order(placed.order)] });
    if let Some(client_id) = request.client_id.filter(|_| reference.is_none()) {
        result["cl_ord_id"] = json!(client_id.id);
    }
    Ok(result)
}

/// Returns the number that an order is marked with, and any number of others too; it is kept as a name.
fn reference(parameters: &Parameters) -> Result<Option<String>, ApiError> {
    match parameters.get("userref") {
        "" => Ok(None),
        text => {
            let number: i32 = text.parse().map_err(|_| ApiError::argument("userref"))?;
            Ok(Some(format!("{}{number}", shown::REFERENCE)))
        }
    }
}

fn flags(parameters: &Parameters) -> impl Iterator<Item = &str> {
    parameters.get("oflags").split(',')
}

/// A text of up to 18 characters, or a UUID with or without dashes.
fn is_id(id: &str) -> bool {
    let is_uuid =
        [32, 36].contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_uuid || (id.len() <= 18 && id.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// A request is not matched after its deadline, however late it gets that far.
fn in_time(view: &View<'_>, deadline: &str) -> Result<(), ApiError> {
    if deadline.is_empty() {
        return Ok(());
    }
    let deadline = clock::read_rfc3339(deadline).ok_or_else(|| ApiError::argument("deadline"))?;
    let now = view.now.saturating_sub(view.habits.stale_clock);
    if now > deadline { Err(ApiError::new("EService:Deadline elapsed")) } else { Ok(()) }
}

fn terms((name, scale): (&str, Scale), side: Side, parameters: &Parameters) -> Result<Terms, ApiError> {
    let volume = || scale.read_base(parameters.get("volume")).map_err(|_| ApiError::argument("volume"));
    let has = |flag: &str| flags(parameters).any(|known| known == flag);
    match (parameters.get("ordertype"), parameters.get("timeinforce")) {
        ("market", "" | "GTC" | "IOC") if has("viqc") && side == Side::Sell => {
            Err(ApiError::argument("oflags"))
        }
        ("market", "" | "GTC" | "IOC") if has("viqc") => {
            let volume = scale.read_quote(parameters.get("volume"));
            // The fee comes on top of the volume.
            Ok(Terms::MarketSpend { quote: gross(volume.map_err(|_| ApiError::argument("volume"))?) })
        }
        ("market", "" | "GTC" | "IOC") => Ok(Terms::Market { quantity: volume()? }),
        ("limit", force) => {
            let price = scale.read_price(parameters.get("price")).map_err(|error| match error {
                AmountError::TooPrecise => {
                    let words = format!("{name} price can only be specified up to {} decimals.", scale.price);
                    ApiError::new(format!("EOrder:Invalid price:{words}"))
                }
                AmountError::NoNumber => ApiError::argument("price"),
            })?;
            let time_in_force = match force {
                "" | "GTC" if has("post") => TimeInForce::PostOnly,
                "" | "GTC" => TimeInForce::GoodTilCancelled,
                "IOC" => TimeInForce::ImmediateOrCancel,
                "FOK" => TimeInForce::FillOrKill,
                _ => return Err(ApiError::argument("timeinforce")),
            };
            Ok(Terms::Limit { price, quantity: volume()?, time_in_force })
        }
        ("market", _) => Err(ApiError::argument("timeinforce")),
        _ => Err(ApiError::argument("ordertype")),
    }
}

fn words(view: &View<'_>, market: MarketId, parameters: &Parameters) -> String {
    let (side, volume) = (parameters.get("type"), parameters.get("volume"));
    let price = match parameters.get("ordertype") {
        "limit" => format!("limit {}", parameters.get("price")),
        kind => kind.to_owned(),
    };
    format!("{side} {volume} {} @ {price}", names::pair(view, market))
}

pub(super) fn cancel(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let unknown = || ApiError::new("EOrder:Unknown order");
    let by_id = [parameters.get("cl_ord_id"), parameters.get("txid")].into_iter().find_map(|name| {
        let open = view.state.exchange.open_orders(account);
        let is_it = |order: &&OrderInfo<'_>| order.client_id == Some(name) && !name.is_empty();
        open.iter().find(is_it).map(|order| order.id)
    });
    let id = by_id.or_else(|| names::read_order(parameters.get("txid"))).ok_or_else(unknown)?;
    view.cancel(account, id).map_err(|_| unknown())?;
    let is_pending = view.habits.hold_cancels;
    Ok(if is_pending { json!({ "count": 0, "pending": true }) } else { json!({ "count": 1 }) })
}

pub(super) fn cancel_all(view: &mut View<'_>, account: AccountId) -> Value {
    json!({ "count": view.cancel_all(account) })
}

/// Whether an order is one of those that are asked for.
fn is_wanted(order: &OrderInfo<'_>, parameters: &Parameters) -> bool {
    let name = parameters.get("cl_ord_id");
    let reference = reference(parameters).unwrap_or_default();
    (name.is_empty() || order.client_id == Some(name))
        && (reference.is_none() || order.client_id == reference.as_deref())
}

fn has_trades(parameters: &Parameters) -> bool {
    parameters.get("trades") == "true"
}

fn rows<'a>(
    view: &View<'_>,
    orders: impl Iterator<Item = OrderInfo<'a>>,
    parameters: &Parameters,
) -> Map<String, Value> {
    orders.map(|order| (names::order(order.id), shown::order(view, &order, has_trades(parameters)))).collect()
}

pub(super) fn open(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Value {
    let open = view.state.exchange.open_orders(account).into_iter();
    json!({ "open": rows(view, open.filter(|order| is_wanted(order, parameters)), parameters) })
}

pub(super) fn closed(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Value {
    let offset = parameters.get("ofs").parse().unwrap_or(0);
    let is_meant = |order: &OrderInfo<'_>| order.state.is_final() && is_wanted(order, parameters);
    let page = view.state.exchange.page(account, is_meant, (offset, PAGE));
    let count = page.total;
    json!({ "closed": rows(view, page.orders.into_iter(), parameters), "count": count })
}

pub(super) fn query(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let unknown = || ApiError::new("EOrder:Unknown order");
    let find =
        |text: &str| names::read_order(text).and_then(|id| view.order(account, id)).ok_or_else(unknown);
    let found: Vec<OrderInfo<'_>> = match parameters.get("txid") {
        "" => return Err(ApiError::argument("txid")),
        ids => ids.split(',').map(find).collect::<Result<_, _>>()?,
    };
    Ok(Value::Object(rows(view, found.into_iter(), parameters)))
}
