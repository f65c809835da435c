//! Orders and fills as Binance shows them.

use serde_json::{Value, json};

use super::super::engine::{ExpiryReason, Fill, OrderInfo, OrderKind, OrderState, Side, TimeInForce};
use super::super::venue::View;
use super::markets::symbol;

pub(super) fn status(order: &OrderInfo<'_>) -> &'static str {
    match order.state {
        OrderState::Open | OrderState::PartlyFilled if order.is_cancelling => "PENDING_CANCEL",
        OrderState::Open => "NEW",
        OrderState::PartlyFilled => "PARTIALLY_FILLED",
        OrderState::Filled => "FILLED",
        OrderState::Cancelled => "CANCELED",
        OrderState::Expired(ExpiryReason::SelfTrade) => "EXPIRED_IN_MATCH",
        OrderState::Expired(_) => "EXPIRED",
        OrderState::Rejected(_) => "REJECTED",
    }
}

pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

fn kind(kind: OrderKind) -> (&'static str, &'static str) {
    match kind {
        OrderKind::Limit(TimeInForce::GoodTilCancelled) => ("LIMIT", "GTC"),
        OrderKind::Limit(TimeInForce::ImmediateOrCancel) => ("LIMIT", "IOC"),
        OrderKind::Limit(TimeInForce::FillOrKill) => ("LIMIT", "FOK"),
        OrderKind::Limit(TimeInForce::PostOnly) => ("LIMIT_MAKER", "GTC"),
        OrderKind::Market | OrderKind::MarketSpend => ("MARKET", "GTC"),
    }
}

/// Returns the name of an order: the one that the client gave, or one made here.
pub(super) fn client_id(order: &OrderInfo<'_>) -> String {
    order.client_id.map_or_else(|| format!("simnet{}", order.id), str::to_owned)
}

/// Returns an order as a query shows it.
pub(super) fn order(view: &View<'_>, order: &OrderInfo<'_>) -> Value {
    let scale = view.scale(order.market);
    let (kind, time_in_force) = kind(order.kind);
    let mut shown = json!({
        "symbol": symbol(view.market(order.market)),
        "orderId": order.id.get(),
        "orderListId": -1,
        "clientOrderId": client_id(order),
        "price": scale.price_or_zero(order.price),
        "origQty": scale.base(order.quantity.unwrap_or(order.filled)),
        "executedQty": scale.base(order.filled),
        "cummulativeQuoteQty": scale.quote(order.filled_quote),
        "origQuoteOrderQty": scale.quote(order.spend.unwrap_or(0)),
        "status": status(order),
        "timeInForce": time_in_force,
        "type": kind,
        "side": side(order.side),
        "stopPrice": scale.price_or_zero(None),
        "icebergQty": scale.base(0),
        "time": order.created,
        "updateTime": order.updated,
        "isWorking": true,
        "workingTime": order.created,
        "selfTradePreventionMode": "NONE",
    });
    if let OrderState::Expired(reason) = order.state
        && let Some(reason) = expiry(reason)
    {
        shown["expiryReason"] = json!(reason);
    }
    shown
}

/// Binance has no word for what self-trade prevention ends: its status says it.
fn expiry(reason: ExpiryReason) -> Option<&'static str> {
    match reason {
        ExpiryReason::ImmediateOrCancel => Some("UNFILLED_IOC_QUANTITY_EXPIRED"),
        ExpiryReason::FillOrKill => Some("UNFILLED_FOK_ORDER_EXPIRED"),
        ExpiryReason::NoLiquidity | ExpiryReason::TooLittle => Some("INSUFFICIENT_LIQUIDITY"),
        ExpiryReason::PriceRange => Some("EXECUTION_RULE_PRICE_RANGE_EXCEEDED"),
        ExpiryReason::MarketGone | ExpiryReason::Venue => Some("EXCHANGE_CANCELED"),
        ExpiryReason::SelfTrade => None,
    }
}

/// Returns an order as the answer to placing it: with its fills.
pub(super) fn placed(view: &View<'_>, info: &OrderInfo<'_>) -> Value {
    let mut shown = order(view, info);
    let scale = view.scale(info.market);
    shown["transactTime"] = json!(info.updated);
    let row = |fill: &Fill| {
        let asset = view.state.exchange.asset(fill.fee_asset);
        json!({
            "price": scale.price(fill.price),
            "qty": scale.base(fill.quantity),
            "commission": super::super::amount::decimal(fill.fee, asset.decimals),
            "commissionAsset": asset.code,
            "tradeId": fill.trade.get(),
        })
    };
    shown["fills"] = view.fills(info.id).iter().map(row).collect();
    if let Some(fields) = shown.as_object_mut() {
        ["time", "updateTime", "isWorking", "stopPrice", "icebergQty"].iter().for_each(|name| {
            fields.remove(*name);
        });
    }
    shown
}

pub(super) fn fill(view: &View<'_>, fill: &Fill) -> Value {
    let scale = view.scale(fill.market);
    let asset = view.state.exchange.asset(fill.fee_asset);
    json!({
        "symbol": symbol(view.market(fill.market)),
        "id": fill.trade.get(),
        "orderId": fill.order.get(),
        "orderListId": -1,
        "price": scale.price(fill.price),
        "qty": scale.base(fill.quantity),
        "quoteQty": scale.quote(fill.quote),
        "commission": super::super::amount::decimal(fill.fee, asset.decimals),
        "commissionAsset": asset.code,
        "time": fill.time,
        "isBuyer": fill.side == Side::Buy,
        "isMaker": fill.is_maker,
        "isBestMatch": true,
    })
}
