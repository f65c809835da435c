//! From a deposit to its payout: once each, whatever is told twice, and none waiting behind another.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Setup, TestApp, eventually, payee, pools};

/// 0.002 BTC, for which 1 SKY is paid.
const ONE_SKY: u128 = 200_000;

#[test]
fn should_pay_for_every_coin() {
    let app = TestApp::new();
    for (number, (coin, value)) in
        [(Coin::BTC, ONE_SKY), (Coin::ETH, 10_000_000_000_000_000), (Coin::SKY, 1_000_000)]
            .into_iter()
            .enumerate()
    {
        let address = app.bind(BUYER, coin);
        app.deposit(&Deposit::new(coin, &address, value, u32::try_from(number).unwrap()));
    }
    app.confirm_everything();
    assert_eq!(app.states(BUYER), ["done"; 3]);
    let mut told = app.admin_json("/api/accounting");
    let (accounts, burnt) = (told["accounts"].take(), told["burnt_hours"].take());
    assert!(burnt.as_u64().unwrap() > 0, "{burnt}");
    assert_balanced(&accounts, burnt.as_u64().unwrap());
    assert_eq!(
        told,
        json!({
            "sent": "3.000000",
            "received": { "BTC": "0.00200000", "ETH": "0.010000000000000000", "SKY": "1.000000" },
            "owed": "0.000000",
            "lost": { "BTC": "0.00000000", "ETH": "0.000000000000000000", "SKY": "0.000000" },
            "sent_for_lost": "0.000000",
            "in_transit": "0.000000",
            "paid_twice": "0.000000",
            "burnt_hours": null,
            "strays": [],
            "accounts": null,
        })
    );
}

/// All that there is of the three deposits, and of what was paid and burnt for them.
fn assert_balanced(accounts: &Value, burnt: u64) {
    let line = |line: &Value| {
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        format!("{} {} {} {}", text("asset"), text("account"), text("side"), text("amount"))
    };
    let lines: Vec<String> = accounts.as_array().unwrap().iter().map(line).collect();
    let burnt = [format!("coin hours burnt debit {burnt}"), format!("coin hours fees credit {burnt}")];
    let expected = [
        "BTC received debit 0.00200000",
        "BTC sold credit 0.00200000",
        "ETH received debit 0.010000000000000000",
        "ETH sold credit 0.010000000000000000",
        "SKY received debit 1.000000",
        // One that was given, three that were paid for all.
        "SKY sold debit 2.000000",
        "SKY paid credit 3.000000",
        &burnt[0],
        &burnt[1],
    ];
    assert_eq!(lines, expected);
}

#[test]
fn should_pay_once_for_a_deposit_that_is_told_again() {
    let mut app = TestApp::new();
    let deposit = Deposit::new(Coin::BTC, &app.bind(BUYER, Coin::BTC), ONE_SKY, 1);
    std::thread::scope(|scope| (0..16).for_each(|_| drop(scope.spawn(|| app.deposit(&deposit)))));
    app.await_states(BUYER, &["waiting_confirm"]);
    app.deposit(&deposit);
    app.confirm(0);
    app.await_states(BUYER, &["done"]);
    app.deposit(&deposit);
    assert_eq!(app.broadcasts().len(), 1);
    app.restart();
    app.deposit(&deposit);
    // Something that is paid later than a second payment for the first would be.
    app.deposit(&Deposit::new(Coin::BTC, &deposit.address, ONE_SKY, 2));
    app.confirm_everything();
    assert_eq!(app.states(BUYER), ["done", "done"]);
    assert_eq!((app.broadcasts().len(), app.deposits().len()), (1, 2));
    assert_eq!(app.admin_json("/api/accounting")["sent"], "2.000000");
}

#[test]
fn should_refuse_a_deposit_that_contradicts_itself() {
    let app = TestApp::new();
    let (mine, others) = (app.bind(BUYER, Coin::BTC), app.bind(OTHER, Coin::BTC));
    let deposit = Deposit::new(Coin::BTC, &mine, ONE_SKY, 1);
    app.deposit(&deposit);
    let lie = |change: Deposit| {
        let message = format!("deposit {}:0 is known with another address or amount", change.tx);
        app.try_deposit(&change).assert_text(409, &message);
    };
    lie(Deposit { value: 2 * ONE_SKY, ..deposit.clone() });
    lie(Deposit { address: others, ..deposit.clone() });
    // Another height is the same deposit in another block.
    app.deposit(&Deposit { height: 2, ..deposit });
    app.confirm_everything();
    assert_eq!(
        (app.states(BUYER), app.states(OTHER)),
        (vec!["done".to_owned()], vec!["waiting_deposit".to_owned()])
    );
    assert_eq!(app.admin_json("/api/accounting")["sent"], "1.000000");
}

#[test]
fn should_say_that_nobody_owns_an_address() {
    let app = TestApp::new();
    let unbound = "addr is not bound to any skycoin address";
    app.try_deposit(&Deposit::new(Coin::BTC, pools::FOREIGN_BTC, ONE_SKY, 1)).assert_text(404, unbound);
    // In the pool, and not given out yet.
    let next = &pools::btc(1)[0];
    app.try_deposit(&Deposit::new(Coin::BTC, next, ONE_SKY, 1)).assert_text(404, unbound);
    app.try_deposit(&Deposit::new(Coin::ETH, next, ONE_SKY, 1)).assert_text(400, "invalid addr");
    assert_eq!(app.deposits(), Vec::<Value>::new());
    // Told again once it is bound, it counts.
    assert_eq!(&app.bind(BUYER, Coin::BTC), next);
    app.deposit(&Deposit::new(Coin::BTC, next, ONE_SKY, 1));
    app.await_states(BUYER, &["waiting_confirm"]);
}

#[test]
fn should_count_every_output_of_a_transaction() {
    let app = TestApp::new();
    let (mine, others) = (app.bind(BUYER, Coin::BTC), app.bind(OTHER, Coin::BTC));
    for (n, address) in [(0, &mine), (1, &others), (5, &mine)] {
        app.deposit(&Deposit { n, ..Deposit::new(Coin::BTC, address, ONE_SKY, 1) });
    }
    app.confirm_everything();
    assert_eq!((app.states(BUYER).len(), app.states(OTHER).len()), (2, 1));
    assert_eq!(app.admin_json("/api/accounting")["sent"], "3.000000");
}

#[test]
fn should_say_that_a_deposit_is_too_small() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 199, 1));
    app.await_states(BUYER, &["done"]);
    assert_eq!(app.statuses(BUYER)[0]["message"], "the deposit is too small to be paid out");
    let errored = app.admin_json("/api/deposits/errored")["deposits"].clone();
    assert_eq!(errored.as_array().unwrap().len(), 1);
    assert_eq!(
        (&errored[0]["error"], &errored[0]["sky_sent"]),
        (&json!("Skycoin send amount is 0"), &json!(0))
    );
    assert_eq!(app.get("/api/health").json()["exchange"]["deposit_error_count"], 1);
    // The smallest that is paid.
    app.deposit(&Deposit::new(Coin::BTC, &address, 200, 2));
    app.confirm_everything();
    assert_eq!(app.admin_json("/api/accounting")["sent"], "0.001000");
}

#[test]
fn should_hold_payouts_while_sending_is_off() {
    let mut app = TestApp::start(Setup::new().set("sky_exchanger.send_enabled", false));
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 1));
    app.await_states(BUYER, &["waiting_send"]);
    let message = "waiting for the operator, who has switched sending off for now";
    assert_eq!(app.statuses(BUYER)[0]["message"], message);
    let health = app.get("/api/health").json();
    assert_eq!(health["problems"], json!(["sending is switched off, payouts are held"]));
    assert_eq!(health["problem_codes"], json!([{"code": "sending_off"}]));
    assert_eq!(app.admin_json("/api/accounting")["owed"], "1.000000");
    app.restart();
    app.await_states(BUYER, &["waiting_send"]);
    assert_eq!(app.broadcasts(), Vec::<Value>::new());
    app.restart_with(|setup| setup.set("sky_exchanger.send_enabled", true));
    app.await_states(BUYER, &["waiting_confirm"]);
    app.confirm(0);
    app.await_states(BUYER, &["done"]);
}

#[test]
fn should_go_on_with_small_payouts_while_a_large_one_is_held() {
    let app = TestApp::new();
    let (large, small) = (app.bind(BUYER, Coin::BTC), app.bind(OTHER, Coin::BTC));
    app.deposit(&Deposit::new(Coin::BTC, &large, 500 * ONE_SKY, 1));
    eventually("the wallet is told to be short", || {
        let health = app.get("/api/health").json();
        (health["exchange"]["sender_error"] == "CreateTransaction not enough coins").then_some(())
    });
    assert_eq!(app.statuses(BUYER)[0]["message"], "waiting for the desk's wallet to be refilled");
    for number in 2..6 {
        app.deposit(&Deposit::new(Coin::BTC, &small, ONE_SKY, number));
        app.confirm(usize::try_from(number).unwrap() - 2);
    }
    app.await_states(OTHER, &["done"; 4]);
    assert_eq!(app.states(BUYER), ["waiting_send"]);

    app.fund("500");
    app.confirm_everything();
    assert_eq!(app.states(BUYER), ["done"]);
    let exchange = eventually("the wallet is well again", || {
        let exchange = app.get("/api/health").json()["exchange"].clone();
        (exchange["sender_error"] == "").then_some(exchange)
    });
    assert_eq!(exchange["balance"]["coins"], "96.000000");
}

#[test]
fn should_pay_hundreds_exactly() {
    let app = TestApp::start(Setup::new().text("dummy.balance", "100000"));
    let addresses: Vec<String> = (0..10).map(|n| app.bind(&payee(n), Coin::BTC)).collect();
    std::thread::scope(|scope| {
        for (index, address) in addresses.iter().enumerate() {
            let (app, base) = (&app, u32::try_from(index).unwrap() * 100);
            scope.spawn(move || {
                // Several of a kind, which one transaction must tell apart.
                (0..30).for_each(|n| {
                    app.deposit(&Deposit::new(Coin::BTC, address, ONE_SKY * u128::from(1 + n % 3), base + n));
                });
            });
        }
    });
    app.confirm_everything();
    let mut paid: BTreeMap<String, u64> = BTreeMap::new();
    let broadcasts = app.broadcasts();
    for output in broadcasts.iter().flat_map(|sent| sent["outputs"].as_array().unwrap()) {
        let coins = output["coins"].as_str().unwrap().replace('.', "").parse::<u64>().unwrap();
        *paid.entry(output["address"].as_str().unwrap().to_owned()).or_default() += coins;
    }
    let expected = (0..10).map(|n| (payee(n), 60_000_000)).collect();
    assert_eq!(paid, expected);
    assert!(
        broadcasts.len() < 60,
        "{} transactions for 300 payouts: they are to be batched",
        broadcasts.len()
    );
    let accounting = app.admin_json("/api/accounting");
    assert_eq!((&accounting["sent"], &accounting["owed"]), (&json!("600.000000"), &json!("0.000000")));
}

#[test]
fn should_take_and_pay_whatever_comes_while_the_sender_waits() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 0));
    app.await_broadcasts(1);
    // All of the wallet's coins are in that transaction's change, and it is not confirmed.
    for number in 1..=250 {
        app.deposit(&Deposit::new(Coin::BTC, &address, 200 * u128::from(number), number));
    }
    assert_eq!((app.broadcasts().len(), app.statuses(BUYER).len()), (1, 251));
    app.confirm_everything();
    // 0.001 SKY for each 200 satoshi.
    assert_eq!(app.admin_json("/api/accounting")["sent"], "32.375000");
    assert!(app.broadcasts().len() < 20, "{} transactions: they are to be batched", app.broadcasts().len());
}
