//! What a client has already is not sent again.

use teller::types::Coin;

use crate::support::{BUYER, Deposit, Reply, Request, Setup, TestApp};

fn tag(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.header("ETag").expect("a validator").to_owned()
}

fn again(target: &str, tag: &str) -> Request {
    Request::get(target).header("If-None-Match", tag)
}

#[test]
fn should_send_no_status_twice_until_it_changes() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    let target = format!("/api/status?skyaddr={BUYER}");
    let first = tag(&app.get(&target));
    let same = app.public(&again(&target, &first));
    assert_eq!((same.status, same.body.len(), same.header("ETag")), (304, 0, Some(first.as_str())));
    assert_eq!(same.header("Content-Type"), None);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    let changed = app.public(&again(&target, &first));
    assert!(changed.status == 200 && tag(&changed) != first, "{changed:?}");
}

#[test]
fn should_send_no_settings_twice_until_a_price_changes() {
    let pushed = Setup::new().text("sky_exchanger.sky_btc_exchange_rate", "push");
    let app = TestApp::start(pushed.text("sky_exchanger.prices.own.BTC", "500"));
    let first = tag(&app.get("/api/config"));
    assert_eq!(app.public(&again("/api/config", &first)).status, 304);
    assert_eq!(app.admin(&Request::new("POST", "/api/prices/BTC/push?price=499")).status, 200);
    assert_eq!(app.public(&again("/api/config", &first)).status, 200);
}

#[test]
fn should_send_no_list_of_the_operator_twice_packed_or_not() {
    let app = TestApp::new();
    for target in
        ["/api/deposits", "/api/accounting", "/api/waiting", "/api/transactions", "/api/deposit-addresses"]
    {
        let first = tag(&app.admin(&Request::get(target)));
        assert_eq!(app.admin(&again(target, &first)).status, 304, "{target}");
        let packed = app.admin(&Request::get(target).header("Accept-Encoding", "gzip"));
        assert_eq!(tag(&packed), first, "{target}");
        let packed = app.admin(&again(target, &first).header("Accept-Encoding", "gzip"));
        assert_eq!((packed.status, packed.body.len()), (304, 0), "{target}");
        app.bind(BUYER, Coin::BTC);
        let changed = app.admin(&again(target, &first)).status;
        assert_eq!(changed, if target == "/api/deposit-addresses" { 200 } else { 304 }, "{target}");
    }
}

#[test]
fn should_validate_nothing_but_good_answers() {
    let app = TestApp::new();
    for target in ["/api/status", "/api/nowhere"] {
        assert_eq!(app.get(target).header("ETag"), None, "{target}");
        assert_ne!(app.public(&again(target, "*")).status, 304, "{target}");
    }
    let head = app.public(&Request::new("HEAD", "/api/config"));
    assert_eq!(tag(&head), tag(&app.get("/api/config")));
}

#[test]
fn should_let_other_sites_pages_use_validators() {
    let origin = ("Origin", "https://buy.example.com");
    let app = TestApp::start(Setup::new().set("web.cors_allowed", r#"["https://buy.example.com"]"#));
    let reply = app.public(&Request::get("/api/config").header(origin.0, origin.1));
    assert!(reply.header("Access-Control-Expose-Headers").unwrap().contains("ETag"));
    let asks = Request::new("OPTIONS", "/api/config").header(origin.0, origin.1);
    let asks = asks.header("Access-Control-Request-Method", "GET");
    let preflight = app.public(&asks.header("Access-Control-Request-Headers", "if-none-match"));
    assert_eq!(preflight.header("Access-Control-Allow-Headers"), Some("If-None-Match"));
}
