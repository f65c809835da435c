//! The operator's desk: its files, and what it asks for that nobody else does.

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Request, Setup, TestApp, tx};

/// 0.002 BTC, for which 1 SKY is paid.
const ONE_SKY: u128 = 200_000;
const TOKEN: &str = "a token of more than sixteen letters";

/// A desk with one deposit that is done.
fn with_one() -> TestApp {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 1));
    app.confirm_everything();
    app
}

#[test]
fn should_serve_its_files_to_anybody_and_nothing_else() {
    let app = TestApp::start(Setup::new().text("admin_panel.token", TOKEN));
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/desk/desk.js", "text/javascript; charset=utf-8"),
        ("/desk/desk.css", "text/css; charset=utf-8"),
        ("/desk/icon.svg", "image/svg+xml"),
    ] {
        let file = app.admin(&Request::get(path));
        assert_eq!((file.status, file.header("Content-Type")), (200, Some(kind)), "{path}");
        let policy = file.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(file.header("X-Content-Type-Options"), Some("nosniff"), "{path}");
        assert_eq!(file.header("Referrer-Policy"), Some("no-referrer"), "{path}");
        assert_eq!(app.admin(&Request::new("POST", path)).status, 405, "{path}");
        let tag = file.header("ETag").unwrap();
        let again = app.admin(&Request::get(path).header("If-None-Match", tag));
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(app.admin(&Request::get(path).header("If-None-Match", "W/\"0\"")).status, 200);
    }
    assert_eq!(app.admin(&Request::get("/desk/nothing.js")).status, 404);
    assert_eq!(app.admin(&Request::get("/api/overview")).status, 401);
}

#[test]
fn should_ask_no_other_site_and_hold_nothing_inline() {
    let app = TestApp::new();
    let page = app.admin(&Request::get("/"));
    let page = page.text();
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("style=\""), "{page}");
    let scripts: Vec<&str> = page.matches("<script").collect();
    assert_eq!((scripts.len(), page.contains("src=\"/desk/desk.js\"></script>")), (1, true));
}

#[test]
fn should_tell_how_the_desk_fares() {
    let app = with_one();
    let overview = app.admin_json("/api/overview");
    assert_eq!((&overview["mode"], &overview["can_serve"]), (&json!("dummy"), &json!(true)));
    assert_eq!(overview["deposits"]["done"], json!(1));
    let hours = &overview["hours"];
    let count = |name: &str| {
        let all = hours[name].as_array().unwrap();
        (all.len(), all.iter().map(|count| count.as_u64().unwrap()).sum::<u64>())
    };
    assert_eq!((count("deposits"), count("payouts")), ((168, 1), (168, 1)));
    let paid: Vec<&Value> =
        hours["paid"].as_array().unwrap().iter().filter(|sum| **sum != "0.000000").collect();
    assert_eq!(paid, [&json!("1.000000")]);
    let delay = &overview["delays"]["day"];
    assert_eq!(delay["count"], json!(1));
    assert!(delay["median"].as_u64().unwrap() < 60 && delay["slowest"].as_u64().unwrap() < 60, "{delay}");
    assert!(overview["parts"].as_array().unwrap().iter().any(|part| part["name"] == "payer"));
    let day = app.admin_json("/api/overview?hours=24");
    assert_eq!(day["hours"]["deposits"].as_array().unwrap().len(), 24);
    let wide = app.admin_json("/api/overview?hours=168&each=24");
    assert_eq!((&wide["hours"]["step"], &wide["hours"]["deposits"][6]), (&json!(86_400), &json!(1)));
    assert_eq!((&wide["hours"]["median"][6], &wide["hours"]["slowest"][5]), (&delay["median"], &Value::Null));
    for wrong in ["hours=0", "hours=2209", "hours=x", "hours=-1", "each=0", "each=169", "each=5"] {
        let target = format!("/api/overview?{wrong}");
        assert_eq!(app.admin(&Request::get(&target)).status, 400, "{wrong}");
    }
}

#[test]
fn should_tell_a_deposit_with_everything_that_happened_to_it() {
    let mut app = TestApp::start(Setup::new().set("sky_exchanger.send_enabled", false));
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 1));
    let other = app.bind(OTHER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &other, ONE_SKY, 2));
    app.restart_with(|setup| setup.set("sky_exchanger.send_enabled", true));
    app.confirm_everything();
    let story = app.admin_json("/api/deposits/1/timeline");
    assert_eq!(
        (&story["deposit"]["deposit_amount"], &story["deposit"]["status"]),
        (&json!("0.00200000"), &json!("done"))
    );
    assert_eq!(story["acts"], json!([]));
    assert_eq!(story["transaction"]["state"], json!("settled"));
    let told: Vec<&str> =
        story["events"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap()).collect();
    for wanted in
        ["deposit seen", "deposit confirmed", "payout transaction signed and stored", "payouts settled"]
    {
        assert_eq!(told.iter().filter(|what| **what == wanted).count(), 1, "{wanted}: {told:?}");
    }
    // Nothing of the other one, but for what they have together.
    let numbers = |no: u64| {
        let story = app.admin_json(&format!("/api/deposits/{no}/timeline"));
        let events = story["events"].as_array().unwrap().clone();
        events.iter().map(|event| event["no"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert!(numbers(1).is_sorted() && numbers(1) != numbers(2));
    let first = app.admin_json("/api/deposits/1/timeline?limit=2");
    let next = first["next"].as_u64().unwrap();
    let rest = app.admin_json(&format!("/api/deposits/1/timeline?limit=1000&after={next}"));
    let count = |page: &Value| page["events"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&first) + count(&rest)), (2, told.len()));
    // From its end: the newest first, and page by page back to the beginning.
    let (mut before, mut found) = (0, Vec::new());
    loop {
        let page = app.admin_json(&format!("/api/deposits/1/timeline?before={before}&limit=2"));
        let numbers = page["events"].as_array().unwrap().iter().map(|event| event["no"].as_u64().unwrap());
        found.splice(0..0, numbers);
        let Some(previous) = page["previous"].as_u64() else { break };
        assert!(page["next"].is_null() && count(&page) == 2, "{page}");
        before = previous;
    }
    assert_eq!(found, numbers(1));
    for wrong in ["before=x", "before=1&after=1", "before=1&limit=0"] {
        assert_eq!(
            app.admin(&Request::get(&format!("/api/deposits/1/timeline?{wrong}"))).status,
            400,
            "{wrong}"
        );
    }
    assert_eq!(app.admin(&Request::get("/api/deposits/9/timeline")).status, 404);
    assert_eq!(app.admin(&Request::get("/api/deposits/x/timeline")).status, 404);
}

#[test]
fn should_find_deposits_by_whatever_somebody_has_in_hand() {
    let app = with_one();
    let deposit = app.deposits()[0].clone();
    let found = |q: &str| {
        let found = app.admin_json(&format!("/api/search?q={q}"));
        let numbers = found["deposits"].as_array().unwrap().iter();
        numbers.map(|deposit| deposit["seq"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let text = |name: &str| deposit[name].as_str().unwrap().to_owned();
    for q in ["1".to_owned(), "%231".to_owned(), tx(1), tx(1).to_uppercase(), text("deposit_id")] {
        assert_eq!(found(&q), [1], "{q}");
    }
    for q in [text("deposit_address"), text("sky_address"), format!("+{BUYER}+")] {
        assert_eq!(found(&q), [1], "{q}");
    }
    for q in ["2", "nonsense", OTHER, &tx(2)] {
        assert_eq!(found(q), [0_u64; 0], "{q}");
    }
    let by_payout = app.admin_json(&format!("/api/search?q={}", text("txid")));
    assert_eq!(by_payout["transactions"][0]["deposits"], json!([1]));
    let by_payee = app.admin_json(&format!("/api/search?q={BUYER}"));
    assert_eq!(by_payee["addresses"][0]["address"], deposit["deposit_address"]);
    let long = "1".repeat(129);
    for wrong in ["", "%20", &long] {
        assert_eq!(app.admin(&Request::get(&format!("/api/search?q={wrong}"))).status, 400, "{wrong}");
    }
}

#[test]
fn should_tell_the_books_by_days_in_three_forms() {
    let app = with_one();
    let days = app.admin_json("/api/accounting/days");
    let days = days["days"].as_array().unwrap();
    let line = |asset: &str, account: &str| {
        let mut all = days.iter().filter(|line| line["asset"] == asset && line["account"] == account);
        all.next().map(|line| (line["side"].clone(), line["amount"].clone()))
    };
    assert_eq!(line("BTC", "received"), Some((json!("debit"), json!("0.00200000"))));
    assert_eq!(line("SKY", "paid"), Some((json!("credit"), json!("1.000000"))));
    // All of it happened on one day, which is what stands there now.
    let accounts = app.admin_json("/api/accounting")["accounts"].clone();
    assert_eq!(accounts.as_array().unwrap().len(), days.len());
    let csv = app.admin(&Request::get("/api/accounting/days?format=csv"));
    assert_eq!(csv.header("Content-Disposition"), Some("attachment; filename=\"teller-accounting.csv\""));
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!((lines[0], lines.len()), ("day,asset,contract,account,side,amount", days.len() + 1));
    let first = &days[0];
    let all = ["day", "asset", "contract", "account", "side", "amount"];
    let expected: Vec<&str> = all.map(|name| first[name].as_str().unwrap_or("")).to_vec();
    assert_eq!(lines[1], expected.join(","));
    let json_lines = app.admin(&Request::get("/api/accounting/days?format=jsonl"));
    let read: Vec<Value> =
        json_lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, *days);
    assert_eq!(app.admin(&Request::get("/api/accounting/days?format=xml")).status, 400);
}

#[test]
fn should_say_what_was_not_compared_with_the_books_rather_than_that_it_is_nothing() {
    let app = with_one();
    let told = app.admin_json("/api/reconciliation");
    assert_eq!(told["differs"], json!(false));
    let rows = told["rows"].as_array().unwrap();
    // Dummy deposits stand in no block: there is no row that says that they are zero.
    assert_eq!(rows.len(), 1, "{told}");
    assert_eq!((&rows[0]["place"], &rows[0]["asset"]), (&json!("hot_wallet"), &json!("SKY")));
    assert_eq!((&rows[0]["books_say"], rows[0].get("they_say")), (&json!("1.000000"), None));
    let gaps: Vec<&str> =
        told["not_looked_at"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(gaps.contains(&"BTC: no block was compared with the books yet"), "{gaps:?}");
    assert!(gaps.iter().any(|gap| gap.contains("what it was filled with is in no books")), "{gaps:?}");
}
