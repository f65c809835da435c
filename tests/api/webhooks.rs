//! Webhooks given with a bind: who may give one, where it may be, and what the operator sees of them.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::{BUYER, Reply, Request, Setup, TestApp, eventually};

const SHOP: &str = "7f3e9a1c5b2d4e6f8a0b1c2d3e4f5a6b";
const WALLET: &str = "00112233445566778899aabbccddeeff";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Nobody listens there.
const DEAD: &str = "http://127.0.0.1:9/";

/// A desk with a client that may give two webhooks, also near the desk, and one that may give none.
fn app() -> TestApp {
    TestApp::start(
        Setup::new()
            .set("web.throttle_max", 0)
            .set("web.throttle_network_max", 0)
            .text("web.clients.shop.token", SHOP)
            .set("web.clients.shop.webhook_secrets", format!("[{SECRET:?}]"))
            .set("web.clients.shop.webhook_max", 2)
            .set("web.clients.shop.webhook_allow_private", true)
            .text("web.clients.wallet.token", WALLET),
    )
}

fn bind(app: &TestApp, token: Option<&str>, url: &Value, key: Option<&str>) -> Reply {
    let body = json!({"skyaddr": BUYER, "coin_type": "BTC", "webhook_url": url}).to_string();
    let mut request = Request::json("/api/bind", body).header("Accept", "application/problem+json");
    if let Some(token) = token {
        request = request.header("Authorization", &format!("Bearer {token}"));
    }
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    app.public(&request)
}

fn code(reply: &Reply) -> String {
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    problem["code"].as_str().unwrap_or_default().to_owned()
}

fn bound(app: &TestApp) -> u64 {
    let usage = app.admin_json("/api/deposit-addresses");
    usage["BTC"]["remaining_addresses"].as_u64().unwrap()
}

#[test]
fn should_bind_nothing_where_no_webhook_can_be_given() {
    let app = app();
    let before = bound(&app);
    let url = json!("https://shop.example.com/");
    for (token, url, wanted) in [
        (None, &url, (403, "webhook_refused")),
        (Some(WALLET), &url, (403, "webhook_refused")),
        (Some(SHOP), &json!(""), (400, "invalid_webhook")),
        (Some(SHOP), &json!("shop.example.com"), (400, "invalid_webhook")),
        (Some(SHOP), &json!("https://anna:pass@shop.example.com/"), (400, "invalid_webhook")),
        (Some(SHOP), &json!(["https://shop.example.com/"]), (400, "invalid_json")),
    ] {
        let reply = bind(&app, token, url, None);
        assert_eq!((reply.status, code(&reply).as_str()), wanted, "{url}: {}", reply.text());
        assert!(!reply.text().contains("anna"), "what was sent is not repeated: {}", reply.text());
    }
    assert_eq!(bound(&app), before, "an address is gone");
    assert_eq!(bind(&app, None, &Value::Null, None).status, 200, "null is none");
}

#[test]
fn should_keep_what_is_near_out_of_reach_unless_it_is_allowed() {
    let app = TestApp::start(
        Setup::new()
            .text("web.clients.shop.token", SHOP)
            .set("web.clients.shop.webhook_secrets", format!("[{SECRET:?}]")),
    );
    for near in ["http://shop.example.com/", "https://127.0.0.1/", "https://[::1]:7711/", "https://10.1/"] {
        let reply = bind(&app, Some(SHOP), &json!(near), None);
        assert_eq!((reply.status, code(&reply).as_str()), (400, "invalid_webhook"), "{near}");
    }
    // A name is looked at when it is resolved, and each time.
    assert_eq!(bind(&app, Some(SHOP), &json!("https://localhost:1/"), None).status, 200);
    let why = eventually("it is not tried", || {
        let failing = app.admin_json("/api/events/webhooks/shop");
        failing["webhooks"][0]["why"].as_str().map(str::to_owned)
    });
    assert!(why.contains("private network"), "{why}");
}

#[test]
fn should_give_as_many_as_a_client_may_have_and_one_for_a_request_that_is_sent_twice() {
    let app = app();
    let url = json!(DEAD);
    let first = bind(&app, Some(SHOP), &url, Some("one"));
    let again = bind(&app, Some(SHOP), &url, Some("one"));
    assert_eq!((first.status, &first.body), (200, &again.body));
    assert_eq!(again.header("Idempotent-Replayed"), Some("true"));
    assert_eq!(bind(&app, Some(SHOP), &url, None).status, 200);
    let before = bound(&app);
    let full = bind(&app, Some(SHOP), &url, None);
    assert_eq!((full.status, code(&full).as_str()), (409, "webhooks_full"));
    assert_eq!(bound(&app), before, "an address is gone");
    assert_eq!(app.admin_json("/api/events/webhooks")["clients"][0]["webhooks"], 2);
}

#[test]
fn should_show_which_fail_and_have_them_told_again() {
    let mut app = app();
    assert_eq!(bind(&app, Some(SHOP), &json!(DEAD), None).status, 200);
    eventually("it does not fail", || {
        let list = app.admin_json("/api/events/webhooks");
        (list["clients"][0]["failing"] == 1).then_some(())
    });
    app.restart();
    let list = app.admin_json("/api/events/webhooks");
    let shop = &list["clients"][0];
    assert_eq!((&shop["client"], &shop["is_told"], &shop["due"]), (&json!("shop"), &json!(true), &json!(1)));
    let failing = app.admin_json("/api/events/webhooks/shop?state=failing&limit=1");
    let webhook = &failing["webhooks"][0];
    assert_eq!((&webhook["binding"], &webhook["due"], &webhook["told"]), (&json!(1), &json!(1), &json!(0)));
    assert!(!failing.to_string().contains("127.0.0.1:9/"), "its URL is not told: {failing}");
    assert_eq!(app.admin_json("/api/events/webhooks/shop?state=given_up")["webhooks"], json!([]));
    let metrics = app.admin(&Request::get("/metrics"));
    let metrics = metrics.text();
    assert!(metrics.contains("teller_client_webhooks_failing{client=\"shop\"} 1"), "{metrics}");
    let tries = webhook["tries"].as_u64().unwrap();
    let resumed = app.admin(&Request::new("POST", "/api/events/webhooks/shop/resume?why=back"));
    assert_eq!(resumed.status, 200, "{}", resumed.text());
    eventually("it is not tried at once", || {
        let failing = app.admin_json("/api/events/webhooks/shop");
        (failing["webhooks"][0]["tries"].as_u64() > Some(tries)).then_some(())
    });
    for wrong in ["wallet/resume?why=back", "shop/pause?why=back", "shop/resume"] {
        let reply = app.admin(&Request::new("POST", &format!("/api/events/webhooks/{wrong}")));
        assert!(matches!(reply.status, 400 | 404), "{wrong}: {}", reply.status);
    }
    assert_eq!(app.admin(&Request::get("/api/events/webhooks/nobody")).status, 404);
    assert_eq!(app.admin(&Request::get("/api/events/webhooks/shop?state=x")).status, 400);
}

/// A webhook that says once that it wants nothing more, and takes everything from then on.
fn fickle() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let answers = std::iter::once("410 Gone").chain(std::iter::repeat("200 OK"));
        for (stream, status) in listener.incoming().zip(answers) {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).unwrap();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn should_list_webhooks_that_were_given_up_among_what_waits_until_they_are_resumed() {
    let app = app();
    let waiting = || {
        let all = app.admin_json("/api/waiting")["waiting"].clone();
        all.as_array().unwrap().iter().find(|kind| kind["code"] == "webhooks_given_up").unwrap().clone()
    };
    assert_eq!((&waiting()["count"], waiting().get("since")), (&json!(0), None));
    assert_eq!(bind(&app, Some(SHOP), &json!(fickle()), None).status, 200);
    let kind = eventually("it is not listed", || Some(waiting()).filter(|kind| kind["count"] == 1));
    assert!(kind["since"].is_u64(), "{kind}");
    let list = app.admin_json(kind["list"].as_str().unwrap());
    assert_eq!((&list["clients"][0]["client"], &list["clients"][0]["given_up"]), (&json!("shop"), &json!(1)));
    let metrics = app.admin(&Request::get("/metrics"));
    assert!(metrics.text().contains("teller_waiting{code=\"webhooks_given_up\"} 1"), "{}", metrics.text());
    let resumed = app.admin(&Request::new("POST", "/api/events/webhooks/shop/resume?why=asked"));
    assert_eq!(resumed.status, 200, "{}", resumed.text());
    eventually("it is not told", || {
        let shop = app.admin_json("/api/events/webhooks")["clients"][0].clone();
        (shop["due"] == 0 && waiting()["count"] == 0).then_some(())
    });
}
