//! What was followed and not read whole: in sight of the operator, with what can be done about it.

use std::sync::Arc;

use serde_json::json;
use teller::address::{DepositAddress, Network};
use teller::clock::SystemClock;
use teller::skycoin::Address;
use teller::store::{
    BalanceCheck, BlockGaps, CheckEnd, GapEffect, Passed, Purpose, RedbBackend, Store, StoreError, WriteTx,
};
use teller::types::{BlockRef, Coin, Hash32, Height, Units};

use crate::support::{Request, TestApp};

const BLOCK: BlockRef = BlockRef { height: Height::new(7), hash: Hash32([7; 32]) };

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
fn write(app: &mut TestApp, what: impl Fn(&mut WriteTx<'_>) -> Result<(), StoreError> + Send + 'static) {
    app.stop();
    let backend = Arc::new(RedbBackend::open(&app.dir().join("teller.db"), |_| {}).unwrap());
    let purpose = Purpose { network: Network::Bitcoin, dummy_scanner: true, dummy_sender: true };
    let store = Store::open(backend, purpose, Arc::new(SystemClock), &|_| {}).unwrap();
    store.write_blocking(what).unwrap();
    store.release();
    drop(store);
    app.go_on();
}

fn post(app: &TestApp, target: &str) -> u16 {
    app.admin(&Request::new("POST", target)).status
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
    let elsewhere = BlockRef { hash: Hash32([8; 32]), ..BLOCK };
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
