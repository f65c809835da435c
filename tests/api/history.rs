//! The head of the history: told wherever somebody may keep it, and held against what is there later.

use teller::types::Coin;

use crate::support::{BUYER, Request, TestApp};

/// The service writes events of its own beside the test, so that a head may have moved from one answer to the next.
/// Each answer's head is held against the history: it must stand there, and never be an earlier one than was told.
#[test]
fn should_tell_the_same_head_everywhere_and_know_earlier_ones() {
    let app = TestApp::new();
    app.bind(BUYER, Coin::BTC);
    let first = text(&app.admin_json("/api/history")["head"]);
    let overview = text(&app.admin_json("/api/overview")["history"]);
    let health: serde_json::Value =
        serde_json::from_slice(&app.public(&Request::get("/api/health")).body).unwrap();
    let health = text(&health["history"]);
    assert!(number(&first) <= number(&overview) && number(&overview) <= number(&health));

    app.bind(BUYER, Coin::ETH);
    for told in [&first, &overview, &health] {
        let now = app.admin_json(&format!("/api/history?since={told}"));
        assert!(number(told) < number(&text(&now["head"])), "{now}");
        assert_eq!((&now["since"]["is_kept"], text(&now["since"]["now"])), (&true.into(), told.clone()));
    }
    let now = text(&app.admin_json("/api/history")["head"]);
    let proof = app.admin_json(&format!("/api/history/proof?since={first}"));
    assert_eq!((&proof["holds"], &proof["breaks"]), (&true.into(), &serde_json::json!([])));
    let proven = text(&proof["head"]);
    assert!(number(&now) <= number(&proven), "{proof}");
    assert_eq!(app.admin_json(&format!("/api/history?since={proven}"))["since"]["is_kept"], true);
}

fn text(head: &serde_json::Value) -> String {
    head.as_str().expect("a head of the history").to_owned()
}

/// Returns the number of the event that a head stands for.
fn number(head: &str) -> u64 {
    head.split_once(':').expect("a number and a hash").0.parse().expect("a number")
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
