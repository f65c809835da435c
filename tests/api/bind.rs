//! Binding: the limit, the pool, and that a refusal costs nothing.

use std::collections::BTreeSet;

use serde_json::json;
use teller::types::Coin;

use crate::support::{BUYER, OTHER, Reply, Request, Setup, TestApp, payee, pools};

/// The coins that are bought for here.
const COINS: [Coin; 3] = [Coin::BTC, Coin::ETH, Coin::SKY];
const LIMIT: &str = "The maximum number of addresses have been assigned to this SKY address";
const EMPTY: &str = "Deposit address pool is empty";
/// The service reads no longer body.
const MAX_BODY: usize = 16 * 1024;

#[test]
fn should_hold_the_limit_whatever_the_hurry() {
    let app = TestApp::new();
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let binds: Vec<_> = (0..40)
            .map(|n| {
                let app = &app;
                scope.spawn(move || app.try_bind(BUYER, COINS[n % 3].code()))
            })
            .collect();
        binds.into_iter().map(|bind| bind.join().unwrap()).collect()
    });
    let (bound, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    let addresses: BTreeSet<String> =
        bound.iter().map(|reply| reply.json()["deposit_address"].to_string()).collect();
    assert_eq!((bound.len(), addresses.len()), (5, 5));
    refused.iter().for_each(|reply| reply.assert_text(409, LIMIT));
    assert_eq!(app.statuses(BUYER).len(), 5);
    let remaining: u64 = [Coin::BTC, Coin::ETH, Coin::SKY].map(|coin| app.remaining(coin)).iter().sum();
    assert_eq!(remaining, 60 + 10 + 10 - 5, "a refused bind burns no address");
}

#[test]
fn should_never_give_an_address_to_two_buyers() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 0));
    let addresses: Vec<String> = std::thread::scope(|scope| {
        let binds: Vec<_> = (0..48)
            .map(|n| {
                let app = &app;
                scope.spawn(move || app.bind(&payee(n % 7), Coin::BTC))
            })
            .collect();
        binds.into_iter().map(|bind| bind.join().unwrap()).collect()
    });
    assert_eq!(addresses.iter().collect::<BTreeSet<_>>().len(), 48);
}

#[test]
fn should_say_that_the_pool_is_empty() {
    let app = TestApp::start(Setup::new().pool(Coin::BTC, pools::btc(2)));
    app.bind(BUYER, Coin::BTC);
    app.bind(OTHER, Coin::BTC);
    app.try_bind(&payee(1), "BTC").assert_text(503, EMPTY);
    assert_eq!(app.remaining(Coin::BTC), 0);
    // Neither this payee nor another coin has to suffer for it.
    app.bind(&payee(1), Coin::ETH);
    assert_eq!(app.lines(&payee(1)).len(), 1);
}

#[test]
fn should_burn_nothing_when_it_refuses() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 1).set("sky_scanner.enabled", false));
    let address = app.bind(BUYER, Coin::BTC);
    for (skyaddr, coin, status) in [
        (BUYER, "BTC", 409),
        (BUYER, "ETH", 409),
        ("nonsense", "BTC", 400),
        (OTHER, "SKY", 400),
        (OTHER, "XMR", 400),
        ("", "BTC", 400),
    ] {
        assert_eq!(app.try_bind(skyaddr, coin).status, status, "{skyaddr} {coin}");
    }
    assert_eq!((app.remaining(Coin::BTC), app.remaining(Coin::ETH)), (59, 10));
    let next = app.bind(OTHER, Coin::BTC);
    assert_eq!([address, next], [&pools::btc(2)[0], &pools::btc(2)[1]].map(String::clone));
}

#[test]
fn should_know_no_limit_where_none_is_set() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 0));
    (0..8).for_each(|_| drop(app.bind(BUYER, Coin::BTC)));
    assert_eq!(app.get("/api/config").json()["max_bound_addrs"], 0);
}

#[test]
fn should_give_every_coin_its_own_addresses() {
    let app = TestApp::new();
    let bound = COINS.map(|coin| app.bind(BUYER, coin));
    let first = [pools::btc(1), pools::eth(1), pools::sky(1)].map(|mut pool| pool.remove(0));
    assert_eq!(bound, first);
}

#[test]
fn should_keep_what_is_bound_over_a_restart() {
    let mut app = TestApp::new();
    let before = app.bind(BUYER, Coin::BTC);
    app.restart();
    assert_eq!(app.states(BUYER), ["waiting_deposit"]);
    assert_ne!(app.bind(BUYER, Coin::BTC), before);
    assert_eq!(app.remaining(Coin::BTC), 58);
}

#[test]
fn should_refuse_everybody_while_binding_is_off() {
    let mut app = TestApp::new();
    app.bind(BUYER, Coin::BTC);
    app.restart_with(|setup| setup.set("teller.bind_enabled", false));
    app.try_bind(BUYER, "BTC").assert_text(403, "Address binding is disabled");
    // What is wrong with a request is told first.
    app.try_bind("nonsense", "BTC").assert_text(400, "Invalid skycoin address: Invalid address length");
    app.try_bind(BUYER, "XMR").assert_text(400, "Invalid coin_type");
    assert_eq!(app.get("/api/config").json()["enabled"], false);
    assert_eq!(app.states(BUYER), ["waiting_deposit"]);
    let health = app.get("/api/health").json();
    assert_eq!((&health["status"], &health["problems"]), (&json!("OK"), &json!(["binding is switched off"])));
}

#[test]
fn should_take_json_however_its_type_is_written() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 0));
    let order = json!({ "skyaddr": BUYER, "coin_type": "BTC" }).to_string();
    let send = |media_type: &str| {
        let request = Request::new("POST", "/api/bind").header("Content-Type", media_type);
        app.public(&request.body(order.clone())).status
    };
    for media_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        "APPLICATION/JSON ; charset=\"utf-8\"",
    ] {
        assert_eq!(send(media_type), 200, "{media_type}");
    }
    for media_type in ["text/json", "application/jsonp", "application/json-patch+json", "text/plain", "json"]
    {
        assert_eq!(send(media_type), 415, "{media_type}");
    }
}

#[test]
fn should_tell_the_first_thing_that_is_wrong() {
    let app = TestApp::start(Setup::new().set("eth_scanner.enabled", false));
    let send = |method: &str, media_type: &str, body: &str| {
        let request = Request::new(method, "/api/bind").header("Content-Type", media_type);
        app.public(&request.body(body))
    };
    let json = "application/json";
    send("PUT", "text/plain", "nonsense").assert_text(405, "Invalid request method");
    send("POST", "text/plain", "nonsense").assert_text(415, "Invalid content type");
    let reply = send("POST", json, "nonsense");
    assert_eq!(reply.status, 400);
    assert!(reply.text().starts_with("Invalid json request body: "), "{}", reply.text());
    send("POST", json, r#"{"coin_type": "XMR"}"#).assert_text(400, "Missing skyaddr");
    send("POST", json, r#"{"skyaddr": "bad"}"#).assert_text(400, "Missing coin_type");
    send("POST", json, r#"{"skyaddr": "bad", "coin_type": "XMR"}"#).assert_text(400, "Invalid coin_type");
    send("POST", json, r#"{"skyaddr": "bad", "coin_type": "ETH"}"#).assert_text(400, "ETH not enabled");
    send("POST", json, r#"{"skyaddr": "bad", "coin_type": "BTC"}"#)
        .assert_text(400, "Invalid skycoin address: Invalid address length");
}

#[test]
fn should_not_pay_into_the_void() {
    let app = TestApp::new();
    let null = teller::skycoin::Address::from_bytes([0; 20]).to_string();
    let reply = app.try_bind(&null, "BTC");
    assert_eq!(reply.status, 400);
    assert!(reply.text().starts_with("Invalid skycoin address: "), "{}", reply.text());
}

#[test]
fn should_refuse_bodies_that_are_too_large() {
    let app = TestApp::new();
    let order = json!({ "skyaddr": BUYER, "coin_type": "BTC" }).to_string();
    let padded = |size: usize| format!("{order}{}", " ".repeat(size - order.len()));
    let too_large = "Request body too large, at most 16384 bytes";
    assert_eq!(app.public(&Request::json("/api/bind", padded(MAX_BODY))).status, 200);
    for size in [MAX_BODY + 1, 1 << 20] {
        app.public(&Request::json("/api/bind", padded(size))).assert_text(413, too_large);
        app.public(&Request::form("/buy", &padded(size))).assert_text(413, too_large);
        app.dummy(&Request::form("/dummy/scanner/deposit", &padded(size))).assert_text(413, too_large);
    }
    assert_eq!(app.remaining(Coin::BTC), 59);
}

#[test]
fn should_unpack_nothing() {
    let app = TestApp::new();
    let order = json!({ "skyaddr": BUYER, "coin_type": "BTC" }).to_string();
    for coding in ["gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip", "nonsense"] {
        let packed = |request: Request| app.public(&request.header("Content-Encoding", coding));
        let words = "Invalid content encoding: send the body as it is";
        packed(Request::json("/api/bind", order.as_str())).assert_text(415, words);
        packed(Request::form("/buy", "skyaddr=x")).assert_text(415, words);
        let deposit = Request::form("/dummy/scanner/deposit", "addr=x").header("Content-Encoding", coding);
        app.dummy(&deposit).assert_text(415, words);
        // What reads no body minds none.
        assert_eq!(packed(Request::get("/api/config").body("x")).status, 200, "{coding}");
        assert_eq!(packed(Request::get("/").body("x")).status, 200, "{coding}");
    }
    assert_eq!(app.remaining(Coin::BTC), 60);
    let plain = Request::json("/api/bind", order).header("Content-Encoding", "identity");
    assert_eq!(app.public(&plain).status, 200);
}

#[test]
fn should_refuse_a_large_body_before_it_comes() {
    let app = TestApp::new();
    // Nothing of it is ever sent.
    let head = Request::new("POST", "/api/bind")
        .header("Content-Type", "application/json")
        .header("Content-Length", "99999999999");
    app.public(&head).assert_text(413, "Request body too large, at most 16384 bytes");
}

#[test]
fn should_give_an_unused_address_again_where_told_to() {
    let app = TestApp::start(Setup::new().set("teller.reuse_unused", true).set("teller.max_bound_addrs", 2));
    let first = app.bind(BUYER, Coin::BTC);
    (0..9).for_each(|_| assert_eq!(app.bind(BUYER, Coin::BTC), first));
    assert_eq!((app.remaining(Coin::BTC), app.statuses(BUYER).len()), (59, 1));
    // What opens it is told once: anybody can name a payee.
    let again = app.try_bind(BUYER, "BTC").json();
    assert_eq!((again.get("secret"), again.get("page")), (None, None));
    assert_eq!(app.secrets(BUYER).split(',').count(), 1);
    // Another coin, another payee, and one that was used: a new one.
    let eth = app.bind(BUYER, Coin::ETH);
    assert_ne!(app.bind(OTHER, Coin::BTC), first);
    // At the limit the unused ones are still there.
    assert_eq!((app.bind(BUYER, Coin::BTC), app.bind(BUYER, Coin::ETH)), (first.clone(), eth.clone()));
    app.deposit(&crate::support::Deposit::new(Coin::BTC, &first, 200_000, 1));
    app.try_bind(BUYER, "BTC").assert_text(409, LIMIT);
    assert_eq!(app.bind(BUYER, Coin::ETH), eth);
}

#[test]
fn should_give_new_ones_as_the_contract_has_it_unless_told() {
    let app = TestApp::new();
    let all: BTreeSet<String> = (0..5).map(|_| app.bind(BUYER, Coin::BTC)).collect();
    assert_eq!(all.len(), 5);
    app.try_bind(BUYER, "BTC").assert_text(409, LIMIT);
}

#[test]
fn should_keep_to_the_desks_budget() {
    let setup = Setup::new().set("teller.bind_budget", 10);
    let mut app = TestApp::start(setup.text("teller.bind_budget_period", "10h"));
    let problems = |app: &TestApp| app.get("/api/health").json()["problems"].to_string();
    (0..8).for_each(|n| drop(app.bind(&payee(n), Coin::BTC)));
    assert!(!problems(&app).contains("budget"), "{}", problems(&app));
    app.bind(&payee(8), Coin::BTC);
    assert!(problems(&app).contains("1 new deposit addresses are left in the budget"), "{}", problems(&app));
    // What is refused uses nothing up.
    assert_eq!(app.try_bind("nonsense", "BTC").status, 400);
    app.bind(&payee(9), Coin::ETH);
    let spent = "No more new deposit addresses are given out at the moment, try again later";
    let refused = app.try_bind(&payee(10), "SKY");
    refused.assert_text(503, spent);
    let wait: u64 = refused.header("Retry-After").unwrap().parse().unwrap();
    assert!((3000..=3601).contains(&wait), "{wait}");
    let page = app.public(&Request::form("/buy", &format!("skyaddr={}&coin_type=BTC", payee(10))));
    assert_eq!((page.status, page.header("Retry-After").is_some()), (503, true));
    // What is shown again is not new.
    let page = app.public(&Request::form("/buy", &format!("skyaddr={}&coin_type=BTC", payee(3))));
    assert_eq!(page.status, 303);
    app.restart();
    app.try_bind(&payee(10), "SKY").assert_text(503, spent);
    assert_eq!(app.remaining(Coin::SKY), 10);
}
