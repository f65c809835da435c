//! The service is stopped and started between any two stages of a purchase, and nothing of it is lost or done twice.

use serde_json::Value;
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Setup, TestApp, eventually};

#[test]
fn should_go_on_after_a_stop_between_any_two_stages() {
    let mut app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.restart();
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.restart();
    app.await_states(BUYER, &["waiting_confirm"]);
    let sent = app.await_broadcasts(1);
    app.restart();
    // The dummy chain has forgotten it: the same bytes are offered again.
    assert_eq!(app.await_broadcasts(1), sent);
    app.await_states(BUYER, &["waiting_confirm"]);
    app.confirm(0);
    app.restart();
    // The stop came before or after the confirmation was seen, which the dummy chain has forgotten too.
    app.confirm_everything();
    app.restart();
    assert_eq!(app.states(BUYER), ["done"]);
    assert_eq!(app.broadcasts(), Vec::<Value>::new());
    assert_eq!(app.admin_json("/api/accounting")["sent"], "1.000000");
    assert_eq!(app.deposits()[0]["txid"], sent[0]["txid"]);
    // The wallet is asked anew after a start.
    eventually("what is left is told", || {
        let health = app.get("/api/health").json();
        (health["exchange"]["balance"]["coins"] == "99.000000").then_some(())
    });
}

#[test]
fn should_keep_deposits_that_wait_for_the_wallet() {
    let mut app = TestApp::start(Setup::new().text("dummy.balance", "1"));
    let (large, small) = (app.bind(BUYER, Coin::BTC), app.bind(OTHER, Coin::BTC));
    app.deposit(&Deposit::new(Coin::BTC, &large, 400_000, 1));
    let is_short = |app: &TestApp| {
        eventually("the payout is held", || {
            let message = app.statuses(BUYER)[0]["message"].clone();
            (message == "waiting for the desk's wallet to be refilled").then_some(())
        });
    };
    is_short(&app);
    app.restart();
    is_short(&app);
    app.deposit(&Deposit::new(Coin::BTC, &small, 200_000, 2));
    app.confirm(0);
    app.await_states(OTHER, &["done"]);
    app.restart();
    app.fund("2");
    app.confirm(0);
    app.await_states(BUYER, &["done"]);
}

#[test]
fn should_keep_the_price_of_the_deposit() {
    let mut app = TestApp::start(Setup::new().set("sky_exchanger.send_enabled", false));
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.restart_with(|setup| {
        let setup = setup.text("sky_exchanger.sky_btc_exchange_rate", "1000");
        setup.set("sky_exchanger.send_enabled", true)
    });
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 2));
    app.confirm_everything();
    let told = |deposit: &Value| (deposit["conversion_rate"].clone(), deposit["sky_sent"].clone());
    let deposits: Vec<_> = app.deposits().iter().map(told).collect();
    assert_eq!(deposits, [("500".into(), 1_000_000.into()), ("1000".into(), 2_000_000.into())]);
}
