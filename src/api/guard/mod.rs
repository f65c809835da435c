//! What public requests pass: limits per client, cross-origin rules, security headers.
//!
//! Limits and cross-origin rules are wrapped around routes, not looked up by path: a path has many spellings, and what
//! counts is what is reached.

mod clients;
mod throttle;

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};

use crate::config::{AllowedOrigin, NetworkPrefix, Web};
use crate::http::{Code, KeyOwner, TEXT, Visitor, caller_ip, refusal};
use crate::report::requests;
use crate::telemetry::Seldom;

use clients::{Clients, UnknownToken};
pub use throttle::Throttle;

/// The built-in pages need nothing from elsewhere.
const BUILT_IN_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
     img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Pages of the operator's own may have scripts, of the same origin.
const OWN_PAGES_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     base-uri 'self'; frame-ancestors 'none'";
/// Those of the original have scripts inside them.
const INLINE_PAGES_POLICY: &str = "default-src 'self'; script-src 'self' 'unsafe-inline'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'";

/// Keys of requests that are done once, for a day: of an address, and of a client that the operator knows.
const KEYS_OF_ADDRESS: u64 = 1_000;
const KEYS_OF_CLIENT: u64 = 20_000;

static UNKNOWN: Seldom = Seldom::new(std::time::Duration::from_secs(60));
static TOO_MANY: Seldom = Seldom::new(std::time::Duration::from_secs(60));

/// What clients may ask for, method- and header-wise, from another origin.
const CORS_METHODS: [&str; 3] = ["GET", "POST", "HEAD"];
const CORS_HEADERS: [&str; 5] = ["accept", "content-type", "idempotency-key", "if-none-match", "origin"];
/// What another origin's page may read of an answer beside its body.
const EXPOSED: &str = "ETag, Idempotent-Replayed, Retry-After, X-Request-Id";

/// The guard. One for all listeners of the public API, so that limits hold over all of them.
#[derive(Debug)]
pub struct Guard {
    bind: Option<Throttle>,
    status: Option<Throttle>,
    clients: Clients,
    behind_proxy: bool,
    trusted_proxies: Vec<NetworkPrefix>,
    origins: Vec<AllowedOrigin>,
    policy: HeaderValue,
}

/// Which limit a route's requests count against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    Bind,
    Status,
    /// Like the API that it uses: a form that is sent as a bind, a question as a status.
    Page,
}

/// The client that the operator knows, by whose token a request came.
#[derive(Debug, Clone)]
pub(super) struct KnownClient(String);

impl KnownClient {
    /// Returns the name of whose token a request bears; none where it bears none.
    pub(super) fn of(request: &HttpRequest) -> Option<String> {
        request.extensions().get::<KnownClient>().map(|known| known.0.clone())
    }
}

impl Guard {
    /// Returns the guard of the public API by its settings; without a limit in them it throttles nobody.
    pub fn new(web: &Web) -> Arc<Guard> {
        let throttle = || {
            let max = web.throttle_max.and_then(NonZeroU32::new);
            let network = web.throttle_network_max.and_then(NonZeroU32::new);
            Throttle::new(max, network, web.throttle_duration)
        };
        let policy = match &web.static_dir {
            None => BUILT_IN_POLICY,
            Some(_) if web.static_inline_scripts => INLINE_PAGES_POLICY,
            Some(_) => OWN_PAGES_POLICY,
        };
        Arc::new(Guard {
            bind: throttle(),
            status: throttle(),
            clients: Clients::new(&web.clients),
            behind_proxy: web.behind_proxy,
            trusted_proxies: web.trusted_proxies.clone(),
            origins: web.cors_allowed.clone(),
            policy: HeaderValue::from_static(policy),
        })
    }

    /// Wraps a route: what counts against a limit is what is reached, however it was spelt.
    pub(super) async fn limit<B: MessageBody + 'static>(
        self: Arc<Self>,
        counts: Counts,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        match self.throttled(counts, &request) {
            Some(wait) => Ok(request.into_response(too_many_requests(wait))),
            None => Ok(next.call(request).await?.map_into_boxed_body()),
        }
    }

    /// Wraps a route of the API: who may use it from another site's page.
    pub(super) async fn share<B: MessageBody + 'static>(
        self: Arc<Self>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        if is_preflight(&request) {
            let reply = self.preflight(request.headers());
            return Ok(request.into_response(reply));
        }
        let origin = request.headers().get(header::ORIGIN).and_then(|origin| self.allowed(origin));
        // What a preflight would refuse is not to be read either.
        let origin = origin.filter(|_| CORS_METHODS.contains(&request.method().as_str()));
        let mut response = match self.clients.of(request.headers()) {
            Ok(_) => next.call(request).await?.map_into_boxed_body(),
            Err(UnknownToken) => request.into_response(unknown_client()),
        };
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
        Ok(response)
    }

    /// Wraps everything: what every reply carries.
    pub async fn seal<B: MessageBody + 'static>(
        self: Arc<Self>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let is_tls = request.conn_data::<Arc<Visitor>>().is_some_and(|visitor| visitor.is_tls);
        let mut response = next.call(request).await?.map_into_boxed_body();
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        // A page that is stricter says so itself.
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        }
        headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if is_tls {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        Ok(response)
    }

    /// The seconds to wait, where this client has asked too often.
    fn throttled(&self, counts: Counts, request: &ServiceRequest) -> Option<u64> {
        let is_bind = match counts {
            Counts::Bind => true,
            Counts::Status => false,
            Counts::Page if request.method() == Method::POST => true,
            Counts::Page if !request.query_string().is_empty() => false,
            Counts::Page => return None,
        };
        if let Ok(Some(known)) = self.clients.of(request.headers()) {
            return known.refused(is_bind);
        }
        let throttle = if is_bind { self.bind.as_ref() } else { self.status.as_ref() };
        throttle?.refused(self.address(request))
    }

    fn address(&self, request: &ServiceRequest) -> IpAddr {
        let peer = request.peer_addr().map(|peer| peer.ip());
        caller_ip(peer, request.headers(), self.behind_proxy, &self.trusted_proxies)
    }

    /// Has the handler of a request know which client sends it.
    pub(super) fn name_client(&self, request: &ServiceRequest) {
        if let Ok(Some(known)) = self.clients.of(request.headers()) {
            request.extensions_mut().insert(KnownClient(known.name.clone()));
        }
    }

    /// Whose `Idempotency-Key` a request bears: a client's that the operator knows, or an address's.
    pub(super) fn key_owner(&self, request: &ServiceRequest) -> KeyOwner {
        match self.clients.of(request.headers()) {
            Ok(Some(known)) => KeyOwner { name: format!("client {}", known.name), most: KEYS_OF_CLIENT },
            Ok(None) | Err(UnknownToken) => {
                KeyOwner { name: format!("address {}", self.address(request)), most: KEYS_OF_ADDRESS }
            }
        }
    }

    /// The value of `Access-Control-Allow-Origin` for this origin, if it is allowed.
    fn allowed(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        if self.origins.contains(&AllowedOrigin::Any) {
            return Some(HeaderValue::from_static("*"));
        }
        let text = origin.to_str().ok()?;
        self.origins.iter().any(|allowed| allowed.allows(text)).then(|| origin.clone())
    }

    fn preflight(&self, headers: &HeaderMap) -> HttpResponse {
        let mut reply = HttpResponse::Ok();
        for vary in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
            reply.append_header((header::VARY, HeaderValue::from_static(vary)));
        }
        let get = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let origin = headers.get(header::ORIGIN).and_then(|origin| self.allowed(origin));
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
}

fn is_preflight(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn unknown_client() -> HttpResponse {
    if let Some(times) = UNKNOWN.ask() {
        tracing::warn!(times, "requests with a token that belongs to no client are refused");
    }
    let mut reply = refusal(Code::UnknownClient, requests::UNKNOWN_CLIENT);
    reply.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    reply
}

fn too_many_requests(wait: u64) -> HttpResponse {
    if let Some(times) = TOO_MANY.ask() {
        tracing::warn!(times, wait, "requests beyond web.throttle_max are refused");
    }
    HttpResponse::build(StatusCode::TOO_MANY_REQUESTS)
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(TEXT)))
        .insert_header((header::RETRY_AFTER, wait))
        .body(requests::TOO_MANY)
}

/// `content-type` as `Content-Type`.
fn canonical(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}
