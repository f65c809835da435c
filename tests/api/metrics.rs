//! `/metrics`, `/livez` and `/readyz`.

use std::collections::HashMap;

use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp, eventually};

/// What stands before the point.
fn whole(value: &str) -> u64 {
    value.split('.').next().unwrap().parse().expect("a number")
}

/// Every series with its value, by the text before the value.
fn series(text: &str) -> HashMap<String, u64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.rsplit_once(' ').expect("a name and a value"));
    let pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), whole(value))).collect();
    let count = pairs.len();
    let series: HashMap<String, u64> = pairs.into_iter().collect();
    assert_eq!(series.len(), count, "a series is told twice");
    series
}

fn scraped(app: &TestApp) -> HashMap<String, u64> {
    let reply = app.admin(&Request::get("/metrics"));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    series(reply.text())
}

#[test]
fn should_tell_a_purchase_in_numbers() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    let done = r#"teller_deposits{coin="BTC",status="done"}"#;
    let before = scraped(&app);
    assert_eq!(before[done], 0);
    assert_eq!(before["teller_deposits_seen_total"], 0);
    assert_eq!(before[r#"teller_bound_addresses{coin="BTC"}"#], 1);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    let sent = r#"teller_deposits{coin="BTC",status="waiting_confirm"}"#;
    eventually("it is sent", || (scraped(&app)[sent] == 1).then_some(()));
    let meanwhile = scraped(&app);
    assert_eq!(meanwhile["teller_transactions_live"], 1);
    assert_eq!(meanwhile["teller_transactions_total"], 1);
    assert!(meanwhile["teller_store_commits_total"] > before["teller_store_commits_total"]);
    app.dummy(&Request::get("/dummy/sender/confirm?seq=0"));
    eventually("it is done", || (scraped(&app)[done] == 1).then_some(()));
    let after = scraped(&app);
    assert_eq!((after[sent], after["teller_deposits_seen_total"]), (0, 1));
    assert_eq!((after["teller_payouts_owed_sky"], after["teller_transactions_live"]), (0, 0));
    assert!(after["teller_database_size_bytes"] > 0);
    assert_eq!(after[r#"teller_worker_failing{coin="",worker="payer"}"#], 0);
    assert!(after[r#"teller_worker_last_success_timestamp_seconds{coin="",worker="payer"}"#] > 1_000_000_000);
    assert_eq!(after[r#"teller_price_promised{asset="BTC"}"#], 1);
}

#[test]
fn should_tell_problems_refusals_and_what_waits() {
    let app = TestApp::start(Setup::new().set("teller.bind_enabled", false));
    let told = scraped(&app);
    assert_eq!(told[r#"teller_problem{code="binding_off",coin="",severity="notice"}"#], 1);
    assert_eq!(told[r#"teller_waiting{code="taken_back_paid"}"#], 0);
    assert_eq!(told["teller_can_serve"], 1);
    assert_eq!(app.get("/api/status").status, 400);
    assert_eq!(app.try_bind(BUYER, "BTC").status, 403);
    let after = scraped(&app);
    assert_eq!(after[r#"teller_requests_refused_total{door="public",status="403"}"#], 1);
    assert_eq!(after[r#"teller_requests_total{class="4xx",door="public"}"#], 2);
    assert!(after[r#"teller_connections{door="admin"}"#] >= 1);
}

#[test]
fn should_name_nobody_in_labels() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    let reply = app.admin(&Request::get("/metrics"));
    for secret in [BUYER, &address, "00000000000000000001"] {
        assert!(!reply.text().contains(secret), "{secret}");
    }
    assert!(scraped(&app).len() < 1_000, "labels have few values");
}

#[test]
fn should_want_the_token_for_metrics_and_none_for_probes() {
    let token = "0123456789abcdef";
    let app = TestApp::start(Setup::new().text("admin_panel.token", token));
    assert_eq!(app.admin(&Request::get("/metrics")).status, 401);
    let bearer = format!("Bearer {token}");
    let with_token = Request::get("/metrics").header("Authorization", &bearer);
    assert_eq!(app.admin(&with_token).status, 200);
    let refused = series(app.admin(&with_token).text());
    assert_eq!(refused[r#"teller_requests_refused_total{door="admin",status="401"}"#], 1);
    for path in ["/livez", "/readyz"] {
        app.admin(&Request::get(path)).assert_text(200, "ok");
        app.admin(&Request::new("POST", path)).assert_text(405, "Method Not Allowed");
    }
    app.get("/livez").assert_text(200, "ok");
    assert_eq!(app.get("/readyz").status, 404);
}
