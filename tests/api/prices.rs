//! Prices that follow a source: what waits, what is told, and what a person may say.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp, eventually};

fn pushed() -> TestApp {
    TestApp::start(
        Setup::new()
            .text("sky_exchanger.sky_btc_exchange_rate", "push")
            .text("sky_exchanger.prices.own.BTC", "500"),
    )
}

fn post(app: &TestApp, target: &str) -> (u16, String) {
    let reply = app.admin(&Request::new("POST", target));
    (reply.status, reply.text().to_owned())
}

fn price(app: &TestApp, code: &str) -> Value {
    let all = app.admin_json("/api/prices");
    all["prices"].as_array().unwrap().iter().find(|price| price["code"] == code).unwrap().clone()
}

fn btc(app: &TestApp) -> Value {
    app.get("/api/config").json()["deposits"]["btc"].clone()
}

#[test]
fn should_have_a_deposit_wait_until_a_price_is_pushed() {
    let app = pushed();
    assert_eq!((&btc(&app)["fixed_exchange_rate"], btc(&app)["no_price"].is_string()), (&json!(""), true));
    assert!(app.get("/").text().contains("no price at the moment"));
    let codes = || app.get("/api/health").json()["problem_codes"].clone();
    assert_eq!(codes(), json!([{"code": "no_price", "coin": "BTC"}]));
    assert_eq!(price(&app, "BTC")["no_price"]["code"], "no_reading");
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    let waits = || app.admin_json("/api/waiting?code=no_price")["deposits"].clone();
    eventually("it waits", || (waits().as_array().unwrap().len() == 1).then_some(()));
    assert!(app.statuses(BUYER)[0]["message"].as_str().unwrap().starts_with("waiting for a price"));
    // Out of the band, and then inside it.
    assert_eq!(post(&app, "/api/prices/BTC/push?price=4000").0, 200);
    assert_eq!(price(&app, "BTC")["no_price"]["code"], "out_of_band");
    assert_eq!(post(&app, "/api/prices/BTC/push?price=450").0, 200);
    eventually("it is priced", || waits().as_array().unwrap().is_empty().then_some(()));
    let all = app.admin_json("/api/deposits");
    let info = all.as_array().or_else(|| all["deposits"].as_array()).unwrap()[0].clone();
    assert_eq!((&info["conversion_rate"], &info["sky_quoted"]), (&json!("891/2"), &json!(891_000)));
    assert_eq!(info["price"]["source"], "push at 450 SKY for one");
    assert_eq!(info["price"]["spread"], "0.01");
    assert_eq!(btc(&app)["fixed_exchange_rate"], "445.500000");
    assert!(app.get("/").text().contains("445.5 SKY"));
    assert_eq!(codes(), json!([]));
    let told = price(&app, "BTC");
    assert_eq!(
        (&told["rate"], &told["source"], &told["own"]),
        (&json!("891/2"), &json!("push"), &json!("500"))
    );
}

#[test]
fn should_take_a_persons_price_at_once() {
    let app = TestApp::new();
    assert_eq!(app.get("/api/config").json()["price_promised"], "seen");
    assert_eq!(post(&app, "/api/prices/BTC/set?rate=100").0, 400, "a reason is wanted");
    assert_eq!(post(&app, "/api/prices/BTC/set?rate=x&why=a+sale").0, 400);
    assert_eq!(post(&app, "/api/prices/XYZ/set?rate=1&why=a+sale").0, 404);
    assert_eq!(post(&app, "/api/prices/BTC/clear?why=a+sale").0, 404, "none is set");
    assert_eq!(post(&app, "/api/prices/ETH/push?price=1").0, 409, "it is written down");
    assert_eq!(post(&app, "/api/prices/BTC/push?price=0").0, 400);
    assert_eq!(app.admin(&Request::get("/api/prices/BTC/set?rate=1&why=x")).status, 405);
    assert_eq!(post(&app, "/api/prices/BTC/set?rate=100&why=a+sale&by=anna").0, 200);
    assert_eq!(btc(&app)["fixed_exchange_rate"], "100.000000");
    let told = price(&app, "BTC");
    assert_eq!(
        (&told["rate"], &told["set"]["by"], &told["set"]["why"]),
        (&json!("100"), &json!("anna"), &json!("a sale"))
    );
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 1_000_000, 1));
    assert_eq!(post(&app, "/api/prices/BTC/clear?why=over&by=anna").0, 200);
    assert_eq!(btc(&app)["fixed_exchange_rate"], "500.000000");
    app.deposit(&Deposit::new(Coin::BTC, &address, 1_000_000, 2));
    let all = app.admin_json("/api/deposits");
    let all = all.as_array().or_else(|| all["deposits"].as_array()).unwrap().clone();
    let rates: Vec<_> = all.iter().map(|info| (&info["conversion_rate"], &info["price"]["source"])).collect();
    assert_eq!(rates, [(&json!("100"), &json!("set by anna: a sale")), (&json!("500"), &json!("fixed"))]);
}
