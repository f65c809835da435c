//! Links of purchases that a browser was given: a cookie that no script reads and no other site has sent. Whoever
//! brings a link is shown it again; whoever knows a payee alone is not.
//!
//! It is set with a new address and never by opening a link: another site could have a browser open any.

use std::sync::Arc;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use subtle::ConstantTimeEq;

use crate::http::Visitor;

const COOKIE: &str = "purchases";
/// Where it is sent back to: the form, and the pages of purchases.
const PATH: &str = "/buy";
/// Links that a browser keeps, the newest first.
const MOST: usize = 16;
/// Longer ones are no links.
const LONGEST: usize = 100;
/// Stands in no link.
const BETWEEN: char = '.';

/// The links that a request brings.
#[derive(Debug, Default)]
pub(super) struct HeldLinks(Vec<String>);

impl HeldLinks {
    /// Returns those of this request.
    pub(super) fn of(request: &HttpRequest) -> HeldLinks {
        let Some(cookie) = request.cookie(COOKIE) else { return HeldLinks::default() };
        let is_link = |link: &&str| {
            (1..=LONGEST).contains(&link.len())
                && link.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        HeldLinks(cookie.value().split(BETWEEN).filter(is_link).take(MOST).map(str::to_owned).collect())
    }

    /// Whether this link is one of them.
    pub(super) fn has(&self, link: &str) -> bool {
        self.0.iter().any(|held| bool::from(held.as_bytes().ct_eq(link.as_bytes())))
    }

    /// Has the browser keep one more.
    pub(super) fn keep(mut self, link: &str, request: &HttpRequest, reply: &mut HttpResponse) {
        self.0.retain(|held| held != link);
        self.0.insert(0, link.to_owned());
        self.0.truncate(MOST);
        let cookie = Cookie::build(COOKIE, self.0.join(&BETWEEN.to_string())).path(PATH);
        let cookie = cookie.http_only(true).same_site(SameSite::Strict).secure(is_tls(request));
        // The page is there all the same where a browser takes no cookie.
        let _ = reply.add_cookie(&cookie.max_age(Duration::days(365)).finish());
    }
}

/// Whether the browser speaks TLS, to this service or to a proxy before it. Whoever lies harms nobody but themselves.
fn is_tls(request: &HttpRequest) -> bool {
    let value = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    request.conn_data::<Arc<Visitor>>().is_some_and(|visitor| visitor.is_tls)
        || value(header::ORIGIN).is_some_and(|origin| origin.starts_with("https://"))
        || value(header::HeaderName::from_static("x-forwarded-proto")) == Some("https")
}
