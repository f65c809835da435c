//! Balances and trades at Kraken.

use serde_json::{Map, Value, json};

use crate::serve::Parameters;

use super::super::amount::decimal;
use super::super::engine::{AccountId, AssetId};
use super::super::venue::View;
use super::{ApiError, Outcome, names, shown};

/// Trades of a page.
const PAGE: usize = 50;

fn rows(view: &View<'_>, row: impl Fn(AssetId) -> Value) -> Value {
    let exchange = &view.state.exchange;
    let rows = exchange.asset_ids().map(|id| (names::long(&exchange.asset(id).code), row(id)));
    Value::Object(rows.collect())
}

pub(super) fn balance(view: &View<'_>, account: AccountId) -> Value {
    let exchange = &view.state.exchange;
    rows(view, |id| {
        let held = exchange.balance(account, id);
        json!(decimal(held.free + held.frozen, exchange.asset(id).decimals))
    })
}

pub(super) fn extended(view: &View<'_>, account: AccountId) -> Value {
    let exchange = &view.state.exchange;
    rows(view, |id| {
        let (held, decimals) = (exchange.balance(account, id), exchange.asset(id).decimals);
        json!({
            "balance": decimal(held.free + held.frozen, decimals),
            "hold_trade": decimal(held.frozen, decimals),
        })
    })
}

pub(super) fn trades(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Value {
    let offset = parameters.get("ofs").parse().unwrap_or(0);
    let fills = view.all_fills(account, None);
    let page = fills.iter().rev().skip(offset).take(PAGE).map(|fill| shown::trade(view, account, fill));
    let trades: Map<String, Value> = page.collect();
    json!({ "trades": trades, "count": fills.len() })
}

pub(super) fn query_trades(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let all: Map<String, Value> =
        view.all_fills(account, None).iter().map(|fill| shown::trade(view, account, fill)).collect();
    let find = |id: &str| {
        let found = all.get(id).cloned().map(|trade| (id.to_owned(), trade));
        found.ok_or_else(|| ApiError::new("EQuery:Invalid trade"))
    };
    parameters.get("txid").split(',').map(find).collect::<Result<_, _>>().map(Value::Object)
}
