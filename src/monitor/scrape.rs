//! `GET /metrics`: what Prometheus scrapes.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{MonitorState, only_get};
use crate::http::internal_error;

/// The text format, in the version that every Prometheus reads.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn scrape(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    match state.metrics.render() {
        Ok(text) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(FORMAT)))
            .body(text),
        Err(error) => internal_error(&error),
    }
}
