//! `GET /api/deposit-addresses/{address}/balance`: what a bound Ethereum address holds, beside what the desk
//! saw coming to it.
//!
//! Fees to a deposit address as the maker of a block, and whatever else reaches it without a transaction, are
//! in no list of a block. Only the balance shows them, and only as long as they were not spent.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{MonitorState, only_get};
use crate::address::DepositAddress;
use crate::engine::seen_up_to;
use crate::http::{internal_error, json, not_found, text};
use crate::store::Chains;
use crate::types::{Coin, Units};

/// Amounts in whole coins.
#[derive(Debug, Serialize)]
struct BalanceReply {
    address: String,
    /// The last block that was followed: everything is told as of that.
    height: u64,
    block: String,
    balance: String,
    /// Deposits and own money that the desk saw coming, whatever was spent since.
    seen: String,
    /// What the balance has beyond that: coins that no deposit explains.
    #[serde(skip_serializing_if = "Option::is_none")]
    unexplained: Option<String>,
}

pub(super) async fn balance(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    // Where payments are outputs, each is in its block's list, and there is nothing to compare.
    let coins = Coin::all().filter(|coin| coin.facts().inner_transfers);
    let mut read = coins.filter_map(|coin| DepositAddress::parse(coin.main_network(), &path).ok());
    let Some(address) = read.next() else { return not_found() };
    let coin = address.coin();
    let snapshot = state.store.snapshot();
    let at = match snapshot.find_address(&address).and_then(|bound| Ok((bound, snapshot.cursor(coin)?))) {
        Ok((Some(_), Some(cursor))) => cursor.tip,
        Ok((None, _)) => return not_found(),
        Ok((_, None)) => return unknown("no block has been followed yet"),
        Err(error) => return internal_error(&error),
    };
    let Some(node) = &state.balances else { return unknown("no node is asked in dummy mode") };
    let balance = match node.balance(address, at).await {
        Ok(Some(balance)) => balance,
        Ok(None) => return not_found(),
        Err(error) => return unknown(error),
    };
    let seen = match seen_up_to(&snapshot, &address, at.height) {
        Ok(seen) => seen,
        Err(error) => return internal_error(&error),
    };
    let coins = |units: Units| units.to_coins(coin.decimals());
    let unexplained = balance.get().checked_sub(seen.get()).filter(|more| *more > 0);
    json(&BalanceReply {
        address: address.to_string(),
        height: at.height.get(),
        block: at.hash.to_string(),
        balance: coins(balance),
        seen: coins(seen),
        unexplained: unexplained.map(|more| coins(Units::new(more))),
    })
}

/// The node's words are for the operator, who alone is here.
fn unknown(why: impl std::fmt::Display) -> HttpResponse {
    text(StatusCode::SERVICE_UNAVAILABLE, format_args!("the balance is not known: {why}"))
}
