//! `/api/health`: whether a buyer can be served, and what is amiss.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Request, Setup, TestApp, eventually, payee, pools};

fn health(app: &TestApp) -> (u16, Value) {
    let reply = app.get("/api/health");
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

#[test]
fn should_be_well() {
    let app = TestApp::new();
    // The wallet is seen for the first time a moment after the start.
    let health = eventually("the wallet is seen", || {
        let (status, health) = health(&app);
        (status == 200 && health["exchange"]["balance"]["coins"] == "100.000000").then_some(health)
    });
    assert_eq!((&health["status"], &health["application"]), (&json!("OK"), &json!("teller")));
    assert_eq!(health["problems"], json!([]));
    assert!(health["version"].as_str().unwrap().starts_with(env!("CARGO_PKG_VERSION")));
    assert_eq!(health["exchange"]["processor_error"], "");
}

#[test]
fn should_warn_of_a_pool_that_runs_low() {
    let app = TestApp::start(Setup::new().pool(Coin::ETH, pools::eth(3)).set("teller.pool_low_water", 3));
    assert_eq!(health(&app).1["problems"], json!([]));
    app.bind(BUYER, Coin::ETH);
    let (status, health) = health(&app);
    assert_eq!((status, &health["problems"]), (200, &json!(["ETH: only 2 deposit addresses are left"])));
    assert_eq!(health["problem_codes"], json!([{"code": "pool_low", "coin": "ETH"}]));
}

#[test]
fn should_be_unavailable_when_nothing_can_be_bound() {
    let app = TestApp::start(
        Setup::new()
            .pool(Coin::BTC, pools::btc(1))
            .pool(Coin::ETH, pools::eth(1))
            .set("sky_scanner.enabled", false),
    );
    app.bind(BUYER, Coin::BTC);
    let (status, one_empty) = health(&app);
    assert_eq!((status, &one_empty["status"]), (200, &json!("OK")));
    assert_eq!(one_empty["problems"], json!(["BTC cannot be bound: no deposit addresses are left"]));

    app.bind(BUYER, Coin::ETH);
    let (status, all_empty) = health(&app);
    assert_eq!((status, &all_empty["status"]), (503, &json!("UNAVAILABLE")));
    assert_eq!(all_empty["problems"].as_array().unwrap().len(), 2);
    let empty = |coin: &str| json!({"code": "pool_empty", "coin": coin});
    assert_eq!(all_empty["problem_codes"], json!([empty("BTC"), empty("ETH")]));
    // The fields of the original are there all the same.
    assert_eq!(all_empty["exchange"]["deposit_error_count"], 0);
    // Statuses are served as ever.
    assert_eq!(app.states(BUYER).len(), 2);

    let mut file = OpenOptions::new().append(true).open(app.address_file(Coin::ETH)).unwrap();
    writeln!(file, "{}", pools::eth(2)[1]).unwrap();
    assert_eq!(app.admin(&Request::new("POST", "/api/deposit-addresses/reload")).status, 202);
    eventually("it is well again", || (health(&app).0 == 200).then_some(()));
    app.bind(&payee(1), Coin::ETH);
}
