//! Circuit breakers on the listeners: what is told of an open one, and who may close it.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Person, Request, Setup, TestApp, eventually};

const CHECKED: &str = "waiting for the operator, who has to look at something before payouts go on";

fn post(app: &TestApp, by: &Person, target: &str) -> (u16, Value) {
    let reply = by.send(app, Request::new("POST", target));
    let text = reply.text().trim_end().to_owned();
    (reply.status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A desk that has paid one deposit, with a second one that is beyond the budget of an hour.
fn stopped(setup: Setup) -> TestApp {
    let app = TestApp::start(setup.set("breakers.payouts_per_hour", 1));
    assert_eq!(app.admin_json("/api/breakers"), json!({"breakers": [], "second_nodes": []}));
    for (n, payee) in [(1, BUYER), (2, OTHER)] {
        let address = app.bind(payee, Coin::BTC);
        app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, n));
        if payee == BUYER {
            // What comes back of it is paid with next.
            app.confirm(0);
            app.await_states(BUYER, &["done"]);
        }
    }
    eventually("it has opened", || (app.admin_json("/api/breakers")["breakers"] != json!([])).then_some(()));
    app
}

fn breaker(app: &TestApp, by: &Person) -> Value {
    by.get(app, "/api/breakers").json()["breakers"][0].clone()
}

#[test]
fn should_tell_everybody_of_an_open_breaker_over_a_restart() {
    let mut app = stopped(Setup::new());
    app.restart();
    let told = app.admin_json("/api/breakers")["breakers"][0].clone();
    assert_eq!(
        (&told["name"], &told["open"], &told["times"], &told["closed_by"], &told["second_person"]),
        (&json!("payouts"), &json!(true), &json!(1), &json!("approve"), &json!(false))
    );
    assert!(told["evidence"].as_str().unwrap().contains("the budget of an hour: 1 payouts"), "{told}");
    assert_eq!(told["grounds"], json!(["deposit 2"]));
    assert_eq!(told["acts"][0]["request"], "POST /api/breakers/payouts/close?opening=1&why=...&by=...");
    assert_eq!(app.get("/api/health").json()["problem_codes"], json!([{"code": "breaker_open"}]));
    let waiting = app.admin_json("/api/waiting");
    let kind = waiting["waiting"].as_array().unwrap().iter().find(|kind| kind["code"] == "breaker_open");
    assert_eq!((&kind.unwrap()["count"], &kind.unwrap()["list"]), (&json!(1), &json!("/api/breakers")));
    assert_eq!(app.states(OTHER), ["waiting_send"]);
    assert_eq!(app.statuses(OTHER)[0]["message"], CHECKED);
    assert_eq!(app.admin_json("/api/deposits/2")["message"], CHECKED);
}

#[test]
fn should_let_payouts_go_on_once_somebody_who_may_has_closed_it() {
    let app = stopped(Setup::new());
    let anna = Person::first(&app, "anna");
    let carl = Person::added(&app, &anna, "carl", "operate");
    let close = "/api/breakers/payouts/close?why=a+busy+evening";
    assert_eq!(post(&app, &carl, close).0, 403, "who operates may not");
    for (target, status) in [
        ("/api/breakers/payouts/close", 400),
        ("/api/breakers/payouts/close?why=x&opening=first", 400),
        // Nobody has looked at that one yet.
        ("/api/breakers/payouts/close?why=x&opening=2", 409),
        ("/api/breakers/books-LTC/close?why=x", 409),
        ("/api/breakers/books-XYZ/close?why=x", 404),
        ("/api/breakers/payouts/open?why=x", 404),
    ] {
        assert_eq!(post(&app, &anna, target).0, status, "{target}");
    }
    assert_eq!(anna.get(&app, close).status, 405);
    let (status, shown) = post(&app, &anna, &format!("{close}&dry_run=1"));
    assert_eq!((status, &shown["would"][0]["what"]), (200, &json!("a circuit breaker was closed")));
    assert_eq!(breaker(&app, &anna)["open"], true, "nothing was done");
    assert_eq!(post(&app, &anna, close).0, 200);
    app.await_states(OTHER, &["waiting_confirm"]);
    let told = breaker(&app, &anna);
    assert_eq!((&told["open"], &told["acts"], told.get("evidence")), (&json!(false), &json!([]), None));
    assert_eq!((&told["closed"]["by"], &told["closed"]["why"]), (&json!("anna"), &json!("a busy evening")));
    assert_eq!(post(&app, &anna, close).0, 409);
    assert_eq!(app.get("/api/health").json()["problem_codes"], json!([]));
}

#[test]
fn should_want_a_second_person_to_close_one_where_such_acts_do() {
    let app = stopped(Setup::new().text("admin_panel.second_person_above", "1000"));
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    let (status, made) = post(&app, &anna, "/api/breakers/payouts/close?why=a+busy+evening");
    assert_eq!((status, &made["proposal"]), (202, &json!(1)), "nobody can tell what will leave");
    let told = breaker(&app, &berta);
    assert_eq!((&told["open"], &told["second_person"]), (&json!(true), &json!(true)));
    assert_eq!(post(&app, &berta, "/api/proposals/1/confirm").0, 200);
    assert_eq!(breaker(&app, &berta)["open"], false);
    app.await_states(OTHER, &["waiting_confirm"]);
}
