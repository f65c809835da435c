//! Paths: one way to write each.

use crate::support::{Request, TestApp};

#[test]
fn should_send_to_the_clean_path() {
    let app = TestApp::new();
    for (target, clean) in [
        ("//api/config", "/api/config"),
        ("/x/../api/config", "/api/config"),
        ("/./api/./config", "/api/config"),
        ("/api//status?skyaddr=a&x=%20", "/api/status?skyaddr=a&x=%20"),
        ("/../../api/health", "/api/health"),
        ("//evil.example/x", "/evil.example/x"),
        ("///evil.example//", "/evil.example/"),
    ] {
        for method in ["GET", "POST"] {
            let reply = app.public(&Request::new(method, target));
            assert_eq!((reply.status, reply.header("Location")), (301, Some(clean)), "{method} {target}");
        }
    }
}

#[test]
fn should_not_know_other_paths() {
    let app = TestApp::new();
    for target in
        ["/api", "/api/", "/api/config/", "/api/bind/", "/API/config", "/static", "/static/", "/favicon.ico"]
    {
        app.get(target).assert_text(404, "404 page not found");
        app.dummy(&Request::get(target)).assert_text(404, "404 page not found");
    }
}

#[test]
fn should_refuse_methods_that_a_path_does_not_know() {
    let app = TestApp::new();
    for (target, known) in [
        ("/", &["GET", "HEAD", "POST"][..]),
        ("/buy", &["GET", "HEAD", "POST"]),
        ("/buy/x", &["GET", "HEAD"]),
        ("/buy/x/events", &["GET"]),
        ("/static/style.css", &["GET", "HEAD"]),
        ("/static/buyer.js", &["GET", "HEAD"]),
        ("/api/bind", &["POST"]),
        ("/api/status", &["GET", "HEAD"]),
        ("/api/config", &["GET", "HEAD"]),
        ("/api/health", &["GET", "HEAD"]),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"] {
            let reply = app.public(&Request::new(method, target));
            assert_eq!(reply.status == 405, !known.contains(&method), "{method} {target}: {}", reply.status);
            let allow = reply.header("Allow").unwrap_or("");
            assert_eq!(allow.contains(known[0]), reply.status == 405, "{method} {target}: {allow}");
        }
    }
    for (target, known) in [
        ("/dummy/scanner/deposit", &["GET", "HEAD", "POST"][..]),
        ("/dummy/sender/broadcasts", &["GET", "HEAD"]),
        ("/dummy/sender/confirm", &["GET", "HEAD", "POST"]),
        ("/dummy/sender/fund", &["GET", "HEAD", "POST"]),
    ] {
        for method in ["PUT", "DELETE", "OPTIONS", "NONSENSE"] {
            let reply = app.dummy(&Request::new(method, target));
            // The list of what was sent answers without it, as recorded.
            let is_told = target != "/dummy/sender/broadcasts";
            assert_eq!(
                (reply.status, reply.header("Allow").is_some()),
                (405, is_told),
                "{method} {target} of {known:?}"
            );
        }
    }
    for target in ["/nowhere", "/static/nothing.css", "/api/nowhere"] {
        assert_eq!(app.public(&Request::new("PUT", target)).status, 404, "{target}");
    }
}
