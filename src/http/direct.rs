//! Whether a caller meant the listener that it called.
//!
//! Any web page may make its reader's browser send requests to loopback. Such a request names the page
//! (`Origin`, `Referer`), or says that it is a page's (`Sec-Fetch-Site`), or calls by a host name of the
//! page's own that leads here.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::http::uri::Authority;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use super::reply::text;
use crate::report::requests;
use crate::telemetry::Seldom;

static REFUSED: Seldom = Seldom::new(Duration::from_secs(60));

/// Whether a request was sent on purpose: by an IP address or as localhost, and from no other site's page.
pub fn is_direct(headers: &HeaderMap) -> bool {
    let value = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = value(header::HOST).unwrap_or("");
    let name = Authority::try_from(host).ok().map(|authority| authority.host().to_owned());
    let name = name.as_deref().unwrap_or("").trim_matches(['[', ']']);
    let is_known = host.is_empty() || name == "localhost" || name.parse::<IpAddr>().is_ok();
    let is_own = |name| value(name).is_none_or(|page| authority_of(page) == Some(host));
    // "same-site" is another port of this machine: not this listener's page.
    let is_own_fetch = value(HeaderName::from_static("sec-fetch-site"))
        .is_none_or(|site| matches!(site, "none" | "same-origin"));
    is_known && is_own(header::ORIGIN) && is_own(header::REFERER) && is_own_fetch
}

/// Whether a request that a browser sent comes from a page of this listener, by whatever name that is called. What is
/// no browser says nothing of pages, and passes.
pub fn is_own_page(headers: &HeaderMap) -> bool {
    let value = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = value(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let host = value(header::HOST).unwrap_or("");
    value(header::ORIGIN).is_none_or(|page| authority_of(page) == Some(host))
}

/// `host:port` of an origin or a page; none where it has none, as `null`.
fn authority_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}

/// The reply to a caller that did not mean it.
pub fn indirect() -> HttpResponse {
    text(StatusCode::FORBIDDEN, requests::INDIRECT)
}

/// Lets requests pass that come from this machine and are meant.
pub async fn only_direct<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_near = request.peer_addr().is_none_or(|peer| peer.ip().to_canonical().is_loopback());
    if is_near && is_direct(request.headers()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    if let Some(times) = REFUSED.ask() {
        tracing::warn!(times, path = request.path(), "requests of another site's page are refused");
    }
    Ok(request.into_response(indirect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn direct(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_direct(&headers)
    }

    #[test]
    fn should_tell_a_page_of_another_site_by_each_of_its_marks() {
        let host = ("host", "127.0.0.1:4121");
        assert!(direct(&[]) && direct(&[host]));
        assert!(direct(&[host, ("origin", "http://127.0.0.1:4121")]));
        assert!(direct(&[host, ("referer", "http://127.0.0.1:4121/any?where#x")]));
        assert!(direct(&[host, ("sec-fetch-site", "none")]));
        assert!(direct(&[host, ("sec-fetch-site", "same-origin")]));
        for foreign in [
            ("origin", "https://elsewhere.example"),
            ("origin", "http://127.0.0.1:8000"),
            ("origin", "null"),
            ("referer", "https://elsewhere.example/127.0.0.1:4121"),
            ("referer", "http://127.0.0.1:8000/"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!direct(&[host, foreign]), "{foreign:?}");
        }
        assert!(!direct(&[("host", "elsewhere.example:4121")]));
        assert!(!direct(&[("host", "127.0.0.1.elsewhere.example")]));
    }
}
