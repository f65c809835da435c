//! What a person switches off while the service runs: buyers are told, nothing is lost, and it stays so.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Request, Setup, TestApp, eventually};

fn post(app: &TestApp, target: &str) -> (u16, String) {
    let reply = app.admin(&Request::new("POST", target));
    (reply.status, reply.text().trim_end().to_owned())
}

fn turn(app: &TestApp, name: &str, act: &str) -> (u16, String) {
    post(app, &format!("/api/switches/{name}/{act}?why=a+drill&by=anna"))
}

fn switch(app: &TestApp, name: &str) -> Value {
    let all = app.admin_json("/api/switches");
    all["switches"].as_array().unwrap().iter().find(|switch| switch["name"] == name).unwrap().clone()
}

fn bind(app: &TestApp, coin: &str) -> u16 {
    let body = json!({"skyaddr": BUYER, "coin_type": coin});
    app.public(&Request::json("/api/bind", body.to_string())).status
}

fn problems(app: &TestApp) -> Value {
    app.get("/api/health").json()["problem_codes"].clone()
}

#[test]
fn should_have_a_switch_for_each_thing_that_can_be_switched_off() {
    let app = TestApp::new();
    let all = app.admin_json("/api/switches");
    let names: Vec<&Value> =
        all["switches"].as_array().unwrap().iter().map(|switch| &switch["name"]).collect();
    assert_eq!(names, ["bind", "send", "BTC", "ETH", "SKY"]);
    for one in all["switches"].as_array().unwrap() {
        assert_eq!(
            (&one["is_on"], &one["is_configured"], &one["off"]),
            (&json!(true), &json!(true), &Value::Null)
        );
        assert_eq!(one["acts"].as_array().unwrap().len(), 1, "{one}");
        assert_eq!(one["acts"][0]["act"], "off");
    }
    for target in
        ["/api/switches/LTC/off?why=x", "/api/switches/all/off?why=x", "/api/switches/bind/toggle?why=x"]
    {
        assert_eq!(post(&app, target).0, 404, "{target}");
    }
    assert_eq!(post(&app, "/api/switches/bind/off").0, 400, "a reason is wanted");
    assert_eq!(app.admin(&Request::get("/api/switches/bind/off?why=x")).status, 405);
    assert_eq!(turn(&app, "bind", "on"), (409, "it is on already".to_owned()));
}

fn assert_btc_is_off(app: &TestApp) {
    assert_eq!((bind(app, "BTC"), bind(app, "ETH")), (503, 200));
    assert_eq!(problems(app), json!([{"code": "not_offered", "coin": "BTC"}]));
    assert!(app.get("/").text().contains("the operator has switched it off for now"));
    let told = switch(app, "BTC");
    assert_eq!((&told["off"]["by"], &told["off"]["why"]), (&json!("anna"), &json!("a drill")));
    assert_eq!(told["acts"][0]["act"], "on");
}

#[test]
fn should_give_no_addresses_while_binding_is_off_and_none_of_a_coin_that_is() {
    let mut app = TestApp::new();
    let shown = post(&app, "/api/switches/BTC/off?why=a+drill&dry_run=1");
    assert_eq!(shown.0, 200);
    assert!(shown.1.contains("switched off by a person"), "{}", shown.1);
    assert_eq!(bind(&app, "BTC"), 200, "nothing was done");
    let (status, words) = turn(&app, "BTC", "off");
    assert_eq!(status, 200, "{words}");
    assert!(words.contains("no new deposit addresses for BTC"), "{words}");
    assert_eq!(turn(&app, "BTC", "off"), (409, "it is switched off already".to_owned()));
    assert_btc_is_off(&app);
    app.restart();
    assert_btc_is_off(&app);
    assert_eq!(turn(&app, "BTC", "on").0, 200);
    assert_eq!(bind(&app, "BTC"), 200);
    assert_eq!(turn(&app, "bind", "off").0, 200);
    assert_eq!((bind(&app, "BTC"), bind(&app, "ETH")), (403, 403));
    assert_eq!(app.get("/api/config").json()["enabled"], false);
    assert!(app.get("/").text().contains("No new addresses are given out at the moment"));
    assert_eq!(problems(&app), json!([{"code": "binding_off"}]));
    assert_eq!(app.get("/api/health").status, 200, "it is on purpose");
    assert_eq!(turn(&app, "bind", "on").0, 200);
    assert_eq!(app.get("/api/config").json()["enabled"], true);
    assert_eq!((bind(&app, "BTC"), problems(&app)), (200, json!([])));
}

#[test]
fn should_serve_while_every_coin_is_switched_off_on_purpose() {
    let app = TestApp::new();
    for coin in ["BTC", "ETH", "SKY"] {
        assert_eq!(turn(&app, coin, "off").0, 200);
    }
    assert_eq!(app.get("/api/health").status, 200);
}

#[test]
fn should_hold_payouts_while_sending_is_off() {
    let mut app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    assert_eq!(turn(&app, "send", "off").0, 200);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.await_states(BUYER, &["waiting_send"]);
    let message = app.statuses(BUYER)[0]["message"].clone();
    assert_eq!(message, "waiting for the operator, who has switched sending off for now");
    app.restart();
    assert_eq!(app.states(BUYER), ["waiting_send"]);
    assert_eq!(app.broadcasts(), Vec::<Value>::new());
    assert_eq!(problems(&app), json!([{"code": "sending_off"}]));
    let waiting = app.admin_json("/api/waiting");
    let kind =
        waiting["waiting"].as_array().unwrap().iter().find(|kind| kind["code"] == "sending_off").unwrap();
    assert_eq!(kind["count"], 1);
    // What was credited before goes on to be credited.
    let other = app.bind(OTHER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &other, 200_000, 2));
    app.await_states(OTHER, &["waiting_send"]);
    assert_eq!(turn(&app, "send", "on").0, 200);
    eventually("they are sent", || {
        app.confirm_everything();
        (app.states(BUYER) == ["done"] && app.states(OTHER) == ["done"]).then_some(())
    });
}

#[test]
fn should_not_switch_on_what_the_configuration_has_off() {
    let app = TestApp::start(
        Setup::new().set("sky_exchanger.send_enabled", false).set("teller.bind_enabled", false),
    );
    for name in ["send", "bind"] {
        let told = switch(&app, name);
        assert_eq!(
            (&told["is_on"], &told["is_configured"], &told["acts"]),
            (&json!(false), &json!(false), &json!([]))
        );
        let words = "the configuration has it off: change that, and start again".to_owned();
        assert_eq!(turn(&app, name, "on"), (409, words.clone()));
        assert_eq!(turn(&app, name, "off"), (409, words));
    }
}
