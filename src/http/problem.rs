//! Refusals as RFC 9457 has them, for whoever asks for that: `Accept: application/problem+json`. Everybody else gets
//! the words alone, as the original answers.
//!
//! One place makes them of whatever was refused on the way: by a handler, a limit or a router.

use actix_web::body::{BoxBody, MessageBody, to_bytes_limited};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, Accept, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::code::Code;

/// The media type.
pub(super) const PROBLEM: &str = "application/problem+json";
/// Longest words of a refusal, in bytes. All are far shorter.
const MOST: usize = 64 * 1024;

/// Why a request was refused, for programs (RFC 9457). Sent where `Accept` names `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// Where this kind of refusal is described, relative to the address that was asked.
    #[serde(rename = "type")]
    #[schema(example = "/api/reference#limit_reached")]
    kind: String,
    /// What the code means, the same for every such refusal.
    title: &'static str,
    /// The status of the answer.
    #[schema(example = 409)]
    status: u16,
    /// What was wrong this time, in words for people: what is sent as plain text else.
    detail: String,
    /// What programs go by; it never changes its meaning.
    #[schema(example = "limit_reached")]
    code: &'static str,
}

/// Wraps everything: refusals become problems where the request asks for them.
pub async fn problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_wanted = wants_problems(&request);
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || !is_plain(response.headers()) {
        return Ok(response);
    }
    let (request, mut reply) = response.into_parts();
    reply.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    let reply = if is_wanted { of(reply).await } else { reply };
    Ok(ServiceResponse::new(request, reply))
}

/// Whether the media type is named; what takes anything is given the words.
fn wants_problems(request: &ServiceRequest) -> bool {
    let Some(accept) = request.get_header::<Accept>() else { return false };
    accept.0.iter().any(|one| one.item.essence_str() == PROBLEM && one.quality > header::Quality::ZERO)
}

/// Whether an answer is words that nobody has compressed.
fn is_plain(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    kind.starts_with("text/plain") && !headers.contains_key(header::CONTENT_ENCODING)
}

async fn of(reply: HttpResponse) -> HttpResponse {
    let status = reply.status();
    let code = reply.extensions().get::<Code>().copied().unwrap_or_else(|| Code::of_status(status));
    let (mut head, body) = reply.into_parts();
    let words = to_bytes_limited(body, MOST).await.ok().and_then(Result::ok).unwrap_or_default();
    let problem = Problem {
        kind: format!("/api/reference#{}", code.name()),
        title: code.title(),
        status: status.as_u16(),
        detail: String::from_utf8_lossy(&words).trim_end().to_owned(),
        code: code.name(),
    };
    head.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    head.set_body(BoxBody::new(serde_json::to_vec(&problem).unwrap_or_default()))
}
