//! Security headers: on every public answer, whatever it is.

use crate::support::{BUYER, Reply, Request, Setup, TestApp, tls};

const BUILT_IN_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
     style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn assert_sealed(reply: &Reply, target: &str) {
    for (name, value) in [
        ("Content-Security-Policy", BUILT_IN_POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name} of {target}");
    }
    assert_eq!(reply.header("Server"), None, "{target}");
}

#[test]
fn should_seal_every_public_answer() {
    let app = TestApp::start(Setup::new().set("web.throttle_max", 2).text("web.throttle_duration", "1h"));
    let status = format!("/api/status?skyaddr={BUYER}");
    for (target, code) in [
        ("/", 200),
        ("/buy", 303),
        ("/static/style.css", 200),
        ("/api/config", 200),
        ("/api/health", 200),
        (&status, 200),
        ("/api/status", 400),
        (&status, 429),
        ("/api/bind", 405),
        ("/nowhere", 404),
        ("//api/config", 301),
        ("/index.html", 301),
    ] {
        let reply = app.get(target);
        assert_eq!(reply.status, code, "{target}");
        assert_sealed(&reply, target);
        assert_eq!(reply.header("Strict-Transport-Security"), None, "only HTTPS may promise HTTPS");
    }
    let preflight = Request::new("OPTIONS", "/api/bind").header("Access-Control-Request-Method", "POST");
    assert_sealed(&app.public(&preflight), "preflight");
}

#[test]
fn should_promise_https_on_https() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start(tls::with_certificate(Setup::new(), folder.path()));
    for target in ["/", "/api/config", "/nowhere", "/api/bind"] {
        let reply = tls::send(app.https_address(), folder.path(), &Request::get(target));
        assert_sealed(&reply, target);
        assert_eq!(reply.header("Strict-Transport-Security"), Some("max-age=31536000"), "{target}");
    }
}

#[test]
fn should_let_own_pages_have_scripts_of_their_own() {
    let pages = tempfile::tempdir().unwrap();
    std::fs::write(pages.path().join("index.html"), "<h1>ours</h1>").unwrap();
    let app = TestApp::start(Setup::new().text("web.static_dir", pages.path().display()));
    let reply = app.get("/");
    assert_eq!((reply.status, reply.text()), (200, "<h1>ours</h1>"));
    let policy = reply.header("Content-Security-Policy").unwrap();
    assert!(
        policy.starts_with("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
}

#[test]
fn should_let_nobody_guess_types_or_keep_what_is_the_operators() {
    let app = TestApp::new();
    for target in ["/api/deposits", "/api/accounting", "/nowhere"] {
        let reply = app.admin(&Request::get(target));
        assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"), "{target}");
        assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{target}");
    }
}
