//! What was followed and not read whole: in sight of the operator, with what can be done about it.

use std::sync::Arc;

use serde_json::json;
use teller::address::DepositAddress;
use teller::clock::SystemClock;
use teller::deposit::BlockAt;
use teller::skycoin::Address;
use teller::store::{
    AddressEvent, BalanceCheck, BlockGaps, CheckEnd, GapEffect, OwnMoney, Passed, Purpose, RedbBackend,
    Store, StoreError, WriteTx,
};
use teller::types::{BlockHash, BlockRef, Coin, DepositId, Height, Units};

use crate::support::{Request, TestApp};

const BLOCK: BlockRef = BlockRef { height: Height::new(7), hash: BlockHash([7; 32]) };

/// A desk that has passed over a transaction of block 7, and followed that block blindly.
fn with_gaps() -> TestApp {
    let mut app = TestApp::new();
    let effect = GapEffect::Unknown("no answer in time".into());
    let passed = vec![Passed { tx: "0xbb".into(), why: "execution timeout".into(), effect }];
    let gaps = BlockGaps { at: BLOCK, blind: Some("the node offers no traces".into()), passed };
    write(&mut app, move |tx| tx.note_gaps(Coin::ETH, &gaps));
    app
}

/// Changes the database of a desk that stands still meanwhile.
pub(crate) fn write(
    app: &mut TestApp,
    what: impl Fn(&mut WriteTx<'_>) -> Result<(), StoreError> + Send + 'static,
) {
    app.stop();
    let backend = Arc::new(RedbBackend::open(&app.dir().join("teller.db"), |_| {}).unwrap());
    let purpose = Purpose::play(Coin::BTC.main_network());
    let store = Store::open(backend, purpose, Arc::new(SystemClock), &|_| {}).unwrap();
    store.write_blocking(what).unwrap();
    store.release();
    drop(store);
    app.go_on();
}

fn post(app: &TestApp, target: &str) -> u16 {
    app.admin(&Request::new("POST", target)).status
}

/// What `/api/waiting` counts of a kind, with the list that it names.
fn waiting(app: &TestApp, code: &str, list: &str) -> serde_json::Value {
    let all = app.admin_json("/api/waiting")["waiting"].clone();
    let one = all.as_array().unwrap().iter().find(|kind| kind["code"] == code && kind["list"] == list);
    one.unwrap_or_else(|| panic!("{code} with {list} is not in {all}")).clone()
}

#[test]
fn should_count_what_was_passed_over_among_what_waits() {
    let mut app = with_gaps();
    // As many have been looked at as are read for one page, all below the one that waits.
    write(&mut app, |tx| {
        let effect = GapEffect::Grew(Vec::new());
        let passed =
            |n: u16| Passed { tx: format!("0x{n:04x}"), why: "too deep".into(), effect: effect.clone() };
        let at = BlockRef { height: Height::new(6), hash: BlockHash([6; 32]) };
        tx.note_gaps(Coin::ETH, &BlockGaps { at, blind: None, passed: (0..1_000).map(passed).collect() })
    });
    let list = "/api/chains/eth/passed-over";
    let kind = waiting(&app, "passed_over", list);
    let noted_at = app.admin_json(&format!("{list}?from=7"))["passed_over"][0]["noted_at"].clone();
    assert_eq!((&kind["count"], &kind["since"], &kind["about"]), (&json!(1), &noted_at, &json!("chain")));
    assert_eq!(waiting(&app, "passed_over", "/api/chains/btc/passed-over")["count"], 0);
    assert_eq!(post(&app, "/api/chains/eth/passed-over/7/0xbb/seen?why=not+ours"), 200);
    let kind = waiting(&app, "passed_over", list);
    assert_eq!((&kind["count"], kind.get("since")), (&json!(0), None));
}

#[test]
fn should_count_own_money_and_tainted_addresses_among_what_waits() {
    let mut app = TestApp::new();
    let (address, height) = (DepositAddress::of_account([9; 20]), Height::new(7));
    write(&mut app, move |tx| {
        let amount = Units::new(5);
        tx.record(AddressEvent::Tainted { address, tx: Some("aa".into()), amount: Some(amount), height })?;
        let id = DepositId { coin: Coin::ETH, tx: "bb".into(), n: 0, token: None };
        let block = BlockAt { height, hash: None, waits: 0 };
        tx.record(AddressEvent::OwnMoneySeen { id, own: OwnMoney { address, amount, block } })
    });
    let kind = waiting(&app, "address_tainted", "/api/deposit-addresses/tainted");
    let seen_at = app.admin_json("/api/deposit-addresses/tainted")["tainted"][0]["seen_at"].clone();
    assert_eq!((&kind["count"], &kind["since"]), (&json!(1), &seen_at));
    assert_eq!(waiting(&app, "own_money", "/api/own-money")["count"], 1);
}

#[test]
fn should_list_what_was_passed_over_until_somebody_has_looked() {
    let app = with_gaps();
    let one = app.admin_json("/api/chains/eth/passed-over")["passed_over"][0].clone();
    assert_eq!(
        (&one["tx"], &one["state"], &one["why"]),
        (&json!("0xbb"), &json!("open"), &json!("execution timeout"))
    );
    assert_eq!((&one["height"], &one["actions"]), (&json!(7), &json!(["read", "seen"])));
    assert_eq!(app.admin_json("/api/chains")["ETH"]["passed_over"], 1);

    let act = |act: &str| format!("/api/chains/eth/passed-over/7/0xbb/{act}");
    assert_eq!(app.admin(&Request::get(&act("seen"))).status, 405);
    assert_eq!(post(&app, &act("seen")), 400, "without a reason");
    assert_eq!(post(&app, "/api/chains/eth/passed-over/8/0xbb/seen?why=x"), 404);
    assert_eq!(post(&app, &act("credit")), 404);
    assert_eq!(post(&app, &act("seen?why=not+ours&by=anna")), 200);
    let one = app.admin_json("/api/chains/eth/passed-over")["passed_over"][0].clone();
    assert_eq!((&one["state"], &one["seen"]["by"]), (&json!("seen"), &json!("anna")));
    assert_eq!(post(&app, &act("read")), 200);
    assert_eq!(post(&app, &act("read")), 409, "one range at a time");
    assert_eq!(app.admin_json("/api/chains/eth/passed-over?from=8")["passed_over"], json!([]));
    assert_eq!(app.admin(&Request::get("/api/chains/eth/passed-over?from=x")).status, 400);
}

#[test]
fn should_give_up_blind_blocks_for_a_reason_only() {
    let app = with_gaps();
    let range = app.admin_json("/api/chains/eth/blind")["blind"][0].clone();
    assert_eq!(
        (&range["from"], &range["to"], &range["why"]),
        (&json!(7), &json!(7), &json!("the node offers no traces"))
    );
    let give_up =
        |query: &str| app.admin(&Request::new("DELETE", &format!("/api/chains/eth/blind{query}"))).status;
    assert_eq!((give_up(""), give_up("?why=old"), give_up("?why=old")), (400, 200, 404));
    assert_eq!(app.admin_json("/api/chains/eth/blind")["blind"], json!([]));
    assert_eq!(post(&app, "/api/chains/eth/blind"), 405);
    assert_eq!(app.admin(&Request::get("/api/chains/xyz/blind")).status, 404);
}

#[test]
fn should_say_what_balances_tell_of_what_was_passed_over() {
    let mut app = with_gaps();
    let one = |app: &TestApp| app.admin_json("/api/chains/eth/passed-over")["passed_over"][0].clone();
    let words = |app: &TestApp| one(app)["effect"].as_str().unwrap().to_owned();
    assert!(words(&app).contains("being compared"), "{}", words(&app));
    let address = DepositAddress::of_account([9; 20]);
    let check =
        |grew: &[(DepositAddress, Units)], end| BalanceCheck { up_to: None, grew: grew.to_vec(), end };
    let going_on = check(&[(address, Units::new(5))], None);
    write(&mut app, move |tx| tx.note_balance_check(Coin::ETH, BLOCK, &going_on));
    assert_eq!(one(&app)["state"], "open");

    let grew = check(&[(address, Units::new(5))], Some(CheckEnd::Done));
    // Of a block that is gone by now nothing is kept.
    let elsewhere = BlockRef { hash: BlockHash([8; 32]), ..BLOCK };
    let nothing = check(&[], Some(CheckEnd::Done));
    write(&mut app, move |tx| tx.note_balance_check(Coin::ETH, elsewhere, &nothing));
    assert_eq!(one(&app)["state"], "open");
    write(&mut app, move |tx| tx.note_balance_check(Coin::ETH, BLOCK, &grew));
    let told = one(&app);
    assert_eq!(
        (&told["state"], &told["unexplained"]),
        (&json!("open"), &json!([{ "address": address.to_string(), "amount": "0.000000000000000005" }]))
    );
    assert!(words(&app).contains("not credited"), "{}", words(&app));

    // What is known better now is told anew.
    let mut app = with_gaps();
    write(&mut app, |tx| {
        let end = Some(CheckEnd::Failed("missing trie node".to_owned()));
        tx.note_balance_check(Coin::ETH, BLOCK, &BalanceCheck { end, ..BalanceCheck::default() })
    });
    assert!(words(&app).contains("cannot be compared (missing trie node)"), "{}", words(&app));
    assert_eq!(app.admin_json("/api/chains")["ETH"]["passed_over"], 1);
    let mut app = with_gaps();
    write(&mut app, |tx| {
        let end = Some(CheckEnd::Done);
        tx.note_balance_check(Coin::ETH, BLOCK, &BalanceCheck { end, ..BalanceCheck::default() })
    });
    assert!(words(&app).contains("nothing is missing"), "{}", words(&app));
    assert_eq!(
        (&one(&app)["state"], &app.admin_json("/api/chains")["ETH"]["passed_over"]),
        (&json!("known"), &json!(null))
    );
}

#[test]
fn should_tell_balances_of_bound_addresses_alone() {
    let mut app = TestApp::new();
    let address = DepositAddress::of_account([9; 20]);
    let path = |text: &str| format!("/api/deposit-addresses/{text}/balance");
    assert_eq!(app.admin(&Request::get(&path(&address.to_string()))).status, 404);
    assert_eq!(app.admin(&Request::get(&path("1BoatSLRHtKNngkdXEeobR76b53LETtpyT"))).status, 404);
    assert_eq!(post(&app, &path(&address.to_string())), 405);
    write(&mut app, move |tx| {
        tx.start_chain(Coin::ETH, BLOCK)?;
        tx.bind(Address::from_bytes([1; 20]), address).map(drop)
    });
    let told = app.admin(&Request::get(&path(&address.to_string())));
    assert_eq!(told.status, 503);
    assert!(told.text().contains("no node is asked in dummy mode"), "{}", told.text());
}
