//! A client that sends exactly what it is told, byte for byte: no library tidies up the target or the method.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType};
use serde_json::Value;

/// No answer takes nearly as long; a service that hangs is a failed test, not a hanging one.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: None }
    }

    pub fn get(target: &str) -> Self {
        Request::new("GET", target)
    }

    /// A POST of JSON.
    pub fn json(target: &str, body: impl Into<Vec<u8>>) -> Self {
        Request::new("POST", target).header("Content-Type", "application/json").body(body)
    }

    /// A POST of a form.
    pub fn form(target: &str, body: &str) -> Self {
        Request::new("POST", target).header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    fn head(&self, host: &str) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.target);
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += &format!("Host: {host}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = &self.body {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        head + "\r\n"
    }
}

/// A reply as it came.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// All values of a header, in their order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The only value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} comes more than once: {all:?}");
        all.first().copied()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body of a 200 as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        self.json_of(200)
    }

    /// The body of a reply with this status as JSON.
    #[track_caller]
    pub fn json_of(&self, status: u16) -> Value {
        assert_eq!(
            (self.status, self.header("Content-Type")),
            (status, Some("application/json")),
            "{self:?}"
        );
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Panics unless this is the plain-text message.
    #[track_caller]
    pub fn assert_text(&self, status: u16, message: &str) {
        assert_eq!((self.status, self.text()), (status, format!("{message}\n").as_str()));
        assert_eq!(self.header("Content-Type"), Some("text/plain; charset=utf-8"));
    }

    fn parse(bytes: &[u8], to_head: bool) -> Reply {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
        let (head, rest) = bytes.split_at(end + 4);
        let head = std::str::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_owned(), value.trim().to_owned())
        };
        let mut reply = Reply { status, headers: lines.map(header).collect(), body: rest.to_vec() };
        if reply.header("Transfer-Encoding").is_some_and(|coding| coding == "chunked") && !to_head {
            reply.body = unchunk(rest);
        } else if let Some(length) = reply.header("Content-Length").filter(|_| !to_head) {
            assert_eq!(length, rest.len().to_string(), "the body has another length than is told");
        }
        reply
    }
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").expect("a chunk's length");
        let length = std::str::from_utf8(&rest[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
}

/// Sends over a connection of its own; none where it is closed without a reply.
pub fn send(address: SocketAddr, request: &Request) -> Option<Reply> {
    exchange(connect(address), address, request)
}

/// The same from this address of the machine.
pub fn send_from(own: IpAddr, address: SocketAddr, request: &Request) -> Option<Reply> {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &SocketAddr::new(own, 0)).unwrap();
    rustix::net::connect(&socket, &address).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    exchange(stream, address, request)
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, TIMEOUT).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream.set_write_timeout(Some(TIMEOUT)).unwrap();
    stream
}

/// One exchange on a stream that is closed after it.
pub fn exchange(
    mut stream: impl Read + Write,
    address: impl std::fmt::Display,
    request: &Request,
) -> Option<Reply> {
    let mut bytes = request.head(&address.to_string()).into_bytes();
    bytes.extend(request.body.iter().flatten());
    // A service may refuse a body before it has read all of it: its reply counts, not the broken pipe.
    let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
    let mut reply = Vec::new();
    match stream.read_to_end(&mut reply) {
        // TLS peers that just close, and bodies that were not read, end a reply in these ways.
        Err(error) if !is_abrupt_end(&error) => panic!("{} {}: {error}", request.method, request.target),
        _ => {}
    }
    (!reply.is_empty()).then(|| Reply::parse(&reply, request.method == "HEAD"))
}

fn is_abrupt_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
}
