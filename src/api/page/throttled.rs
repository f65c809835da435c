//! The page for who has asked too often: the guard's refusal, in words.

use std::time::Duration;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use askama::Template;

use super::chrome::Chrome;
use super::{put, reply};
use crate::api::ApiState;
use crate::report::span;

#[derive(Template)]
#[template(path = "throttled.html")]
struct Throttled<'a> {
    c: Chrome<'a>,
    words: String,
}

/// Wraps a route of pages, around the guard.
pub(in crate::api) async fn in_words<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    if response.status() != StatusCode::TOO_MANY_REQUESTS {
        return Ok(response);
    }
    let (request, refused) = response.into_parts();
    let Some(state) = request.app_data::<Data<ApiState>>().cloned() else {
        return Ok(ServiceResponse::new(request, refused));
    };
    let wait = refused.headers().get(header::RETRY_AFTER).cloned();
    let seconds = wait.as_ref().and_then(|wait| wait.to_str().ok()?.parse().ok()).unwrap_or(1);
    let c = Chrome::new(&state, &request);
    let words = put(c.t.too_many, "time", span(Duration::from_secs(seconds), c.language));
    let mut page = reply(&Throttled { c, words }, StatusCode::TOO_MANY_REQUESTS);
    if let Some(wait) = wait {
        page.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    Ok(ServiceResponse::new(request, page))
}
