//! Events over the admin listener: pages, waiting, streams, readers that acknowledge, receivers that are steered.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Request, Setup, TestApp, eventually};

/// 0.002 BTC, for which 1 SKY is paid.
const ONE_SKY: u128 = 200_000;
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn post(app: &TestApp, target: &str) -> crate::support::Reply {
    app.admin(&Request::new("POST", target))
}

fn names(page: &Value) -> Vec<&str> {
    page["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// One purchase from its beginning to its end.
fn buy(app: &TestApp) -> String {
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, ONE_SKY, 1));
    app.await_broadcasts(1);
    app.confirm_everything();
    app.await_states(BUYER, &["done"]);
    address
}

#[test]
fn should_tell_a_purchase_from_its_beginning_to_its_end() {
    let app = TestApp::new();
    let address = buy(&app);
    let page = app.admin_json("/api/events?only=binding.*,deposit.*,payout.*");
    let expected = [
        "binding.made",
        "deposit.seen",
        "deposit.final",
        "payout.decided",
        "payout.signed",
        "payout.sent",
        "payout.settled",
    ];
    assert_eq!(names(&page), expected, "{page}");
    let events = page["events"].as_array().unwrap();
    let ids: Vec<u64> = events.iter().map(|event| event["id"].as_u64().unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    let seen = &events[1]["data"];
    assert_eq!((&seen["amount"], &seen["quote"]), (&json!("0.002"), &json!("1.000000")), "{seen}");
    assert_eq!((&seen["address"], &seen["payee"]), (&json!(address), &json!(BUYER)));
    let settled = &events[6]["data"];
    assert_eq!(settled["payouts"][0]["amount"], "1.000000", "{settled}");
    assert_eq!(settled["txid"], events[4]["data"]["txid"]);
    // Whoever asks twice is told the same, byte for byte.
    let again = app.admin_json("/api/events?only=binding.*,deposit.*,payout.*");
    assert_eq!(page["events"], again["events"]);
}

#[test]
fn should_page_and_go_on_where_the_page_before_ended() {
    let app = TestApp::new();
    buy(&app);
    let whole = app.admin_json("/api/events");
    let (mut after, mut all) = (0, Vec::new());
    loop {
        let page = app.admin_json(&format!("/api/events?limit=2&after={after}"));
        let events = page["events"].as_array().unwrap().clone();
        if events.is_empty() && page["next"] == page["newest"] {
            break;
        }
        assert!(events.len() <= 2);
        after = page["next"].as_u64().unwrap();
        all.extend(events);
    }
    assert_eq!(&Value::from(all), &whole["events"]);
    for (wrong, words) in [
        ("after=x", "after"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("wait=61", "wait"),
        ("only=payout.gone", "only"),
    ] {
        let reply = app.admin(&Request::get(&format!("/api/events?{wrong}")));
        assert!(reply.status == 400 && reply.text().contains(words), "{wrong}: {}", reply.text());
    }
}

#[test]
fn should_say_that_the_history_is_another_one_than_the_one_that_was_read() {
    let app = TestApp::new();
    app.bind(BUYER, Coin::BTC);
    let page = app.admin_json("/api/events");
    let event = page["events"][0].clone();
    let (id, hash) = (event["id"].as_u64().unwrap(), event["hash"].as_str().unwrap().to_owned());
    assert_eq!(hash.len(), 64);
    app.bind(OTHER, Coin::BTC);
    let on = app.admin_json(&format!("/api/events?after={id}:{hash}"));
    assert_eq!(on["events"][0]["data"]["payee"], OTHER, "{on}");
    let acknowledged = post(&app, &format!("/api/events/readers/books/ack?upto={id}:{hash}"));
    assert_eq!(acknowledged.json_of(200)["cursor"], id);

    let newest = on["newest"].as_u64().unwrap();
    let other = "0".repeat(64);
    for told in [format!("{id}:{other}"), format!("{}", newest + 1), format!("{}:{hash}", newest + 1)] {
        let page = app.admin(&Request::get(&format!("/api/events?after={told}")));
        let stream = Request::get("/api/events").header("Last-Event-ID", &told);
        let stream = app.admin(&stream.header("Accept", "text/event-stream"));
        for refused in [page, stream] {
            assert!(
                refused.status == 409 && refused.text().contains("put back"),
                "{told}: {}",
                refused.text()
            );
        }
        let kept = post(&app, &format!("/api/events/readers/books/ack?upto={told}"));
        assert!(matches!(kept.status, 400 | 409), "{told}: {}", kept.text());
    }
    let problem = Request::get(&format!("/api/events?after={}", newest + 1));
    let problem = app.admin(&problem.header("Accept", "application/problem+json"));
    let code: Value = serde_json::from_slice(&problem.body).unwrap();
    assert_eq!((problem.status, &code["code"]), (409, &json!("history_differs")));
    let wrong = app.admin(&Request::get("/api/events").header("Last-Event-ID", "17:short"));
    assert_eq!(wrong.status, 400, "{}", wrong.text());
}

#[test]
fn should_answer_as_soon_as_something_happens_and_when_nothing_does() {
    let app = Arc::new(TestApp::new());
    let newest = app.admin_json("/api/events")["newest"].as_u64().unwrap();
    let began = Instant::now();
    let empty = app.admin_json(&format!("/api/events?after={newest}&wait=1&only=payout.*"));
    assert!(began.elapsed() >= Duration::from_secs(1) && names(&empty).is_empty());
    let binding = Arc::clone(&app);
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        binding.bind(OTHER, Coin::BTC);
    });
    let began = Instant::now();
    let page = app.admin_json(&format!("/api/events?after={newest}&wait=25&only=binding.made"));
    assert_eq!(names(&page), ["binding.made"]);
    assert!(began.elapsed() < Duration::from_secs(20), "it waited for its time to pass");
    other.join().unwrap();
}

#[test]
fn should_stream_events_and_go_on_behind_the_last_one() {
    let app = TestApp::new();
    app.bind(BUYER, Coin::BTC);
    let mut socket = TcpStream::connect(app.admin_address()).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let first = app.admin_json("/api/events?only=binding.made")["events"][0]["id"].as_u64().unwrap();
    let head = "Host: 127.0.0.1\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n";
    write!(socket, "GET /api/events?only=binding.made HTTP/1.1\r\n{head}Last-Event-ID: {first}\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    let mut says = |words: &str| {
        eventually(words, || {
            let mut buffer = [0; 8192];
            if let Ok(read) = socket.read(&mut buffer) {
                text += &String::from_utf8_lossy(&buffer[..read]);
            }
            text.contains(words).then_some(())
        });
        text.clone()
    };
    says("retry: 3000");
    app.bind(OTHER, Coin::BTC);
    let text = says(OTHER);
    assert!(text.contains("event: binding.made\ndata: {\"id\":"), "{text}");
    assert!(!text.contains(BUYER), "what was told before comes again: {text}");
}

#[test]
fn should_keep_the_place_of_a_reader_that_acknowledges() {
    let mut app = TestApp::new();
    buy(&app);
    let page = app.admin_json("/api/events?reader=books&limit=3");
    assert_eq!(page["events"].as_array().unwrap().len(), 3);
    // What it did not acknowledge it is told again.
    assert_eq!(app.admin_json("/api/events?reader=books&limit=3")["events"], page["events"]);
    let upto = page["next"].as_u64().unwrap();
    assert_eq!(
        post(&app, &format!("/api/events/readers/books/ack?upto={upto}")).json(),
        json!({"cursor": upto})
    );
    app.restart();
    let next = app.admin_json("/api/events?reader=books");
    assert!(next["events"][0]["id"].as_u64().unwrap() > upto);
    assert_eq!(
        post(&app, "/api/events/readers/books/ack?upto=1").json(),
        json!({"cursor": upto}),
        "never back"
    );
    let list = app.admin_json("/api/events/receivers");
    assert_eq!(
        (&list["receivers"][0]["name"], &list["receivers"][0]["kind"]),
        (&json!("books"), &json!("reader"))
    );
    for wrong in ["books/ack?upto=99999999", "books/ack", "BOOKS/ack?upto=1"] {
        assert_eq!(post(&app, &format!("/api/events/readers/{wrong}")).status, 400, "{wrong}");
    }
    let forget = Request::new("DELETE", "/api/events/readers/books");
    assert_eq!((app.admin(&forget).status, app.admin(&forget).status), (200, 404));
}

/// A receiver that answers what it is told to, and keeps what it hears.
struct Hook {
    port: u16,
    answer: Arc<Mutex<&'static str>>,
    heard: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Hook {
    fn new(answer: &'static str) -> Hook {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let hook = Hook { port, answer: Arc::new(Mutex::new(answer)), heard: Arc::default() };
        let (answer, heard) = (Arc::clone(&hook.answer), Arc::clone(&hook.heard));
        thread::spawn(move || {
            for socket in listener.incoming() {
                let mut socket = socket.unwrap();
                let (mut text, mut buffer) = (Vec::new(), [0; 8192]);
                let head = loop {
                    let read = socket.read(&mut buffer).unwrap_or(0);
                    text.extend_from_slice(&buffer[..read]);
                    let all = String::from_utf8_lossy(&text).into_owned();
                    let Some((head, body)) = all.split_once("\r\n\r\n") else {
                        if read == 0 {
                            break String::new();
                        }
                        continue;
                    };
                    let length = head.to_lowercase();
                    let length =
                        length.split("content-length: ").nth(1).unwrap().lines().next().unwrap().to_owned();
                    if body.len() >= length.parse::<usize>().unwrap() {
                        let body = serde_json::from_str(body).unwrap();
                        heard.lock().unwrap().push((head.to_owned(), body));
                        break head.to_owned();
                    }
                };
                if !head.is_empty() {
                    let answer = *answer.lock().unwrap();
                    let reply =
                        format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    let _ = socket.write_all(reply.as_bytes());
                }
            }
        });
        hook
    }

    fn setup(&self) -> Setup {
        let setup =
            Setup::new().text("events.shop.webhook", format_args!("http://127.0.0.1:{}/hook", self.port));
        let setup = setup.set("events.shop.secrets", format_args!("[{SECRET:?}]"));
        setup.set("events.shop.allow_private", true).set("events.shop.only", "[\"binding.made\"]")
    }

    fn heard(&self) -> Vec<(String, Value)> {
        self.heard.lock().unwrap().clone()
    }

    fn ids(&self) -> Vec<u64> {
        self.heard().iter().filter_map(|(_, body)| body["id"].as_u64()).collect()
    }
}

fn receiver(app: &TestApp) -> Value {
    app.admin_json("/api/events/receivers/shop")
}

#[test]
fn should_tell_a_webhook_what_it_wants_and_again_what_it_refuses() {
    let hook = Hook::new("500 Broken");
    let app = TestApp::start(hook.setup());
    app.bind(BUYER, Coin::BTC);
    let failing =
        eventually("a refusal", || Some(receiver(&app)).filter(|one| one["receiver"]["state"] == "failing"));
    assert_eq!(failing["receiver"]["why"], "it answers 500");
    assert_eq!(failing["deliveries"][0]["refused"], "it answers 500");
    assert!(
        app.admin(&Request::get("/metrics")).text().contains("teller_receiver_failing{receiver=\"shop\"} 1")
    );
    *hook.answer.lock().unwrap() = "204 Fine";
    assert_eq!(post(&app, "/api/events/receivers/shop/resume?why=mended").status, 200);
    let told = eventually("an acknowledgement", || {
        Some(receiver(&app))
            .filter(|one| one["receiver"]["state"] == "told" && one["receiver"]["acknowledged_at"].is_u64())
    });
    assert_eq!(told["deliveries"][0].get("refused"), None);
    let heard = hook.heard();
    assert!(heard.len() >= 2 && heard.iter().all(|(_, body)| *body == heard[0].1), "{heard:?}");
    let head = &heard[0].0;
    for header in ["webhook-id: evt_", "webhook-timestamp: ", "webhook-signature: v1,"] {
        assert!(head.contains(header), "{header}: {head}");
    }
    let page = app.admin_json("/api/events?only=binding.made");
    assert_eq!(page["events"][0], heard[0].1, "one and the same, however it is heard");
}

#[test]
fn should_pause_resume_replay_and_test_a_receiver() {
    let hook = Hook::new("200 OK");
    let app = TestApp::start(hook.setup());
    app.bind(BUYER, Coin::BTC);
    eventually("the first", || (hook.ids().len() == 1).then_some(()));
    assert_eq!(post(&app, "/api/events/receivers/shop/pause").status, 400, "no reason");
    assert_eq!(post(&app, "/api/events/receivers/shop/pause?why=moving&by=anna").status, 200);
    app.bind(OTHER, Coin::BTC);
    let tested = post(&app, "/api/events/receivers/shop/test");
    assert!(tested.text().contains("has acknowledged the test"), "{}", tested.text());
    assert_eq!(hook.heard().last().unwrap().1["type"], "test");
    assert_eq!((hook.ids().len(), &receiver(&app)["receiver"]["state"]), (1, &json!("paused")));
    assert_eq!(post(&app, "/api/events/receivers/shop/resume?why=there").status, 200);
    eventually("what was missed", || (hook.ids().len() == 2).then_some(()));
    assert_eq!(post(&app, "/api/events/receivers/shop/replay?after=0&why=lost").status, 200);
    eventually("all once more", || (hook.ids().len() == 4).then_some(()));
    let ids = hook.ids();
    assert_eq!(ids[..2], ids[2..], "the same numbers");
    let acts = app.admin_json("/api/events?only=operator.act");
    let what: Vec<&str> =
        acts["events"].as_array().unwrap().iter().map(|act| act["data"]["what"].as_str().unwrap()).collect();
    assert_eq!(
        what,
        ["receiver of events paused", "receiver of events resumed", "receiver of events sent back"]
    );
    assert_eq!(acts["events"][0]["by"], "anna");
    for (target, status) in [
        ("shop/replay?why=x", 400),
        ("nobody/pause?why=x", 404),
        ("nobody/test", 404),
        ("shop/forget?why=x", 404),
    ] {
        assert_eq!(post(&app, &format!("/api/events/receivers/{target}")).status, status, "{target}");
    }
}

#[test]
fn should_stop_at_410_and_say_so() {
    let hook = Hook::new("410 Gone");
    let app = TestApp::start(hook.setup());
    app.bind(BUYER, Coin::BTC);
    eventually("it stops", || (receiver(&app)["receiver"]["state"] == "stopped").then_some(()));
    app.bind(OTHER, Coin::BTC);
    thread::sleep(Duration::from_millis(300));
    assert_eq!(hook.ids().len(), 1, "it is told although it wants nothing");
    let problems = app.admin_json("/api/problems");
    let codes: Vec<&Value> =
        problems["problems"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert!(codes.contains(&&json!("receiver_behind")), "{codes:?}");
    *hook.answer.lock().unwrap() = "200 OK";
    assert_eq!(post(&app, "/api/events/receivers/shop/resume?why=back").status, 200);
    eventually("both", || (hook.ids().len() == 3).then_some(()));
}

#[test]
fn should_not_speak_to_private_addresses_unless_that_is_allowed() {
    let hook = Hook::new("200 OK");
    let with = |host: &str| {
        let setup = hook.setup().set("events.shop.allow_private", false);
        setup.text("events.shop.webhook", format_args!("http://{host}:{}/", hook.port))
    };
    for host in ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "169.254.169.254"] {
        let refused = TestApp::refused(with(host)).to_string();
        assert!(
            refused.contains("events.shop.webhook") && refused.contains("allow_private"),
            "{host}: {refused}"
        );
    }
    // A name is looked at when it is resolved.
    let app = TestApp::start(with("localhost"));
    app.bind(BUYER, Coin::BTC);
    let failing =
        eventually("a refusal", || Some(receiver(&app)).filter(|one| one["receiver"]["state"] == "failing"));
    assert!(failing["receiver"]["why"].as_str().unwrap().contains("allow_private"), "{failing}");
    assert!(hook.heard().is_empty());
}

fn script(folder: &Path) -> PathBuf {
    let (path, out) = (folder.join("script"), folder.join("out"));
    std::fs::write(&path, format!("#!/bin/sh\necho \"$TELLER_EVENT\" >> {}\n", out.display())).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[test]
fn should_run_a_script_for_each_event() {
    let folder = tempfile::tempdir().unwrap();
    let script = script(folder.path());
    let app = TestApp::start(Setup::new().text("events.books.script", script.display()));
    buy(&app);
    let told = eventually("the last event", || {
        let told = std::fs::read_to_string(folder.path().join("out")).unwrap_or_default();
        told.contains("payout.settled").then_some(told)
    });
    let told: Vec<&str> = told.lines().filter(|name| !name.starts_with("problem.")).collect();
    let page = app.admin_json("/api/events");
    let mut named = names(&page);
    named.retain(|name| !name.starts_with("problem."));
    assert_eq!(told, named);
}
