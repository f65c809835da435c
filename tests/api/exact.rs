//! Amounts to the last unit, also where a JSON reader's numbers end.

use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp};

#[test]
fn should_be_exact_to_the_wei() {
    let app = TestApp::start(Setup::new().text("dummy.balance", "100000"));
    let address = app.bind(BUYER, Coin::ETH);
    // Beyond 53 bits, beyond 64 bits, and a single one.
    let values = [9_007_199_254_740_993_u128, 20_000_000_000_000_000_001, 1];
    for (number, value) in (1..).zip(values) {
        app.deposit(&Deposit::new(Coin::ETH, &address, value, number));
    }
    app.confirm_everything();
    let accounting = app.admin_json("/api/accounting");
    assert_eq!(accounting["received"]["ETH"], "20.009007199254740995");
    assert_eq!(accounting["sent"], "2000.900000");

    let deposits = app.admin(&Request::get("/api/deposits"));
    for (deposit, value) in app.deposits().iter().zip(values) {
        assert_eq!(deposit["deposit_value_exact"], value.to_string());
        assert_eq!(deposit["deposit"]["value_exact"], value.to_string());
        // As a number too, for readers that can.
        for field in ["deposit_value", "value"] {
            let number = format!("\"{field}\":{value}");
            assert!(deposits.text().contains(&number), "{number} is not in {}", deposits.text());
        }
    }
    let amounts: Vec<_> = app
        .statuses(BUYER)
        .iter()
        .map(|line| line["deposit"]["amount"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(amounts, ["0.009007199254740993", "20.000000000000000001", "0.000000000000000001"]);
}

#[test]
fn should_cut_payouts_to_the_configured_places() {
    for (decimals, paid) in [(0, "6.000000"), (1, "6.100000"), (3, "6.172000"), (6, "6.172835")] {
        let app = TestApp::start(Setup::new().set("sky_exchanger.max_decimals", decimals));
        let address = app.bind(BUYER, Coin::BTC);
        app.deposit(&Deposit::new(Coin::BTC, &address, 1_234_567, 1));
        app.await_states(BUYER, &["waiting_confirm"]);
        assert_eq!(app.broadcasts()[0]["outputs"][0]["coins"], paid, "{decimals} places");
        assert_eq!(app.get("/api/config").json()["max_decimals"], decimals);
    }
}

#[test]
fn should_reckon_with_fractions() {
    let app = TestApp::start(Setup::new().text("sky_exchanger.sky_btc_exchange_rate", "1000/3"));
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 3_000_000, 1));
    app.await_states(BUYER, &["waiting_confirm"]);
    assert_eq!(app.broadcasts()[0]["outputs"][0]["coins"], "10.000000");
    assert_eq!(app.deposits()[0]["conversion_rate"], "1000/3");
}

#[test]
fn should_refuse_more_than_there_can_be() {
    let app = TestApp::new();
    let btc = app.bind(BUYER, Coin::BTC);
    let eth = app.bind(BUYER, Coin::ETH);
    let over = u128::try_from(i64::MAX).unwrap() + 1;
    app.try_deposit(&Deposit::new(Coin::BTC, &btc, over, 1)).assert_text(400, "invalid value");
    app.try_deposit(&Deposit::new(Coin::ETH, &eth, u128::MAX, 1)).assert_text(400, "invalid value");
    // More than 64 bits of wei is no more than 18 ETH.
    app.deposit(&Deposit::new(Coin::ETH, &eth, over * 3, 1));
    assert_eq!(app.deposits()[0]["deposit_value_exact"], (over * 3).to_string());
}
