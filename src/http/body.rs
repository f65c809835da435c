//! The body of a request, as it was sent: nothing is unpacked, and it costs what it has cost the sender.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use futures_util::StreamExt;

use super::code::{Code, refusal};
use super::connection::{Phase, Visitor};
use crate::report::requests;

/// Longest body in bytes. All that is sent to any listener are forms and objects of a few short values.
pub const MAX_BODY: usize = 16 * 1024;
/// How long a body may take to come.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Taken by handlers as `Result<Body, BodyError>`; empty for methods that have none.
#[derive(Debug, Clone, Default)]
pub struct Body(pub Bytes);

/// Why there is no body.
#[derive(Debug)]
pub enum BodyError {
    /// It is longer than [`MAX_BODY`].
    TooLarge,
    /// It is packed.
    Encoded,
    /// It did not come in time.
    Late,
    /// It cannot be read.
    Broken(PayloadError),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyError::TooLarge => f.write_str(&requests::body_too_large(MAX_BODY)),
            BodyError::Encoded => f.write_str(requests::PACKED_BODY),
            BodyError::Late => f.write_str(&requests::body_late(TIMEOUT.as_secs())),
            BodyError::Broken(error) => f.write_str(&requests::no_body(error)),
        }
    }
}

impl BodyError {
    const fn code(&self) -> Code {
        match self {
            BodyError::TooLarge => Code::BodyTooLarge,
            BodyError::Encoded => Code::BodyEncoded,
            BodyError::Late => Code::BodyLate,
            BodyError::Broken(_) => Code::InvalidBody,
        }
    }
}

impl ResponseError for BodyError {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }

    fn error_response(&self) -> HttpResponse {
        refusal(self.code(), self)
    }
}

impl FromRequest for Body {
    type Error = BodyError;
    type Future = Pin<Box<dyn Future<Output = Result<Body, BodyError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return Box::pin(std::future::ready(Ok(Body::default())));
        }
        if let Some(refused) = refused(request.headers()) {
            return Box::pin(std::future::ready(Err(refused)));
        }
        let visitor = request.conn_data::<Arc<Visitor>>().cloned();
        let payload = payload.take();
        Box::pin(async move {
            let body = tokio::time::timeout(TIMEOUT, read(payload)).await.unwrap_or(Err(BodyError::Late));
            if body.is_ok() {
                visitor.iter().for_each(|visitor| visitor.enter(Phase::Answer));
            }
            body
        })
    }
}

/// What can be told before a byte is read.
fn refused(headers: &HeaderMap) -> Option<BodyError> {
    let value = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let encoding = value(header::CONTENT_ENCODING).unwrap_or("").trim();
    if !(encoding.is_empty() || encoding.eq_ignore_ascii_case("identity")) {
        return Some(BodyError::Encoded);
    }
    let length = value(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    length.is_some_and(|length| length > MAX_BODY as u64).then_some(BodyError::TooLarge)
}

async fn read(mut payload: Payload) -> Result<Body, BodyError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(BodyError::Broken)?;
        if body.len().saturating_add(chunk.len()) > MAX_BODY {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body(body.freeze()))
}
