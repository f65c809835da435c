//! The page for whoever comes to where there is none.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::chrome::Chrome;
use super::{HTML, reply};
use crate::api::ApiState;
use crate::http::not_found;

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    c: Chrome<'a>,
}

/// Returns 404: a page for people, who send a browser, and a line of text for programs.
pub(in crate::api) fn missing(state: &ApiState, request: &HttpRequest) -> HttpResponse {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let kind = HTML.split(';').next().unwrap_or(HTML);
    if !accepts.is_some_and(|accepts| accepts.contains(kind)) {
        return not_found();
    }
    let mut page = reply(&Missing { c: Chrome::new(state, request) }, StatusCode::NOT_FOUND);
    page.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept, Accept-Language"));
    page
}
