//! Tokens at an Ethereum address: told before they are sent, paid at their own rate, and shown as what they are.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp};

const FOO: &str = "0xdadadadadadadadadadadadadadadadadadadada";
const USDT: &str = "0xdac17f958d2ee523a2206206994597c13d831ec7";

fn app() -> TestApp {
    TestApp::start(
        Setup::new()
            .text("eth_tokens.USDT.rate", "0.5")
            .text("eth_tokens.FOO.contract", FOO)
            .set("eth_tokens.FOO.decimals", 2)
            .text("eth_tokens.FOO.rate", "1/3")
            .set("sky_exchanger.max_decimals", 6),
    )
}

/// Tokens that are said to have arrived at the address.
fn arrive(app: &TestApp, symbol: &str, address: &str, value: u128, number: u32) {
    let ether = Deposit::new(Coin::ETH, address, value, number).target();
    let reply = app.dummy(&Request::get(&ether.replace("coin=ETH", &format!("coin={symbol}"))));
    assert_eq!((reply.status, reply.text()), (200, ""));
}

#[test]
fn should_pay_ether_and_tokens_that_come_to_one_address_each_at_its_rate() {
    let app = app();
    let address = app.bind(BUYER, Coin::ETH);
    // All by one transaction, under one number: what of tells them apart.
    app.deposit(&Deposit::new(Coin::ETH, &address, 10_000_000_000_000_000, 1));
    arrive(&app, "USDT", &address, 7_000_000, 1);
    arrive(&app, "FOO", &address, 150, 1);
    arrive(&app, "FOO", &address, 150, 1);
    app.confirm_everything();
    let shown: Vec<Value> = app
        .statuses(BUYER)
        .iter()
        .map(|line| json!([line["coin_type"], line["deposit"]["amount"], line["deposit"]["sky_amount"]]))
        .collect();
    let expected = json!([
        ["ETH", "0.010000000000000000", "1.000000"],
        ["USDT", "7.000000", "3.500000"],
        ["FOO", "1.50", "0.500000"],
    ]);
    assert_eq!(json!(shown), expected);
    let codes: Vec<Value> = app.deposits().iter().map(|deposit| deposit["coin_type"].clone()).collect();
    assert_eq!(json!(codes), json!(["ETH", "USDT", "FOO"]));
    let accounting = app.admin_json("/api/accounting");
    assert_eq!(
        (&accounting["sent"], &accounting["received"]["ETH"]),
        (&json!("5.000000"), &json!("0.010000000000000000"))
    );
    let line = |asset: &str, account: &str| {
        let all = accounting["accounts"].as_array().unwrap().iter();
        all.filter(|line| line["asset"] == asset && line["account"] == account).cloned().collect::<Vec<_>>()
    };
    let received = |asset: &str, contract: &str, amount: &str| {
        let account = "received";
        json!([{ "asset": asset, "contract": contract, "account": account, "side": "debit", "amount": amount }])
    };
    assert_eq!(json!(line("USDT", "received")), received("USDT", USDT, "7.000000"));
    assert_eq!(json!(line("FOO", "received")), received("FOO", FOO, "1.50"));
}

#[test]
fn should_tell_of_tokens_before_they_are_sent() {
    let app = app();
    let eth = app.get("/api/config").json()["deposits"]["eth"].clone();
    let expected = json!([
        { "symbol": "FOO", "contract": FOO, "decimals": 2, "fixed_exchange_rate": "0.333333" },
        { "symbol": "USDT", "contract": USDT, "decimals": 6, "fixed_exchange_rate": "0.500000" },
    ]);
    assert_eq!(eth["tokens"], expected);
    assert_eq!(app.get("/api/config").json()["deposits"]["btc"].get("tokens"), None);
    assert!(app.get("/").text().contains("1 USDT = <strong>0.5 SKY</strong>"));
    let form = format!("skyaddr={BUYER}&coin_type=ETH");
    let location = app.public(&Request::form("/buy", &form)).header("Location").unwrap().to_owned();
    let bound = app.get(&location).text().to_owned();
    assert!(bound.contains("Ether (ETH), FOO or USDT only"), "{bound}");
    assert!(bound.contains(USDT), "whoever sends it has to know which contract is meant");
}

#[test]
fn should_know_no_token_that_is_not_configured() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::ETH);
    let ether = Deposit::new(Coin::ETH, &address, 7, 1).target();
    app.dummy(&Request::get(&ether.replace("coin=ETH", "coin=USDT"))).assert_text(400, "invalid coin");
}
