//! `Authorization: Bearer <token>`, where a token is configured; else nobody but who speaks to loopback on purpose.
//!
//! Any web page may make its reader's browser send requests to loopback. Such a request names the page's origin, or a host
//! name of the page's own that leads here: both are refused.

use std::net::IpAddr;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::uri::Authority;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use secrecy::ExposeSecret;

use super::MonitorState;
use crate::http::text;

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
        None => (!is_direct(&request)).then(foreign),
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

fn foreign() -> HttpResponse {
    text(
        StatusCode::FORBIDDEN,
        "Forbidden: call this listener by its address, and not from another site's page",
    )
}

/// Whether the caller meant this listener: by an IP address or as localhost, and from no other site's page.
fn is_direct(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    let value = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = value(header::HOST).unwrap_or("");
    let name = Authority::try_from(host).ok().map(|authority| authority.host().to_owned());
    let name = name.as_deref().unwrap_or("").trim_matches(['[', ']']);
    let is_known = host.is_empty() || name == "localhost" || name.parse::<IpAddr>().is_ok();
    let is_own_page = value(header::ORIGIN)
        .is_none_or(|origin| origin.split_once("://").is_some_and(|(_, origin)| origin == host));
    is_known && is_own_page
}

/// Compares in a time that does not tell how much of a guess was right.
fn same(one: &[u8], two: &[u8]) -> bool {
    let difference = one.iter().zip(two).fold(0u8, |all, (a, b)| all | (a ^ b));
    one.len() == two.len() && difference == 0
}
