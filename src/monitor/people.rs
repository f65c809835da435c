//! `GET /api/people` lists who may log in, `POST` adds somebody; `POST /api/people/{name}/{role|password|totp-reset}`
//! changes what they may do and log in with, `DELETE /api/people/{name}` ends all of it at once.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asking::actor_of;
use super::caller::Caller;
use super::{MonitorState, bad_request, json_body};
use crate::engine::operator::{
    LastApprover, PersonError, add_person, remove_person, set_password, set_role, set_second_factor,
};
use crate::http::{Body, BodyError, internal_error, json, method_not_allowed, not_found, text};
use crate::people::PasswordError;
use crate::report::{requests, staff};
use crate::store::{People, Person};
use crate::types::{Actor, Hidden, Role};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonList)]
pub(super) struct List {
    /// Everybody, by name.
    people: Vec<PersonReply>,
}

/// Somebody who operates the desk. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub(super) struct PersonReply {
    /// How they are called.
    name: String,
    /// `view`, `operate` or `approve`.
    role: &'static str,
    /// Whether they have set up a second factor.
    second_factor: bool,
    /// When they were let in.
    added_at: u64,
    /// When they logged in last; absent where they never have.
    #[serde(skip_serializing_if = "Option::is_none")]
    logged_in_at: Option<u64>,
}

impl From<Person> for PersonReply {
    fn from(person: Person) -> Self {
        PersonReply {
            name: person.name.to_string(),
            role: person.role.name(),
            second_factor: person.second_factor.is_some(),
            added_at: person.added_at.get(),
            logged_in_at: person.logged_in_at.map(|at| at.get()),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[schema(as = NewPerson)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPerson {
    /// How they are called.
    name: String,
    /// `view`, `operate` or `approve`.
    role: String,
    /// What they log in with at first.
    #[schema(value_type = String)]
    password: SecretString,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = NewRole)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    /// `view`, `operate` or `approve`.
    role: String,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = NewPassword)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// What they log in with from now on.
    #[schema(value_type = String)]
    password: SecretString,
}

type Answer = Result<HttpResponse, Box<HttpResponse>>;

/// The reply to what was refused.
pub(super) fn refused(error: &PersonError) -> HttpResponse {
    match error {
        PersonError::Unknown => text(StatusCode::NOT_FOUND, error),
        PersonError::Taken | PersonError::LastApprover | PersonError::CodeUsed => {
            text(StatusCode::CONFLICT, error)
        }
        PersonError::Reserved(_) | PersonError::Password(PasswordError::Unfit) => bad_request(error),
        PersonError::Password(PasswordError::Trouble(_))
        | PersonError::Trouble(_)
        | PersonError::Store(_) => internal_error(error),
    }
}

/// The hash of a password that somebody is to have; otherwise the reply that refuses it.
pub(super) async fn new_hash(
    state: &MonitorState,
    name: &Actor,
    password: &SecretString,
) -> Result<Hidden, Box<HttpResponse>> {
    let hashed = state.logins.hash(name.to_string(), password.expose_secret().to_owned()).await;
    match hashed {
        Ok(Ok(hash)) => Ok(hash),
        Ok(Err(error)) => Err(Box::new(refused(&PersonError::Password(error)))),
        Err(crowded) => Err(Box::new(text(StatusCode::SERVICE_UNAVAILABLE, crowded))),
    }
}

/// A name as it was given; otherwise the reply that refuses it.
pub(super) fn name_of(text: &str) -> Result<Actor, Box<HttpResponse>> {
    Actor::parse(text).map_err(|error| Box::new(bad_request(requests::invalid("name", error))))
}

/// A role by its name; otherwise the reply that refuses it.
pub(super) fn role_of(name: &str) -> Result<Role, Box<HttpResponse>> {
    let expected = "Invalid role: expected view, operate or approve";
    Role::from_name(name).ok_or_else(|| Box::new(bad_request(expected)))
}

pub(super) async fn people(
    state: Data<MonitorState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    let done = match *request.method() {
        Method::GET | Method::HEAD => Ok(list(&state)),
        Method::POST => add(&state, &request, body).await,
        _ => return method_not_allowed("GET, POST", requests::METHOD_NOT_ALLOWED),
    };
    done.unwrap_or_else(|reply| *reply)
}

fn list(state: &MonitorState) -> HttpResponse {
    match state.store.snapshot().people() {
        Ok(people) => json(&List { people: people.into_iter().map(PersonReply::from).collect() }),
        Err(error) => internal_error(&error),
    }
}

/// Who asks for an act on people, where that is no program: it could make itself a person, and outlive its token.
/// Otherwise the reply that refuses it.
fn ruler(request: &HttpRequest) -> Result<Actor, Box<HttpResponse>> {
    if let Caller::Program { .. } = Caller::of(request) {
        return Err(Box::new(text(StatusCode::FORBIDDEN, staff::NO_PROGRAMS)));
    }
    actor_of(request)
}

/// Refuses to whoever is logged in what they change of themselves by showing that they know their password.
fn must_be_anothers(request: &HttpRequest, name: &Actor, instead: &str) -> Result<(), Box<HttpResponse>> {
    let Caller::Person(own) = Caller::of(request) else { return Ok(()) };
    if own.person.name.as_str().to_lowercase() != name.as_str().to_lowercase() {
        return Ok(());
    }
    Err(Box::new(text(StatusCode::FORBIDDEN, staff::your_own(instead))))
}

async fn add(state: &MonitorState, request: &HttpRequest, body: Result<Body, BodyError>) -> Answer {
    let by = ruler(request)?;
    let new: NewPerson = json_body::read(request.headers(), body)?;
    let (name, role) = (name_of(&new.name)?, role_of(&new.role)?);
    let snapshot = state.store.snapshot();
    if role != Role::Approve && !snapshot.has_people().map_err(|error| Box::new(internal_error(&error)))? {
        let words = "Invalid role: the first person has to have the role approve, to let others in";
        return Err(Box::new(bad_request(words)));
    }
    let password = new_hash(state, &name, &new.password).await?;
    if let Err(error) = add_person(&state.store, by.clone(), name.clone(), role, password).await {
        return Ok(refused(&error));
    }
    tracing::warn!(%name, %role, %by, "somebody may log in from here on");
    match state.store.snapshot().person(&name) {
        Ok(Some(person)) => Ok(created(json(&PersonReply::from(person)))),
        Ok(None) => Ok(not_found()),
        Err(error) => Ok(internal_error(&error)),
    }
}

/// The same reply with 201.
pub(super) fn created(mut reply: HttpResponse) -> HttpResponse {
    if reply.status() == StatusCode::OK {
        *reply.status_mut() = StatusCode::CREATED;
    }
    reply
}

pub(super) async fn person(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if *request.method() != Method::DELETE {
        return method_not_allowed("DELETE", requests::METHOD_NOT_ALLOWED);
    }
    remove(&state, &path, &request).await.unwrap_or_else(|reply| *reply)
}

async fn remove(state: &MonitorState, name: &str, request: &HttpRequest) -> Answer {
    let (by, name) = (ruler(request)?, name_of(name)?);
    match remove_person(&state.store, by.clone(), name.clone(), LastApprover::Stays).await {
        Ok(()) => {
            tracing::warn!(%name, %by, "somebody may not log in any more");
            Ok(text(StatusCode::OK, staff::removed(&name)))
        }
        Err(error) => Ok(refused(&error)),
    }
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    if *request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let (name, act) = path.into_inner();
    change(&state, &name, &act, &request, body).await.unwrap_or_else(|reply| *reply)
}

async fn change(
    state: &MonitorState,
    name: &str,
    act: &str,
    request: &HttpRequest,
    body: Result<Body, BodyError>,
) -> Answer {
    let (by, name) = (ruler(request)?, name_of(name)?);
    let told = by.clone();
    let (done, words) = match act {
        "role" => {
            let role = role_of(&json_body::read::<NewRole>(request.headers(), body)?.role)?;
            let set = set_role(&state.store, by, name.clone(), role, LastApprover::Stays).await;
            (set, format!("{name} has the role {role}"))
        }
        "password" => {
            must_be_anothers(request, &name, "POST /api/session/password")?;
            let new: NewPassword = json_body::read(request.headers(), body)?;
            let hash = new_hash(state, &name, &new.password).await?;
            let set = set_password(&state.store, by, name.clone(), hash, None).await;
            (set, format!("{name} has another password, and is logged out"))
        }
        "totp-reset" => {
            must_be_anothers(request, &name, "DELETE /api/session/totp")?;
            let reset = set_second_factor(&state.store, by, name.clone(), None).await;
            (reset, format!("{name} logs in with the password alone, and may set up a second factor anew"))
        }
        _ => return Ok(not_found()),
    };
    match done {
        Ok(()) => {
            tracing::warn!(%name, act, by = %told, "a log-in is changed");
            Ok(text(StatusCode::OK, words))
        }
        Err(error) => Ok(refused(&error)),
    }
}
