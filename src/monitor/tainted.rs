//! `GET /api/deposit-addresses/tainted`: addresses of the pools that received coins before they were given out.
//! `POST /api/deposit-addresses/{address}/release` gives one back to the pool, `/bind?skyaddr=` to whom it belonged.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::acts::{order, refused};
use super::{MonitorState, bad_request, only_get};
use crate::engine::operator::{give_back_address, release_address};
use crate::http::{Params, internal_error, json, not_found, text};
use crate::skycoin::Address;
use crate::store::Taints;

/// Most that are told.
const MOST: usize = 10_000;

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

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    match state.store.snapshot().all_tainted(MOST) {
        Ok(all) => {
            let all = all.into_iter().map(|tainted| TaintedReply {
                coin: tainted.address.coin().code(),
                address: tainted.address.to_string(),
                tx: tainted.tx,
                amount: tainted.amount.map(|amount| amount.to_coins(tainted.address.coin().decimals())),
                height: tainted.height.get(),
                seen_at: tainted.seen_at.get(),
            });
            json(&all.collect::<Vec<_>>())
        }
        Err(error) => internal_error(&error),
    }
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (wanted, act) = path.into_inner();
    let order = match order(&request) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    let known = match state.store.snapshot().all_tainted(usize::MAX) {
        Ok(known) => known.into_iter().find(|tainted| tainted.address.to_string() == wanted),
        Err(error) => return internal_error(&error),
    };
    let Some(address) = known.map(|tainted| tainted.address) else { return not_found() };
    let result = match act.as_str() {
        "release" => release_address(&state.store, address, order).await,
        "bind" => {
            let params = Params::parse(request.query_string());
            let payee = match Address::decode(params.get("skyaddr")) {
                Ok(payee) if payee.is_null() => {
                    return bad_request("Invalid skyaddr: it is the null address");
                }
                Ok(payee) => payee,
                Err(error) => return bad_request(format_args!("Invalid skyaddr: {error}")),
            };
            give_back_address(&state.store, address, payee, order).await
        }
        _ => return not_found(),
    };
    match result {
        Ok(()) if act == "bind" => text(
            StatusCode::OK,
            format_args!(
                "{address} is bound; have its blocks read again: POST /api/chains/{{coin}}/rescan?from="
            ),
        ),
        Ok(()) => text(
            StatusCode::OK,
            format_args!("{address} may be given out once its address file changes, and is loaded again"),
        ),
        Err(error) => refused(&error),
    }
}
