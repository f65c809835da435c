//! What every public request passes: limits per client, cross-origin rules, security headers.

use std::collections::HashSet;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::{Prefix, Web};
use crate::http::{TEXT, client_ip};

/// Checks between two clean-ups of clients that have long been gone.
const SWEEP_EVERY: u32 = 10_000;

/// The built-in pages need nothing from elsewhere, and no scripts.
const BUILT_IN_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";
/// Pages of the operator's own may have scripts, of the same origin.
const OWN_PAGES_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'";

/// What clients may ask for, method- and header-wise, from another origin.
const CORS_METHODS: [&str; 3] = ["GET", "POST", "HEAD"];
const CORS_HEADERS: [&str; 3] = ["accept", "content-type", "origin"];

/// A limit per client: so many requests in any burst, refilled evenly.
#[derive(Debug)]
pub struct Throttle {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl Throttle {
    /// None where the limit is so high that it is none.
    pub fn new(max: NonZeroU32, per: Duration) -> Option<Throttle> {
        let quota = Quota::with_period(per / max.get())?.allow_burst(max);
        let limiter = RateLimiter::keyed(quota);
        Some(Throttle { limiter, clock: DefaultClock::default(), checks: AtomicU32::new(0) })
    }

    /// The seconds to wait where the client has used up its share.
    fn refused(&self, client: IpAddr) -> Option<u64> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let wait = self.limiter.check_key(&client).err()?.wait_time_from(self.clock.now());
        // A Retry-After of 0 would be an invitation.
        Some(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1))
    }
}

/// The guard. One for all listeners of the public API, so that limits hold over all of them.
#[derive(Debug)]
pub struct Guard {
    bind: Option<Throttle>,
    status: Option<Throttle>,
    behind_proxy: bool,
    trusted_proxies: Vec<Prefix>,
    origins: Origins,
    policy: HeaderValue,
}

/// Which origins may read the API from a browser.
#[derive(Debug)]
struct Origins {
    any: bool,
    exact: HashSet<String>,
    /// Before and after a `*`.
    patterns: Vec<(String, String)>,
}

impl Origins {
    fn new(allowed: &[String]) -> Self {
        let mut origins = Origins { any: false, exact: HashSet::new(), patterns: Vec::new() };
        for entry in allowed {
            let entry = entry.trim_end_matches('/').to_ascii_lowercase();
            if entry == "*" {
                origins.any = true;
            } else if entry.contains("://") {
                origins.add(&entry);
            } else {
                // The documentation tells to add "the wallet's 127.0.0.1:port interface", without a scheme.
                origins.add(&format!("http://{entry}"));
                origins.add(&format!("https://{entry}"));
            }
        }
        origins
    }

    fn add(&mut self, entry: &str) {
        match entry.split_once('*') {
            Some((before, after)) => self.patterns.push((before.to_owned(), after.to_owned())),
            None => drop(self.exact.insert(entry.to_owned())),
        }
    }

    /// The value of `Access-Control-Allow-Origin` for this origin, if it is allowed.
    fn allow(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        if self.any {
            return Some(HeaderValue::from_static("*"));
        }
        let text = origin.to_str().ok()?.to_ascii_lowercase();
        let fits = |(before, after): &(String, String)| {
            text.len() >= before.len() + after.len()
                && text.starts_with(before.as_str())
                && text.ends_with(after.as_str())
        };
        (self.exact.contains(&text) || self.patterns.iter().any(fits)).then(|| origin.clone())
    }
}

impl Guard {
    pub fn new(web: &Web) -> Arc<Guard> {
        let throttle = || {
            let max = web.throttle_max.and_then(NonZeroU32::new)?;
            Throttle::new(max, web.throttle_duration)
        };
        let policy = if web.static_dir.is_some() { OWN_PAGES_POLICY } else { BUILT_IN_POLICY };
        Arc::new(Guard {
            bind: throttle(),
            status: throttle(),
            behind_proxy: web.behind_proxy,
            trusted_proxies: web.trusted_proxies.clone(),
            origins: Origins::new(&web.cors_allowed),
            policy: HeaderValue::from_static(policy),
        })
    }

    /// Passes a request on, or answers it itself.
    pub async fn run<B: MessageBody + 'static>(
        self: Arc<Self>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        if is_preflight(&request) {
            let reply = self.preflight(request.headers());
            return Ok(self.seal(request.into_response(reply)));
        }
        let origin = request.headers().get(header::ORIGIN).and_then(|origin| self.origins.allow(origin));
        // What a preflight would refuse is not to be read either.
        let origin = origin.filter(|_| CORS_METHODS.contains(&request.method().as_str()));
        let is_api = request.path().starts_with("/api/");
        let mut response = match self.throttled(&request) {
            Some(wait) => request.into_response(too_many_requests(wait)),
            None => next.call(request).await?.map_into_boxed_body(),
        };
        if is_api {
            let headers = response.headers_mut();
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
            if let Some(origin) = origin {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            }
        }
        Ok(self.seal(response))
    }

    /// The seconds to wait, where this client has asked too often. The page counts like the API that it uses.
    fn throttled(&self, request: &ServiceRequest) -> Option<u64> {
        let throttle = match request.path() {
            "/api/bind" => self.bind.as_ref(),
            "/api/status" => self.status.as_ref(),
            "/" if request.method() == Method::POST => self.bind.as_ref(),
            "/" if !request.query_string().is_empty() => self.status.as_ref(),
            _ => None,
        }?;
        let peer = request.peer_addr().map(|peer| peer.ip());
        throttle.refused(client_ip(peer, request.headers(), self.behind_proxy, &self.trusted_proxies))
    }

    fn preflight(&self, headers: &HeaderMap) -> HttpResponse {
        let mut reply = HttpResponse::Ok();
        for vary in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
            reply.append_header((header::VARY, HeaderValue::from_static(vary)));
        }
        let get = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let origin = headers.get(header::ORIGIN).and_then(|origin| self.origins.allow(origin));
        let method = get(header::ACCESS_CONTROL_REQUEST_METHOD).to_ascii_uppercase();
        let asked = get(header::ACCESS_CONTROL_REQUEST_HEADERS).to_ascii_lowercase();
        let asked: Vec<&str> = asked.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let is_allowed =
            CORS_METHODS.contains(&method.as_str()) && asked.iter().all(|name| CORS_HEADERS.contains(name));
        if let Some(origin) = origin.filter(|_| is_allowed) {
            reply.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin));
            reply.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, method));
            if !asked.is_empty() {
                let names: Vec<String> = asked.iter().map(|name| canonical(name)).collect();
                reply.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, names.join(", ")));
            }
        }
        reply.finish()
    }

    /// Adds what every reply carries.
    fn seal(&self, mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let is_tls = response.request().app_config().secure();
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if is_tls {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        response
    }
}

fn is_preflight(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && request.path().starts_with("/api/")
}

fn too_many_requests(wait: u64) -> HttpResponse {
    HttpResponse::build(StatusCode::TOO_MANY_REQUESTS)
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(TEXT)))
        .insert_header((header::RETRY_AFTER, wait))
        .body("You have reached maximum request limit.")
}

/// `content-type` as `Content-Type`.
fn canonical(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(allowed: &[&str], origin: &'static str) -> bool {
        let allowed: Vec<String> = allowed.iter().map(|&entry| entry.to_owned()).collect();
        Origins::new(&allowed).allow(&HeaderValue::from_static(origin)).is_some()
    }

    #[test]
    fn should_allow_only_listed_origins() {
        assert!(!allows(&[], "https://a.example"));
        assert!(allows(&["*"], "https://a.example"));
        assert!(allows(&["https://a.example"], "https://A.example"));
        assert!(!allows(&["https://a.example"], "http://a.example"));
        assert!(!allows(&["https://a.example"], "null"));
        assert!(allows(&["127.0.0.1:6420"], "http://127.0.0.1:6420"));
        assert!(allows(&["https://*.example"], "https://wallet.example"));
        assert!(!allows(&["https://*.example"], "https://wallet.example.evil"));
    }

    #[test]
    fn should_give_every_client_its_share_and_no_more() {
        let throttle = Throttle::new(NonZeroU32::new(3).unwrap(), Duration::from_secs(60)).unwrap();
        let (one, two) = ("1.1.1.1".parse().unwrap(), "2.2.2.2".parse().unwrap());
        assert!((0..3).all(|_| throttle.refused(one).is_none()));
        assert!(throttle.refused(one).is_some_and(|wait| (1..=20).contains(&wait)));
        assert!(throttle.refused(two).is_none());
    }
}
