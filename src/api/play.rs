//! `POST /buy/{link}/play`: a visitor of dummy mode plays the networks and the desk's wallet.

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::ApiState;
use super::page::is_own_form;
use super::refusal::{Refusal, RefusalReply as _};
use crate::http::{Body, BodyError, Params, internal_error, method_not_allowed, not_found, text};
use crate::report::linked_binding;
use crate::report::requests;
use crate::types::Units;

/// Amounts of a coin that nobody has typed: a hundredth.
const PARTS: u128 = 100;

pub(super) async fn handle(
    state: Data<ApiState>,
    path: Path<String>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    let Some(play) = &state.play else { return not_found() };
    if *request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    if !is_own_form(request.headers()) {
        return Refusal::ForeignForm.reply();
    }
    let form = match body {
        Ok(body) => Params::parse_form(&body.0, ""),
        Err(error) => return error.error_response(),
    };
    let binding = match linked_binding(&state.store.snapshot(), &path) {
        Ok(Some(binding)) => binding,
        Ok(None) => return not_found(),
        Err(error) => return internal_error(&error),
    };
    let decimals = binding.address.coin().decimals();
    let done = match form.get("act") {
        "deposit" => {
            let typed = Units::parse_coins(form.get("amount").trim(), decimals);
            let usual = Units::one_coin(decimals).get().checked_div(PARTS).unwrap_or(1);
            play.deposit(&binding, typed.unwrap_or(Units::new(usual))).await
        }
        "confirm" => play.confirm(&binding).await,
        "fork" => play.fork(&binding).await,
        "shortage" => {
            play.set_shortage(true);
            Ok(())
        }
        "refill" => {
            play.set_shortage(false);
            Ok(())
        }
        _ => return text(StatusCode::BAD_REQUEST, requests::NO_PLAY),
    };
    match done {
        Ok(()) => {
            let page = format!("/buy/{}#deposits-title", *path);
            HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish()
        }
        Err(error) => internal_error(&error),
    }
}
