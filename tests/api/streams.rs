//! A purchase that is watched live: the stream of its events.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp, eventually};

/// An open stream, and all that came of it.
struct Stream {
    socket: TcpStream,
    text: String,
}

impl Stream {
    fn open(app: &TestApp, link: &str) -> Stream {
        let mut socket = TcpStream::connect(app.public_address()).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        write!(socket, "GET {link}/events HTTP/1.1\r\nHost: desk\r\n\r\n").unwrap();
        let mut stream = Stream { socket, text: String::new() };
        eventually("an answer", || stream.read().then_some(()));
        stream
    }

    /// Whether anything came.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 8192];
        match self.socket.read(&mut buffer) {
            Ok(read) => {
                self.text += &String::from_utf8_lossy(&buffer[..read]);
                read > 0
            }
            Err(_) => false,
        }
    }

    fn says(&mut self, words: &str) {
        eventually(words, || {
            self.read();
            self.text.contains(words).then_some(())
        });
    }

    fn status(&self) -> &str {
        &self.text[9..12]
    }

    fn is_over(&mut self) -> bool {
        let mut buffer = [0; 8192];
        loop {
            match self.socket.read(&mut buffer) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }
}

fn link(app: &TestApp, coin: &str) -> (String, String) {
    let bound = app.try_bind(BUYER, coin).json();
    let text = |name: &str| bound[name].as_str().unwrap().to_owned();
    (text("page"), text("deposit_address"))
}

#[test]
fn should_tell_of_each_change_as_it_happens() {
    let app = TestApp::new();
    let (link, address) = link(&app, "BTC");
    let mut stream = Stream::open(&app, &link);
    assert_eq!(stream.status(), "200");
    let head = stream.text.to_ascii_lowercase();
    for header in ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"] {
        assert!(head.contains(header), "{header}: {head}");
    }
    stream.says("Nothing has arrived yet");
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    stream.says("0.002 BTC");
    app.confirm_everything();
    stream.says("Paid.");
    assert!(stream.text.matches("event: purchase").count() >= 3);
}

#[test]
fn should_wake_nobody_for_what_is_not_theirs() {
    let app = TestApp::new();
    let ((link, _), (_, other)) = (link(&app, "BTC"), link(&app, "ETH"));
    let mut stream = Stream::open(&app, &link);
    stream.says("Nothing has arrived yet");
    let events = stream.text.matches("event: purchase").count();
    app.deposit(&Deposit::new(Coin::ETH, &other, 10_000_000_000_000_000, 1));
    app.confirm_everything();
    while stream.read() {}
    assert_eq!(stream.text.matches("event: purchase").count(), events, "{}", stream.text);
}

#[test]
fn should_have_room_for_so_many_and_no_more() {
    let app = TestApp::start(Setup::new().set("web.max_streams", 10));
    let (link, other) = (link(&app, "BTC").0, link(&app, "ETH").0);
    let open = |link: &str| Stream::open(&app, link);
    let mut streams: Vec<Stream> = (0..9).map(|_| open(&link)).collect();
    assert!(streams.iter().all(|stream| stream.status() == "200"), "whoever comes last is always let in");
    // Eight windows of one purchase are enough: the first one asks now and then.
    streams[0].says("event: enough");
    streams[0].says("\r\n0\r\n\r\n");
    streams[1].read();
    assert!(!streams[1].text.contains("event: enough"));
    let others: Vec<Stream> = (0..3).map(|_| open(&other)).collect();
    assert_eq!(others.iter().map(Stream::status).collect::<Vec<_>>(), ["200", "200", "503"]);
    assert!(others[2].text.to_ascii_lowercase().contains("retry-after: 15"), "{}", others[2].text);
    // The page itself is there all the while.
    assert_eq!(app.get(&link).status, 200);
    assert_eq!(app.public(&Request::form(&format!("{link}/events"), "")).status, 405);
}

#[test]
fn should_end_streams_when_the_service_stops() {
    let app = TestApp::new();
    let (link, _) = link(&app, "BTC");
    let mut stream = Stream::open(&app, &link);
    stream.says("Nothing has arrived yet");
    let began = std::time::Instant::now();
    drop(app);
    eventually("the stream ends", || stream.is_over().then_some(()));
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "nobody waits for those who watch: {:?}",
        began.elapsed()
    );
}
