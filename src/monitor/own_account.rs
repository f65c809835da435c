//! What a person changes of their own log-in: `POST /api/session/password`; `POST /api/session/totp` shows what a
//! second factor is set up with, `POST /api/session/totp/confirm` takes it over, `DELETE /api/session/totp` does
//! without. Each wants the password once more: a session that was left open is not enough.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use qrcode::QrCode;
use qrcode::render::svg;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::LoggedIn;
use super::people::refused;
use super::session::{address_of, factor, person, too_early};
use super::{MonitorState, json_body};
use crate::engine::operator::{NewFactor, set_password, set_second_factor};
use crate::http::{Body, BodyError, internal_error, json, method_not_allowed, text};
use crate::people::{Attempt, Enrolment, check_code, recovery_code_hash, recovery_codes};
use crate::report::{requests, staff};
use crate::types::Hidden;

/// Points of the square.
const QR_SIZE: u32 = 240;

#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The one of now.
    #[schema(value_type = String)]
    password: SecretString,
    /// The one from now on.
    #[schema(value_type = String)]
    new_password: SecretString,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = SecondFactor)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    /// What was made before.
    #[schema(value_type = String)]
    secret: SecretString,
    /// What the other device shows.
    code: String,
    /// Their password.
    #[schema(value_type = String)]
    password: SecretString,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = SecondFactorRemoval)]
#[serde(deny_unknown_fields)]
pub(super) struct Removal {
    /// Their password.
    #[schema(value_type = String)]
    password: SecretString,
    /// What the other device shows, or a recovery code.
    code: String,
}

/// A second factor that nothing is kept of yet.
#[derive(Serialize, ToSchema)]
#[schema(as = NewSecondFactor)]
pub(super) struct EnrolmentReply {
    /// The secret in base 32, to be typed in.
    secret: String,
    /// The same as the address that authenticators read.
    otpauth: String,
    /// The same as a QR code.
    qr_svg: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub(super) struct Codes {
    /// Each lets in once without the second factor.
    recovery_codes: Vec<String>,
}

/// Refuses whoever does not know the password of the person who is logged in; guesses cost here what they cost at the
/// log-in. Counts as a wrong one until [`Throttle::forget`] is told of the attempt, which is for when everything that
/// the person logs in with was right: otherwise the password, which is known, would pay for any number of guesses at
/// the code.
///
/// [`Throttle::forget`]: crate::people::Throttle::forget
async fn must_know(
    state: &MonitorState,
    request: &HttpRequest,
    own: &LoggedIn,
    password: &SecretString,
) -> Result<Attempt, Box<HttpResponse>> {
    let attempt = Attempt::new(own.person.name.as_str(), address_of(request));
    state.logins.throttle.begin(&attempt, state.clock.moment()).map_err(|wait| Box::new(too_early(wait)))?;
    let hash = Some(own.person.password.clone());
    match state.logins.verify(hash, password.expose_secret().to_owned()).await {
        Ok(true) => Ok(attempt),
        Ok(false) => Err(Box::new(text(StatusCode::FORBIDDEN, staff::WRONG_PASSWORD))),
        Err(crowded) => Err(Box::new(text(StatusCode::SERVICE_UNAVAILABLE, crowded))),
    }
}

pub(super) async fn password(
    state: Data<MonitorState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    if *request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    change_password(&state, &request, body).await.unwrap_or_else(|reply| *reply)
}

async fn change_password(
    state: &MonitorState,
    request: &HttpRequest,
    body: Result<Body, BodyError>,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let own = person(request)?;
    let change: PasswordChange = json_body::read(request.headers(), body)?;
    let attempt = must_know(state, request, &own, &change.password).await?;
    if own.person.second_factor.is_none() {
        state.logins.throttle.forget(&attempt);
    }
    let name = own.person.name.clone();
    let hash = super::people::new_hash(state, &name, &change.new_password).await?;
    let kept = Some((own.hash, own.session.clone()));
    match set_password(&state.store, name.clone(), name, hash, kept).await {
        Ok(()) => Ok(text(StatusCode::OK, staff::PASSWORD_CHANGED)),
        Err(error) => Ok(refused(&error)),
    }
}

pub(super) async fn second_factor(
    state: Data<MonitorState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    let done = match *request.method() {
        Method::POST => enrol(&request),
        Method::DELETE => remove(&state, &request, body).await,
        _ => return method_not_allowed("POST, DELETE", requests::METHOD_NOT_ALLOWED),
    };
    done.unwrap_or_else(|reply| *reply)
}

/// Shows a new key. Nothing is kept before a code of it was shown.
fn enrol(request: &HttpRequest) -> Result<HttpResponse, Box<HttpResponse>> {
    let own = person(request)?;
    let made = Enrolment::new(own.person.name.as_str()).map_err(|error| Box::new(internal_error(&error)))?;
    let (secret, otpauth) = (made.key.expose().to_owned(), made.url.expose().to_owned());
    let qr_svg = qr(&otpauth);
    Ok(json(&EnrolmentReply { secret, otpauth, qr_svg }))
}

fn qr(url: &str) -> String {
    let Ok(code) = QrCode::new(url) else { return String::new() };
    let svg = code.render::<svg::Color<'_>>().min_dimensions(QR_SIZE, QR_SIZE).build();
    // Inside a page the XML declaration has no place.
    svg.find("<svg").map_or(String::new(), |start| svg[start..].to_owned())
}

async fn remove(
    state: &MonitorState,
    request: &HttpRequest,
    body: Result<Body, BodyError>,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let own = person(request)?;
    let removal: Removal = json_body::read(request.headers(), body)?;
    let attempt = must_know(state, request, &own, &removal.password).await?;
    let internal = |error: &dyn std::fmt::Display| Box::new(internal_error(error));
    let used = factor(&own.person, &removal.code, state.clock.now()).map_err(|error| internal(&error))?;
    if used.is_none_or(|used| !own.person.accepts(used)) {
        return Err(Box::new(text(StatusCode::FORBIDDEN, staff::WRONG_CODE)));
    }
    state.logins.throttle.forget(&attempt);
    let name = own.person.name.clone();
    match set_second_factor(&state.store, name.clone(), name, None).await {
        Ok(()) => Ok(text(StatusCode::OK, staff::FACTOR_REMOVED)),
        Err(error) => Ok(refused(&error)),
    }
}

pub(super) async fn confirm(
    state: Data<MonitorState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    if *request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    take_over(&state, &request, body).await.unwrap_or_else(|reply| *reply)
}

async fn take_over(
    state: &MonitorState,
    request: &HttpRequest,
    body: Result<Body, BodyError>,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let own = person(request)?;
    let given: Confirmation = json_body::read(request.headers(), body)?;
    let attempt = must_know(state, request, &own, &given.password).await?;
    let wrong = |words: &str| Box::new(text(StatusCode::BAD_REQUEST, words));
    if own.person.second_factor.is_some() {
        return Err(Box::new(text(StatusCode::CONFLICT, staff::HAS_FACTOR)));
    }
    let key = Hidden::new(given.secret.expose_secret().to_owned());
    let step = check_code(&key, &given.code, state.clock.now())
        .map_err(|_| wrong(staff::UNKNOWN_SECRET))?
        .ok_or_else(|| wrong(staff::UNCONFIRMED))?;
    state.logins.throttle.forget(&attempt);
    let codes = recovery_codes().map_err(|error| Box::new(internal_error(&error)))?;
    let recovery = codes.iter().map(|code| recovery_code_hash(code)).collect();
    let (name, made) = (own.person.name.clone(), Some(NewFactor { key, step, recovery }));
    match set_second_factor(&state.store, name.clone(), name, made).await {
        Ok(()) => Ok(json(&Codes { recovery_codes: codes })),
        Err(error) => Ok(refused(&error)),
    }
}
