//! The head of the history: told wherever somebody may keep it, and held against what is there later.

use teller::types::Coin;

use crate::support::{BUYER, Request, TestApp};

#[test]
fn should_tell_the_same_head_everywhere_and_know_earlier_ones() {
    let app = TestApp::new();
    app.bind(BUYER, Coin::BTC);
    let head = |path: &str, name: &str| app.admin_json(path)[name].as_str().unwrap().to_owned();
    let before = head("/api/history", "head");
    assert_eq!(head("/api/overview", "history"), before);
    let health: serde_json::Value =
        serde_json::from_slice(&app.public(&Request::get("/api/health")).body).unwrap();
    assert_eq!(health["history"], before.as_str());

    app.bind(BUYER, Coin::ETH);
    let now = app.admin_json(&format!("/api/history?since={before}"));
    assert_ne!(now["head"], before.as_str());
    assert_eq!(
        (&now["since"]["is_kept"], now["since"]["now"].as_str()),
        (&true.into(), Some(before.as_str()))
    );
    let proof = app.admin_json(&format!("/api/history/proof?since={before}"));
    assert_eq!(
        (&proof["holds"], &proof["head"], &proof["breaks"]),
        (&true.into(), &now["head"], &serde_json::json!([]))
    );
}

#[test]
fn should_say_that_a_history_is_another_one() {
    let app = TestApp::new();
    app.bind(BUYER, Coin::BTC);
    let number = app.admin_json("/api/history")["number"].as_u64().unwrap();
    let other = format!("{number}:{}", "ab".repeat(32));
    let told = app.admin_json(&format!("/api/history?since={other}"));
    assert_eq!(told["since"]["is_kept"], false);
    let proof = app.admin_json(&format!("/api/history/proof?since={other}"));
    assert_eq!((&proof["holds"], proof["broken"].as_str()), (&false.into(), Some(other.as_str())));
    let beyond = format!("{}:{}", number + 9, "ab".repeat(32));
    let told = app.admin_json(&format!("/api/history?since={beyond}"));
    assert_eq!((&told["since"]["is_kept"], told["since"].get("now")), (&false.into(), None));
    for path in ["/api/history", "/api/history/proof"] {
        let reply = app.admin(&Request::get(&format!("{path}?since=7")));
        assert_eq!(reply.status, 400, "{path}");
    }
}
