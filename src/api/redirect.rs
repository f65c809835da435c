//! What the plain HTTP listener does while HTTPS is on: it sends everybody there.

use std::net::Ipv6Addr;

use actix_web::http::{Method, header};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::http::{Code, refusal};
use crate::report::requests;

/// Where to.
#[derive(Debug)]
pub struct RedirectState {
    /// The name that the certificate is for; none means the host that was asked.
    pub host: Option<String>,
    /// Port of the HTTPS listener.
    pub port: u16,
}

/// Adds the one route.
pub fn configure_redirect(routes: &mut ServiceConfig, state: Data<RedirectState>) {
    routes.app_data(state).default_service(web::to(redirect));
}

/// The host that was asked, without its port: the `Host` of the request and no other header, where it is a name or an
/// address and nothing else.
fn asked(request: &HttpRequest) -> Option<&str> {
    let mut all = request.headers().get_all(header::HOST);
    let host = all.next().filter(|_| all.next().is_none())?.to_str().ok()?;
    let (name, port) = match host.rsplit_once(':') {
        // The last colon of an IPv6 address is not a port's.
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    let is_address = |name: &str| {
        let inner = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inner.is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok())
    };
    let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok();
    ((is_name(name) || is_address(name)) && port.is_none_or(is_port)).then_some(name)
}

async fn redirect(state: Data<RedirectState>, request: HttpRequest) -> HttpResponse {
    let Some(host) = state.host.as_deref().or_else(|| asked(&request)) else {
        return refusal(Code::InvalidHost, requests::INVALID_HOST);
    };
    let port = if state.port == 443 { String::new() } else { format!(":{}", state.port) };
    let rest = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
    let target = format!("https://{host}{port}{rest}");
    let mut reply = HttpResponse::MovedPermanently();
    reply.insert_header((header::LOCATION, target.as_str()));
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return reply.finish();
    }
    let shown = target.replace('&', "&amp;").replace('"', "&#34;").replace('<', "&lt;").replace('>', "&gt;");
    reply
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(format!("<a href=\"{shown}\">Moved Permanently</a>.\n\n"))
}
