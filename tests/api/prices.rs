//! Prices that follow a source: what waits, what is told, and what a person may say.

use serde_json::{Value, json};
use teller::clock::{Clock, SystemClock};
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

/// The rate and the source of the newest deposit.
fn newest(app: &TestApp) -> (String, String) {
    let all = app.admin_json("/api/deposits");
    let all = all.as_array().or_else(|| all["deposits"].as_array()).unwrap().clone();
    let info = all.iter().max_by_key(|info| info["seq"].as_u64()).unwrap().clone();
    (info["conversion_rate"].as_str().unwrap().to_owned(), info["price"]["source"].to_string())
}

#[test]
fn should_keep_the_price_of_the_bind_for_what_comes_in_time() {
    let app = TestApp::start(
        Setup::new()
            .text("sky_exchanger.prices.promised", "bind")
            .text("sky_exchanger.prices.promise_time", "3s"),
    );
    let shown = app.get("/api/config").json();
    assert_eq!((&shown["price_promised"], &shown["price_promise_time"]), (&json!("bind"), &json!(3)));
    let address = app.bind(BUYER, Coin::BTC);
    assert_eq!(post(&app, "/api/prices/BTC/set?rate=100&why=a+sale").0, 200);
    assert_eq!(btc(&app)["fixed_exchange_rate"], "100.000000");
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    let (rate, source) = newest(&app);
    assert_eq!((rate.as_str(), source.contains("promised at bind")), ("500", true), "{source}");
    // What comes later gets the price of its own moment.
    std::thread::sleep(std::time::Duration::from_secs(5));
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 2));
    let rates: Vec<_> = app.statuses(BUYER).iter().map(|status| status["status"].clone()).collect();
    assert_eq!(rates.len(), 2, "{rates:?}");
    let all = app.admin_json("/api/deposits").to_string();
    assert!(
        all.contains(r#""conversion_rate":"100""#) && all.contains(r#""conversion_rate":"500""#),
        "{all}"
    );
}

#[test]
fn should_tell_what_was_promised_and_until_when() {
    let app = TestApp::start(
        Setup::new()
            .text("sky_exchanger.prices.promised", "bind")
            .text("sky_exchanger.prices.promise_time", "8s"),
    );
    assert!(
        app.get("/?send=1&coin_type=BTC").text().contains("when you get your address is yours for 8 seconds")
    );
    let bound = app.try_bind(BUYER, "BTC").json();
    assert_eq!(bound["price"], "500");
    let left = bound["price_until"].as_u64().unwrap() - SystemClock.now().get();
    assert!((1..=8).contains(&left), "{left}");
    assert_eq!(post(&app, "/api/prices/BTC/set?rate=100&why=a+sale").0, 200);
    assert_eq!(btc(&app)["fixed_exchange_rate"], "100.000000");
    let page =
        |query: &str| app.get(&format!("{}?{query}", bound["page"].as_str().unwrap())).text().to_owned();
    let held = page("send=0.1");
    for told in ["1 BTC = 500 SKY", "yours until", "0.1 BTC = 50 SKY. At the price that is yours until"] {
        assert!(held.contains(told), "{told}: {held}");
    }
    assert!(page("again=1").contains("A price that was promised with it is not promised again."));
    std::thread::sleep(std::time::Duration::from_secs(10));
    let over = page("send=0.1");
    for told in ["1 BTC = 100 SKY", "the one that is valid when it is first seen"] {
        assert!(over.contains(told), "{told}: {over}");
    }
    assert!(!over.contains("yours until"), "{over}");
}

#[test]
fn should_say_when_a_deposit_gets_its_price() {
    for (promised, words) in [
        ("seen", "At the price of this moment. A deposit gets the one that is valid when it is first seen."),
        ("final", "A deposit gets the one that is valid when it has all confirmations."),
    ] {
        let app = TestApp::start(Setup::new().text("sky_exchanger.prices.promised", promised));
        assert!(app.get("/").text().contains(words), "{promised}");
        let bound = app.try_bind(BUYER, "BTC").json();
        assert_eq!((bound.get("price"), bound.get("price_until")), (None, None), "{bound}");
        assert!(app.get(bound["page"].as_str().unwrap()).text().contains(words), "{promised}");
    }
}

#[test]
fn should_promise_nothing_at_bind_without_a_price() {
    let app = TestApp::start(
        Setup::new()
            .text("sky_exchanger.sky_btc_exchange_rate", "push")
            .text("sky_exchanger.prices.own.BTC", "500")
            .text("sky_exchanger.prices.promised", "bind")
            .text("sky_exchanger.prices.promise_time", "1h"),
    );
    let address = app.bind(BUYER, Coin::BTC);
    assert_eq!(post(&app, "/api/prices/BTC/push?price=450").0, 200);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    assert_eq!(newest(&app), ("891/2".to_owned(), r#""push at 450 SKY for one""#.to_owned()));
}

#[test]
fn should_follow_a_file_of_the_operators() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.json");
    let write = |rate: &str, ago: u64| {
        let now = SystemClock.now().get();
        std::fs::write(&file, json!({ "BTC": { "rate": rate, "at": now - ago } }).to_string()).unwrap();
    };
    write("450", 0);
    let app = TestApp::start(
        Setup::new()
            .text("sky_exchanger.sky_btc_exchange_rate", format!("feed:{}", file.display()))
            .text("sky_exchanger.prices.own.BTC", "500")
            .text("sky_exchanger.prices.poll", "200ms")
            .text("sky_exchanger.prices.max_age", "60s"),
    );
    let rate = |app: &TestApp| price(app, "BTC")["rate"].as_str().map(str::to_owned);
    eventually("the file is read", || (rate(&app).as_deref() == Some("891/2")).then_some(()));
    write("480", 0);
    eventually("it is read again", || (rate(&app).as_deref() == Some("2376/5")).then_some(()));
    // What cannot be read says nothing, and what it said before stands for its time.
    std::fs::write(&file, "{").unwrap();
    let trouble = || price(&app, "BTC")["sources"][0]["trouble"].as_str().map(str::to_owned);
    eventually("it cannot be read", || trouble().filter(|words| words.contains("prices.json")));
    assert_eq!(rate(&app).as_deref(), Some("2376/5"));
    // Old news, and an idea that nobody shares.
    for (rate, ago, code) in [("480", 120, "too_old"), ("5000", 0, "out_of_band")] {
        write(rate, ago);
        let told = || price(&app, "BTC")["no_price"]["code"].as_str().map(str::to_owned);
        eventually(code, || told().filter(|told| told == code));
    }
}
