//! Stands between a client and a node, and lets so many requests through in a second.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::rpc::http_client;

const SECOND: Duration = Duration::from_secs(1);

/// The limit of a public node, in the form that most of them have.
pub struct Limiter {
    pub port: u16,
    passed: Arc<AtomicU32>,
    refused: Arc<AtomicU32>,
}

#[derive(Clone)]
struct Door {
    node: String,
    client: Client,
    per_second: u32,
    /// When the second began, and what was let through in it.
    window: Arc<Mutex<(Instant, u32)>>,
    passed: Arc<AtomicU32>,
    refused: Arc<AtomicU32>,
}

struct Request {
    method: Method,
    path: String,
    authorization: Option<String>,
    body: Vec<u8>,
}

impl Limiter {
    pub async fn start(node: &str, per_second: u32) -> Limiter {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (passed, refused) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
        let door = Door {
            node: node.to_owned(),
            client: http_client(),
            per_second,
            window: Arc::new(Mutex::new((Instant::now(), 0))),
            passed: Arc::clone(&passed),
            refused: Arc::clone(&refused),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(door.clone().serve(stream));
            }
        });
        Limiter { port, passed, refused }
    }

    /// Requests that went through, and that did not.
    pub fn counts(&self) -> (u32, u32) {
        (self.passed.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}

impl Door {
    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream).await {
            let answer = if self.lets_through() { self.ask(request).await } else { too_many() };
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
    }

    fn lets_through(&self) -> bool {
        let mut window = self.window.lock().unwrap();
        if window.0.elapsed() >= SECOND {
            *window = (Instant::now(), 0);
        }
        window.1 += 1;
        let is_let = window.1 <= self.per_second;
        if is_let { &self.passed } else { &self.refused }.fetch_add(1, Ordering::Relaxed);
        is_let
    }

    async fn ask(&self, request: Request) -> Vec<u8> {
        let url = format!("{}{}", self.node, request.path);
        let mut ask = self.client.request(request.method, url).body(request.body);
        if let Some(value) = request.authorization {
            ask = ask.header("authorization", value);
        }
        let answer = ask.send().await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        let mut bytes =
            format!("HTTP/1.1 {status} Any\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
        bytes.extend_from_slice(&body);
        bytes
    }
}

fn too_many() -> Vec<u8> {
    let body = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"too many requests"}}"#;
    let length = body.len();
    format!("HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut first = String::new();
    stream.read_line(&mut first).await.ok().filter(|read| *read > 0)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.parse().ok()?, words.next()?.to_owned());
    let (mut length, mut authorization) = (0, None);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { method, path, authorization, body })
}
