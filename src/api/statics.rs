//! Files: the built-in style sheet and icon, or whatever the operator's own directory holds.

use std::path::{Component, Path, PathBuf};

use actix_files::NamedFile;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::ApiState;
use crate::http::{method_not_allowed, not_found, not_found_or_redirect};
use crate::report::requests;

const CSS: &str = "text/css; charset=utf-8";
/// The operator's colours, which stand in no file.
const THEME: &str = "/static/theme.css";

/// Path, type and content.
pub(super) const BUILT_IN: [(&str, &str, &str); 3] = [
    ("/static/style.css", CSS, include_str!("../../web/static/style.css")),
    ("/static/buyer.js", "text/javascript; charset=utf-8", include_str!("../../web/dist/buyer/buyer.js")),
    ("/static/icon.svg", "image/svg+xml", include_str!("../../web/static/icon.svg")),
];

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    let path = request.path();
    if crate::http::clean_path(path) != path || path.starts_with("/api/") {
        return not_found_or_redirect(&request);
    }
    if path.ends_with("/index.html") {
        return HttpResponse::MovedPermanently().insert_header((header::LOCATION, "./")).finish();
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(dir) = &state.static_dir {
        let reply = file(&request, dir, path);
        return if is_read || reply.status() == StatusCode::NOT_FOUND { reply } else { only_read() };
    }
    if path == THEME && is_read {
        let mut reply = HttpResponse::Ok();
        reply
            .insert_header((header::CONTENT_TYPE, CSS))
            .insert_header((header::CACHE_CONTROL, "max-age=300"));
        return reply.body(state.theme_css.clone());
    }
    let built_in = BUILT_IN.iter().zip(&state.pressed).find(|((known, ..), _)| *known == path);
    let Some(((_, content_type, content), pressed)) = built_in else {
        return not_found();
    };
    if !is_read {
        return only_read();
    }
    let mut reply = HttpResponse::Ok();
    reply.insert_header((header::CACHE_CONTROL, "max-age=3600"));
    reply.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(content_type)));
    pressed.reply(&request, reply, *content)
}

fn only_read() -> HttpResponse {
    method_not_allowed("GET, HEAD", requests::METHOD_NOT_ALLOWED)
}

/// A file of the operator's directory; its index page for a directory.
pub(super) fn file(request: &HttpRequest, dir: &Path, path: &str) -> HttpResponse {
    let Some(inside) = inside(path) else { return not_found() };
    let mut full = dir.join(inside);
    if full.is_dir() {
        full.push("index.html");
    }
    match NamedFile::open(&full) {
        Ok(file) => file.into_response(request),
        Err(_) => not_found(),
    }
}

/// The path below the directory: only plain names, nothing hidden, nothing that leads out.
fn inside(path: &str) -> Option<PathBuf> {
    let params =
        crate::http::Params::parse(&format!("p={}", path.replace('+', "%2B").replace(['&', ';'], "")));
    let decoded = PathBuf::from(params.get("p").trim_start_matches('/'));
    let is_plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    decoded.components().all(is_plain).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn should_never_lead_out_of_the_directory() {
        assert_eq!(inside("/css/a%20b.css").unwrap().to_str(), Some("css/a b.css"));
        for path in ["/../secret", "/%2e%2e/secret", "/.git/config", "/a/%2e%2e/%2e%2e/b", "//etc/../x"] {
            assert_eq!(inside(path), None, "{path}");
        }
    }
}
