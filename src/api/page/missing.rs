//! The page for whoever comes to where there is none.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use askama::Template;

use super::chrome::Chrome;
use super::{HTML, reply};
use crate::api::ApiState;

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    c: Chrome<'a>,
}

/// Wraps the route of all that has none of its own: people, who send a browser, get a page, and programs the line of
/// text. What is below the operator's own directory is theirs to say.
pub(in crate::api) async fn missing<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let is_for_people =
        !response.request().path().starts_with("/api/") && takes_pages(response.request().headers());
    if response.status() != StatusCode::NOT_FOUND || !is_for_people {
        return Ok(response);
    }
    let (request, plain) = response.into_parts();
    let state = request.app_data::<Data<ApiState>>().cloned();
    let Some(state) = state.filter(|state| state.static_dir.is_none()) else {
        return Ok(ServiceResponse::new(request, plain));
    };
    let mut page = reply(&Missing { c: Chrome::new(&state, &request) }, StatusCode::NOT_FOUND);
    page.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language"));
    Ok(ServiceResponse::new(request, page))
}

fn takes_pages(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let kind = HTML.split(';').next().unwrap_or(HTML);
    // Whoever takes problems is a program, whatever else it takes.
    accepts.is_some_and(|accepts| accepts.contains(kind) && !accepts.contains("application/problem+json"))
}
