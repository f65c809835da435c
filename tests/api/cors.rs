//! Which other sites may use the API from a browser.

use crate::support::{BUYER, Reply, Request, Setup, TestApp};

const PAGE: &str = "https://buy.example.com";

fn allowing(list: &str) -> TestApp {
    TestApp::start(Setup::new().set("web.cors_allowed", list))
}

fn ask(app: &TestApp, origin: &str) -> Reply {
    app.public(&Request::get("/api/config").header("Origin", origin))
}

fn allowed(reply: &Reply) -> Option<&str> {
    reply.header("Access-Control-Allow-Origin")
}

fn preflight(app: &TestApp, path: &str, method: &str, headers: &str) -> Reply {
    let request = Request::new("OPTIONS", path).header("Origin", PAGE);
    let request = request.header("Access-Control-Request-Method", method);
    app.public(&request.header("Access-Control-Request-Headers", headers))
}

fn varies_by(reply: &Reply, name: &str) -> bool {
    reply.all("Vary").join(", ").to_ascii_lowercase().contains(&name.to_ascii_lowercase())
}

#[test]
fn should_let_listed_origins_read() {
    let app = allowing(r#"["https://buy.example.com", "127.0.0.1:6420", "https://*.wallets.example"]"#);
    for origin in [PAGE, "http://127.0.0.1:6420", "https://127.0.0.1:6420", "https://a.wallets.example"] {
        assert_eq!(allowed(&ask(&app, origin)), Some(origin));
    }
    for origin in [
        "http://buy.example.com",
        "https://buy.example.com.evil.example",
        "https://buy.example.com:8443",
        "http://127.0.0.1:6421",
        "https://wallets.example",
        "https://a.wallets.example.evil",
        "null",
        "",
    ] {
        let reply = ask(&app, origin);
        assert_eq!((reply.status, allowed(&reply)), (200, None), "{origin}");
        assert!(varies_by(&reply, "Origin"));
    }
}

#[test]
fn should_allow_nobody_unless_told() {
    for app in [allowing("[]"), TestApp::new()] {
        assert_eq!(allowed(&ask(&app, PAGE)), None);
        let reply = preflight(&app, "/api/bind", "POST", "content-type");
        assert_eq!((reply.status, allowed(&reply)), (200, None));
    }
}

#[test]
fn should_allow_everybody_where_told() {
    let app = allowing(r#"["*"]"#);
    assert_eq!(allowed(&ask(&app, PAGE)), Some("*"));
    assert_eq!(allowed(&preflight(&app, "/api/bind", "POST", "content-type")), Some("*"));
}

#[test]
fn should_answer_preflights_for_what_the_api_takes() {
    let app = allowing(r#"["https://buy.example.com"]"#);
    for path in ["/api/bind", "/api/status", "/api/config", "/api/health"] {
        for (method, headers) in
            [("POST", "content-type"), ("GET", "Content-Type, Accept"), ("GET", ""), ("HEAD", "origin")]
        {
            let reply = preflight(&app, path, method, headers);
            assert_eq!((reply.status, allowed(&reply)), (200, Some(PAGE)), "{path} {method} {headers}");
            assert_eq!(reply.header("Access-Control-Allow-Methods"), Some(method));
            for vary in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
                assert!(varies_by(&reply, vary), "{vary}");
            }
        }
        for (method, headers) in [("DELETE", ""), ("PUT", "content-type"), ("POST", "authorization")] {
            let reply = preflight(&app, path, method, headers);
            assert_eq!((reply.status, allowed(&reply)), (200, None), "{path} {method} {headers}");
        }
    }
}

#[test]
fn should_let_errors_be_read_too() {
    let app = allowing(r#"["https://buy.example.com"]"#);
    for target in ["/api/status", "/api/status?skyaddr=x"] {
        let reply = app.public(&Request::get(target).header("Origin", PAGE));
        assert_eq!((reply.status, allowed(&reply)), (400, Some(PAGE)));
    }
    let reply = app.public(&Request::json("/api/bind", "{}").header("Origin", PAGE));
    assert_eq!((reply.status, allowed(&reply)), (400, Some(PAGE)));
}

#[test]
fn should_not_let_be_read_what_a_preflight_refuses() {
    let app = allowing(r#"["https://buy.example.com"]"#);
    for method in ["OPTIONS", "PUT", "DELETE", "PATCH"] {
        let reply = app.public(&Request::new(method, "/api/bind").header("Origin", PAGE));
        assert_eq!((reply.status, allowed(&reply)), (405, None), "{method}");
    }
}

#[test]
fn should_keep_to_itself_what_is_not_for_other_sites() {
    let app = allowing(r#"["*"]"#);
    let page = app.public(&Request::get(&format!("/?skyaddr={BUYER}")).header("Origin", PAGE));
    assert_eq!((page.status, allowed(&page)), (200, None));
    let admin = app.admin(&Request::get("/api/deposits").header("Origin", PAGE));
    assert_eq!((admin.status, allowed(&admin)), (403, None));
}

#[test]
fn should_match_origins_as_they_are_written() {
    let app = allowing(r#"["file://", "null", "https://a.example:443", "http://*.b.example:80"]"#);
    for origin in ["file://", "null", "https://a.example", "http://x.b.example"] {
        assert_eq!(allowed(&ask(&app, origin)), Some(origin));
    }
    for origin in ["https://a.example:8443", "http://a.example", "https://x.b.example", "file:"] {
        assert_eq!(allowed(&ask(&app, origin)), None, "{origin}");
    }
}

#[test]
fn should_let_other_sites_read_when_to_come_back() {
    let app = TestApp::start(
        Setup::new().set("web.cors_allowed", r#"["https://buy.example.com"]"#).set("web.throttle_max", 1),
    );
    let status = Request::get(&format!("/api/status?skyaddr={BUYER}")).header("Origin", PAGE);
    let replies = [app.public(&status), app.public(&status)];
    assert_eq!(replies.each_ref().map(|reply| reply.status), [200, 429]);
    for reply in &replies {
        let exposed = reply.header("Access-Control-Expose-Headers").unwrap_or("");
        let names: Vec<&str> = exposed.split(", ").collect();
        assert!(names.contains(&"Retry-After") && names.contains(&"X-Request-Id"), "{exposed}");
    }
    assert!(replies[1].header("Retry-After").is_some());
}

#[test]
fn should_share_every_spelling_of_a_path_alike() {
    let app = allowing(r#"["https://buy.example.com"]"#);
    for (target, shared) in
        [("/%61pi/config", true), ("/api/config?x", true), ("/api/nowhere", false), ("/", false)]
    {
        let reply = app.public(&Request::get(target).header("Origin", PAGE));
        assert_eq!(allowed(&reply).is_some(), shared, "{target}");
    }
}
