//! Clients that the operator knows have limits of their own.

use serde_json::json;

use crate::support::{BUYER, Reply, Request, Setup, TestApp};

const SHOP: &str = "7f3e9a1c5b2d4e6f8a0b1c2d3e4f5a6b";
const WALLET: &str = "00112233445566778899aabbccddeeff";

fn app() -> TestApp {
    TestApp::start(
        Setup::new()
            .set("web.throttle_max", 2)
            .text("web.clients.shop.token", SHOP)
            .set("web.clients.shop.throttle_max", 5)
            .text("web.clients.wallet.token", WALLET),
    )
}

fn status(app: &TestApp, token: Option<&str>) -> Reply {
    let request = Request::get(&format!("/api/status?skyaddr={BUYER}"));
    app.public(&match token {
        Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        None => request,
    })
}

#[test]
fn should_count_each_against_its_own_limits() {
    let app = app();
    let passed = |token: Option<&str>| (0..8).filter(|_| status(&app, token).status == 200).count();
    assert_eq!((passed(None), passed(Some(SHOP)), passed(Some(WALLET))), (2, 5, 2));
    let refused = status(&app, Some(SHOP));
    assert_eq!((refused.status, refused.header("Retry-After").is_some()), (429, true));
    // Binds are counted apart.
    let body = json!({"skyaddr": BUYER, "coin_type": "BTC"}).to_string();
    let bind = Request::json("/api/bind", body).header("Authorization", &format!("bearer {SHOP}"));
    assert_eq!((0..8).filter(|_| app.public(&bind).status == 200).count(), 5);
}

#[test]
fn should_refuse_a_token_of_nobody() {
    let app = app();
    for path in ["/api/config", "/api/health", "/api/status", "/api/bind"] {
        let request = Request::get(path).header("Authorization", "Bearer 7f3e9a1c5b2d4e6f8a0b1c2d3e4f5a6c");
        let reply = app.public(&request.clone());
        reply.assert_text(401, "Unauthorized: the token belongs to no client of this desk");
        assert_eq!(reply.header("WWW-Authenticate"), Some("Bearer"), "{path}");
        let problem = app.public(&request.header("Accept", "application/problem+json"));
        let problem: serde_json::Value = serde_json::from_slice(&problem.body).unwrap();
        assert_eq!(problem["code"], "unknown_client");
    }
    let basic = Request::get("/api/config").header("Authorization", "Basic c2hvcDo3ZjNl");
    assert_eq!(app.public(&basic).status, 200, "what is no token is no token of nobody");
    assert_eq!(status(&TestApp::new(), Some(SHOP)).status, 401, "a desk that knows nobody");
}

#[test]
fn should_keep_keys_of_clients_apart() {
    let app = app();
    let body = json!({"skyaddr": BUYER, "coin_type": "BTC"}).to_string();
    let bind = Request::json("/api/bind", body).header("Idempotency-Key", "1");
    let of = |token: &str| app.public(&bind.clone().header("Authorization", &format!("Bearer {token}")));
    let (shop, wallet, nobody) = (of(SHOP), of(WALLET), app.public(&bind));
    assert!(shop.status == 200 && wallet.status == 200 && nobody.status == 200);
    assert!(shop.body != wallet.body && wallet.body != nobody.body && shop.body != nobody.body);
    assert_eq!(of(SHOP).body, shop.body);
}
