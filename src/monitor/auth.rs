//! `Authorization: Bearer <token>`, where a token is configured; else nobody but who speaks to loopback on purpose.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use secrecy::ExposeSecret;

use super::MonitorState;
use crate::http::{indirect, is_direct, text};

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
            let is_same = |given: &str| same(given.as_bytes(), token.expose_secret().as_bytes());
            (!given.is_some_and(is_same)).then(unauthorized)
        }
    };
    let mut response = match refusal {
        None => next.call(request).await?.map_into_boxed_body(),
        Some(refusal) => request.into_response(refusal),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

fn unauthorized() -> HttpResponse {
    let mut refusal = text(StatusCode::UNAUTHORIZED, "Unauthorized: send Authorization: Bearer <token>");
    refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    refusal
}

/// Compares in a time that does not tell how much of a guess was right.
fn same(one: &[u8], two: &[u8]) -> bool {
    let difference = one.iter().zip(two).fold(0u8, |all, (a, b)| all | (a ^ b));
    one.len() == two.len() && difference == 0
}
