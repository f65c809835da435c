//! Answers to whoever looks whether the service lives.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

use super::reply::{method_not_allowed, text};

/// Returns 200 `ok`, or 503 with what is the matter.
pub fn probe(request: &HttpRequest, found: Result<(), &'static str>) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET", "Method Not Allowed");
    }
    let mut reply = match found {
        Ok(()) => text(StatusCode::OK, "ok"),
        Err(why) => text(StatusCode::SERVICE_UNAVAILABLE, why),
    };
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
