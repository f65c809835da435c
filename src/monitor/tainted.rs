//! `GET /api/deposit-addresses/tainted`: addresses of the pools that received coins before they were given
//! out, a page at a time.
//! `POST /api/deposit-addresses/{address}/release` gives one back to the pool, `/bind?skyaddr=` to whom it belonged.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::asking::staged;
use super::deeds::submit;
use super::{MonitorState, bad_request, only_get, paging};
use crate::address::DepositAddress;
use crate::http::describe::{Operation, in_path, required, words};
use crate::http::{Code, Params, internal_error, json, not_found, text};
use crate::report::requests;
use crate::skycoin::Address;
use crate::store::{Deed, Snapshot, StoreError, Tainted, Taints};
use crate::types::Coin;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaintedList)]
struct Addresses {
    /// The addresses.
    tainted: Vec<TaintedReply>,
    /// The cursor of the next page, where there is one: coin and address of the last entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tainted)]
struct TaintedReply {
    /// The code of the coin.
    coin: &'static str,
    /// The address.
    address: String,
    /// The first transaction that paid to it, how much, in whole coins, and its block. Where the node tells
    /// no transaction, what lies there, if that is known, and the newest block.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx: Option<String>,
    /// How much, in whole coins.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    /// The block's height.
    height: u64,
    /// When it was seen, in seconds since 1970 began.
    seen_at: u64,
    /// Where no coins came: the original had taken it from its pool, and tells nobody whom it was given to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    used_before: bool,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let on_address = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("address", "The address.", &words("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")))
            .takes_all(reason_parameters())
            .says(200, "What was done, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry])
    };
    vec![
        Operation::get(
            "/api/deposit-addresses/tainted",
            "taintedAddresses",
            "Addresses that are given to nobody",
        )
        .about("They received coins before they were given out.")
        .takes_all(paging::cursor_parameters("BTC-1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"))
        .gives::<Addresses>(200, "The addresses.")
        .validated()
        .refuses(&[Code::InvalidParameter]),
        on_address(
            "/api/deposit-addresses/{address}/release",
            "releaseAddress",
            "Give an address back to its pool",
        ),
        on_address(
            "/api/deposit-addresses/{address}/bind",
            "giveBackAddress",
            "Bind an address to whom it belonged",
        )
        .takes(required("skyaddr", "Who is paid.", &words("2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y")))
        .refuses(&[Code::AddressIsOurs]),
    ]
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
            used_before: tainted.is_used_before,
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
    if let Err(reply) = staged(&state, &request) {
        return *reply;
    }
    let address = match find(&state.store.snapshot(), &wanted) {
        Ok(Some(address)) => address,
        Ok(None) => return text(StatusCode::NOT_FOUND, NOT_TAINTED),
        Err(error) => return internal_error(&error),
    };
    match act.as_str() {
        "release" => submit(&state, &request, Deed::Release(address)).await,
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
