//! `Authorization: Bearer <token>`, where a token is configured; else nobody but who speaks to loopback on purpose.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::MonitorState;
use crate::http::{Seldom, indirect, is_direct, text};
use crate::report::requests;

/// Lets a request pass that carries the token, or any where there is none.
pub async fn authorize<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let token = request.app_data::<Data<MonitorState>>().and_then(|state| state.token.clone());
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.split_once(' '));
    let given =
        given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let refusal = match &token {
        None => (!is_direct(request.headers())).then(indirect),
        Some(token) => {
            let is_same = |given: &str| bool::from(given.as_bytes().ct_eq(token.expose_secret().as_bytes()));
            let is_right = given.is_some_and(is_same);
            if is_right {
                GUESSES.store(0, Ordering::Relaxed);
            }
            (!is_right).then(unauthorized)
        }
    };
    if refusal.is_some() {
        note_refusal(&request, token.is_some() && given.is_some()).await;
    }
    let mut response = match refusal {
        None => next.call(request).await?.map_into_boxed_body(),
        Some(refusal) => request.into_response(refusal),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// Wrong tokens in a row that are answered at once: an operator mistypes one.
const AT_ONCE: u32 = 5;
const LONGEST_DELAY: Duration = Duration::from_secs(2);

/// Says that a call was refused, and answers slower the more tokens are tried.
async fn note_refusal(request: &ServiceRequest, is_guess: bool) {
    let client = request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    if let Some(times) = REFUSED.ask() {
        tracing::warn!(times, %client, path = request.path(), "admin calls are refused");
    }
    if !is_guess {
        return;
    }
    let guesses = GUESSES.fetch_add(1, Ordering::Relaxed).saturating_add(1);
    if guesses <= AT_ONCE {
        return;
    }
    let delay = Duration::from_millis(u64::from(guesses - AT_ONCE) * 100).min(LONGEST_DELAY);
    if let Some(times) = SLOWED.ask() {
        tracing::warn!(times, %client, guesses, "slowed down after wrong tokens");
    }
    tokio::time::sleep(delay).await;
}

static REFUSED: Seldom = Seldom::new(Duration::from_secs(60));
static SLOWED: Seldom = Seldom::new(Duration::from_secs(60));
/// Since the last call with the right token.
static GUESSES: AtomicU32 = AtomicU32::new(0);

fn unauthorized() -> HttpResponse {
    let mut refusal = text(StatusCode::UNAUTHORIZED, requests::UNAUTHORIZED);
    refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    refusal
}
