//! What the plain HTTP listener does while HTTPS is on: it sends everybody there.

use actix_web::http::{Method, header};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

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

async fn redirect(state: Data<RedirectState>, request: HttpRequest) -> HttpResponse {
    let info = request.connection_info();
    let asked = match info.host().rsplit_once(':') {
        // The last colon of a bare IPv6 address is not a port's.
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => info.host(),
    };
    let host = state.host.as_deref().unwrap_or(asked);
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
