//! Withdrawals from an exchange, as the admin listener shows them, and what a person says of those that nobody can tell
//! about.

use std::sync::Arc;

use serde_json::{Value, json};
use teller::clock::SystemClock;
use teller::dummy::DummyNode;
use teller::exchange::ClientId;
use teller::rail::OwnAddress;
use teller::store::{Purpose, RedbBackend, Store, WithdrawalEvent, WriteTx};
use teller::types::{Coin, Symbol, WithdrawalNo};
use teller::upstream::{Departure, Wanted, WithdrawalTerms};

use crate::support::{Person, Request, Setup, TestApp};

fn post(target: &str) -> Request {
    Request::new("POST", target)
}

fn intend(tx: &mut WriteTx<'_>, asset: &str) -> WithdrawalNo {
    let wanted = Wanted {
        exchange: "kraken".into(),
        account: "5eed".into(),
        coin: asset.into(),
        asset: Symbol::parse(asset).unwrap(),
        client_id: ClientId(format!("id {asset}")),
        amount: "5".parse().unwrap(),
        is_fee_on_top: false,
        max_fee: "1".parse().unwrap(),
        network: None,
        key: Some("hot wallet".into()),
    };
    tx.intend_withdrawal(WithdrawalTerms::new(wanted, OwnAddress::of(&DummyNode::hot_wallet()))).unwrap()
}

/// The first has no answer, the second left and is nowhere.
fn fill(app: &TestApp) {
    let backend = Arc::new(RedbBackend::open(&app.dir().join("teller.db"), |_| {}).unwrap());
    let purpose = Purpose::play(Coin::BTC.main_network());
    let store = Store::open(backend, purpose, Arc::new(SystemClock), &|_| {}).unwrap();
    let filled = store.write_blocking(|tx| {
        tx.know_wallet(&DummyNode::hot_wallet().addresses())?;
        let (first, second) = (intend(tx, "SKY"), intend(tx, "SKYB"));
        tx.record(WithdrawalEvent::Held { withdrawal: first, words: "nobody can tell".into() })?;
        tx.record(WithdrawalEvent::Asked { withdrawal: second, id: "77".into() })?;
        let departure = Departure { amount: "5".parse().unwrap(), fee: "0.1".parse().unwrap() };
        tx.record(WithdrawalEvent::Left { withdrawal: second, departure, txid: None })?;
        tx.record(WithdrawalEvent::Held { withdrawal: second, words: "no transaction".into() })
    });
    filled.unwrap();
    store.close();
}

fn app() -> TestApp {
    app_with(TestApp::new())
}

fn app_with(mut app: TestApp) -> TestApp {
    app.stop();
    fill(&app);
    app.go_on();
    app
}

fn all(app: &TestApp, state: &str) -> Vec<Value> {
    app.admin_json(&format!("/api/withdrawals?state={state}"))["withdrawals"].as_array().unwrap().clone()
}

fn states(app: &TestApp) -> Vec<Value> {
    all(app, "all").iter().map(|known| known["state"].clone()).collect()
}

#[test]
fn should_list_withdrawals_with_what_can_be_done() {
    let app = app();
    let held = all(&app, "held");
    assert_eq!((held.len(), &held[0]["why"], &held[1]["id"]), (2, &json!("nobody can tell"), &json!("77")));
    assert_eq!(
        (&held[1]["left"], &held[1]["fee"], &held[1]["amount"]),
        (&json!("5"), &json!("0.1"), &json!("5"))
    );
    let acts: Vec<&str> =
        held[0]["acts"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["look", "missed", "booked"]);
    let list = app.admin_json("/api/withdrawals?limit=1");
    assert_eq!((&list["on_the_way"], &list["due"], &list["next"]), (&json!("5"), &json!("-5"), &json!(1)));
    assert_eq!(list["is_on"], json!(false));
    app.admin(&Request::get("/api/withdrawals?state=gone"))
        .assert_text(400, "Invalid state: expected one of open, held, all");
    let waiting = app.admin_json("/api/waiting");
    let kind = waiting["waiting"].as_array().unwrap().iter().find(|kind| kind["code"] == "withdrawal_held");
    assert_eq!(kind.unwrap()["count"], json!(2));
    let health = app.get("/api/health").json();
    assert!(health["problem_codes"].to_string().contains("withdrawals_held"), "{health}");
    let metrics = app.admin(&Request::get("/metrics"));
    assert!(metrics.text().contains("teller_waiting{code=\"withdrawal_held\"} 2"), "{}", metrics.text());
}

#[test]
fn should_take_a_persons_word_on_a_withdrawal_as_far_as_it_can_be_true() {
    let app = app();
    let act =
        |no: u64, act: &str, query: &str| app.admin(&post(&format!("/api/withdrawals/{no}/{act}?{query}")));
    assert_eq!(act(1, "missed", "").status, 400, "a reason is wanted");
    assert_eq!(act(1, "booked", "amount=5&why=x").status, 400, "a fee is wanted");
    assert_eq!(act(1, "booked", "amount=7&fee=1&why=x").status, 409, "more than was asked for");
    assert_eq!(act(9, "look", "why=x").status, 404);
    assert_eq!(act(1, "sent", "why=x").status, 404);
    assert_eq!(act(1, "missed", "why=their+page+has+none&by=anna").status, 200);
    assert_eq!(act(1, "look", "why=x").status, 409, "it has ended");
    assert_eq!(act(2, "booked", "amount=5&fee=0.2&why=it+is+there&by=anna").status, 200);
    assert_eq!(states(&app), ["missed", "arrived"]);
    assert_eq!(app.admin_json("/api/withdrawals")["due"], json!("0"));
}

#[test]
fn should_want_two_people_to_book_a_large_withdrawal() {
    for (limit, expected) in [("5", 200), ("4.999999", 202)] {
        let app = app_with(TestApp::start(Setup::new().text("admin_panel.second_person_above", limit)));
        let anna = Person::first(&app, "anna");
        let booked = post("/api/withdrawals/2/booked?amount=5&fee=0.2&why=it+is+there");
        assert_eq!(anna.send(&app, booked).status, expected, "{limit}");
    }
}
