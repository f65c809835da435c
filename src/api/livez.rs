//! `GET /livez`: whether the process lives. Nothing is read for it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::ApiState;
use crate::http::probe;

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    probe(&request, state.readiness.lives())
}
