//! Orders as C2CX takes and shows them.

use serde_json::{Value, json};

use crate::serve::Parameters;

use super::super::engine::{
    AccountId, ExpiryReason, IdPolicy, MarketId, OrderId, OrderInfo, OrderRequest, OrderState, PlaceError,
    Refusal, Side, Terms, TimeInForce,
};
use super::super::scale::Scale;
use super::super::venue::View;
use super::markets::{market, symbol};
use super::{ApiError, Outcome, refused};

/// Most rows of a page.
const MOST_ROWS: usize = 100;

pub(super) fn create(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters.get("symbol"))?;
    let scale = view.scale(market);
    let side = match parameters.get("orderType") {
        "buy" => Side::Buy,
        "sell" => Side::Sell,
        _ => return refused("orderType error"),
    };
    let terms = terms(scale, side, parameters)?;
    if let (Terms::MarketSpend { quote }, Some(least)) = (terms, least_spent(view, market))
        && quote < least
    {
        return refused(format!("limit value: {}", scale.short_quote(least)));
    }
    let is_market = !matches!(terms, Terms::Limit { .. });
    let mut request = OrderRequest::new(market, side, terms);
    if !parameters.get("cid").is_empty() {
        request = request.named(parameters.get("cid"), IdPolicy::UniqueForEver);
    }
    // A market order that cannot be paid is cancelled at once, and that is all that is told.
    request.refusal = if is_market { Refusal::Recorded } else { Refusal::Error };
    match view.place(account, &request) {
        Ok(placed) => Ok(json!({ "orderId": placed.order.get() })),
        Err(error) => refused(words(&error, scale)),
    }
}

/// Returns what the least quantity costs now: so the least that a market order spends wanders with the price.
fn least_spent(view: &View<'_>, market: MarketId) -> Option<u128> {
    let best = view.state.exchange.depth(market, 1).asks.first()?.price;
    let market = view.market(market);
    market.notional(best, market.spec().min_quantity)
}

fn terms(scale: Scale, side: Side, parameters: &Parameters) -> Result<Terms, ApiError> {
    let bad = |what: &str| ApiError(400, format!("{what} error"));
    let quantity = || scale.read_base(parameters.get("quantity")).map_err(|_| bad("quantity"));
    match (parameters.get("priceTypeId"), side) {
        ("limit", _) => Ok(Terms::Limit {
            price: scale.read_price(parameters.get("price")).map_err(|_| bad("price"))?,
            quantity: quantity()?,
            time_in_force: TimeInForce::GoodTilCancelled,
        }),
        // The price is what is spent.
        ("market", Side::Buy) => Ok(Terms::MarketSpend {
            quote: scale.read_quote(parameters.get("price")).map_err(|_| bad("price"))?,
        }),
        ("market", Side::Sell) => Ok(Terms::Market { quantity: quantity()? }),
        _ => Err(bad("priceTypeId")),
    }
}

fn words(error: &PlaceError, scale: Scale) -> String {
    match error {
        PlaceError::NotTrading { .. } => "The market is closed".to_owned(),
        PlaceError::IdTaken { .. } => "cid is duplicated".to_owned(),
        PlaceError::Price { .. } => "price error".to_owned(),
        PlaceError::Step { .. } | PlaceError::OutOfRange { .. } => "quantity error".to_owned(),
        PlaceError::Quantity { quantity, min, .. } if quantity < min => {
            format!("limit value: {}", scale.short_base(*min))
        }
        PlaceError::Quantity { max, .. } => format!("limit value: {}", scale.short_base(*max)),
        PlaceError::Notional { least, .. } => format!("limit value: {}", scale.short_quote(*least)),
        PlaceError::Spend { .. } | PlaceError::SpendOnSell => "price error".to_owned(),
        PlaceError::Balance { .. } => "Insufficient balance".to_owned(),
        PlaceError::WouldTake { .. } => "price error".to_owned(),
    }
}

pub(super) fn info(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters.get("symbol"))?;
    let order = id(parameters).and_then(|id| view.order(account, id));
    match order.filter(|order| order.market == market) {
        Some(order) => Ok(shown(view, &order)),
        None => refused("order not exists"),
    }
}

pub(super) fn cancel(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    match id(parameters).map(|id| view.cancel(account, id)) {
        Some(Ok(())) => Ok(json!({})),
        Some(Err(_)) | None => refused("order can not be cancelled"),
    }
}

pub(super) fn by_status(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters.get("symbol"))?;
    let number = |name: &str, default: usize| match parameters.get(name) {
        "" => Ok(default),
        text => text.parse().map_err(|_| ApiError(400, format!("{name} error"))),
    };
    let (wanted, page, size) =
        (number("status", 0)?, number("pageindex", 1)?.max(1), number("pagesize", MOST_ROWS)?);
    let size = size.clamp(1, MOST_ROWS);
    let is_any = view.habits.other_statuses;
    let is_wanted = |order: &OrderInfo<'_>| {
        order.market == market && (wanted == 0 || is_any || usize::from(status(order)) == wanted)
    };
    let found =
        view.state.exchange.page(account, is_wanted, (page.saturating_sub(1).saturating_mul(size), size));
    Ok(json!({
        "rows": found.orders.iter().map(|order| shown(view, order)).collect::<Value>(),
        "pageindex": page,
        "pagesize": size,
        "recordcount": found.total,
        "pagecount": found.total.div_ceil(size),
    }))
}

fn id(parameters: &Parameters) -> Option<OrderId> {
    parameters.get("orderId").parse().ok().map(OrderId::new)
}

fn shown(view: &View<'_>, order: &OrderInfo<'_>) -> Value {
    let scale = view.scale(order.market);
    let fee_decimals = view.state.exchange.asset(order.fee_asset).decimals;
    json!({
        "amount": scale.short_base(order.quantity.unwrap_or(order.filled)),
        "avgPrice": scale.average(order, 8),
        "completedAmount": scale.short_base(order.filled),
        "fee": super::super::amount::short(order.fee, fee_decimals),
        "createDate": order.created,
        "completeDate": order.updated,
        "updateDate": order.updated,
        "orderId": order.id.get(),
        "price": match (order.price, order.spend) {
            (Some(price), _) => scale.price(price),
            (None, Some(spend)) => scale.short_quote(spend),
            (None, None) => "0".to_owned(),
        },
        "status": status(order),
        "symbol": symbol(view.market(order.market)),
        "type": match order.side {
            Side::Buy => "buy",
            Side::Sell => "sell",
        },
        "trigger": null,
        "cid": order.client_id,
        "source": "api",
    })
}

fn status(order: &OrderInfo<'_>) -> u8 {
    match order.state {
        OrderState::Open | OrderState::PartlyFilled if order.is_cancelling => 12,
        OrderState::Open => 2,
        OrderState::PartlyFilled => 3,
        OrderState::Filled => 4,
        OrderState::Expired(ExpiryReason::MarketGone | ExpiryReason::Venue) => 11,
        OrderState::Cancelled | OrderState::Rejected(_) | OrderState::Expired(_) => 5,
    }
}
