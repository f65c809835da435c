//! How the control API answers: JSON, and words where something is wrong.

use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::{Error, HttpRequest, HttpResponse, error};
use serde::Serialize;
use serde_json::json;

/// The answer, or a 400 with the reason.
pub(super) fn of<T: Serialize>(result: Result<T, impl std::fmt::Display>) -> HttpResponse {
    match result {
        Ok(value) => HttpResponse::Ok().json(value),
        Err(error) => refused(&error),
    }
}

pub(super) fn refused(error: &dyn std::fmt::Display) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": error.to_string() }))
}

pub(super) fn not_running(chain: &str) -> HttpResponse {
    HttpResponse::NotFound().json(json!({ "error": format!("no {chain} node runs here") }))
}

pub(super) async fn unknown(request: HttpRequest) -> HttpResponse {
    let words = format!("there is no {} {}: see GET /", request.method(), request.path());
    HttpResponse::NotFound().json(json!({ "error": words }))
}

pub(super) fn unreadable(error: JsonPayloadError, _: &HttpRequest) -> Error {
    let answer = refused(&error);
    error::InternalError::from_response(error, answer).into()
}

pub(super) fn unreadable_query(error: QueryPayloadError, _: &HttpRequest) -> Error {
    let answer = refused(&error);
    error::InternalError::from_response(error, answer).into()
}
