//! Everything that waits for a person: listed with its words, and what the listing offers can be done.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Request, Setup, TestApp, eventually};

/// 0.002 BTC, for which 1 SKY is paid.
const ONE_SKY: u128 = 200_000;

fn post(target: &str) -> Request {
    Request::new("POST", target)
}

/// One kind of waiting.
fn kind(app: &TestApp, code: &str) -> Value {
    let all = app.admin_json("/api/waiting")["waiting"].clone();
    let found = all.as_array().unwrap().iter().find(|kind| kind["code"] == code);
    found.unwrap_or_else(|| panic!("{code} is not listed: {all}")).clone()
}

/// What can be done about the first that waits so.
fn offered(entry: &Value) -> Vec<String> {
    entry["acts"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap().to_owned()).collect()
}

/// Sends the request that the listing offers, with a reason and a name.
fn act(app: &TestApp, entry: &Value, name: &str) {
    let acts = entry["acts"].as_array().unwrap();
    let request = acts.iter().find(|act| act["act"] == name).unwrap()["request"].as_str().unwrap();
    let request = request.replace("why=...", "why=as+agreed").replace("by=...", "by=anna");
    let (method, target) = request.split_once(' ').unwrap();
    assert_eq!(app.admin(&Request::new(method, target)).status, 200, "{request}");
}

#[test]
fn should_list_every_kind_of_waiting_with_its_words() {
    let app = TestApp::new();
    let codes = [
        "taken_back_unsent",
        "taken_back_sent",
        "taken_back_paid",
        "lost",
        "deposit_gone",
        "deposit_returning",
        "held_coins",
        "held_hours",
        "held_precision",
        "too_small",
        "voided",
        "no_price",
        "inherited",
        "transaction_refused",
        "transaction_held_back",
        "transaction_withdrawn",
        "passed_over",
        "address_tainted",
        "own_money",
        "spend_unknown",
        "sending_off",
    ];
    for code in codes {
        let kind = kind(&app, code);
        assert_eq!((&kind["count"], kind.get("since")), (&json!(0), None), "{code}");
        assert!(kind["words"].as_str().unwrap().len() > 20, "{code}");
        let list = app.admin(&Request::get(kind["list"].as_str().unwrap()));
        assert_eq!(list.status, 200, "{code}");
    }
    assert_eq!(app.admin(&Request::get("/api/waiting?code=nonsense")).status, 400);
    for wrong in ["limit=0", "limit=1001", "limit=x", "after=7", "after=x-y"] {
        let target = format!("/api/waiting?code=voided&{wrong}");
        assert_eq!(app.admin(&Request::get(&target)).status, 400, "{wrong}");
    }
    let reply = app.admin(&post("/api/waiting"));
    assert_eq!((reply.status, reply.header("Allow")), (405, Some("GET")));
}

#[test]
fn should_void_a_payout_and_owe_it_again() {
    let mut app = TestApp::start(Setup::new().set("sky_exchanger.send_enabled", false));
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 1));
    app.await_states(BUYER, &["waiting_send"]);
    assert_eq!(kind(&app, "sending_off")["count"], 1);
    app.admin(&post("/api/deposits/1/void?why=sanctioned&by=anna"))
        .assert_text(200, "deposit 1 is void: nothing is paid out for it");
    assert_eq!(app.states(BUYER), ["done"]);
    let words = "the operator has decided that nothing is paid out for it";
    assert_eq!(app.statuses(BUYER)[0]["message"], words);
    assert_eq!(app.admin_json("/api/accounting")["owed"], "0.000000");
    assert_eq!((&kind(&app, "voided")["count"], &kind(&app, "sending_off")["count"]), (&json!(1), &json!(0)));
    let voided = app.admin_json("/api/waiting?code=voided")["deposits"][0].clone();
    assert_eq!((&voided["seq"], offered(&voided)), (&json!(1), vec!["pay".to_owned()]));
    let ruling = &voided["ruling"];
    assert_eq!(
        (&ruling["verdict"], &ruling["by"], &ruling["why"]),
        (&json!("void"), &json!("anna"), &json!("sanctioned"))
    );
    let errored = app.admin_json("/api/deposits/errored")["deposits"].clone();
    assert_eq!(errored[0]["error"], "ruled void: nothing is paid out for it");
    // It outlives a restart, and is taken back by the request that the list names.
    app.restart_with(|setup| setup.set("sky_exchanger.send_enabled", true));
    assert_eq!(app.broadcasts(), Vec::<Value>::new());
    act(&app, &voided, "pay");
    app.confirm_everything();
    assert_eq!(app.admin_json("/api/accounting")["sent"], "1.000000");
    assert_eq!(kind(&app, "voided")["count"], 0);
    assert_eq!(app.admin_json("/api/deposits/errored"), json!({"deposits": []}));
}

#[test]
fn should_withdraw_a_transaction_and_pay_anew() {
    let app = TestApp::new();
    let (mine, others) = (app.bind(BUYER, Coin::BTC), app.bind(OTHER, Coin::BTC));
    app.deposit(&Deposit::new(Coin::BTC, &mine, ONE_SKY, 1));
    app.await_broadcasts(1);
    let first = app.admin_json("/api/transactions?state=live")["transactions"][0].clone();
    assert_eq!(offered(&first), ["withdraw"], "nothing holds it back");
    act(&app, &first, "withdraw");
    let told = eventually("the withdrawal is sent", || {
        let all = app.admin_json("/api/transactions")["transactions"].clone();
        (all[1]["state"] == "sent").then_some(all)
    });
    assert_eq!((&told[0]["withdrawn_by"], &told[1]["withdraws"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&told[0]["withdrawal"]["by"], &told[0]["withdrawal"]["why"]),
        (&json!("anna"), &json!("as agreed"))
    );
    let withdrawn = app.admin_json("/api/waiting?code=transaction_withdrawn")["transactions"].clone();
    let acts = ["send", "abandon"].map(str::to_owned).to_vec();
    assert_eq!((&withdrawn[0]["no"], offered(&withdrawn[0])), (&json!(1), acts));
    app.admin(&post("/api/transactions/2/withdraw?why=x"))
        .assert_text(409, "the transaction is a withdrawal itself: let what it withdraws be sent instead");
    // The withdrawal is confirmed; what it withdrew is dead, and its payout is made once, by another.
    app.confirm(1);
    eventually("it is paid anew", || (app.broadcasts().len() == 3).then_some(()));
    let dead = app.admin_json("/api/transactions?state=dead")["transactions"].clone();
    assert_eq!((dead.as_array().unwrap().len(), &dead[0]["no"]), (1, &json!(1)));
    app.confirm(2);
    app.await_states(BUYER, &["done"]);
    app.deposit(&Deposit::new(Coin::BTC, &others, ONE_SKY, 2));
    app.confirm(3);
    app.await_states(OTHER, &["done"]);
    assert_eq!(app.admin_json("/api/accounting")["sent"], "2.000000");
    app.admin(&post("/api/transactions/1/withdraw?why=x"))
        .assert_text(409, "the transaction is dead: it can never confirm");
    app.admin(&post("/api/transactions/2/send?why=x")).assert_text(409, "the transaction is confirmed");
}

#[test]
fn should_list_what_the_wallet_cannot_pay() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 500 * ONE_SKY, 1));
    app.deposit(&Deposit::new(Coin::BTC, &address, 199, 2));
    let held = eventually("it is held", || {
        let kind = kind(&app, "held_coins");
        (kind["count"] == 1).then_some(kind)
    });
    assert!(held["since"].as_u64().unwrap() > 1_700_000_000);
    let entry = app.admin_json("/api/waiting?code=held_coins")["deposits"][0].clone();
    assert_eq!((&entry["waiting"], offered(&entry)), (&json!("held_coins"), vec!["void".to_owned()]));
    let small = app.admin_json("/api/waiting?code=too_small")["deposits"][0].clone();
    assert_eq!((&small["seq"], offered(&small)), (&json!(2), Vec::new()), "nothing can be done");
    act(&app, &entry, "void");
    assert_eq!(kind(&app, "held_coins")["count"], 0);
}

#[test]
fn should_page_through_what_waits() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    for number in 0..5 {
        app.deposit(&Deposit::new(Coin::BTC, &address, 1, number));
    }
    app.await_states(BUYER, &["done"; 5]);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.admin_json(&format!("/api/waiting?code=too_small&limit=2&after={after}"));
        seen.extend(page["deposits"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        after = next.to_owned();
    }
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

#[test]
fn should_refuse_acts_without_a_reason_or_a_meaning() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 1));
    app.await_broadcasts(1);
    let words = "Invalid why: expected the reason, in 1 to 500 characters of one line, as in ?why=double+spent&by=anna";
    for query in ["", "?why=", "?why=+", "?why=a%0Ab", "?why=a%e2%80%aeb"] {
        app.admin(&post(&format!("/api/deposits/1/wait{query}"))).assert_text(400, words);
    }
    assert_eq!(app.admin(&post("/api/deposits/1/wait?why=x&by=a%0Ab")).status, 400);
    app.admin(&post("/api/deposits/1/wait?why=x"))
        .assert_text(409, "the deposit is where it belongs, and is paid by itself");
    app.admin(&post("/api/deposits/1/void?why=x"))
        .assert_text(409, "a transaction that pays it is signed: withdraw that first");
    app.admin(&post("/api/transactions/1/send?why=x")).assert_text(409, "nothing holds the transaction back");
    for path in ["/api/deposits/7/pay?why=x", "/api/transactions/7/withdraw?why=x"] {
        app.admin(&post(path)).assert_text(404, "there is none of that number");
    }
    for path in ["/api/deposits/1/burn?why=x", "/api/deposits/x/pay?why=x", "/api/transactions/1/burn?why=x"]
    {
        assert_eq!(app.admin(&post(path)).status, 404, "{path}");
    }
    let get = app.admin(&Request::get("/api/deposits/1/void?why=x"));
    assert_eq!((get.status, get.header("Allow")), (405, Some("POST")));
}

#[test]
fn should_give_up_or_offer_again_only_what_does_not_go_its_way() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 1));
    app.await_broadcasts(1);
    app.admin(&post("/api/transactions/1/retry?why=again"))
        .assert_text(409, "no node refuses the transaction");
    let words = "the transaction goes its way: no node refuses it, and nothing holds it back";
    app.admin(&post("/api/transactions/1/abandon?why=gone")).assert_text(409, words);
    assert_eq!(app.admin(&post("/api/transactions/7/abandon?why=gone")).status, 404);
    assert_eq!(app.admin(&post("/api/transactions/1/abandon")).status, 400, "without a reason");
    // One that is to be withdrawn may be given up, and here the chain does not show that it cannot confirm.
    app.admin(&post("/api/transactions/1/withdraw?why=gone"))
        .assert_text(200, "transaction 1 is being withdrawn");
    let reply = app.admin(&post("/api/transactions/1/abandon?why=gone"));
    assert_eq!(reply.status, 409, "{reply:?}");
}
