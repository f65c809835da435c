//! Refusals as problems (RFC 9457) for whoever asks for them, and the original's words for everybody else.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::support::{BUYER, Reply, Request, Setup, TestApp};

const PROBLEM: &str = "application/problem+json";

fn problem(reply: &Reply) -> Value {
    assert_eq!(reply.header("Content-Type"), Some(PROBLEM), "{reply:?}");
    let vary = reply.all("Vary").join(", ").to_ascii_lowercase();
    assert!(vary.split(", ").any(|name| name == "accept"), "{vary}");
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(problem["status"], reply.status);
    let code = problem["code"].as_str().unwrap();
    assert_eq!(problem["type"], format!("/api/reference#{code}"));
    problem
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut unpacked).unwrap();
    unpacked
}

fn asked(request: Request) -> Request {
    request.header("Accept", &format!("text/html, {PROBLEM};q=0.5"))
}

#[test]
fn should_tell_a_refusal_with_its_code_to_whoever_asks_for_problems() {
    let app = TestApp::new();
    let request = Request::json("/api/bind", r#"{"coin_type":"BTC"}"#);
    let reply = app.public(&asked(request.clone()));
    assert_eq!(
        problem(&reply),
        json!({
            "type": "/api/reference#missing_payee",
            "title": "The Skycoin address is missing",
            "status": 400,
            "detail": "Missing skyaddr",
            "code": "missing_payee",
        })
    );
    app.public(&request).assert_text(400, "Missing skyaddr");
}

#[test]
fn should_name_every_refusal_of_the_public_listener() {
    let app = TestApp::start(Setup::new().set("web.throttle_max", 1000));
    let bind = |body: &str| Request::json("/api/bind", body);
    let text = |kind: &str| Request::new("POST", "/api/bind").header("Content-Type", kind).body("{}");
    let cases = [
        (Request::get("/api/nowhere"), 404, "not_found"),
        (Request::get("/nowhere"), 404, "not_found"),
        (Request::get("/api/bind"), 405, "method_not_allowed"),
        (Request::new("POST", "/api/config"), 405, "method_not_allowed"),
        (text("text/plain"), 415, "invalid_content_type"),
        (text("application/json").header("Content-Encoding", "gzip"), 415, "body_encoded"),
        (bind(&" ".repeat(17_000)), 413, "body_too_large"),
        (bind("{"), 400, "invalid_json"),
        (bind(&format!(r#"{{"skyaddr":"{BUYER}"}}"#)), 400, "missing_coin"),
        (bind(&format!(r#"{{"skyaddr":"{BUYER}","coin_type":"X"}}"#)), 400, "unknown_coin"),
        (bind(r#"{"skyaddr":"x","coin_type":"BTC"}"#), 400, "invalid_payee"),
        (Request::get("/api/status"), 400, "missing_payee"),
    ];
    for (request, status, code) in cases {
        let reply = app.public(&asked(request.clone()));
        assert_eq!((reply.status, &problem(&reply)["code"]), (status, &json!(code)), "{request:?}");
        let plain = app.public(&request);
        assert_eq!((plain.status, plain.header("Content-Type")), (status, Some("text/plain; charset=utf-8")));
        assert_eq!(plain.text().trim_end(), problem(&reply)["detail"], "the same words");
    }
}

#[test]
fn should_name_a_limit_with_when_to_come_back() {
    let app = TestApp::start(Setup::new().set("web.throttle_max", 1));
    let status = asked(Request::get(&format!("/api/status?skyaddr={BUYER}")));
    assert_eq!(app.public(&status).status, 200);
    let reply = app.public(&status);
    assert_eq!(problem(&reply)["code"], "too_many_requests");
    assert!(reply.header("Retry-After").is_some());
}

#[test]
fn should_name_refusals_of_the_other_listeners() {
    let app = TestApp::start(Setup::new().text("admin_panel.token", "a token that is long enough"));
    let token =
        |request: Request| asked(request).header("Authorization", "Bearer a token that is long enough");
    for (request, status, code) in [
        (asked(Request::get("/api/deposits")), 401, "unauthorized"),
        (token(Request::get("/api/deposits?limit=x")), 400, "invalid_parameter"),
        (token(Request::get("/nowhere")), 404, "not_found"),
        (token(Request::new("PUT", "/api/deposits")), 405, "method_not_allowed"),
        (token(Request::new("POST", "/api/deposits/7/pay?why=x")), 404, "unknown_entry"),
        (
            token(Request::new("POST", "/api/deposits/7/pay?why=x")).header("Accept-Encoding", "gzip"),
            404,
            "unknown_entry",
        ),
        (token(Request::new("POST", "/api/prices/BTC/push?price=5")), 409, "not_pushed"),
    ] {
        let mut reply = app.admin(&request);
        if reply.header("Content-Encoding").is_some() {
            reply.body = unpacked(&reply.body);
        }
        assert_eq!((reply.status, &problem(&reply)["code"]), (status, &json!(code)), "{request:?}");
    }
    let unbound = "/dummy/scanner/deposit?addr=1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa&value=1&height=1&tx=x";
    let foreign = Request::get("/dummy/sender/broadcasts").header("Origin", "https://elsewhere.example");
    for (request, status, code) in [
        (asked(Request::get(unbound)), 404, "unbound_address"),
        (asked(foreign), 403, "foreign_page"),
        (asked(Request::get("/dummy/sender/confirm?seq=9")), 404, "unknown_entry"),
    ] {
        let reply = app.dummy(&request);
        assert_eq!((reply.status, &problem(&reply)["code"]), (status, &json!(code)), "{request:?}");
    }
}

#[test]
fn should_keep_to_the_words_where_problems_are_not_named() {
    let app = TestApp::new();
    for accept in
        ["*/*", "application/*", "application/json", "text/plain", "application/problem+json;q=0", "x"]
    {
        let reply = app.public(&Request::get("/api/status").header("Accept", accept));
        reply.assert_text(400, "Missing skyaddr");
    }
}

#[test]
fn should_answer_what_went_well_as_always() {
    let app = TestApp::new();
    let reply = app.public(&asked(Request::get("/api/config")));
    assert_eq!(reply.json(), app.get("/api/config").json());
    let head = app.public(&asked(Request::new("HEAD", "/api/status")));
    assert_eq!((head.status, head.header("Content-Type"), head.body.len()), (400, Some(PROBLEM), 0));
}
