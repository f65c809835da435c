//! `POST /api/bind`.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use super::ApiState;
use super::refusal::{BadPayee, Refusal, RefusalReply};
use super::request::{BindRequest, trim_address};
use crate::engine::{GivenAddress, unused};
use crate::http::{Body, BodyError, json, method_not_allowed, text};
use crate::report::{purchase_link, requests, status_secret};
use crate::skycoin::Address;
use crate::types::Coin;

#[derive(Debug, Serialize)]
struct BindReply {
    deposit_address: String,
    coin_type: &'static str,
    buy_method: &'static str,
    /// Shows amounts and transactions of this address in its payee's status. Told here and nowhere else.
    secret: String,
    /// The path of the page that shows this address and what comes to it, to whoever has it.
    page: String,
}

pub(super) async fn handle(
    state: Data<ApiState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    let mut reply = answer(&state, &request, body).await;
    reply.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    reply
}

async fn answer(state: &ApiState, request: &HttpRequest, body: Result<Body, BodyError>) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::INVALID_METHOD);
    }
    if !is_json(request.headers()) {
        return text(StatusCode::UNSUPPORTED_MEDIA_TYPE, requests::INVALID_CONTENT_TYPE);
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => return error.error_response(),
    };
    let order = match BindRequest::parse(&body.0) {
        Ok(order) => order,
        Err(error) => {
            return text(StatusCode::BAD_REQUEST, requests::no_json(error));
        }
    };
    match bind_order(state, &order, state.reuse_unused).await {
        Ok(given) => json(&BindReply {
            deposit_address: given.address,
            coin_type: given.coin.code(),
            buy_method: state.buy_method.name(),
            secret: given.secret,
            page: format!("/buy/{}", given.link),
        }),
        Err(refusal) => refusal.reply(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or("").split(';').next().unwrap_or("");
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// What a buyer is given.
#[derive(Debug)]
pub(super) struct BuyerAddress {
    pub(super) address: String,
    pub(super) coin: Coin,
    /// See [`BindReply`].
    pub(super) secret: String,
    /// The secret part of the link to its page.
    pub(super) link: String,
    /// Whether the payee had it before.
    pub(super) is_again: bool,
}

/// Checks an order in the order of the contract and carries it out. The page uses it too. Where `reuse` is true, an
/// address of the payee that has never received anything is given again instead of a new one.
pub(super) async fn bind_order(
    state: &ApiState,
    order: &BindRequest,
    reuse: bool,
) -> Result<BuyerAddress, Refusal> {
    let skyaddr = trim_address(&order.skyaddr);
    if skyaddr.is_empty() {
        return Err(Refusal::MissingPayee);
    }
    if order.coin_type.is_empty() {
        return Err(Refusal::MissingCoin);
    }
    let coin = Coin::from_code(&order.coin_type).map_err(|_| Refusal::UnknownCoin)?;
    if !state.policy.is_enabled(coin) {
        return Err(Refusal::CoinOff(coin));
    }
    let payee = payee(skyaddr)?;
    let refused = |error| Refusal::of(error, coin);
    state.policy.allows_payee(&payee, coin).map_err(refused)?;
    let bound = if reuse { shown_again(state, &payee, coin)? } else { None };
    let is_again = bound.is_some();
    let bound = match bound {
        Some(bound) => bound,
        None => state.policy.bind_new(payee, coin).await.map_err(refused)?,
    };
    let live = state.store.snapshot().desk_secret().map_err(|error| Refusal::of(error.into(), coin))?;
    let secret = status_secret(&live, bound.no, &bound.address);
    let link = purchase_link(&live, bound.no, &bound.address);
    Ok(BuyerAddress { address: bound.address.to_string(), coin, secret, link, is_again })
}

fn shown_again(state: &ApiState, payee: &Address, coin: Coin) -> Result<Option<GivenAddress>, Refusal> {
    let found = unused(&state.store.snapshot(), payee, coin);
    let found = found.map_err(|error| Refusal::of(error.into(), coin))?;
    Ok(found.map(|binding| GivenAddress { no: binding.no, address: binding.address }))
}

/// The address that is to be paid.
pub(super) fn payee(skyaddr: &str) -> Result<Address, Refusal> {
    let address = Address::decode(skyaddr).map_err(|error| Refusal::BadPayee(BadPayee::Malformed(error)))?;
    if address.is_null() {
        return Err(Refusal::BadPayee(BadPayee::Null));
    }
    Ok(address)
}
