//! What the admin listener shows of chains, wallet and transactions, and how it steers them, as far as dummy
//! mode has it.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, TestApp, eventually};

fn post(target: &str) -> Request {
    Request::new("POST", target)
}

#[test]
fn should_say_that_no_chain_is_followed_in_dummy_mode() {
    let app = TestApp::new();
    let chains = app.admin_json("/api/chains");
    let none = json!({"scanning": false});
    assert_eq!(chains, json!({"BTC": none, "ETH": none, "SKY": none}));
    app.admin(&post("/api/chains/btc/rescan?from=1")).assert_text(400, "BTC is not scanned");
    app.admin(&post("/api/chains/btc/look")).assert_text(400, "BTC is not scanned");
    assert_eq!(app.admin(&post("/api/chains/xyz/look")).status, 404);
    assert_eq!(app.admin(&Request::get("/api/chains/btc/look")).status, 405);
    // What a fork took back is decided by deposit, never by coin.
    assert_eq!(app.admin(&post("/api/chains/eth/release")).status, 404);
    let get = app.admin(&Request::get("/api/chains/btc/rescan"));
    assert_eq!((get.status, get.header("Allow")), (405, Some("POST, DELETE")));
    let nobody = app.admin(&Request::new("DELETE", "/api/chains/btc/rescan?by=%3Cb%3E&why=a+trial"));
    assert!(
        nobody.status == 400 && nobody.text().starts_with("Invalid by: expected a name"),
        "{}",
        nobody.text()
    );
    let end = |why: &str| app.admin(&Request::new("DELETE", &format!("/api/chains/btc/rescan?by=anna{why}")));
    let unsaid = end("");
    assert!(unsaid.status == 400 && unsaid.text().contains("why"), "{}", unsaid.text());
    assert_eq!(end("&why=a+trial").status, 200);
}

#[test]
fn should_show_the_wallet_and_what_it_paid() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 10_000_000, 7));
    let transactions = eventually("it is sent", || {
        let all = app.admin_json("/api/transactions");
        (all["transactions"][0]["state"] == "sent").then_some(all)
    });
    let sent = &transactions["transactions"][0];
    assert_eq!(
        (&sent["no"], &sent["deposits"], &sent["amount"]),
        (&json!(1), &json!([1]), &json!("50.000000"))
    );
    assert_eq!(sent["txid"].as_str().unwrap().len(), 64);
    assert_eq!(app.admin_json("/api/transactions?state=live"), transactions);
    assert_eq!(app.admin_json("/api/transactions?state=dead"), json!({"transactions": []}));
    assert_eq!(app.admin_json("/api/transactions?after=1"), json!({"transactions": []}));
    app.admin(&Request::get("/api/transactions?state=gone"))
        .assert_text(400, "Invalid state: expected one of live, signed, sent, settled, dead");
    let wallet: Value = app.admin_json("/api/wallet");
    assert_eq!((&wallet["held"], &wallet["error"]), (&json!(0), &json!("")));
}

#[test]
fn should_not_pay_to_its_own_deposit_addresses() {
    let app = TestApp::new();
    let ours = app.bind(BUYER, Coin::SKY);
    let body = json!({"skyaddr": ours, "coin_type": "SKY"}).to_string();
    let refused = app.public(&Request::json("/api/bind", body));
    refused.assert_text(400, "Invalid skycoin address: it belongs to this service");
}
