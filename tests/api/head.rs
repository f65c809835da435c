//! HEAD is answered everywhere as GET is, without the body.

use teller::types::Coin;

use crate::support::{BUYER, Reply, Request, TestApp, send};

/// Everything but what tells of the moment.
fn told(reply: &Reply) -> (u16, Vec<(String, String)>) {
    let is_steady = |name: &str| {
        !["date", "content-disposition", "x-request-id"].contains(&name.to_ascii_lowercase().as_str())
    };
    let headers = reply.headers.iter().filter(|(name, _)| is_steady(name));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    headers.sort();
    (reply.status, headers)
}

#[test]
fn should_answer_head_like_get() {
    let app = TestApp::new();
    app.bind(BUYER, Coin::BTC);
    let status = format!("/api/status?skyaddr={BUYER}");
    let page = format!("/?skyaddr={BUYER}");
    let public = [
        "/api/config",
        &status,
        "/api/status",
        "/api/status?skyaddr=x",
        "/",
        &page,
        "/?skyaddr=x",
        "/static/style.css",
        "/nowhere",
        "/api/nowhere",
        "//api/config",
        "/index.html",
        "/api/bind",
    ];
    let admin = [
        "/api/deposit-addresses",
        "/api/deposits",
        "/api/deposits?status=done",
        "/api/deposits?status=x",
        "/api/deposits/errored",
        "/api/accounting",
        "/api/backup",
        "/api/deposits?limit=0",
        "/",
        "/x//y",
        "/api/profile",
        "/api/deposit-addresses/reload",
    ];
    let dummy = ["/dummy/sender/broadcasts", "/", "/dummy//sender"];
    let listeners = [
        (app.public_address(), public.as_slice()),
        (app.admin_address(), admin.as_slice()),
        (app.dummy_address(), dummy.as_slice()),
    ];
    for (address, targets) in listeners {
        for target in targets {
            let [get, head] =
                ["GET", "HEAD"].map(|method| send(address, &Request::new(method, target)).unwrap());
            // The log of acts has the first copy, and is in the second one: they differ in length.
            let is_copy = *target == "/api/backup";
            let told = |reply: &Reply| {
                let (status, mut headers) = told(reply);
                headers.retain(|(name, _)| !(is_copy && name == "content-length"));
                (status, headers)
            };
            assert_eq!(told(&head), told(&get), "{target}");
            assert_eq!(
                (head.body.len(), get.body.is_empty()),
                (0, get.header("Content-Length") == Some("0"))
            );
        }
    }
}

#[test]
fn should_answer_head_of_health() {
    // Its length changes with the time that the service is up.
    let app = TestApp::new();
    let head = app.public(&Request::new("HEAD", "/api/health"));
    assert_eq!((head.status, head.header("Content-Type")), (200, Some("application/json")));
    assert!(head.body.is_empty());
}
