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
