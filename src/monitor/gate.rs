//! The one way in: who sends a request, whether they may, and a line in the log of acts.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};
use subtle::ConstantTimeEq;

use super::access::{Right, can_shadow, is_acting, is_reading, right_of};
use super::caller::{Caller, LoggedIn, Unknown, identify, shows_something};
use super::log::{Asked, note};
use super::{MonitorState, sent};
use crate::engine::operator::use_session;
use crate::http::{Code, indirect, internal_error, is_own_page, refusal, text};
use crate::report::{shadow_words, staff};
use crate::store::Session;
use crate::telemetry::Seldom;

/// What each act by a session has to bear.
const CSRF: &str = "x-csrf-token";
/// How exactly it is kept when a session was used the last time: no request is to cost a commit.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Lets a request pass whose sender may ask for it.
pub(super) async fn gate<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(state) = request.app_data::<Data<MonitorState>>().cloned() else {
        return Ok(request.into_response(internal_error(&"BUG: the listener has no state")));
    };
    let (asked, is_shown) = (Asked::of(&request), shows_something(request.headers()));
    let mut caller = Caller::Nobody;
    let response = match admit(&state, &mut request, &mut caller).await {
        Ok(()) => {
            request.extensions_mut().insert(caller.clone());
            next.call(request).await?.map_into_boxed_body()
        }
        Err(refusal) => request.into_response(*refusal),
    };
    let mut response = note(&state, asked, &caller, is_shown, response).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// Finds out who sends it, and whether they may; otherwise returns the reply that refuses it.
async fn admit(
    state: &MonitorState,
    request: &mut ServiceRequest,
    found: &mut Caller,
) -> Result<(), Box<HttpResponse>> {
    let pattern = request.match_pattern();
    let right = right_of(pattern.as_deref(), request.method());
    let caller = match identify(state, request.headers()) {
        Ok(caller) => caller,
        Err(Unknown::Indirect) => return Err(Box::new(indirect())),
        Err(Unknown::Store(error)) => return Err(Box::new(internal_error(&error))),
        Err(_) if right == Right::Open && is_own_page(request.headers()) => Caller::Nobody,
        Err(_) if right == Right::Open => return Err(Box::new(indirect())),
        Err(unknown) => {
            note_refusal(request, matches!(unknown, Unknown::Wrong)).await;
            return Err(Box::new(unauthorized(state)));
        }
    };
    *found = caller.clone();
    if let Caller::Config | Caller::Program { .. } = caller {
        GUESSES.store(0, Ordering::Relaxed);
    }
    if let Caller::Person(logged_in) = &caller {
        if !is_reading(request.method()) && !is_meant(request.headers(), logged_in) {
            return Err(Box::new(forbidden(staff::CSRF_WANTED)));
        }
        keep(state, logged_in).await?;
    }
    if state.outlook.shadow.is_some() && !is_reading(request.method()) && !can_shadow(pattern.as_deref()) {
        return Err(Box::new(refusal(Code::Shadow, shadow_words::NO_ACTS)));
    }
    let is_allowed = match right {
        Right::Open => true,
        Right::Nobody => false,
        Right::Of(role) => caller.role().is_some_and(|own| own.includes(role)),
    };
    match right {
        _ if is_allowed && caller.reaches(request.path(), request.method()) => {
            if is_acting(request.method()) { sent::read(request).await } else { Ok(()) }
        }
        Right::Of(role) if !is_allowed => Err(Box::new(forbidden(staff::lacks(role)))),
        Right::Of(_) | Right::Open | Right::Nobody => Err(Box::new(forbidden(staff::NOT_OPEN))),
    }
}

/// Whether an act comes from a page that knows the session's token, and from no other site's.
fn is_meant(headers: &HeaderMap, logged_in: &LoggedIn) -> bool {
    let given = headers.get(CSRF).map_or(&b""[..], HeaderValue::as_bytes);
    bool::from(given.ct_eq(logged_in.csrf.expose().as_bytes())) && is_own_page(headers)
}

/// Notes that a session is used.
async fn keep(state: &MonitorState, logged_in: &LoggedIn) -> Result<(), Box<HttpResponse>> {
    let now = state.clock.now();
    // A short rest is kept more exactly.
    let every = SEEN_EVERY.min(state.logins.idle / 4);
    if now.since(logged_in.session.seen_at) < every || now == logged_in.session.seen_at {
        return Ok(());
    }
    let (hash, idle) = (logged_in.hash, state.logins.idle);
    let session = Session { seen_at: now, ..logged_in.session.clone() };
    let kept = use_session(&state.store, hash, session, idle).await;
    kept.map_err(|error| Box::new(internal_error(&error)))
}

fn forbidden(why: impl std::fmt::Display) -> HttpResponse {
    text(StatusCode::FORBIDDEN, why)
}

fn unauthorized(state: &MonitorState) -> HttpResponse {
    let words = match state.token {
        Some(_) => "Unauthorized: send Authorization: Bearer <token>",
        None => "Unauthorized: log in, or send Authorization: Bearer <token>",
    };
    let mut refusal = text(StatusCode::UNAUTHORIZED, words);
    refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    refusal
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
