//! Lists by cursor: put together they are the whole list, whatever the size of a page.

use serde_json::Value;
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Request, Setup, TestApp, eventually};

/// 13 deposits: 8 paid, 2 too small, 3 that wait.
fn busy() -> TestApp {
    let mut app = TestApp::start(Setup::new());
    let (mine, others) = (app.bind(BUYER, Coin::BTC), app.bind(OTHER, Coin::ETH));
    for number in 0..8 {
        app.deposit(&Deposit::new(Coin::BTC, &mine, 20_000, number));
    }
    for number in 8..10 {
        app.deposit(&Deposit::new(Coin::ETH, &others, 1, number));
    }
    app.confirm_everything();
    app.restart_with(|setup| setup.set("sky_exchanger.send_enabled", false));
    for number in 10..13 {
        app.deposit(&Deposit::new(Coin::BTC, &mine, 20_000, number));
    }
    eventually("the last ones are decided", || {
        (whole(&app, "/api/deposits?status=waiting_send").len() == 3).then_some(())
    });
    app
}

fn whole(app: &TestApp, target: &str) -> Vec<Value> {
    let reply = app.admin_json(target);
    assert_eq!(reply.get("next"), None, "the whole list has no next page");
    reply["deposits"].as_array().unwrap().clone()
}

/// All pages of a list, one after the other.
fn pages(app: &TestApp, target: &str, limit: usize) -> Vec<Value> {
    let joint = if target.contains('?') { '&' } else { '?' };
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = app.admin_json(&format!("{target}{joint}after={after}&limit={limit}"));
        let deposits = page["deposits"].as_array().unwrap();
        assert!(deposits.len() <= limit, "{limit}: {}", deposits.len());
        all.extend(deposits.iter().cloned());
        match page.get("next") {
            Some(next) => after = next.as_u64().unwrap(),
            None => return all,
        }
    }
}

#[test]
fn should_page_to_the_same_list() {
    let app = busy();
    for (target, count) in [
        ("/api/deposits", 13),
        ("/api/deposits?status=done", 10),
        ("/api/deposits?status=waiting_send", 3),
        ("/api/deposits?status=waiting_decide", 0),
        ("/api/deposits/errored", 2),
    ] {
        let whole = whole(&app, target);
        assert_eq!(whole.len(), count, "{target}");
        for limit in [1, 2, 3, 5, 7, 12, 13, 14, 1000] {
            assert_eq!(pages(&app, target, limit), whole, "{target} by {limit}");
        }
    }
    let seqs: Vec<u64> =
        whole(&app, "/api/deposits").iter().map(|deposit| deposit["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=13).collect::<Vec<_>>());
}

#[test]
fn should_page_with_one_of_the_two_parameters() {
    let app = busy();
    let seqs = |target: &str| {
        let page = app.admin_json(target);
        let seq = |deposit: &Value| deposit["seq"].as_u64().unwrap();
        page["deposits"].as_array().unwrap().iter().map(seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs("/api/deposits?limit=2"), [1, 2]);
    assert_eq!(seqs("/api/deposits?after=11"), [12, 13]);
    assert_eq!(seqs("/api/deposits?after=13"), [0u64; 0]);
    assert_eq!(seqs("/api/deposits?after=99999999999"), [0u64; 0]);
}

#[test]
fn should_refuse_bad_paging() {
    let app = TestApp::new();
    for list in ["/api/deposits", "/api/deposits/errored", "/api/deposit-addresses"] {
        for limit in ["limit=0", "limit=1001", "after=1&limit=0"] {
            app.admin(&Request::get(&format!("{list}?{limit}")))
                .assert_text(400, "Invalid limit: expected 1 to 1000");
        }
        for bad in ["x", "-1", "1.5", "1e3", "99999999999999999999999", "%20"] {
            app.admin(&Request::get(&format!("{list}?limit={bad}")))
                .assert_text(400, "Invalid limit: expected a whole number");
            app.admin(&Request::get(&format!("{list}?after={bad}")))
                .assert_text(400, "Invalid after: expected a whole number");
        }
    }
    app.admin(&Request::get("/api/deposits?status=Done")).assert_text(400, "Invalid status");
    app.admin(&Request::new("POST", "/api/deposits?status=unknown")).assert_text(405, "Method Not Allowed");
}
