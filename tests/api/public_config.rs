//! `/api/config`: what a client has to know before it binds.

use serde_json::json;
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp, eventually};

#[test]
fn should_tell_the_defaults() {
    let app = TestApp::new();
    let config = app.get("/api/config").json();
    assert_eq!((&config["enabled"], &config["max_bound_addrs"]), (&json!(true), &json!(5)));
}

#[test]
fn should_tell_what_is_configured() {
    let app = TestApp::start(
        Setup::new()
            .set("teller.max_bound_addrs", 7)
            .set("sky_exchanger.max_decimals", 2)
            .text("sky_exchanger.sky_btc_exchange_rate", "1000/3")
            .text("sky_exchanger.sky_eth_exchange_rate", "0.5")
            .text("sky_exchanger.sky_sky_exchange_rate", "2")
            .text("sky_exchanger.exchange_client.btc_minimum_volume", "0.01")
            .set("btc_scanner.confirmations_required", 6)
            .set("eth_scanner.confirmations_required", 30)
            .set("sky_scanner.enabled", false)
            .set("sky_scanner.confirmations_required", 2),
    );
    assert_eq!(
        app.get("/api/config").json(),
        json!({
            "enabled": true,
            "buy_method": "direct",
            "max_bound_addrs": 7,
            "max_decimals": 2,
            "price_promised": "seen",
            "sky_btc_exchange_rate": "333.330000",
            "deposits": {
                "btc": {
                    "enabled": true,
                    "confirmations_required": 6,
                    "fixed_exchange_rate": "333.330000",
                    "passthrough_minimum_volume": "0.01",
                },
                "eth": {
                    "enabled": true,
                    "confirmations_required": 30,
                    "fixed_exchange_rate": "0.500000",
                    "passthrough_minimum_volume": "0",
                },
                "sky": {
                    "enabled": false,
                    "confirmations_required": 2,
                    "fixed_exchange_rate": "2",
                    "passthrough_minimum_volume": "0",
                },
            },
        })
    );
}

#[test]
fn should_tell_the_rate_of_bitcoin_where_old_wallets_look_for_it() {
    let config = TestApp::new().get("/api/config").json();
    assert_eq!(config["sky_btc_exchange_rate"], config["deposits"]["btc"]["fixed_exchange_rate"]);
    let pushed = Setup::new().text("sky_exchanger.sky_btc_exchange_rate", "push");
    let app = TestApp::start(pushed.text("sky_exchanger.prices.own.BTC", "500"));
    let config = app.get("/api/config").json();
    assert_eq!(config["deposits"]["btc"]["fixed_exchange_rate"], json!(""), "nobody has told one yet");
    assert_eq!(config.get("sky_btc_exchange_rate"), None);
}

#[test]
fn should_say_by_which_way_each_asset_is_paid() {
    let exchange = |key: &str| format!("sky_exchanger.exchange_client.{key}");
    let app = TestApp::start(
        Setup::new()
            .set("sky_exchanger.buy_methods", "{ BTC = \"passthrough\" }")
            .text(&exchange("url"), "http://127.0.0.1:1/v1/")
            .text(&exchange("key"), "key")
            .text(&exchange("secret"), "secret"),
    );
    let config = app.get("/api/config").json();
    assert_eq!(config["buy_method"], json!("direct"));
    assert_eq!(config["deposits"]["btc"]["buy_method"], json!("passthrough"));
    let page = app.get("/");
    let told = "For BTC, SKY are bought at an exchange first: you get what is bought for your deposit";
    assert_eq!(page.text().matches(told).count(), 2, "the calculator and the questions: {}", page.text());
    assert_eq!(config["deposits"]["eth"].get("buy_method"), None);
    // Nobody listens there: what comes waits for it, in words.
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 10_000_000, 7));
    let words = eventually("the buyer is told", || {
        let status = app.statuses(BUYER).pop()?;
        let words = status["message"].as_str().unwrap().to_owned();
        (status["status"] == "waiting_passthrough" && words.contains("exchange")).then_some(words)
    });
    assert_eq!(words, "waiting for the exchange, where its coins cannot be bought now");
    let waiting = app.admin_json("/api/orders");
    assert_eq!((&waiting["orders"], &waiting["exchange"]["name"]), (&json!([]), &json!("c2cx")));
    assert!(waiting["exchange"]["trouble"].as_str().unwrap().starts_with("not sent"), "{waiting}");
}

#[test]
fn should_take_get_only() {
    let app = TestApp::new();
    for path in ["/api/config", "/api/health", "/api/status"] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PURGE"] {
            let reply = app.public(&Request::new(method, path).body("x"));
            reply.assert_text(405, "Invalid request method");
            assert_eq!(reply.header("Allow"), Some("GET"), "{method} {path}");
        }
        // A body with GET is read over.
        let get = app.public(&Request::get(path).body("{}"));
        assert_eq!(get.status, if path == "/api/status" { 400 } else { 200 });
    }
}
