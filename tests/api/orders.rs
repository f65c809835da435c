//! Orders at an exchange, as the admin listener shows them, and what a person says of those that nobody can tell about.

use std::sync::Arc;

use serde_json::{Value, json};
use teller::clock::SystemClock;
use teller::deposit::BlockAt;
use teller::exchange::{ClientId, VenueOrderId};
use teller::store::{
    DepositEvent, NewDeposit, OrderEvent, PayoutEvent, Purpose, RedbBackend, Store, Tables, WriteTx,
};
use teller::types::{BuyMethod, Coin, DepositId, DepositNo, Droplets, Height, OrderNo, Symbol, Units};
use teller::upstream::{Share, Terms};

use crate::support::{BUYER, Person, Request, Setup, TestApp, eventually};

fn post(target: &str) -> Request {
    Request::new("POST", target)
}

/// A deposit of 0.01 BTC that is to be bought for.
fn deposit(tx: &mut WriteTx<'_>, number: u64) -> DepositNo {
    let binding = tx.bindings(teller::store::Page::ALL).unwrap().pop().unwrap();
    let id = DepositId { coin: Coin::BTC, tx: format!("{number:064x}"), n: 0, token: None };
    let new = NewDeposit {
        id,
        token: None,
        amount: Units::new(1_000_000),
        rate: "500".to_owned(),
        quote: Some(Droplets::new(5_000_000)),
        block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
        method: BuyMethod::Passthrough,
        priced: None,
    };
    let deposit = tx.see_deposit(&binding, new).unwrap();
    tx.record(DepositEvent::Finalized { deposit }).unwrap();
    tx.record(PayoutEvent::Decided { payout: deposit, method: BuyMethod::Passthrough }).unwrap();
    deposit
}

fn order(tx: &mut WriteTx<'_>, payout: DepositNo) -> OrderNo {
    let terms = Terms {
        exchange: "c2cx".into(),
        market: "BTC_SKY".into(),
        base: Symbol::parse("SKY").unwrap(),
        quote: Symbol::parse("BTC").unwrap(),
        quote_decimals: 8,
        client_id: ClientId(format!("id-{payout}")),
        price: "0.002".parse().unwrap(),
        quantity: "5".parse().unwrap(),
        account: "5eed".into(),
    };
    tx.intend_order(terms, vec![Share { payout, budget: Units::new(1_000_000) }]).unwrap()
}

/// The first order has no answer, the second is one that the exchange has forgotten; the third deposit waits.
fn fill(app: &TestApp) {
    let backend = Arc::new(RedbBackend::open(&app.dir().join("teller.db"), |_| {}).unwrap());
    let purpose = Purpose::play(Coin::BTC.main_network());
    let store = Store::open(backend, purpose, Arc::new(SystemClock), &|_| {}).unwrap();
    let filled = store.write_blocking(|tx| {
        let deposits: Vec<DepositNo> = (1..=3).map(|number| deposit(tx, number)).collect();
        let (first, second) = (order(tx, deposits[0]), order(tx, deposits[1]));
        tx.record(OrderEvent::Held { order: first, words: "nobody can tell".into() })?;
        tx.record(OrderEvent::Placed { order: second, id: VenueOrderId("77".into()) })?;
        tx.record(OrderEvent::Held { order: second, words: "gone".into() })
    });
    filled.unwrap();
    store.close();
}

fn app() -> TestApp {
    app_with(TestApp::new())
}

fn app_with(mut app: TestApp) -> TestApp {
    app.bind(BUYER, Coin::BTC);
    app.stop();
    fill(&app);
    app.go_on();
    app
}

fn states(app: &TestApp) -> Vec<String> {
    let orders = app.admin_json("/api/orders");
    let all = orders["orders"].as_array().unwrap().iter();
    all.map(|order| order["state"].as_str().unwrap().to_owned()).collect()
}

fn waiting(app: &TestApp, code: &str) -> Value {
    let all = app.admin_json("/api/waiting");
    let kinds = all["waiting"].as_array().unwrap();
    kinds.iter().find(|kind| kind["code"] == code).unwrap().clone()
}

#[test]
fn should_list_what_waits_upstream_with_what_can_be_done() {
    let app = app();
    let held = app.admin_json("/api/orders?state=held");
    let orders = held["orders"].as_array().unwrap();
    assert_eq!(orders.len(), 2);
    assert_eq!(
        (&orders[0]["why"], &orders[0]["deposits"], &orders[0]["client_id"]),
        (&json!("nobody can tell"), &json!([1]), &json!("id-1"))
    );
    let acts = |order: &Value| -> Vec<String> {
        let acts = order["acts"].as_array().unwrap().iter();
        acts.map(|act| act["act"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(acts(&orders[0]), ["look", "missed", "booked"]);
    assert_eq!((acts(&orders[1]), &orders[1]["id"]), (vec!["look".into(), "booked".into()], &json!("77")));
    assert_eq!(app.admin_json("/api/orders?state=open&limit=1")["next"], json!(1));
    app.admin(&Request::get("/api/orders?state=gone"))
        .assert_text(400, "Invalid state: expected one of open, held, all");
    let kind = waiting(&app, "order_held");
    assert_eq!((&kind["count"], &kind["list"]), (&json!(2), &json!("/api/orders?state=held")));
    let to_buy = waiting(&app, "to_buy");
    assert_eq!(to_buy["count"], json!(1));
    let codes: Vec<Value> = app.get("/api/health").json()["problem_codes"].as_array().unwrap().clone();
    for code in ["orders_held", "upstream"] {
        assert!(codes.iter().any(|told| told["code"] == code), "{code}: {codes:?}");
    }
    let words = app.statuses(BUYER);
    assert!(words.iter().all(|status| status["status"].as_str().unwrap().starts_with("waiting_passthrough")));
}

#[test]
fn should_not_tell_what_is_bought_before_it_is_known() {
    let mut app = TestApp::new();
    let bound = app.try_bind(BUYER, "BTC").json();
    let (link, secret) = (bound["page"].as_str().unwrap(), bound["secret"].as_str().unwrap());
    app.stop();
    fill(&app);
    app.go_on();
    let shown = || app.get(&format!("/api/status?skyaddr={BUYER}&secret={secret}")).json();
    let amounts = |shown: &Value| -> Vec<String> {
        let all = shown["statuses"].as_array().unwrap().iter();
        all.map(|status| status["deposit"]["sky_amount"].as_str().unwrap().to_owned()).collect()
    };
    let told = shown();
    assert_eq!(amounts(&told), ["", "", ""], "{told}");
    let page = app.get(link);
    assert!(page.text().contains("0.01 BTC") && !page.text().contains("<strong>0 SKY"), "{}", page.text());
    let booked = "/api/orders/1/booked?filled=4&cost=0.008&fee=0.008&fee_coin=SKY&why=x";
    assert_eq!(app.admin(&post(booked)).status, 200);
    let told = shown();
    assert_eq!(amounts(&told)[1..], ["", ""], "{told}");
}

#[test]
fn should_book_an_order_by_hand_as_far_as_it_can_have_come_to_that() {
    let app = app();
    let booked = |no: u64, query: &str| app.admin(&post(&format!("/api/orders/{no}/booked?{query}")));
    assert_eq!(booked(1, "filled=5&cost=0.01").status, 400);
    assert_eq!(booked(1, "filled=-5&cost=0.01&why=x").status, 400);
    assert_eq!(booked(1, "filled=5&cost=0.01&fee=1&why=x").status, 400);
    assert_eq!(booked(9, "filled=5&cost=0.01&why=x").status, 404);
    // More than was ordered, dearer, or something for nothing.
    for wrong in ["filled=6&cost=0.01", "filled=5&cost=0.011", "filled=5&cost=0"] {
        assert_eq!(booked(1, &format!("{wrong}&why=x")).status, 409, "{wrong}");
    }
    let done = booked(1, "filled=4&cost=0.008&fee=0.008&fee_coin=SKY&why=the+page+says+so&by=anna");
    assert_eq!((done.status, states(&app)), (200, vec!["closed".to_owned(), "held".to_owned()]));
    let deposit = app.deposits().into_iter().find(|deposit| deposit["seq"] == 1).unwrap();
    let told = &deposit["passthrough"];
    assert_eq!(
        (&told["sky_bought"], &told["deposit_value_spent"], &told["order"]["completed_amount"]),
        (&json!(3_992_000), &json!(800_000), &json!("4"))
    );
    // What was bought is bought: the rest is not paid at another price.
    assert_eq!(app.admin(&post("/api/deposits/1/direct?why=x")).status, 409);
    assert_eq!(booked(1, "filled=4&cost=0.008&why=again").status, 409);
}

#[test]
fn should_take_an_order_for_missed_only_where_the_exchange_never_had_it() {
    let app = app();
    let there = app.admin(&post("/api/orders/2/missed?why=x"));
    there.assert_text(409, "the exchange has it as 77: say what came of it");
    assert_eq!(app.admin(&post("/api/orders/1/missed?why=it+is+not+there&by=anna")).status, 200);
    assert_eq!(app.admin(&post("/api/orders/2/look?why=their+support+says+so")).status, 200);
    // Nobody can look where no exchange is configured: it is a person's again, and says so.
    eventually("it is held again", || (states(&app) == ["missed", "held"]).then_some(()));
    let held = app.admin_json("/api/orders?state=held");
    assert!(held.to_string().contains("nobody is asked about"), "{held}");
    // Its deposit is to be bought for again, and may be paid otherwise.
    assert_eq!(waiting(&app, "to_buy")["count"], json!(2));
}

#[test]
fn should_pause_resume_and_pay_directly() {
    let app = app();
    let act =
        |no: u64, act: &str| app.admin(&post(&format!("/api/deposits/{no}/{act}?why=x&by=anna"))).status;
    assert_eq!((act(2, "pause"), act(3, "resume"), act(3, "pause"), act(3, "pause")), (409, 409, 200, 409));
    assert_eq!(waiting(&app, "purchase_paused")["count"], json!(1));
    assert_eq!((act(3, "resume"), act(3, "direct"), act(3, "direct")), (200, 200, 409));
    let deposit = eventually("it is sent", || {
        let all = app.deposits();
        all.into_iter().find(|deposit| deposit["seq"] == 3 && deposit["sky_sent"] == 5_000_000)
    });
    assert_eq!(deposit["buy_method"], json!("direct"));
}

/// What it was for is ordered again: where it was there after all, it is bought twice.
#[test]
fn should_want_two_people_to_say_that_a_large_order_never_was() {
    let above = |limit: &str| Setup::new().text("admin_panel.second_person_above", limit);
    for (limit, expected) in [("5", 200), ("4.999999", 202)] {
        let app = app_with(TestApp::start(above(limit)));
        let anna = Person::first(&app, "anna");
        let missed = anna.send(&app, post("/api/orders/1/missed?why=their+page+has+none"));
        assert_eq!(missed.status, expected, "{limit}");
    }
}
