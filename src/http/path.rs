//! Paths: one way to write each, as the original's router has it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::reply::not_found;

/// The path without empty, `.` and `..` parts; a trailing slash stays.
pub fn clean_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    let mut clean = format!("/{}", parts.join("/"));
    if path.ends_with('/') && clean.len() > 1 {
        clean.push('/');
    }
    clean
}

/// For what no route serves: the clean form of the path where it is not clean, else 404.
pub fn not_found_or_redirect(request: &HttpRequest) -> HttpResponse {
    let clean = clean_path(request.path());
    if clean == request.path() { not_found() } else { moved(request, &clean) }
}

/// 301, with a page that links there for those who do not follow.
fn moved(request: &HttpRequest, path: &str) -> HttpResponse {
    let target = match request.query_string() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    };
    let shown = target.replace('&', "&amp;").replace('"', "&#34;").replace('<', "&lt;").replace('>', "&gt;");
    HttpResponse::MovedPermanently()
        .insert_header((header::LOCATION, target))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(format!("<a href=\"{shown}\">Moved Permanently</a>.\n\n"))
}

#[cfg(test)]
mod tests {
    use super::clean_path;

    #[test]
    fn should_clean_paths() {
        for (path, clean) in [
            ("/", "/"),
            ("//api/config", "/api/config"),
            ("/x/../api/config", "/api/config"),
            ("/api/config/", "/api/config/"),
            ("/../../etc", "/etc"),
            ("/./a//b/", "/a/b/"),
        ] {
            assert_eq!(clean_path(path), clean);
        }
    }
}
