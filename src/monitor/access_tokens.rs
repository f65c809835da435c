//! `GET /api/tokens` lists the tokens of programs, `POST` makes one, which is shown once; `DELETE /api/tokens/{name}`
//! ends one.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asking::actor_of;
use super::caller::{Caller, TOKEN_PREFIX, is_bound};
use super::people::{created, name_of, refused, role_of};
use super::session::after;
use super::{MonitorState, bad_request, json_body};
use crate::engine::operator::{NewToken, end_token, make_token};
use crate::http::{Body, BodyError, internal_error, json, method_not_allowed, text};
use crate::people::{hash_of, new_secret};
use crate::report::{requests, staff};
use crate::store::{AccessToken, People};

/// The longest time that a token is good for, and the usual one, in days.
const MAX_DAYS: u64 = 400;
const DAYS: u64 = 90;
/// Most paths that a token may be bounded to.
const MAX_PATHS: usize = 20;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessTokenList)]
pub(super) struct List {
    /// The tokens, by the names of their programs.
    tokens: Vec<TokenReply>,
}

/// A program's token, without what is secret. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessToken)]
struct TokenReply {
    /// What the program is called.
    name: String,
    /// `view`, `operate` or `approve`.
    role: &'static str,
    /// Where these are any: it may read what stands below them, do what they name after `POST `, and nothing else.
    paths: Vec<String>,
    /// Who has made it.
    made_by: String,
    /// When.
    made_at: u64,
    /// When it ends.
    ends_at: u64,
}

impl From<AccessToken> for TokenReply {
    fn from(token: AccessToken) -> Self {
        TokenReply {
            name: token.name.to_string(),
            role: token.role.name(),
            paths: token.paths,
            made_by: token.made_by.to_string(),
            made_at: token.made_at.get(),
            ends_at: token.ends_at.get(),
        }
    }
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = NewAccessToken)]
pub(super) struct Made {
    /// Shown once: only its hash is kept.
    token: String,
    #[serde(flatten)]
    entry: TokenReply,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = NewToken)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// What the program is called.
    name: String,
    /// `view`, `operate` or `approve`.
    role: String,
    #[serde(default)]
    /// What it may do, where that is not everything: `/api/prices` or `/metrics` to be read with what stands below it,
    /// `POST /api/chains/*/look` to be done, where `*` stands for one part.
    paths: Vec<String>,
    #[serde(default = "usual_days")]
    /// How long it is good for.
    days: u64,
}

const fn usual_days() -> u64 {
    DAYS
}

pub(super) async fn tokens(
    state: Data<MonitorState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    match *request.method() {
        Method::GET | Method::HEAD => list(&state),
        Method::POST => make(&state, &request, body).await.unwrap_or_else(|reply| *reply),
        _ => method_not_allowed("GET, POST", requests::METHOD_NOT_ALLOWED),
    }
}

fn list(state: &MonitorState) -> HttpResponse {
    match state.store.snapshot().access_tokens() {
        Ok(mut tokens) => {
            tokens.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
            json(&List { tokens: tokens.into_iter().map(|(_, token)| TokenReply::from(token)).collect() })
        }
        Err(error) => internal_error(&error),
    }
}

async fn make(
    state: &MonitorState,
    request: &HttpRequest,
    body: Result<Body, BodyError>,
) -> Result<HttpResponse, Box<HttpResponse>> {
    if let Caller::Program { .. } = Caller::of(request) {
        let words = "Forbidden: a program makes no tokens";
        return Err(Box::new(text(StatusCode::FORBIDDEN, words)));
    }
    let by = actor_of(request)?;
    let wanted: Wanted = json_body::read(request.headers(), body)?;
    let (name, role) = (name_of(&wanted.name)?, role_of(&wanted.role)?);
    if wanted.paths.len() > MAX_PATHS || !wanted.paths.iter().all(|path| is_bound(path)) {
        return Err(Box::new(bad_request(staff::NO_PATHS)));
    }
    if !(1..=MAX_DAYS).contains(&wanted.days) {
        return Err(Box::new(bad_request(requests::out_of_range("days", MAX_DAYS))));
    }
    let secret = new_secret().map_err(|error| Box::new(internal_error(&error)))?;
    let secret = SecretString::from(format!("{TOKEN_PREFIX}{}", secret.expose_secret()));
    let hash = hash_of(secret.expose_secret());
    let long = Duration::from_secs(wanted.days.saturating_mul(86_400));
    let (paths, ends_at) = (wanted.paths, after(state.clock.now(), long));
    let token = NewToken { name, hash, role, paths, ends_at };
    if let Err(error) = make_token(&state.store, by, token).await {
        return Ok(refused(&error));
    }
    let kept = state.store.snapshot().access_token(hash).map_err(|error| Box::new(internal_error(&error)))?;
    let kept = kept.ok_or_else(|| Box::new(internal_error(&"the token was ended at once")))?;
    let (token, entry) = (secret.expose_secret().to_owned(), TokenReply::from(kept));
    Ok(created(json(&Made { token, entry })))
}

pub(super) async fn token(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if *request.method() != Method::DELETE {
        return method_not_allowed("DELETE", requests::METHOD_NOT_ALLOWED);
    }
    end(&state, &path, &request).await.unwrap_or_else(|reply| *reply)
}

async fn end(
    state: &MonitorState,
    name: &str,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let (by, name) = (actor_of(request)?, name_of(name)?);
    match end_token(&state.store, by, name.clone()).await {
        Ok(()) => Ok(text(StatusCode::OK, staff::token_ended(&name))),
        Err(error) => Ok(refused(&error)),
    }
}
