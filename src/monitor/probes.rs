//! `GET /livez`, `/readyz`: whether the process lives, and whether it serves. They need no credentials, and tell no
//! more.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::MonitorState;
use crate::http::probe;

pub(super) async fn lives(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    probe(&request, state.readiness.lives())
}

pub(super) async fn is_ready(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    probe(&request, state.readiness.is_ready())
}
