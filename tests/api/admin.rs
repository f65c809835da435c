//! The admin listener: who may ask, and how.

use teller::types::Coin;

use crate::support::{BUYER, Request, Setup, TestApp};

const TOKEN: &str = "a token of more than sixteen letters";
const PATHS: [&str; 13] = [
    "/api/deposit-addresses",
    "/api/deposits",
    "/api/deposits/errored",
    "/api/accounting",
    "/api/chains",
    "/api/waiting",
    "/api/wallet",
    "/api/transactions",
    "/api/backup",
    "/api/overview",
    "/api/search?q=1",
    "/api/accounting/days",
    "/api/accounting/days?format=csv",
];

fn bearer(target: &str, authorization: &str) -> Request {
    Request::get(target).header("Authorization", authorization)
}

#[test]
fn should_let_nobody_in_without_the_token() {
    let app = TestApp::start(Setup::new().text("admin_panel.token", TOKEN));
    for path in PATHS.into_iter().chain(["/nowhere", "/api/deposit-addresses/reload", "//api/deposits"]) {
        let refusal = app.admin(&Request::get(path));
        refusal.assert_text(401, "Unauthorized: send Authorization: Bearer <token>");
        assert_eq!(refusal.header("WWW-Authenticate"), Some("Bearer"), "{path}");
        for wrong in [
            TOKEN.to_owned(),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            format!("Bearer {}", &TOKEN[1..]),
            format!("Bearer {TOKEN}x"),
            format!("Basic {TOKEN}"),
        ] {
            assert_eq!(app.admin(&bearer(path, &wrong)).status, 401, "{path} {wrong}");
        }
        // Whoever has it lets the next wrong ones be answered at once again.
        assert_eq!(app.admin(&bearer("/api/deposits", &format!("Bearer {TOKEN}"))).status, 200);
    }
    assert_eq!(app.admin(&Request::new("POST", "/api/deposit-addresses/reload")).status, 401);
}

#[test]
fn should_let_in_who_has_the_token() {
    let app = TestApp::start(Setup::new().text("admin_panel.token", TOKEN));
    for path in PATHS {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(app.admin(&bearer(path, &format!("{scheme} {TOKEN}"))).status, 200, "{path}");
        }
    }
    // The public listener knows no token.
    assert_eq!(app.get("/api/config").status, 200);
}

#[test]
fn should_need_no_token_on_loopback() {
    let app = TestApp::new();
    for path in PATHS {
        let reply = app.admin(&Request::get(path));
        assert_eq!((reply.status, reply.header("Cache-Control")), (200, Some("no-store")), "{path}");
    }
}

#[test]
fn should_not_serve_other_sites_pages_on_loopback() {
    let app = TestApp::new();
    let get = || Request::get("/api/accounting");
    let words = "Forbidden: call this listener by its address, and not from another site's page";
    // A page that makes its reader's browser send requests, and one whose host name leads to loopback.
    app.admin(&get().header("Origin", "https://elsewhere.example")).assert_text(403, words);
    app.admin(&get().header("Origin", "null")).assert_text(403, words);
    app.admin(&get().header("Host", "elsewhere.example:7711")).assert_text(403, words);
    for host in ["localhost:7711", "127.0.0.1:7711", "[::1]:7711", "localhost"] {
        let origin = format!("http://{host}");
        assert_eq!(app.admin(&get().header("Host", host)).status, 200, "{host}");
        assert_eq!(app.admin(&get().header("Host", host).header("Origin", &origin)).status, 200, "{host}");
    }
    // Where a token is asked for, it decides.
    let app = TestApp::start(Setup::new().text("admin_panel.token", TOKEN));
    let far = bearer("/api/accounting", &format!("Bearer {TOKEN}")).header("Host", "desk.example");
    assert_eq!(app.admin(&far).status, 200);
}

#[test]
fn should_take_no_other_method() {
    let app = TestApp::new();
    for path in PATHS {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
            let reply = app.admin(&Request::new(method, path));
            reply.assert_text(405, "Method Not Allowed");
            let allow = if path == "/api/backup" { "GET, POST" } else { "GET" };
            assert_eq!(reply.header("Allow"), Some(allow), "{method} {path}");
        }
    }
    let reload = app.admin(&Request::get("/api/deposit-addresses/reload"));
    assert_eq!((reload.status, reload.header("Allow")), (405, Some("POST")));
}

#[test]
fn should_show_the_use_of_every_pool() {
    let app = TestApp::start(Setup::new().set("sky_scanner.enabled", false));
    app.bind(BUYER, Coin::BTC);
    app.bind(BUYER, Coin::ETH);
    app.bind(BUYER, Coin::ETH);
    let usage = app.admin_json("/api/deposit-addresses");
    for (coin, enabled, remaining, bound) in [("BTC", true, 59, 1), ("ETH", true, 8, 2), ("SKY", false, 0, 0)]
    {
        let usage = &usage[coin];
        assert_eq!(usage["address_manager_enabled"], enabled, "{coin}");
        assert_eq!(
            (&usage["remaining_addresses"], &usage["bound_addresses"]),
            (&remaining.into(), &bound.into())
        );
        assert_eq!(usage.get("refused"), None);
    }
}

#[test]
fn should_not_know_other_paths() {
    let app = TestApp::new();
    for path in ["/nothing", "/api", "/api/deposits/", "/api/bind", "/metrics/x", "/desk", "/desk/x"] {
        app.admin(&Request::get(path)).assert_text(404, "404 page not found");
    }
    app.admin(&Request::get("/api/profile")).assert_text(404, "404 page not found");
    let moved = app.admin(&Request::get("/x/../api//deposits?status=done"));
    assert_eq!((moved.status, moved.header("Location")), (301, Some("/api/deposits?status=done")));
}
