//! `GET /api/status?skyaddr=`.

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::ApiState;
use super::bind::payee;
use super::refusal::Refusal;
use super::request::trim_address;
use crate::http::{Params, internal_error, json, method_not_allowed};
use crate::report::{StatusEntry, status_entries};

#[derive(Debug, Serialize)]
struct StatusReply {
    statuses: Vec<StatusEntry>,
}

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET", "Invalid request method");
    }
    let params = Params::parse(request.query_string());
    let skyaddr = trim_address(params.get("skyaddr"));
    if skyaddr.is_empty() {
        return Refusal::MissingPayee.reply();
    }
    let payee = match payee(skyaddr) {
        Ok(payee) => payee,
        Err(refusal) => return refusal.reply(),
    };
    match status_entries(&state.store.snapshot(), &payee, &state.outlook) {
        Ok(statuses) => json(&StatusReply { statuses }),
        Err(error) => internal_error(&error),
    }
}
