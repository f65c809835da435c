//! The desk is told when something changes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use teller::types::Coin;

use crate::support::{BUYER, Person, Request, TestApp, eventually};

/// An open stream, and all that came of it.
struct Stream {
    socket: TcpStream,
    text: String,
}

impl Stream {
    fn open(app: &TestApp) -> Stream {
        let mut socket = TcpStream::connect(app.admin_address()).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        write!(socket, "GET /api/changes HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n")
            .unwrap();
        let mut stream = Stream { socket, text: String::new() };
        stream.until("an answer", |text| text.contains("HTTP/1.1 "));
        stream
    }

    fn until(&mut self, what: &str, is_so: impl Fn(&str) -> bool) {
        eventually(what, || {
            let mut buffer = [0; 4096];
            let read = self.socket.read(&mut buffer).unwrap_or(0);
            self.text += &String::from_utf8_lossy(&buffer[..read]);
            is_so(&self.text).then_some(())
        });
    }

    fn is_over(&mut self) -> bool {
        let mut buffer = [0; 4096];
        matches!(self.socket.read(&mut buffer), Ok(0))
    }
}

fn told(text: &str) -> usize {
    text.matches("event: changed").count()
}

#[test]
fn should_tell_when_something_changes_and_not_what() {
    let app = TestApp::new();
    let mut stream = Stream::open(&app);
    stream.until("where it begins", |text| told(text) == 1);
    assert!(stream.text.contains("text/event-stream") && stream.text.contains("no-store"), "{}", stream.text);
    assert!(!stream.text.to_lowercase().contains("gzip"), "what is sent has to arrive now");
    app.bind(BUYER, Coin::BTC);
    stream.until("a change", |text| told(text) == 2);
    assert!(!stream.text.contains(BUYER));
    let began = Instant::now();
    drop(app);
    eventually("the stream ends", || stream.is_over().then_some(()));
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "nobody waits for those who look: {:?}",
        began.elapsed()
    );
}

#[test]
fn should_tell_nobody_who_is_not_logged_in() {
    let app = TestApp::new();
    Person::first(&app, "anna");
    assert_eq!(app.admin(&Request::get("/api/changes")).status, 401);
    assert_eq!(app.admin(&Request::new("POST", "/api/changes")).status, 401);
}
