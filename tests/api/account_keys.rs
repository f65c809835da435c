//! Addresses that follow from the public key of an account: bind, a start, a change of key, the gap.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Request, Setup, TestApp, payee};

/// Accounts 0 of BIP-84's vectors, of anvil's and of the same words in a Skycoin wallet.
const BTC: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE\
                   3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";
const ETH: &str = "[c8c1fd8e/44h/60h/0h]xpub6Ce9NcJvTk36xtLSrJLZqE7wtgA5deCeYs7rSQtreh4cj6ByPtrg9\
                   sD7V2FNFLPnf8heNP3FGkeV9qwfzvZNSd54JoNXVsXFYSYwHsnJxqP";
const SKY: &str = "xpub6Cjmbker6mxQGujSPMQvfFgsaSWmF5dL9dki1ZoNS39QWCmkZkguN\
                   HHjFxszEwYyVhpxCDkkb9B767LqHdcpEwXGAQpBiub5d532TA4RJGR";
const BTC_ADDRESSES: [&str; 2] =
    ["bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"];

fn with_keys() -> Setup {
    Setup::new().text("btc_addresses", BTC).text("eth_addresses", ETH).text("sky_addresses", SKY)
}

fn usage(app: &TestApp, coin: Coin) -> Value {
    app.admin_json("/api/deposit-addresses")[coin.code()].clone()
}

fn problems(app: &TestApp) -> Vec<String> {
    let health: Value = serde_json::from_slice(&app.get("/api/health").body).unwrap();
    serde_json::from_value(health["problems"].clone()).unwrap()
}

#[test]
fn should_bind_what_follows_from_the_key_and_go_on_after_a_start() {
    let mut app = TestApp::start(with_keys());
    assert_eq!(app.bind(BUYER, Coin::BTC), BTC_ADDRESSES[0]);
    assert_eq!(app.bind(BUYER, Coin::ETH), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    assert_eq!(app.bind(BUYER, Coin::SKY), "28RHxxgAsbCuTv5U9VgWrDGDUpoho2gbh66");
    app.restart();
    assert_eq!(app.bind(OTHER, Coin::BTC), BTC_ADDRESSES[1]);
    assert_eq!(app.bind(OTHER, Coin::ETH), "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    assert_eq!(app.remaining(Coin::BTC), (1 << 31) - 2);
    assert_eq!(app.admin(&Request::new("POST", "/api/deposit-addresses/reload")).status, 202);
    assert_eq!(problems(&app), Vec::<String>::new());
}

/// What was handed out belongs to who has it, whatever the configuration says later.
#[test]
fn should_pay_for_what_another_key_or_a_file_gave_out() {
    let mut app = TestApp::start(with_keys());
    let by_key = app.bind(BUYER, Coin::BTC);
    app.restart_with(|_| Setup::new());
    let by_file = app.bind(BUYER, Coin::BTC);
    app.restart_with(|_| with_keys());
    assert_eq!(app.bind(BUYER, Coin::BTC), BTC_ADDRESSES[1], "the key goes on where it had come to");
    for (number, address) in (1..).zip([&by_key, &by_file]) {
        app.deposit(&Deposit::new(Coin::BTC, address, 200_000, number));
    }
    app.confirm_everything();
    app.await_states(BUYER, &["done", "done", "waiting_deposit"]);
}

#[test]
fn should_say_how_far_the_wallet_has_to_look() {
    let app = TestApp::start(with_keys().set("teller.max_bound_addrs", 0));
    let addresses: Vec<String> = (0..20).map(|n| app.bind(&payee(n), Coin::BTC)).collect();
    assert_eq!((usage(&app, Coin::BTC)["gap_limit"].clone(), problems(&app)), (json!(20), Vec::new()));
    let last = app.bind(BUYER, Coin::BTC);
    let expected = "BTC: addresses were given out in a row that received nothing, so that a wallet which is restored \
                    finds all deposits only with a gap limit of 21 or more, and 20 is usual";
    assert_eq!(problems(&app), [expected]);
    app.deposit(&Deposit::new(Coin::BTC, &last, 200_000, 1));
    app.confirm_everything();
    app.await_states(BUYER, &["done"]);
    assert_eq!(problems(&app), [expected], "twenty before it had nothing, and stay a gap");
    app.deposit(&Deposit::new(Coin::BTC, &addresses[3], 200_000, 2));
    assert_eq!(usage(&app, Coin::BTC)["gap_limit"], 21);
    assert_eq!(usage(&app, Coin::ETH)["gap_limit"], 1);
    let file = TestApp::new();
    assert_eq!(usage(&file, Coin::BTC).get("gap_limit"), None, "a file has no gap");
}
