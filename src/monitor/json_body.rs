//! Bodies of requests that are JSON.

use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use serde::de::DeserializeOwned;

use super::bad_request;
use crate::http::{Body, BodyError, text};
use crate::report::requests;

/// Reads a body; otherwise returns the reply that refuses it. What is no JSON by its type is refused: a form of another
/// site's page can be sent as anything else without asking.
pub(super) fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Result<Body, BodyError>,
) -> Result<T, Box<HttpResponse>> {
    let Body(bytes) = body.map_err(|error| Box::new(error.error_response()))?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Box::new(text(StatusCode::UNSUPPORTED_MEDIA_TYPE, requests::JSON_WANTED)));
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Box::new(bad_request(requests::json_amiss(place)))
    })
}
