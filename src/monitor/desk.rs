//! The operator's desk: a page, its script and its style, as they were built into the program. They hold nothing that
//! is anybody's secret, and need no log-in; whatever they show is asked of `/api/`, which does.

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use twox_hash::XxHash3_64;

use crate::http::{method_not_allowed, not_found};
use crate::report::requests;

/// A file of the desk.
struct File {
    path: &'static str,
    content_type: &'static str,
    content: &'static str,
}

const FILES: [File; 4] = [
    File {
        path: "/",
        content_type: "text/html; charset=utf-8",
        content: include_str!("../../web/src/desk/index.html"),
    },
    File {
        path: "/desk/desk.js",
        content_type: "text/javascript; charset=utf-8",
        content: include_str!("../../web/dist/desk/desk.js"),
    },
    File {
        path: "/desk/desk.css",
        content_type: "text/css; charset=utf-8",
        content: include_str!("../../web/dist/desk/desk.css"),
    },
    File {
        path: "/desk/icon.svg",
        content_type: "image/svg+xml",
        content: include_str!("../../web/static/icon.svg"),
    },
];

/// The paths that are served here.
pub(super) const PATHS: [&str; 2] = ["/", "/desk/{file}"];

/// Scripts and styles of this listener alone, nothing inline, in nobody's frame. Pictures may stand in the page itself:
/// the code that a second factor is set up with is one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Asked for each time, and sent only where it is another one.
    (header::CACHE_CONTROL, "no-cache"),
];

pub(super) async fn serve(request: HttpRequest) -> HttpResponse {
    let Some(file) = FILES.iter().find(|file| file.path == request.path()) else { return not_found() };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET, HEAD", requests::METHOD_NOT_ALLOWED);
    }
    let tag = format!("W/\"{:016x}\"", XxHash3_64::oneshot(file.content.as_bytes()));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut reply = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    for (name, value) in HEADERS {
        reply.insert_header((name, HeaderValue::from_static(value)));
    }
    reply.insert_header((header::ETAG, tag));
    if is_known {
        return reply.finish();
    }
    reply.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(file.content_type)));
    reply.body(file.content)
}
