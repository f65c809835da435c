//! `Idempotency-Key`: the same key, the same answer, for a day and across restarts.

use serde_json::json;
use teller::rail::{Paid, Spend};
use teller::skycoin::Address;
use teller::store::{StoreError, WriteTx};
use teller::testing::signed;
use teller::types::{Claim, Coin, Droplets};

use crate::support::{BUYER, OTHER, Reply, Request, Setup, TestApp};

const KEY: &str = "Idempotency-Key";

fn bind(payee: &str, coin: &str, key: &str) -> Request {
    let body = json!({"skyaddr": payee, "coin_type": coin}).to_string();
    Request::json("/api/bind", body).header(KEY, key)
}

fn is_replay(reply: &Reply) -> bool {
    reply.header("Idempotent-Replayed") == Some("true")
}

fn bound(app: &TestApp) -> u64 {
    app.admin_json("/api/deposit-addresses")["BTC"]["bound_addresses"].as_u64().unwrap()
}

#[test]
fn should_bind_once_and_give_the_same_answer_again() {
    let mut app = TestApp::new();
    let request = bind(BUYER, "BTC", "8e03978e-40d5-43e8-bc93-6894a57f9324");
    let first = app.public(&request);
    assert_eq!((first.status, is_replay(&first)), (200, false), "{first:?}");
    for round in ["at once", "quoted", "after a restart"] {
        let again = match round {
            "quoted" => app.public(&bind(BUYER, "BTC", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")),
            _ => app.public(&request),
        };
        assert_eq!((again.status, &again.body, is_replay(&again)), (200, &first.body, true), "{round}");
        assert_eq!(again.header("Content-Type"), Some("application/json"), "{round}");
        if round == "quoted" {
            app.restart();
        }
    }
    assert_eq!(bound(&app), 1);
    let other = app.public(&bind(BUYER, "BTC", "another"));
    assert!(other.status == 200 && other.body != first.body, "another key, another address");
    let without = app.public(&Request::json("/api/bind", request.body.clone().unwrap()));
    assert!(without.status == 200 && without.body != first.body, "no key, another address");
}

#[test]
fn should_refuse_a_key_that_was_sent_with_another_request() {
    let app = TestApp::new();
    assert_eq!(app.public(&bind(BUYER, "BTC", "k")).status, 200);
    for other in [bind(BUYER, "ETH", "k"), bind(OTHER, "BTC", "k")] {
        let reply = app.public(&other);
        assert_eq!(reply.status, 422, "{reply:?}");
        assert!(reply.text().contains("Idempotency-Key"), "{reply:?}");
    }
    let problem = app.public(&bind(BUYER, "ETH", "k").header("Accept", "application/problem+json"));
    let problem: serde_json::Value = serde_json::from_slice(&problem.body).unwrap();
    assert_eq!(problem["code"], "key_reused");
    assert_eq!(bound(&app), 1);
}

#[test]
fn should_refuse_what_is_no_key() {
    let app = TestApp::new();
    for key in ["", "\"\"", "a\tb", "ключ", &"x".repeat(256)] {
        let reply = app.public(&bind(BUYER, "BTC", key));
        assert_eq!(reply.status, 400, "{key}");
        assert!(reply.text().starts_with("Invalid Idempotency-Key"), "{reply:?}");
    }
    assert_eq!(app.public(&bind(BUYER, "BTC", &"x".repeat(255))).status, 200);
    assert_eq!(bound(&app), 1);
}

#[test]
fn should_not_keep_a_refusal() {
    let mut app = TestApp::start(Setup::new().set("teller.bind_enabled", false));
    let request = bind(BUYER, "BTC", "k");
    assert_eq!(app.public(&request).status, 403);
    app.restart_with(|setup| setup.set("teller.bind_enabled", true));
    let now = app.public(&request);
    assert_eq!((now.status, is_replay(&now)), (200, false));
    // Nor one that was the request's own fault.
    assert_eq!(app.public(&bind("x", "BTC", "m")).status, 400);
    assert_eq!(app.public(&bind(BUYER, "BTC", "m")).status, 200);
}

#[test]
fn should_bind_once_however_many_ask_at_the_same_time() {
    let app = TestApp::new();
    let request = bind(BUYER, "BTC", "k");
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..16).map(|_| scope.spawn(|| app.public(&request))).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(bound(&app), 1);
    let answered: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert!(!answered.is_empty() && answered.iter().all(|reply| reply.body == answered[0].body));
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 409)), "{replies:?}");
    assert_eq!(answered.iter().filter(|reply| !is_replay(reply)).count(), 1);
}

#[test]
fn should_act_once_for_the_operator() {
    let mut app = TestApp::start(
        Setup::new()
            .text("sky_exchanger.sky_btc_exchange_rate", "push")
            .text("sky_exchanger.prices.own.BTC", "500"),
    );
    let set = |rate: u32, key: &str| {
        Request::new("POST", &format!("/api/prices/BTC/set?rate={rate}&why=market&by=anna")).header(KEY, key)
    };
    let first = app.admin(&set(490, "one"));
    assert_eq!((first.status, is_replay(&first)), (200, false), "{first:?}");
    assert_eq!(app.admin(&set(495, "two")).status, 200);
    app.restart();
    let again = app.admin(&set(490, "one"));
    assert_eq!((again.status, &again.body, is_replay(&again)), (200, &first.body, true));
    let prices = app.admin_json("/api/prices");
    let btc = prices["prices"].as_array().unwrap().iter().find(|price| price["code"] == "BTC").unwrap();
    assert_eq!(btc["rate"], "495", "the price of the second act stands");
    assert_eq!(app.admin(&set(480, "one")).status, 422);
    let reload = Request::new("POST", "/api/deposit-addresses/reload").header(KEY, "three");
    let (one, two) = (app.admin(&reload), app.admin(&reload));
    assert_eq!((one.status, two.status, is_replay(&two)), (202, 202, true));
}

#[test]
fn should_play_once() {
    let app = TestApp::new();
    let fund = Request::new("POST", "/dummy/sender/fund?coins=1").header(KEY, "k");
    let (one, two) = (app.dummy(&fund), app.dummy(&fund));
    assert_eq!((one.status, two.status, is_replay(&two), two.body.len()), (200, 200, true, 0));
    let address = app.bind(BUYER, Coin::BTC);
    let target = format!("/dummy/scanner/deposit?addr={address}&value=1&height=1&tx=x");
    let deposit = |target: &str| app.dummy(&Request::new("POST", target).header(KEY, "deposit"));
    assert_eq!(deposit(&target).status, 200);
    assert!(is_replay(&deposit(&target)));
    assert_eq!(deposit(&format!("{target}y")).status, 422);
}

#[test]
fn should_take_no_notice_of_keys_of_questions() {
    let app = TestApp::new();
    let ask = |target: &str| app.public(&Request::get(target).header(KEY, "k"));
    assert_eq!((ask("/api/config").status, ask("/api/health").status), (200, 200));
    let backup = app.admin(&Request::new("POST", "/api/backup").header(KEY, "k"));
    assert_eq!((backup.status, is_replay(&backup)), (200, false));
}

/// So many spends of the hot wallet that nobody knows.
fn spends(tx: &mut WriteTx<'_>, count: u32) -> Result<(), StoreError> {
    let (wallet, amount) = (Address::from_bytes([0xee; 20]), Droplets::new(1_000_000));
    let one = |n: u32| {
        let mut input = [9; 32];
        input[..4].copy_from_slice(&n.to_be_bytes());
        let paid = Paid { to: Address::from_bytes([7; 20]), coins: amount };
        let transaction = signed(Claim(input), &[(paid.to, amount), (wallet, amount)]);
        let (txid, raw) = (transaction.txid(), transaction.encode());
        Spend { txid, block: None, payments: vec![paid], raw }
    };
    tx.know_wallet(&[wallet])?;
    tx.take_spends(&(0..count).map(one).collect::<Vec<_>>()).map(drop)
}

#[test]
fn should_do_an_act_of_many_batches_to_its_end_with_a_key() {
    let mut app = TestApp::new();
    crate::gaps::write(&mut app, |tx| spends(tx, 1_003));
    let all = Request::new("POST", "/api/wallet/spends/mine?why=all+mine").header(KEY, "k");
    let first = app.admin(&all);
    // The payer may find meanwhile that some of them are not on its chain, and forget those.
    assert_eq!(first.status, 200, "{}", first.text());
    assert!(first.text().ends_with(" transaction(s) are the operator's own\n"), "{}", first.text());
    let again = app.admin(&all);
    assert_eq!((again.status, &again.body, is_replay(&again)), (200, &first.body, true));
    assert_eq!(app.admin_json("/api/wallet/spends?state=unknown")["unknown"], 0);
}
