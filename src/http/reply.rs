//! Replies in the original's form: JSON on success, else the message as plain text with a line's end.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::report::requests;

/// Bytes that most replies fit into.
const ROOM: usize = 512;

/// The content type of plain answers.
pub const TEXT: &str = "text/plain; charset=utf-8";

/// An error, or any other message: never JSON.
pub fn text(status: StatusCode, message: impl std::fmt::Display) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(TEXT)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .body(format!("{message}\n"))
}

/// Returns 200 with a value as JSON.
pub fn json(value: &impl Serialize) -> HttpResponse {
    let mut bytes = Vec::with_capacity(ROOM);
    match serde_json::to_writer(&mut bytes, value) {
        Ok(()) => json_bytes(bytes),
        Err(error) => internal_error(&error),
    }
}

/// Returns 200 with what is JSON already.
pub fn json_bytes(bytes: impl Into<actix_web::web::Bytes>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .body(bytes.into())
}

/// Returns 405 with the methods that would do.
pub fn method_not_allowed(allow: &'static str, message: &str) -> HttpResponse {
    let mut reply = text(StatusCode::METHOD_NOT_ALLOWED, message);
    reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    reply
}

/// Returns 404.
pub fn not_found() -> HttpResponse {
    text(StatusCode::NOT_FOUND, requests::NOT_FOUND)
}

/// The cause goes to the log, not to the caller.
pub fn internal_error(error: &dyn std::fmt::Display) -> HttpResponse {
    tracing::error!(%error, "request failed");
    text(StatusCode::INTERNAL_SERVER_ERROR, requests::INTERNAL)
}
