//! One connection, many requests: each is answered, in its order, however they come.

use std::io::{Read, Write};
use std::time::Duration;

use crate::support::{BUYER, Setup, TestApp, connect};

const QUESTION: &str = "GET /api/config HTTP/1.1\r\nHost: desk\r\n\r\n";

/// The status lines of all that is answered to these bytes; the last request has to close the connection.
fn answered(app: &TestApp, bytes: &[u8], pause: Duration) -> Vec<String> {
    let mut stream = connect(app.public_address());
    let (mut writer, bytes) = (stream.try_clone().unwrap(), bytes.to_vec());
    // A service that reads no further before it is read from would else wait for ever, and so would this.
    let writing = std::thread::spawn(move || writer.write_all(&bytes).unwrap());
    std::thread::sleep(pause);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    writing.join().unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer
        .lines()
        .filter_map(|line| line.split_once("HTTP/1.1 "))
        .map(|(_, status)| status.to_owned())
        .collect()
}

fn last() -> String {
    QUESTION.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
}

fn bind(headers: &str, body: &str) -> String {
    format!(
        "POST /api/bind HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{body}"
    )
}

#[test]
fn should_answer_all_that_comes_at_once() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 1));
    let order = format!(r#"{{"skyaddr":"{BUYER}","coin_type":"BTC"}}"#);
    let (length, padded) = (order.len(), format!("{order}{}", " ".repeat(16_000 - order.len())));
    let whole = bind(&format!("Content-Length: {length}"), &order);
    let in_a_chunk = bind("Transfer-Encoding: chunked", &format!("{length:x}\r\n{order}\r\n0\r\n\r\n"));
    let large = bind("Content-Length: 16000", &padded);
    for (kind, request, count) in [
        ("questions", QUESTION.to_owned(), 300),
        ("files", "GET /static/style.css HTTP/1.1\r\nHost: desk\r\n\r\n".to_owned(), 300),
        ("heads", "HEAD / HTTP/1.1\r\nHost: desk\r\n\r\n".to_owned(), 500),
        ("orders", format!("{whole}{QUESTION}{in_a_chunk}{large}"), 10),
    ] {
        let each = request.matches(" HTTP/1.1\r\n").count();
        for pause in [Duration::ZERO, Duration::from_millis(200)] {
            let all = answered(&app, format!("{}{}", request.repeat(count), last()).as_bytes(), pause);
            assert_eq!(all.len(), each * count + 1, "{kind}");
        }
    }
    assert_eq!(app.statuses(BUYER).len(), 1);
}

#[test]
fn should_answer_what_comes_in_pieces() {
    let app = TestApp::new();
    let mut stream = connect(app.public_address());
    for byte in QUESTION.bytes().chain(last().bytes()) {
        stream.write_all(&[byte]).unwrap();
        stream.flush().unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
}

#[test]
fn should_ask_for_a_body_that_waits_to_be_asked_for() {
    let app = TestApp::new();
    let order = format!(r#"{{"skyaddr":"{BUYER}","coin_type":"BTC"}}"#);
    let head =
        bind(&format!("Expect: 100-continue\r\nConnection: close\r\nContent-Length: {}", order.len()), "");
    let mut stream = connect(app.public_address());
    stream.write_all(head.as_bytes()).unwrap();
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(order.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}
