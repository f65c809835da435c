//! `POST /api/bind`.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::request::{BindRequest, trim_address};
use super::{ApiState, MAX_BODY};
use crate::engine::{BindError, bind};
use crate::http::{internal_error, json, method_not_allowed, text, unread_body};
use crate::skycoin::Address;
use crate::store::StoreError;
use crate::types::Coin;

#[derive(Debug, Serialize)]
struct BindReply {
    deposit_address: String,
    coin_type: &'static str,
    buy_method: &'static str,
}

/// Why a request was refused: the status and the words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: String,
}

impl Refusal {
    fn new(status: StatusCode, message: impl std::fmt::Display) -> Self {
        Refusal { status, message: message.to_string() }
    }

    fn bad(message: impl std::fmt::Display) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }
}

pub(super) async fn handle(
    state: Data<ApiState>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let mut reply = answer(&state, &request, body).await;
    reply.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    reply
}

async fn answer(
    state: &ApiState,
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST", "Invalid request method");
    }
    if !is_json(request.headers()) {
        return text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Invalid content type");
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => return unread_body(&error, MAX_BODY),
    };
    let order = match BindRequest::parse(&body) {
        Ok(order) => order,
        Err(error) => {
            return text(StatusCode::BAD_REQUEST, format_args!("Invalid json request body: {error}"));
        }
    };
    match bind_order(state, &order).await {
        Ok((address, coin)) => json(&BindReply {
            deposit_address: address,
            coin_type: coin.code(),
            buy_method: state.buy_method.name(),
        }),
        Err(refusal) => text(refusal.status, refusal.message),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or("").split(';').next().unwrap_or("");
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Checks an order in the order of the contract and carries it out. The page uses it too.
pub(super) async fn bind_order(state: &ApiState, order: &BindRequest) -> Result<(String, Coin), Refusal> {
    let skyaddr = trim_address(&order.skyaddr);
    if skyaddr.is_empty() {
        return Err(Refusal::bad("Missing skyaddr"));
    }
    if order.coin_type.is_empty() {
        return Err(Refusal::bad("Missing coin_type"));
    }
    let coin = Coin::from_code(&order.coin_type).map_err(|_| Refusal::bad("Invalid coin_type"))?;
    if !state.is_enabled(coin) {
        return Err(Refusal::bad(format_args!("{coin} not enabled")));
    }
    let payee = payee(skyaddr)?;
    if !state.bind_enabled {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Address binding is disabled"));
    }
    match bind(&state.store, state.rules, payee, coin).await {
        Ok(bound) => Ok((bound.address.to_string(), coin)),
        Err(error) => Err(refusal(error)),
    }
}

/// The address that is to be paid.
pub(super) fn payee(skyaddr: &str) -> Result<Address, Refusal> {
    let invalid =
        |error: &dyn std::fmt::Display| Refusal::bad(format_args!("Invalid skycoin address: {error}"));
    let address = Address::decode(skyaddr).map_err(|error| invalid(&error))?;
    if address.is_null() {
        return Err(invalid(&"it is the null address, what is sent there is lost"));
    }
    Ok(address)
}

fn refusal(error: BindError) -> Refusal {
    match error {
        BindError::LimitReached => Refusal::new(StatusCode::CONFLICT, error),
        BindError::PoolEmpty => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error),
        BindError::Store(StoreError::Busy) => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Service is overloaded, try again later")
        }
        BindError::Store(error) => {
            // The cause goes to the log, not to the caller.
            let _ = internal_error(&error);
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }
}
