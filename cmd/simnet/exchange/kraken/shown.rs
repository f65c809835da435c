//! Orders and trades as Kraken shows them.

use serde_json::{Value, json};

use super::super::engine::{
    AccountId, ExpiryReason, Fill, OrderInfo, OrderKind, OrderState, Side, TimeInForce,
};
use super::super::venue::View;
use super::markets::seconds;
use super::{TAKER, names};

/// What stands before a number that an order is marked with; no name begins so.
pub(super) const REFERENCE: &str = "userref ";

const BILLION: u128 = 1_000_000_000;

/// Returns so much to spend with the fee on top of it.
pub(super) fn gross(net: u128) -> u128 {
    net.saturating_add(net.saturating_mul(TAKER.into()) / BILLION)
}

/// Undoes [`gross`], to the unit.
fn net(gross: u128) -> u128 {
    (gross.saturating_mul(BILLION)).div_ceil(BILLION + u128::from(TAKER))
}

pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

fn kind(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Limit(_) => "limit",
        OrderKind::Market | OrderKind::MarketSpend => "market",
    }
}

fn status(order: &OrderInfo<'_>) -> &'static str {
    match order.state {
        OrderState::Open | OrderState::PartlyFilled => "open",
        OrderState::Filled => "closed",
        OrderState::Expired(ExpiryReason::MarketGone | ExpiryReason::Venue) => "expired",
        OrderState::Cancelled | OrderState::Expired(_) | OrderState::Rejected(_) => "canceled",
    }
}

fn reason(order: &OrderInfo<'_>) -> Value {
    match order.state {
        OrderState::Open | OrderState::PartlyFilled | OrderState::Filled => Value::Null,
        OrderState::Cancelled => json!("User requested"),
        OrderState::Expired(ExpiryReason::NoLiquidity) => json!("Out of liquidity"),
        OrderState::Expired(_) | OrderState::Rejected(_) => json!("Order expired"),
    }
}

pub(super) fn order(view: &View<'_>, order: &OrderInfo<'_>, has_trades: bool) -> Value {
    let scale = view.scale(order.market);
    let (pair, price) = (names::pair(view, order.market), scale.price_or_zero(order.price));
    // Where an amount of quote is spent, that is the volume.
    let volume = match (order.quantity, order.spend) {
        (Some(quantity), _) => scale.base(quantity),
        (None, spend) => scale.quote(net(spend.unwrap_or(0))),
    };
    let fee_decimals = view.state.exchange.asset(order.fee_asset).decimals;
    let is_fee_in_base = order.fee_asset == view.market(order.market).spec().base;
    let mut flags = vec![if is_fee_in_base { "fcib" } else { "fciq" }];
    flags.extend(order.spend.map(|_| "viqc"));
    let force = match order.kind {
        OrderKind::Limit(TimeInForce::ImmediateOrCancel) => "IOC",
        OrderKind::Limit(TimeInForce::FillOrKill) => "FOK",
        OrderKind::Limit(TimeInForce::GoodTilCancelled | TimeInForce::PostOnly) => "GTC",
        OrderKind::Market | OrderKind::MarketSpend => "IOC",
    };
    let words = format!("{} {volume} {pair} @ {} {price}", side(order.side), kind(order.kind));
    let reference: Option<i32> =
        order.client_id.and_then(|name| name.strip_prefix(REFERENCE)).and_then(|number| number.parse().ok());
    let mut shown = json!({
        "refid": null,
        "userref": reference,
        "cl_ord_id": order.client_id.filter(|_| reference.is_none()),
        "status": status(order),
        "opentm": seconds(order.created),
        "starttm": 0,
        "expiretm": 0,
        "timeinforce": force,
        "descr": {
            "pair": pair, "type": side(order.side), "ordertype": kind(order.kind), "price": price, "price2": "0",
            "leverage": "none", "order": words, "close": "",
        },
        "vol": volume,
        "vol_exec": scale.base(order.filled),
        "cost": scale.quote(order.filled_quote),
        "fee": super::super::amount::decimal(order.fee, fee_decimals),
        "price": scale.average(order, scale.price + 3),
        "stopprice": "0",
        "limitprice": "0",
        "misc": "",
        "oflags": flags.join(","),
    });
    if order.state.is_final() {
        shown["closetm"] = seconds(order.updated);
        shown["reason"] = reason(order);
    }
    if has_trades {
        let fills = view.fills(order.id);
        shown["trades"] =
            fills.iter().map(|fill| json!(names::trade(view, fill.market, fill.trade.get()))).collect();
    }
    shown
}

pub(super) fn trade(view: &View<'_>, account: AccountId, fill: &Fill) -> (String, Value) {
    let scale = view.scale(fill.market);
    let fee_decimals = view.state.exchange.asset(fill.fee_asset).decimals;
    let order = view.order(account, fill.order);
    let value = json!({
        "ordertxid": names::order(fill.order),
        "postxid": "TKH2SE-M7IF5-CFI7LT",
        "pair": names::pair(view, fill.market),
        "time": seconds(fill.time),
        "type": side(fill.side),
        "ordertype": order.map_or("limit", |order| kind(order.kind)),
        "price": scale.price(fill.price),
        "cost": scale.quote(fill.quote),
        "fee": super::super::amount::decimal(fill.fee, fee_decimals),
        "vol": scale.base(fill.quantity),
        "margin": "0.00000",
        "leverage": "0",
        "misc": "",
        "trade_id": fill.trade.get(),
        "maker": fill.is_maker,
    });
    (names::trade(view, fill.market, fill.trade.get()), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_show_the_volume_that_was_asked_for() {
        for volume in [0, 1, 1_000, 123_456_789, 10u128.pow(20) + 7] {
            assert_eq!(net(gross(volume)), volume);
        }
    }
}
