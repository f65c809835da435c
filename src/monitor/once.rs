//! Acts that are done once, however often a request with the same `Idempotency-Key` comes.

use std::sync::Arc;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::MonitorState;
use super::caller::Caller;
use crate::http::KeyOwner;

/// Keys of one who asks, for a day.
const MOST_KEYS: u64 = 20_000;
/// What is answered here is secret, and is not kept: sessions, tokens, second factors.
const SECRET: [&str; 3] = ["/api/session", "/api/tokens", "/api/people"];

/// Wraps everything inside the gate. A key belongs to whoever sent it: nobody is given another one's answer.
pub(super) async fn keyed<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let route = request.match_pattern().unwrap_or_default();
    let is_secret = SECRET.iter().any(|path| route.starts_with(path));
    let state = request.app_data::<Data<MonitorState>>().filter(|_| !is_secret).cloned();
    let Some(state) = state else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let actor = Caller::of(request.request()).actor("");
    let name = actor.map_or_else(|_| "nobody".to_owned(), |actor| format!("operator {actor}"));
    Arc::clone(&state.once).keyed(KeyOwner { name, most: MOST_KEYS }, request, next).await
}
