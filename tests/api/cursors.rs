//! Lists whose cursor is a text: put together the pages are the whole list, and a cursor of nothing is refused.

use serde_json::{Value, json};
use teller::address::DepositAddress;
use teller::deposit::BlockAt;
use teller::rail::{Paid, Pays, Spend};
use teller::skycoin::Address;
use teller::store::{
    AddressEvent, AttemptEvent, BlockGaps, DepositEvent, GapEffect, NewDeposit, OwnMoney, Passed,
    PayoutEvent, StoreError, Tables, WriteTx,
};
use teller::testing::signed;
use teller::types::{
    AttemptNo, BlockHash, BlockRef, BuyMethod, Claim, Coin, Contract, DepositId, Droplets, Height, Units,
};

use crate::gaps::write;
use crate::support::{Request, TestApp};

const TAINTED: &str = "/api/deposit-addresses/tainted";
const BTC: &str = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";

fn ethereum(n: u8) -> DepositAddress {
    DepositAddress::of_account([n; 20])
}

fn taint(tx: &mut WriteTx<'_>, address: DepositAddress) -> Result<(), StoreError> {
    let (amount, height) = (Some(Units::new(5)), Height::new(7));
    tx.record(AddressEvent::Tainted { address, tx: Some("aa".into()), amount, height })
}

/// All pages of a list, one after the other.
fn pages(app: &TestApp, target: &str, name: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.admin_json(&format!("{target}?limit={limit}{after}"));
        let entries = page[name].as_array().unwrap();
        assert!((1..=limit).contains(&entries.len()), "{limit}: {}", entries.len());
        all.extend(entries.iter().cloned());
        match page.get("next") {
            Some(next) => after = format!("&after={}", next.as_str().unwrap()),
            None => return all,
        }
    }
}

fn assert_pages(app: &TestApp, target: &str, name: &str, count: usize) {
    let whole = app.admin_json(target);
    assert_eq!((whole[name].as_array().unwrap().len(), whole.get("next")), (count, None), "{target}");
    for limit in 1..=count + 1 {
        assert_eq!(json!(pages(app, target, name, limit)), whole[name], "{target} by {limit}");
    }
}

fn assert_refused(app: &TestApp, target: &str, cursors: &[&str]) {
    for cursor in cursors {
        app.admin(&Request::get(&format!("{target}?after={cursor}")))
            .assert_text(400, "Invalid after: expected what the page before told as next");
    }
    for limit in ["0", "1001"] {
        app.admin(&Request::get(&format!("{target}?limit={limit}")))
            .assert_text(400, "Invalid limit: expected 1 to 1000");
    }
    app.admin(&Request::new("POST", target)).assert_text(405, "Method Not Allowed");
}

#[test]
fn should_page_through_tainted_addresses() {
    let mut app = TestApp::new();
    write(&mut app, |tx| {
        for n in 1..=6 {
            taint(tx, ethereum(n))?;
        }
        taint(tx, DepositAddress::parse(Coin::BTC.main_network(), BTC).unwrap())
    });
    assert_pages(&app, TAINTED, "tainted", 7);
    let [third, fourth] = [3, 4].map(ethereum);
    // What is released is in no list, and the walk goes on behind it all the same.
    let release = |text: &str| {
        let target = format!("/api/deposit-addresses/{text}/release?why=ours");
        app.admin(&Request::new("POST", &target)).status
    };
    assert_eq!(release(&ethereum(9).to_string()), 404);
    assert_eq!(release("nonsense"), 404);
    // However its letters are written.
    assert_eq!(release(&third.to_string().to_uppercase().replace("0X", "0x")), 200);
    assert_eq!(release(&third.to_string()), 404);
    assert_pages(&app, TAINTED, "tainted", 6);
    let rest = app.admin_json(&format!("{TAINTED}?after=ETH-{third}&limit=1"));
    assert_eq!(
        (&rest["tainted"][0]["address"], &rest["next"]),
        (&json!(fourth.to_string()), &json!(format!("ETH-{fourth}")))
    );
    assert_refused(&app, TAINTED, &["x", "7", BTC, "ETH-", &format!("ETH-{BTC}"), &format!("XYZ-{third}")]);
}

#[test]
fn should_find_a_tainted_address_of_a_test_network_by_its_text() {
    let mut app = TestApp::new();
    let text = "mkHS9ne12qx9pS9VojpwU5xtRd4T7X7ZUt";
    let of = move |coin: Coin, name: &str| DepositAddress::parse(coin.network(name).unwrap(), text).unwrap();
    write(&mut app, move |tx| taint(tx, of(Coin::LTC, "testnet")));
    let all = app.admin_json(TAINTED);
    assert_eq!((&all["tainted"][0]["coin"], &all["tainted"][0]["address"]), (&json!("LTC"), &json!(text)));
    assert_eq!(of(Coin::BTC, "testnet").to_string(), text, "the same text is an address of two coins");
    let release = Request::new("POST", &format!("/api/deposit-addresses/{text}/release?why=ours"));
    assert_eq!(app.admin(&release).status, 200);
    assert_eq!(app.admin_json(TAINTED), json!({ "tainted": [] }));
}

#[test]
fn should_page_through_own_money() {
    let mut app = TestApp::new();
    write(&mut app, |tx| {
        let block = BlockAt { height: Height::new(7), hash: None, waits: 0 };
        let own = OwnMoney { address: ethereum(9), amount: Units::new(5), block };
        let id = DepositId { coin: Coin::ETH, tx: "bb".into(), n: 0, token: None };
        let token = Some(Contract([7; 20]));
        let others = [
            DepositId { n: 1, ..id.clone() },
            DepositId { n: 256, ..id.clone() },
            DepositId { tx: "bb0".into(), ..id.clone() },
            DepositId { token, ..id.clone() },
        ];
        for id in others.into_iter().chain([id]) {
            tx.record(AddressEvent::OwnMoneySeen { id, own: own.clone() })?;
        }
        Ok(())
    });
    assert_pages(&app, "/api/own-money", "own_money", 5);
    assert_refused(&app, "/api/own-money", &["x", "7", "00", "ff62620000000000", "0162"]);
}

#[test]
fn should_page_through_one_block_of_what_was_passed_over() {
    let mut app = TestApp::new();
    let target = "/api/chains/eth/passed-over";
    write(&mut app, |tx| {
        let effect = GapEffect::Unknown("no answer in time".into());
        let passed =
            |n: u16| Passed { tx: format!("0x{n:04x}"), why: "too deep".into(), effect: effect.clone() };
        let at = BlockRef { height: Height::new(6), hash: BlockHash([6; 32]) };
        tx.note_gaps(Coin::ETH, &BlockGaps { at, blind: None, passed: (0..1_001).map(passed).collect() })?;
        let at = BlockRef { height: Height::new(7), hash: BlockHash([7; 32]) };
        tx.note_gaps(Coin::ETH, &BlockGaps { at, blind: None, passed: vec![passed(5)] })
    });
    let first = app.admin_json(target);
    assert_eq!((first["passed_over"].as_array().unwrap().len(), &first["next"]), (1_000, &json!("6-0x03e7")));
    let rest = app.admin_json(&format!("{target}?after=6-0x03e7"));
    let told = |n: usize| (rest["passed_over"][n]["height"].clone(), rest["passed_over"][n]["tx"].clone());
    assert_eq!(rest["passed_over"].as_array().unwrap().len(), 2);
    assert_eq!((told(0), told(1)), ((json!(6), json!("0x03e8")), (json!(7), json!("0x0005"))));
    assert_eq!(rest.get("next"), None);
    for limit in [300, 501, 1_000] {
        assert_eq!(pages(&app, target, "passed_over", limit).len(), 1_002);
    }
    assert_eq!(app.admin_json(&format!("{target}?from=7"))["passed_over"].as_array().unwrap().len(), 1);
    assert_refused(&app, target, &["x", "7", "-0x0001", "6-", "x-0x0001"]);
}

/// So many payments by a transaction that was given up and is in a block all the same.
fn stray(tx: &mut WriteTx<'_>, count: u32) -> Result<(), StoreError> {
    let (wallet, payee, amount) =
        (Address::from_bytes([0xee; 20]), Address::from_bytes([7; 20]), Droplets::new(1_000_000));
    let block = BlockRef { height: Height::new(1), hash: BlockHash([1; 32]) };
    let binding = tx.bind(payee, ethereum(1))?;
    let binding = tx.binding(binding)?.unwrap();
    let mut pays = Vec::new();
    for output in 0..count {
        let id = DepositId { coin: Coin::ETH, tx: format!("{output:064x}"), n: 0, token: None };
        let at = BlockAt { height: block.height, hash: None, waits: 0 };
        let (rate, quote) = ("1".to_owned(), Some(amount));
        let deposit = NewDeposit {
            id,
            token: None,
            amount: Units::new(1),
            rate,
            quote,
            block: at,
            method: BuyMethod::Direct,
            priced: None,
        };
        let payout = tx.see_deposit(&binding, deposit)?;
        tx.record(DepositEvent::Finalized { deposit: payout })?;
        tx.record(PayoutEvent::Decided { payout, method: BuyMethod::Direct })?;
        pays.push(Pays { payout, output });
    }
    let payments: Vec<Paid> = pays.iter().map(|_| Paid { to: payee, coins: amount }).collect();
    let mut outputs: Vec<(Address, Droplets)> = payments.iter().map(|paid| (paid.to, paid.coins)).collect();
    outputs.push((wallet, amount));
    let transaction = signed(Claim([2; 32]), &outputs);
    tx.know_wallet(&[wallet])?;
    let attempt: AttemptNo = tx.sign_attempt(transaction.encode(), wallet, pays)?;
    tx.record(AttemptEvent::Died { attempt, why: "its input does not exist".into() })?;
    let raw = transaction.encode();
    tx.take_spends(&[Spend { txid: transaction.txid(), block: Some(block), payments, raw }]).map(drop)
}

#[test]
fn should_page_through_payments_that_were_not_to_be() {
    let mut app = TestApp::new();
    assert_eq!(app.admin_json("/api/accounting/strays"), json!({ "strays": [] }));
    write(&mut app, |tx| stray(tx, 103));
    let target = "/api/accounting/strays";
    let whole = app.admin_json(target);
    assert_eq!((whole["strays"].as_array().unwrap().len(), whole.get("next")), (103, None));
    for limit in [1, 50, 103] {
        assert_eq!(json!(pages(&app, target, "strays", limit)), whole["strays"], "by {limit}");
    }
    let accounting = app.admin_json("/api/accounting");
    let (told, next) =
        (accounting["strays"].as_array().unwrap(), accounting["strays_next"].as_str().unwrap());
    let rest = app.admin_json(&format!("{target}?after={next}"));
    assert_eq!((told.len(), next, rest["strays"].as_array().unwrap().len()), (100, "100-1", 3));
    assert_eq!(rest["strays"][0]["deposit"], 101);
    assert_refused(&app, target, &["x", "7", "-", "1-", "1-x"]);
}
