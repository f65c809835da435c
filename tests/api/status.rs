//! `/api/status`: what a buyer sees, and that it stays what it was.

use serde_json::{Value, json};
use teller::clock::{Clock, SystemClock};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Line, OTHER, Setup, TestApp, eventually, payee, tx};

#[test]
fn should_number_from_one_in_the_order_of_binding_and_arrival() {
    let mut app = TestApp::start(Setup::new().text("dummy.balance", "1000"));
    let btc = app.bind(BUYER, Coin::Btc);
    let eth = app.bind(BUYER, Coin::Eth);
    let sky = app.bind(BUYER, Coin::Sky);
    // The last binding is paid first, and none of that moves a line.
    app.deposit(&Deposit::new(Coin::Sky, &sky, 1_000_000, 1));
    app.confirm(0);
    app.deposit(&Deposit::new(Coin::Btc, &btc, 200_000, 2));
    app.confirm(1);
    app.deposit(&Deposit::new(Coin::Btc, &btc, 400_000, 3));
    app.deposit(&Deposit::new(Coin::Eth, &eth, 10_000_000_000_000_000, 4));
    let line = |seq, status, coin| Line::new(seq, status, coin);
    let coins =
        [line(1, "done", "BTC"), line(2, "done", "ETH"), line(3, "done", "SKY"), line(4, "done", "BTC")];
    let whose = |lines: &[Line]| lines.iter().map(|line| (line.seq, line.coin.clone())).collect::<Vec<_>>();
    assert_eq!(whose(&app.lines(BUYER)), whose(&coins));
    app.confirm_everything();
    assert_eq!(app.lines(BUYER), coins);
    app.restart();
    assert_eq!(app.lines(BUYER), coins);
    // A late one comes last.
    app.deposit(&Deposit::new(Coin::Eth, &eth, 10_000_000_000_000_000, 5));
    assert_eq!(whose(&app.lines(BUYER)).last(), Some(&(5, "ETH".to_owned())));
    assert_eq!(app.lines(BUYER)[..4], coins);
}

#[test]
fn should_tell_when_something_really_changed() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::Btc);
    let first = app.statuses(BUYER);
    let bound_at = first[0]["updated_at"].as_u64().unwrap();
    eventually("the clock goes on", || (SystemClock.now().get() > bound_at + 1).then_some(()));
    assert_eq!(app.statuses(BUYER), first);
    app.deposit(&Deposit::new(Coin::Btc, &address, 200_000, 1));
    app.await_states(BUYER, &["waiting_confirm"]);
    let sent_at = app.statuses(BUYER)[0]["updated_at"].as_u64().unwrap();
    assert!(sent_at > bound_at + 1, "{sent_at} {bound_at}");
}

#[test]
fn should_tell_a_purchase_in_full() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::Eth);
    let waiting = &app.statuses(BUYER)[0];
    assert_eq!(waiting["message"], "waiting for a deposit of ETH");
    assert_eq!(waiting.get("deposit"), None);
    app.deposit(&Deposit { n: 7, ..Deposit::new(Coin::Eth, &address, 123_456_789_012_345_678, 1) });
    app.await_states(BUYER, &["waiting_confirm"]);
    let txid = app.broadcasts()[0]["txid"].clone();
    let sent = &app.statuses(BUYER)[0];
    assert_eq!(sent["message"], "waiting for the payout to be confirmed");
    assert_eq!(
        sent["deposit"],
        json!({
            "amount": "0.123456789012345678",
            "txid": tx(1),
            "n": 7,
            "sky_amount": "12.345000",
            "payout_txid": txid,
        })
    );
    app.confirm(0);
    app.await_states(BUYER, &["done"]);
    assert_eq!(app.statuses(BUYER)[0]["message"], "paid");
}

#[test]
fn should_show_a_buyer_their_own_purchases_only() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::Btc);
    app.bind(OTHER, Coin::Btc);
    app.deposit(&Deposit::new(Coin::Btc, &address, 200_000, 1));
    assert_eq!(app.states(OTHER), ["waiting_deposit"]);
    assert_eq!(app.get(&format!("/api/status?skyaddr={}", payee(9))).json(), json!({ "statuses": [] }));
    // Whoever knows a Skycoin address may ask for its status: the deposit addresses are not told.
    let text = Value::from(app.statuses(BUYER)).to_string();
    assert!(!text.contains(&address), "{text}");
}
