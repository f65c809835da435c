//! A number for every request: in its answer, and in every line of the log that was written for it.

use std::hash::BuildHasher;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;

use crate::telemetry::note;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Tells this process's requests from those of others whose logs are looked at together.
static PROCESS: LazyLock<u32> = LazyLock::new(|| {
    u32::try_from(foldhash::quality::RandomState::default().hash_one(0u8) >> 32).unwrap_or(0)
});
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Wraps everything else: the answer's `X-Request-Id`, and `request=` in the log.
pub async fn numbered<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = format!("{:08x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed));
    let span = tracing::info_span!("request", request = %id);
    note(&span, "http.request.method", || request.method().to_string());
    let response = next.call(request).instrument(span.clone()).await;
    let mut response = response?.map_into_boxed_body();
    if let Some(route) = response.request().match_pattern() {
        note(&span, "http.route", || route);
    }
    note(&span, "http.response.status_code", || i64::from(response.status().as_u16()));
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}
