//! `/api/config`: what a client has to know before it binds.

use serde_json::json;

use crate::support::{Request, Setup, TestApp};

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
