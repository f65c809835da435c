//! The dummy listener: `/dummy/scanner/deposit`, `/dummy/sender/broadcasts`, `/dummy/sender/confirm`, and
//! `/dummy/sender/fund`, which the original had not.
//!
//! For this machine alone, and not for other sites' pages: who calls it makes deposits.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::node::DummyNode;
use super::scanner;
use crate::address::Network;
use crate::engine::{Intake, IntakeError, IntakeOutcome};
use crate::http::{
    Body, BodyError, Code, Once, Params, internal_error, json, method_not_allowed, once_store, refusal, text,
};
use crate::report::{dummy_words, requests};
use crate::store::Store;
use crate::types::Droplets;
use crate::types::PerCoin;

/// Most broadcasts that are told at a time: the list of a long run has no end.
const MOST: usize = 10_000;

/// What the handlers work on; a part that is not dummy is none.
#[derive(Debug)]
pub struct DummyState {
    /// Where deposits are kept.
    pub store: Store,
    /// The prices of the moment; none where deposits are not made by hand.
    pub scanner: Option<Intake>,
    /// The chain in memory; none where payouts go to a real one.
    pub sender: Option<Arc<DummyNode>>,
    /// The network whose addresses are taken, by coin.
    pub networks: PerCoin<Network>,
    /// Keeps what was answered to acts that are done once.
    pub once: Arc<Once>,
}

type Sent = Result<Body, BodyError>;

fn params(request: &HttpRequest, body: Sent) -> Result<Params, BodyError> {
    body.map(|body| Params::parse_form(&body.0, request.query_string()))
}

/// The reply to what is neither asked nor sent as a form.
fn only_forms(request: &HttpRequest) -> Option<HttpResponse> {
    let is_known = matches!(*request.method(), Method::GET | Method::HEAD | Method::POST);
    (!is_known).then(|| method_not_allowed("GET, POST", requests::METHOD_NOT_ALLOWED))
}

fn bad_request(message: impl std::fmt::Display) -> HttpResponse {
    text(StatusCode::BAD_REQUEST, message)
}

pub(super) async fn deposit(state: Data<DummyState>, request: HttpRequest, body: Sent) -> HttpResponse {
    let Some(intake) = state.scanner.clone() else { return crate::http::not_found() };
    if let Some(refused) = only_forms(&request) {
        return refused;
    }
    let params = match params(&request, body) {
        Ok(params) => params,
        Err(error) => return error.error_response(),
    };
    let found = match scanner::parse(&params, &state.networks, intake.prices.tokens()) {
        Ok(Some(found)) => found,
        Ok(None) => return HttpResponse::Ok().finish(),
        Err(message) => return bad_request(message),
    };
    match once_store(&request, &state.store).act(move |tx| intake.take(tx, &found)).await {
        Ok(IntakeOutcome::New(_) | IntakeOutcome::Known(_)) => HttpResponse::Ok().finish(),
        Ok(IntakeOutcome::Unbound) => refusal(Code::UnboundAddress, dummy_words::UNBOUND),
        Err(error @ IntakeError::Contradiction(_)) => refusal(Code::DepositContradicts, error),
        Err(IntakeError::Store(error)) => internal_error(&error),
    }
}

/// A transaction in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Broadcast {
    /// The transaction.
    txid: String,
    /// What it pays.
    outputs: Vec<Output>,
    /// Whether it is confirmed.
    confirmed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BroadcastOutput)]
struct Output {
    /// Who is paid.
    address: String,
    /// Whole coins with six decimals.
    #[schema(example = "1.000000")]
    coins: String,
}

pub(super) async fn broadcasts(state: Data<DummyState>, request: HttpRequest) -> HttpResponse {
    let Some(sender) = &state.sender else { return crate::http::not_found() };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        // Without what is allowed, as the original answers here.
        return text(StatusCode::METHOD_NOT_ALLOWED, requests::METHOD_NOT_ALLOWED);
    }
    let (from, limit) = match part(&Params::parse(request.query_string())) {
        Ok(part) => part,
        Err(message) => return bad_request(message),
    };
    let output = |(address, coins): &(crate::skycoin::Address, Droplets)| Output {
        address: address.to_string(),
        coins: coins.to_string(),
    };
    let all = sender.broadcasts(from, limit).into_iter().map(|sent| Broadcast {
        txid: sent.txid.to_string(),
        outputs: sent.payments.iter().map(output).collect(),
        confirmed: sent.confirmed,
    });
    json(&all.collect::<Vec<_>>())
}

/// `from`, a position as `confirm` takes it, and `limit`: which broadcasts are told.
fn part(params: &Params) -> Result<(usize, usize), String> {
    let number = |name: &str, default: usize| match params.get(name) {
        "" => Ok(default),
        text => text.parse::<usize>().map_err(|_| requests::no_number(name)),
    };
    Ok((number("from", 0)?, number("limit", MOST)?.min(MOST)))
}

pub(super) async fn confirm(state: Data<DummyState>, request: HttpRequest, body: Sent) -> HttpResponse {
    let Some(sender) = &state.sender else { return crate::http::not_found() };
    if let Some(refused) = only_forms(&request) {
        return refused;
    }
    let params = match params(&request, body) {
        Ok(params) => params,
        Err(error) => return error.error_response(),
    };
    let (txid, seq) = (params.get("txid"), params.get("seq"));
    if txid.is_empty() && seq.is_empty() {
        return bad_request(dummy_words::NO_ENTRY);
    }
    let position = seq.parse::<i64>();
    if !seq.is_empty() && position.is_err() {
        return bad_request(dummy_words::invalid("seq"));
    }
    let position = position.ok().and_then(|seq| usize::try_from(seq).ok());
    let found = if txid.is_empty() {
        position.is_some_and(|position| sender.confirm_at(position))
    } else {
        sender.confirm(txid)
    };
    if found { HttpResponse::Ok().finish() } else { refusal(Code::UnknownEntry, dummy_words::UNKNOWN_ENTRY) }
}

pub(super) async fn fund(state: Data<DummyState>, request: HttpRequest, body: Sent) -> HttpResponse {
    let Some(sender) = &state.sender else { return crate::http::not_found() };
    if let Some(refused) = only_forms(&request) {
        return refused;
    }
    let params = match params(&request, body) {
        Ok(params) => params,
        Err(error) => return error.error_response(),
    };
    match Droplets::parse_coins(params.get("coins")) {
        Ok(coins) if !coins.is_zero() => {
            sender.fund(coins);
            HttpResponse::Ok().finish()
        }
        Ok(_) => bad_request(dummy_words::NO_COINS),
        Err(error) => bad_request(dummy_words::invalid_coins(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_tell_so_many_broadcasts_and_no_more() {
        let part = |query: &str| part(&Params::parse(query));
        assert_eq!(part(""), Ok((0, 10_000)));
        assert_eq!(part("from=10000&limit=2"), Ok((10_000, 2)));
        assert_eq!(part("limit=99999999"), Ok((0, 10_000)));
        assert_eq!(part("from=-1"), Err("Invalid from: expected a whole number".to_owned()));
    }
}
