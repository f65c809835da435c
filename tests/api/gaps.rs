//! What was followed and not read whole: in sight of the operator, with what can be done about it.

use std::sync::Arc;

use serde_json::json;
use teller::address::Network;
use teller::clock::SystemClock;
use teller::store::{BlockGaps, GapEffect, Passed, Purpose, RedbBackend, Store};
use teller::types::{BlockRef, Coin, Hash32, Height};

use crate::support::{Request, TestApp};

/// A desk that has passed over a transaction of block 7, and followed that block blindly.
fn with_gaps() -> TestApp {
    let mut app = TestApp::new();
    app.stop();
    let backend = Arc::new(RedbBackend::open(&app.dir().join("teller.db"), |_| {}).unwrap());
    let purpose = Purpose { network: Network::Bitcoin, dummy_scanner: true, dummy_sender: true };
    let store = Store::open(backend, purpose, Arc::new(SystemClock), &|_| {}).unwrap();
    let at = BlockRef { height: Height::new(7), hash: Hash32([7; 32]) };
    let effect = GapEffect::Unknown("no answer in time".into());
    let passed = vec![Passed { tx: "0xbb".into(), why: "execution timeout".into(), effect }];
    let gaps = BlockGaps { at, blind: Some("the node offers no traces".into()), passed };
    store.write_blocking(move |tx| tx.note_gaps(Coin::Eth, &gaps)).unwrap();
    store.release();
    drop(store);
    app.go_on();
    app
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
