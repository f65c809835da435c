//! Orders and fills as Coinbase shows them.

use serde_json::{Value, json};

use super::super::amount::short;
use super::super::clock::rfc3339;
use super::super::engine::{ExpiryReason, Fill, OrderInfo, OrderKind, OrderState, Side, TimeInForce};
use super::super::venue::View;
use super::ids::{self, IdKind};

pub(super) fn status(order: &OrderInfo<'_>) -> &'static str {
    match order.state {
        OrderState::Open | OrderState::PartlyFilled if order.is_cancelling => "CANCEL_QUEUED",
        OrderState::Open | OrderState::PartlyFilled => "OPEN",
        OrderState::Filled => "FILLED",
        OrderState::Expired(ExpiryReason::MarketGone | ExpiryReason::Venue) => "EXPIRED",
        OrderState::Cancelled | OrderState::Expired(_) => "CANCELLED",
        OrderState::Rejected(_) => "FAILED",
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

fn configuration(view: &View<'_>, order: &OrderInfo<'_>) -> Value {
    let scale = view.scale(order.market);
    let base = json!(scale.short_base(order.quantity.unwrap_or(0)));
    let price = json!(scale.price_or_zero(order.price));
    match order.kind {
        OrderKind::Limit(TimeInForce::GoodTilCancelled) => {
            json!({ "limit_limit_gtc": { "base_size": base, "limit_price": price, "post_only": false } })
        }
        OrderKind::Limit(TimeInForce::PostOnly) => {
            json!({ "limit_limit_gtc": { "base_size": base, "limit_price": price, "post_only": true } })
        }
        OrderKind::Limit(TimeInForce::ImmediateOrCancel) => {
            json!({ "sor_limit_ioc": { "base_size": base, "limit_price": price } })
        }
        OrderKind::Limit(TimeInForce::FillOrKill) => {
            json!({ "limit_limit_fok": { "base_size": base, "limit_price": price } })
        }
        OrderKind::Market => json!({ "market_market_ioc": { "base_size": base } }),
        OrderKind::MarketSpend => {
            json!({ "market_market_ioc": { "quote_size": scale.short_quote(order.spend.unwrap_or(0)) } })
        }
    }
}

fn cancel_message(order: &OrderInfo<'_>) -> &'static str {
    match order.state {
        OrderState::Cancelled => "User requested cancel",
        OrderState::Open | OrderState::PartlyFilled | OrderState::Filled => "",
        OrderState::Expired(_) | OrderState::Rejected(_) => "Order ended by the exchange",
    }
}

pub(super) fn order(view: &View<'_>, order: &OrderInfo<'_>) -> Value {
    let scale = view.scale(order.market);
    let (kind, force) = match order.kind {
        OrderKind::Limit(TimeInForce::GoodTilCancelled | TimeInForce::PostOnly) => {
            ("LIMIT", "GOOD_UNTIL_CANCELLED")
        }
        OrderKind::Limit(TimeInForce::FillOrKill) => ("LIMIT", "FILL_OR_KILL"),
        OrderKind::Limit(TimeInForce::ImmediateOrCancel) => ("LIMIT", "IMMEDIATE_OR_CANCEL"),
        OrderKind::Market | OrderKind::MarketSpend => ("MARKET", "IMMEDIATE_OR_CANCEL"),
    };
    let fills = view.fills(order.id);
    // What it cost or brought. Of an order that was placed at another venue, the fee may not be in quote.
    let is_fee_in_quote = order.fee_asset == view.market(order.market).spec().quote;
    let fee = if is_fee_in_quote { order.fee } else { 0 };
    let value = match order.side {
        Side::Buy => order.filled_quote + fee,
        Side::Sell => order.filled_quote - fee,
    };
    let percent = match (order.quantity, order.spend) {
        (Some(quantity), _) => (order.filled * 100).checked_div(quantity),
        (None, spend) => (value * 100).checked_div(spend.unwrap_or(0)),
    };
    json!({
        "order_id": ids::write(IdKind::Order, order.id.get()),
        "product_id": view.market(order.market).spec().name,
        "user_id": ids::write(IdKind::User, 1),
        "order_configuration": configuration(view, order),
        "side": side(order.side),
        "client_order_id": order.client_id,
        "status": status(order),
        "time_in_force": force,
        "created_time": rfc3339(order.created),
        "completion_percentage": percent.unwrap_or(0).to_string(),
        "filled_size": scale.short_base(order.filled),
        "average_filled_price": scale.average(order, scale.price + 3),
        "fee": "",
        "number_of_fills": fills.len().to_string(),
        "filled_value": scale.short_quote(order.filled_quote),
        "pending_cancel": order.is_cancelling,
        "size_in_quote": order.spend.is_some(),
        "total_fees": scale.short_quote(fee),
        "size_inclusive_of_fees": order.spend.is_some(),
        "total_value_after_fees": scale.short_quote(value),
        "trigger_status": "INVALID_ORDER_TYPE",
        "order_type": kind,
        "reject_reason": "REJECT_REASON_UNSPECIFIED",
        "settled": order.state.is_final(),
        "product_type": "SPOT",
        "reject_message": "",
        "cancel_message": cancel_message(order),
        "order_placement_source": "RETAIL_ADVANCED",
        "outstanding_hold_amount": "0",
        "is_liquidation": false,
        "last_fill_time": fills.last().map(|fill| rfc3339(fill.time)),
        "last_update_time": rfc3339(order.updated),
    })
}

pub(super) fn fill(view: &View<'_>, fill: &Fill) -> Value {
    let scale = view.scale(fill.market);
    let fee_decimals = view.state.exchange.asset(fill.fee_asset).decimals;
    let place = view.state.exchange.markets().position(|market| market.id() == fill.market);
    let number = fill.trade.get() * 1_000 + u64::try_from(place.unwrap_or_default()).unwrap_or_default();
    json!({
        "entry_id": ids::write(IdKind::Fill, number * 2 + u64::from(fill.is_maker)),
        "trade_id": ids::write(IdKind::Fill, number * 2),
        "order_id": ids::write(IdKind::Order, fill.order.get()),
        "trade_time": rfc3339(fill.time),
        "trade_type": "FILL",
        "price": scale.price(fill.price),
        "size": scale.short_base(fill.quantity),
        "commission": short(fill.fee, fee_decimals),
        "product_id": view.market(fill.market).spec().name,
        "sequence_timestamp": rfc3339(fill.time),
        "liquidity_indicator": if fill.is_maker { "MAKER" } else { "TAKER" },
        "size_in_quote": false,
        "user_id": ids::write(IdKind::User, 1),
        "side": side(fill.side),
    })
}
