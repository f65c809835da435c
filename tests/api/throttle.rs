//! Limits per client: the whole burst, evenly refilled, and who a client is.

use teller::types::Coin;

use crate::support::{BUYER, OTHER, Reply, Request, Setup, TestApp, eventually};

fn limited(max: u32, per: &str) -> Setup {
    Setup::new().set("web.throttle_max", max).text("web.throttle_duration", per)
}

fn status() -> Request {
    Request::get(&format!("/api/status?skyaddr={BUYER}"))
}

fn from(client: &str) -> Request {
    status().header("X-Forwarded-For", client)
}

/// How many of these in a row are let through, of `most`.
fn burst(app: &TestApp, request: &Request, most: usize) -> usize {
    (0..most).take_while(|_| app.public(request).status != 429).count()
}

fn assert_refused(reply: &Reply, longest: u64) {
    assert_eq!((reply.status, reply.text()), (429, "You have reached maximum request limit."));
    assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"));
    let seconds: u64 = reply.header("Retry-After").unwrap().parse().unwrap();
    assert!((1..=longest).contains(&seconds), "Retry-After: {seconds}");
}

#[test]
fn should_let_a_burst_through_and_no_more() {
    let app = TestApp::start(limited(20, "1h"));
    assert_eq!(burst(&app, &status(), 30), 20);
    // One of 20 in an hour comes back after three minutes.
    assert_refused(&app.public(&status()), 180);
}

#[test]
fn should_count_bind_and_status_apart() {
    let app = TestApp::start(limited(5, "1h"));
    assert_eq!(burst(&app, &status(), 9), 5);
    app.bind(BUYER, Coin::BTC);
    // What is refused for another reason counts too.
    assert_eq!(burst(&app, &Request::get("/api/bind"), 9), 4);
    assert_refused(&app.try_bind(OTHER, "BTC"), 720);
    assert_eq!(app.remaining(Coin::BTC), 59);
    for path in ["/api/config", "/api/health", "/", "/static/style.css"] {
        (0..9).for_each(|_| assert_eq!(app.get(path).status, 200, "{path}"));
    }
}

#[test]
fn should_count_the_page_like_the_api_it_uses() {
    let app = TestApp::start(limited(5, "1h"));
    let page = Request::get(&format!("/?skyaddr={BUYER}"));
    assert_eq!(burst(&app, &page, 3), 3);
    assert_eq!(burst(&app, &status(), 9), 2);
    // On a page it is said in words.
    let refused = app.public(&page);
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("Too many requests"), "{}", refused.text());
    let wait = refused.header("Retry-After").map(|wait| wait.parse::<u64>().unwrap());
    assert!(wait.is_some_and(|wait| (1..=720).contains(&wait)), "{wait:?}");
    let form = Request::form("/buy", &format!("skyaddr={BUYER}&coin_type=BTC"));
    assert_eq!(burst(&app, &form, 9), 5);
    assert_refused(&app.try_bind(BUYER, "BTC"), 720);
}

#[test]
fn should_count_what_is_reached_however_it_is_spelt() {
    let app = TestApp::start(limited(5, "1h"));
    let order = format!("{{\"skyaddr\":\"{OTHER}\",\"coin_type\":\"BTC\"}}");
    let spellings =
        ["/%61pi/bind", "/api/%62ind", "/%61%70%69/%62%69%6e%64", "/%61pi/bind?x", "/api/bind?skyaddr=%20"];
    for round in 0..3 {
        for target in spellings {
            let reply = app.public(&Request::json(target, order.as_str()));
            assert_eq!(reply.status == 429, round > 0, "{target} in round {round}");
        }
    }
    // What leads elsewhere binds nothing, and says where to.
    for target in
        ["//api/bind", "/./api/bind", "/x/../api/bind", "/api//bind", "/x/%2e%2e/api/bind", "/API/bind"]
    {
        let reply = app.public(&Request::json(target, order.as_str()));
        assert!(matches!(reply.status, 301 | 404), "{target}: {}", reply.status);
    }
    assert!(app.remaining(Coin::BTC) >= 55, "{} are left", app.remaining(Coin::BTC));
}

#[test]
fn should_count_every_spelling_of_a_question() {
    let app = TestApp::start(limited(5, "1h"));
    let targets = ["/%61pi/status", "/api/st%61tus", "/api/status", "/?", "/%3F"];
    for (n, target) in targets.iter().enumerate() {
        app.public(&Request::get(&format!("{target}?skyaddr={BUYER}{n}")));
    }
    for method in ["GET", "HEAD", "POST"] {
        let reply = app.public(&Request::new(method, "/%61pi/%73tatus?skyaddr=x"));
        assert_eq!(reply.status == 429, method != "GET", "{method}");
    }
}

#[test]
fn should_hold_a_network_to_its_share() {
    let setup = limited(5, "1h").set("web.throttle_network_max", 12).set("web.behind_proxy", true);
    let app = TestApp::start(setup);
    let passed = |clients: &[&str]| clients.iter().map(|client| burst(&app, &from(client), 9)).sum::<usize>();
    assert_eq!(passed(&["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"]), 12);
    assert_eq!(passed(&["198.51.101.1", "203.0.113.1"]), 10, "other networks");
    assert_eq!(passed(&["2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:1:3::1"]), 12, "a /48");
}

#[test]
fn should_hold_a_network_to_its_share_where_a_client_has_no_limit() {
    for unlimited in [0, 1_000_000] {
        let setup = limited(unlimited, "1h").set("web.throttle_network_max", 12);
        let app = TestApp::start(setup.set("web.behind_proxy", true));
        assert_eq!(burst(&app, &from("198.51.100.1"), 30), 12);
        assert_eq!(burst(&app, &from("198.51.100.2"), 30), 0);
        assert_eq!(burst(&app, &from("198.51.101.1"), 5), 5, "another network");
    }
}

#[test]
fn should_refill_evenly() {
    let app = TestApp::start(limited(4, "4s"));
    assert!(burst(&app, &status(), 9) >= 4);
    assert_refused(&app.public(&status()), 1);
    eventually("a request passes again", || (app.public(&status()).status == 200).then_some(()));
    assert!(burst(&app, &status(), 4) < 4, "a second refills one request, not all");
}

#[test]
fn should_know_no_limit_where_none_is_set() {
    let app = TestApp::start(limited(0, "1h"));
    assert_eq!(burst(&app, &status(), 200), 200);
}

#[test]
fn should_ignore_what_clients_say_of_themselves() {
    let app = TestApp::start(limited(5, "1h"));
    assert_eq!(burst(&app, &from("1.1.1.1"), 9), 5);
    assert_refused(&app.public(&from("2.2.2.2")), 720);
}

#[test]
fn should_believe_the_proxy_that_connects() {
    let app = TestApp::start(limited(5, "1h").set("web.behind_proxy", true));
    assert_eq!(burst(&app, &from("1.1.1.1"), 9), 5);
    // What stands before the last hop was written by the client.
    assert_eq!(app.public(&from("9.9.9.9, 1.1.1.1")).status, 429);
    assert_eq!(app.public(&from("1.1.1.1, 9.9.9.9")).status, 200);
    // Two headers are one list.
    let two = status().header("X-Forwarded-For", "8.8.8.8").header("X-Forwarded-For", "1.1.1.1");
    assert_eq!(app.public(&two).status, 429);
    // One of them has a whole network of addresses.
    assert_eq!(burst(&app, &from("2001:db8::1"), 9), 5);
    assert_eq!(app.public(&from("2001:db8::ffff:2")).status, 429);
    assert_eq!(app.public(&from("2001:db8:0:1::1")).status, 200);
    // What is no address is nobody's word: then it is the connection that counts.
    assert_eq!(burst(&app, &from("nonsense"), 9), 5);
    assert_eq!(app.public(&status()).status, 429);
}

#[test]
fn should_look_behind_listed_proxies() {
    let proxies = r#"["127.0.0.1", "10.0.0.0/8"]"#;
    let app =
        TestApp::start(limited(5, "1h").set("web.behind_proxy", true).set("web.trusted_proxies", proxies));
    assert_eq!(burst(&app, &from("1.1.1.1, 10.1.2.3"), 9), 5);
    assert_eq!(app.public(&from("1.1.1.1")).status, 429);
    assert_eq!(app.public(&from("7.7.7.7, 1.1.1.1, 10.9.9.9, 10.1.2.3")).status, 429);
    assert_eq!(app.public(&from("10.1.2.3")).status, 200);
}

#[test]
fn should_not_believe_a_proxy_that_is_not_listed() {
    let app = TestApp::start(
        limited(5, "1h").set("web.behind_proxy", true).set("web.trusted_proxies", r#"["10.0.0.1"]"#),
    );
    assert_eq!(burst(&app, &from("1.1.1.1"), 9), 5);
    assert_eq!(app.public(&from("2.2.2.2")).status, 429);
}
