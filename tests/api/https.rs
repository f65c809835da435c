//! HTTPS: the same API, and the plain listener that only sends everybody there.

use serde_json::json;
use teller::types::Coin;

use crate::support::{BUYER, Request, Setup, TestApp, tls};

#[test]
fn should_serve_the_api_over_https() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start(tls::with_certificate(Setup::new(), folder.path()));
    let order = json!({ "skyaddr": BUYER, "coin_type": "BTC" }).to_string();
    let bound = tls::send(app.https_address(), folder.path(), &Request::json("/api/bind", order));
    assert_eq!(bound.json()["coin_type"], "BTC");
    assert_eq!(app.remaining(Coin::BTC), 59);
    let page = tls::send(app.https_address(), folder.path(), &Request::get("/"));
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
}

#[test]
fn should_redirect_to_the_host_that_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start(tls::with_certificate(Setup::new(), folder.path()));
    let port = app.https_address().port();
    for (host, target, to) in [
        ("desk.example", "/", format!("https://desk.example:{port}/")),
        (
            "desk.example:8080",
            "/api/status?skyaddr=a&b=%20",
            format!("https://desk.example:{port}/api/status?skyaddr=a&b=%20"),
        ),
        ("[::1]:8080", "/api/config", format!("https://[::1]:{port}/api/config")),
        ("[::1]", "/api/config", format!("https://[::1]:{port}/api/config")),
    ] {
        let reply = app.public(&Request::get(target).header("Host", host));
        assert_eq!((reply.status, reply.header("Location")), (301, Some(to.as_str())), "{host}{target}");
        assert!(!reply.text().contains("&b"), "the link is escaped: {}", reply.text());
    }
}

#[test]
fn should_do_nothing_over_plain_http() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start(tls::with_certificate(Setup::new(), folder.path()));
    let reply = app.try_bind(BUYER, "BTC");
    assert_eq!((reply.status, reply.text()), (301, ""));
    assert_eq!(app.remaining(Coin::BTC), 60);
}

#[test]
fn should_not_start_with_a_key_of_another_certificate() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let setup = tls::with_certificate(Setup::new(), folder.path());
    tls::with_certificate(Setup::new(), other.path());
    std::fs::copy(other.path().join("tls.key"), folder.path().join("tls.key")).unwrap();
    let why = TestApp::refused(setup).to_string();
    assert!(why.starts_with("web.tls_cert, web.tls_key:"), "{why}");
}

#[test]
fn should_believe_no_header_but_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start(tls::with_certificate(Setup::new(), folder.path()));
    let port = app.https_address().port();
    for (name, value) in [
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=http"),
        ("X-Forwarded-Proto", "https"),
        ("X-Original-URL", "//evil.example"),
    ] {
        let reply = app.public(&Request::get("/x").header("Host", "desk.example").header(name, value));
        assert_eq!(
            reply.header("Location"),
            Some(format!("https://desk.example:{port}/x").as_str()),
            "{name}"
        );
    }
    for host in [
        "desk.example/..",
        "desk.example@evil.example",
        "desk.example?",
        "desk.example#",
        "desk.example:80:90",
        "desk.example:port",
        "desk .example",
        "[::1",
        "[evil.example]",
        "::1",
        "",
        "desk.example, evil.example",
        "desk.example\\evil.example",
    ] {
        let reply = app.public(&Request::get("/x").header("Host", host));
        assert_eq!((reply.status, reply.header("Location")), (400, None), "{host:?}");
    }
    let two = Request::get("/x").header("Host", "desk.example").header("Host", "evil.example");
    assert_eq!(app.public(&two).status, 400);
    // Whatever the path is, it stays one of the host's.
    for target in ["//evil.example/x", "/\\evil.example", "/%0d%0aLocation:x"] {
        let reply = app.public(&Request::get(target).header("Host", "desk.example"));
        let location = reply.header("Location").unwrap_or("").to_owned();
        assert!(
            reply.status == 400 || location.starts_with(&format!("https://desk.example:{port}/")),
            "{location}"
        );
    }
}
