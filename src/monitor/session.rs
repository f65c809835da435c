//! `POST /api/session` logs a person in, `GET` tells who is logged in, `DELETE` logs out. `GET /api/sessions` lists
//! one's own sessions, `DELETE /api/sessions/{id}` ends one.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{COOKIE, Caller, LoggedIn};
use super::log::LogNote;
use super::{MonitorState, json_body, only_get};
use crate::engine::operator::{PersonError, end_session, log_in};
use crate::http::{Body, BodyError, caller_ip, internal_error, json, method_not_allowed, not_found, text};
use crate::people::{Attempt, check_code, hash_of, new_secret, recovery_code_hash};
use crate::report::{requests, staff};
use crate::store::{FactorUsed, People, Person, Session, Sessions, StoreError};
use crate::types::{Actor, Hash32, UnixTime};

/// What everybody hears who is not let in, whatever was wrong.
const WRONG: &str = "Unauthorized: name, password or code is wrong";

#[derive(Deserialize, ToSchema)]
#[schema(as = Credentials)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    /// Who.
    name: String,
    /// Their password.
    #[schema(value_type = String)]
    password: SecretString,
    /// Of the second factor, or a recovery code; empty where there is none.
    #[serde(default)]
    code: String,
}

/// Who asks. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionReply {
    /// Who that is.
    name: String,
    /// `view`, `operate` or `approve`.
    role: &'static str,
    /// How the caller has shown who they are: `session`, `token`, `config` or `loopback`.
    via: &'static str,
    /// Whether a second factor is set up.
    second_factor: bool,
    /// Whether anybody may log in.
    people: bool,
    #[serde(flatten)]
    session: OwnSession,
}

/// Told to whoever has logged in.
#[derive(Debug, Default, Serialize, ToSchema)]
struct OwnSession {
    /// To be sent as `X-Csrf-Token` with whatever is no GET.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
    /// When they logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    /// When it ends unless it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_ends_at: Option<u64>,
    /// When it ends in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<u64>,
}

pub(super) async fn session(
    state: Data<MonitorState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    match *request.method() {
        Method::GET | Method::HEAD => show(&state, &Caller::of(&request)),
        Method::POST => match json_body::read(request.headers(), body) {
            Ok(credentials) => begin(&state, &request, credentials).await,
            Err(reply) => *reply,
        },
        Method::DELETE => end(&state, &request).await,
        _ => method_not_allowed("GET, POST, DELETE", requests::METHOD_NOT_ALLOWED),
    }
}

fn show(state: &MonitorState, caller: &Caller) -> HttpResponse {
    let Some(role) = caller.role() else {
        return text(StatusCode::UNAUTHORIZED, staff::NOBODY);
    };
    let (people, name) = match (state.store.snapshot().has_people(), caller.actor("")) {
        (Ok(people), Ok(name)) => (people, name),
        (Err(error), _) => return internal_error(&error),
        (_, Err(error)) => return internal_error(&error),
    };
    let (second_factor, session) = match caller {
        Caller::Person(own) => (own.person.second_factor.is_some(), own_session(state, own)),
        Caller::Loopback | Caller::Config | Caller::Program { .. } | Caller::Nobody => {
            (false, OwnSession::default())
        }
    };
    let (name, role, via) = (name.to_string(), role.name(), caller.via());
    json(&SessionReply { name, role, via, second_factor, people, session })
}

fn own_session(state: &MonitorState, own: &LoggedIn) -> OwnSession {
    let ends_at = own.session.ends_at;
    OwnSession {
        csrf: Some(own.csrf.expose().to_owned()),
        since: Some(own.session.since.get()),
        idle_ends_at: Some(after(state.clock.now(), state.logins.idle).min(ends_at).get()),
        ends_at: Some(ends_at.get()),
    }
}

pub(super) fn after(time: UnixTime, long: Duration) -> UnixTime {
    UnixTime::new(time.get().saturating_add(long.as_secs()))
}

/// The address that counts for limits.
pub(super) fn address_of(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
    caller_ip(Some(peer), request.headers(), false, &[])
}

/// Answers whoever has to wait.
pub(super) fn too_early(wait: Duration) -> HttpResponse {
    let seconds = wait.as_secs().saturating_add(1);
    let mut reply = text(StatusCode::TOO_MANY_REQUESTS, staff::too_many_attempts(seconds));
    reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    reply
}

async fn begin(state: &MonitorState, request: &HttpRequest, credentials: Credentials) -> HttpResponse {
    let address = address_of(request);
    let attempt = Attempt::new(&credentials.name, address);
    if let Err(wait) = state.logins.throttle.begin(&attempt, state.clock.moment()) {
        tracing::warn!(client = %address, "a log-in came too early after wrong ones");
        return noted(state, &credentials.name, too_early(wait));
    }
    let wrong = || {
        tracing::warn!(client = %address, "a log-in was refused");
        noted(state, &credentials.name, text(StatusCode::UNAUTHORIZED, WRONG))
    };
    let (person, factor) = match check(state, &credentials).await {
        Ok(Some(found)) => found,
        Ok(None) => return wrong(),
        Err(reply) => return *reply,
    };
    state.logins.throttle.forget(&attempt);
    match begin_session(state, request, &person, factor, address).await {
        Ok(reply) => noted(state, &credentials.name, reply),
        // Gone meanwhile, or the code was used by somebody quicker.
        Err(PersonError::Unknown | PersonError::CodeUsed) => wrong(),
        Err(error) => internal_error(&error),
    }
}

/// The same reply, with whose name it was for the log of acts: what is nobody's name may be a password.
fn noted(state: &MonitorState, name: &str, mut reply: HttpResponse) -> HttpResponse {
    let person = Actor::parse(name).ok().and_then(|name| state.store.snapshot().person(&name).ok().flatten());
    if let Some(person) = person {
        reply.extensions_mut().insert(LogNote::tried_by(person.name));
    }
    reply
}

/// Who it is, and what they used beside the password; none where anything is wrong.
async fn check(
    state: &MonitorState,
    credentials: &Credentials,
) -> Result<Option<(Person, FactorUsed)>, Box<HttpResponse>> {
    let internal = |error: &dyn std::fmt::Display| Box::new(internal_error(error));
    let name = Actor::parse(&credentials.name).ok();
    let found = name.map(|name| state.store.snapshot().person(&name)).transpose();
    let person = found.map_err(|error| internal(&error))?.flatten();
    let hash = person.as_ref().map(|person| person.password.clone());
    let password = credentials.password.expose_secret().to_owned();
    let is_right = state
        .logins
        .verify(hash, password)
        .await
        .map_err(|crowded| Box::new(text(StatusCode::SERVICE_UNAVAILABLE, crowded)))?;
    let Some(person) = person.filter(|_| is_right) else { return Ok(None) };
    let factor = factor(&person, &credentials.code, state.clock.now()).map_err(|error| internal(&error))?;
    Ok(factor.filter(|factor| person.accepts(*factor)).map(|factor| (person, factor)))
}

/// What a code is, where the person needs one; none where it is none of theirs.
pub(super) fn factor(
    person: &Person,
    code: &str,
    now: UnixTime,
) -> Result<Option<FactorUsed>, crate::people::Trouble> {
    let Some(needed) = &person.second_factor else { return Ok(Some(FactorUsed::None)) };
    let hash = recovery_code_hash(code);
    if needed.recovery.contains(&hash) {
        return Ok(Some(FactorUsed::Recovery(hash)));
    }
    Ok(check_code(&needed.key, code, now)?.map(FactorUsed::Step))
}

async fn begin_session(
    state: &MonitorState,
    request: &HttpRequest,
    person: &Person,
    factor: FactorUsed,
    address: IpAddr,
) -> Result<HttpResponse, PersonError> {
    // Always a new one: what the browser came with, somebody else may know.
    let secret = new_secret()?;
    let (now, hash) = (state.clock.now(), hash_of(secret.expose_secret()));
    let session = Session {
        person: person.name.clone(),
        from: address.to_string(),
        since: now,
        seen_at: now,
        ends_at: after(now, state.logins.max),
    };
    log_in(&state.store, factor, hash, session.clone(), state.logins.idle).await?;
    tracing::info!(client = %address, by = %person.name, "logged in");
    let csrf = super::caller::csrf_of(secret.expose_secret());
    let own = Caller::Person(Box::new(LoggedIn { person: person.clone(), hash, session, csrf }));
    let mut reply = show(state, &own);
    set_cookie(&mut reply, request.headers(), secret.expose_secret(), state.logins.max);
    Ok(reply)
}

fn set_cookie(reply: &mut HttpResponse, asked: &HeaderMap, secret: &str, lasts: Duration) {
    let seconds = lasts.as_secs();
    let secure = if is_tls(asked) { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(value) = HeaderValue::try_from(cookie) {
        reply.headers_mut().insert(header::SET_COOKIE, value);
    }
}

/// Whether the browser speaks TLS, to a proxy before this listener. Whoever lies harms nobody but themselves.
fn is_tls(headers: &HeaderMap) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    value("origin").starts_with("https://") || value("x-forwarded-proto") == "https"
}

async fn end(state: &MonitorState, request: &HttpRequest) -> HttpResponse {
    let Caller::Person(own) = Caller::of(request) else {
        return text(StatusCode::UNAUTHORIZED, staff::NOBODY);
    };
    let hash = own.hash;
    if let Err(error) = end_session(&state.store, hash).await {
        return internal_error(&error);
    }
    let mut reply = text(StatusCode::OK, staff::LOGGED_OUT);
    set_cookie(&mut reply, request.headers(), "", Duration::ZERO);
    reply
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionList)]
pub(super) struct List {
    /// The sessions that have not ended.
    sessions: Vec<Entry>,
}

/// A session. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenSession)]
struct Entry {
    /// The beginning of the hash of its secret.
    id: String,
    /// The address that it came from.
    from: String,
    /// When they logged in.
    since: u64,
    /// When it was used last.
    seen_at: u64,
    /// When it ends in any case.
    ends_at: u64,
    /// Whether it is the one that asks.
    current: bool,
}

/// A person who is logged in; otherwise the reply to whoever is not.
pub(super) fn person(request: &HttpRequest) -> Result<Box<LoggedIn>, Box<HttpResponse>> {
    match Caller::of(request) {
        Caller::Person(own) => Ok(own),
        Caller::Loopback | Caller::Config | Caller::Program { .. } | Caller::Nobody => {
            let words = "Forbidden: this is for a person who is logged in";
            Err(Box::new(text(StatusCode::FORBIDDEN, words)))
        }
    }
}

fn own_sessions(state: &MonitorState, own: &LoggedIn) -> Result<Vec<(Hash32, Session)>, StoreError> {
    let mut sessions = state.store.snapshot().sessions_of(&own.person.name)?;
    let now = state.clock.now();
    sessions.retain(|(_, session)| !session.is_over(now, state.logins.idle));
    sessions.sort_by_key(|(hash, session)| (session.since, *hash));
    Ok(sessions)
}

fn id_of(hash: Hash32) -> String {
    hash.to_string().chars().take(16).collect()
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let own = match person(&request) {
        Ok(own) => own,
        Err(reply) => return *reply,
    };
    let sessions = match own_sessions(&state, &own) {
        Ok(sessions) => sessions,
        Err(error) => return internal_error(&error),
    };
    let entry = |(hash, session): (Hash32, Session)| Entry {
        id: id_of(hash),
        from: session.from,
        since: session.since.get(),
        seen_at: session.seen_at.get(),
        ends_at: session.ends_at.get(),
        current: hash == own.hash,
    };
    json(&List { sessions: sessions.into_iter().map(entry).collect() })
}

pub(super) async fn revoke(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if *request.method() != Method::DELETE {
        return method_not_allowed("DELETE", requests::METHOD_NOT_ALLOWED);
    }
    let own = match person(&request) {
        Ok(own) => own,
        Err(reply) => return *reply,
    };
    let found = own_sessions(&state, &own);
    let hash = match found.map(|all| all.into_iter().find(|(hash, _)| id_of(*hash) == *path)) {
        Ok(Some((hash, _))) => hash,
        Ok(None) => return not_found(),
        Err(error) => return internal_error(&error),
    };
    match end_session(&state.store, hash).await {
        Ok(()) => text(StatusCode::OK, staff::SESSION_ENDED),
        Err(error) => internal_error(&error),
    }
}
