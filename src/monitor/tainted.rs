//! `GET /api/deposit-addresses/tainted`: addresses of the pools that received coins before they were given
//! out, a page at a time.
//! `POST /api/deposit-addresses/{address}/release` gives one back to the pool, `/bind?skyaddr=` to whom it belonged.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::asking::{refused, staged};
use super::deeds::submit;
use super::{MonitorState, bad_request, only_get, paging};
use crate::address::DepositAddress;
use crate::engine::operator::release_address;
use crate::http::{Params, internal_error, json, not_found, text};
use crate::report::{acts, requests};
use crate::skycoin::Address;
use crate::store::{Deed, Snapshot, StoreError, Tainted, Taints};
use crate::types::Coin;

#[derive(Debug, Serialize)]
struct Addresses {
    tainted: Vec<TaintedReply>,
    /// The cursor of the next page, where there is one: coin and address of the last entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct TaintedReply {
    coin: &'static str,
    address: String,
    /// The first transaction that paid to it, how much, in whole coins, and its block. Where the node tells
    /// no transaction, what lies there, if that is known, and the newest block.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    height: u64,
    seen_at: u64,
}

impl From<Tainted> for TaintedReply {
    fn from(tainted: Tainted) -> Self {
        let coin = tainted.address.coin();
        TaintedReply {
            coin: coin.code(),
            address: tainted.address.to_string(),
            tx: tainted.tx,
            amount: tainted.amount.map(|amount| amount.to_coins(coin.decimals())),
            height: tainted.height.get(),
            seen_at: tainted.seen_at.get(),
        }
    }
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let (after, limit) = match paging::by_cursor(&params, cursor) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    match state.store.snapshot().all_tainted(after.as_ref(), limit.saturating_add(1)) {
        Ok(mut all) => {
            let last = paging::cut(&mut all, limit).map(|last| last.address);
            let next = last.map(|address| format!("{}-{address}", address.coin()));
            json(&Addresses { tainted: all.into_iter().map(TaintedReply::from).collect(), next })
        }
        Err(error) => internal_error(&error),
    }
}

fn cursor(text: &str) -> Option<DepositAddress> {
    let (coin, address) = text.split_once('-')?;
    addresses(Coin::from_code(coin).ok()?, address).next()
}

/// Returns what a text means on the networks of a coin, nearly always nothing or one address.
fn addresses(coin: Coin, text: &str) -> impl Iterator<Item = DepositAddress> {
    coin.networks().filter_map(move |network| DepositAddress::parse(network, text).ok())
}

/// Returns the tainted address with this text. On test networks one may be an address of several coins.
fn find(snapshot: &Snapshot, text: &str) -> Result<Option<DepositAddress>, StoreError> {
    for address in Coin::all().flat_map(|coin| addresses(coin, text)) {
        if let Some(tainted) = snapshot.tainted(&address)? {
            return Ok(Some(tainted.address));
        }
    }
    Ok(None)
}

const NOT_TAINTED: &str = "there is no such address among those of GET /api/deposit-addresses/tainted";

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (wanted, act) = path.into_inner();
    let (order, stage) = match staged(&state, &request) {
        Ok(both) => both,
        Err(reply) => return *reply,
    };
    let address = match find(&state.store.snapshot(), &wanted) {
        Ok(Some(address)) => address,
        Ok(None) => return text(StatusCode::NOT_FOUND, NOT_TAINTED),
        Err(error) => return internal_error(&error),
    };
    match act.as_str() {
        "release" => match stage.play(release_address(stage.store(), address, order)).await {
            Ok(()) => stage.done(acts::released(address)),
            Err(error) => refused(&error),
        },
        "bind" => match payee(&request) {
            Ok(payee) => submit(&state, &request, Deed::Bind { address, payee }).await,
            Err(message) => bad_request(message),
        },
        _ => not_found(),
    }
}

fn payee(request: &HttpRequest) -> Result<Address, String> {
    match Address::decode(Params::parse(request.query_string()).get("skyaddr")) {
        Ok(payee) if payee.is_null() => Err(requests::null_payee().to_string()),
        Ok(payee) => Ok(payee),
        Err(error) => Err(requests::invalid("skyaddr", error).to_string()),
    }
}
