//! A proxy before a real node: it delays, cuts, refuses, limits and rewrites what the node answers, by a seed.
//!
//! A plain node's requests and answers are taken apart as HTTP/1.1; what is encrypted is only delayed, cut and refused.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::rewrite::rewrite;
use crate::rng::Rng;

/// What may happen to a request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The answer comes late.
    Delay,
    /// The connection ends before the answer, after the node has got the request.
    LoseReply,
    /// The node never gets the request.
    LoseRequest,
    /// The answer ends in the middle.
    Cut,
    /// Too many requests, with the time to wait.
    Limit,
    /// Overloaded, in words.
    Refuse,
    /// A page instead of an answer.
    Page,
    /// What was answered to the same question before.
    Replay,
    /// A part of the answer is missing, null, of another kind, or altered.
    Rewrite,
}

impl Fault {
    pub const ALL: [Fault; 9] = [
        Fault::Delay,
        Fault::LoseReply,
        Fault::LoseRequest,
        Fault::Cut,
        Fault::Limit,
        Fault::Refuse,
        Fault::Page,
        Fault::Replay,
        Fault::Rewrite,
    ];
}

#[derive(Debug)]
struct Shared {
    node: SocketAddr,
    is_opaque: bool,
    /// Whether another value in an answer can be told by the hashes in it.
    is_provable: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rng: Rng,
    /// Of a hundred requests, so many are troubled; none while it is calm.
    troubled: u64,
    before: HashMap<Vec<u8>, Answer>,
    happened: Vec<Fault>,
}

#[derive(Debug, Clone)]
struct Answer {
    head: String,
    body: Vec<u8>,
}

/// The proxy; it ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Proxy {
    /// Before the node at this `host:port` or URL; calm at first. What it rewrites makes no sense.
    pub async fn before(node: &str, rng: Rng) -> Proxy {
        Proxy::start(node, rng, false, false).await
    }

    /// [`Proxy::before`] a node whose answers are bound by hashes: it also alters what makes sense.
    pub async fn before_provable(node: &str, rng: Rng) -> Proxy {
        Proxy::start(node, rng, false, true).await
    }

    /// [`Proxy::before`] a node that speaks TLS.
    pub async fn before_tls(node: &str, rng: Rng) -> Proxy {
        Proxy::start(node, rng, true, false).await
    }

    async fn start(node: &str, rng: Rng, is_opaque: bool, is_provable: bool) -> Proxy {
        let node = node.trim_start_matches("http://").trim_start_matches("https://").trim_end_matches('/');
        let node = tokio::net::lookup_host(node).await.unwrap().find(SocketAddr::is_ipv4).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { rng, troubled: 0, before: HashMap::new(), happened: Vec::new() };
        let shared = Arc::new(Shared { node, is_opaque, is_provable, state: Mutex::new(state) });
        let all = Arc::clone(&shared);
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&all);
                // A connection that breaks is what this is for.
                tokio::spawn(async move {
                    let _ =
                        if shared.is_opaque { shared.pass(client).await } else { shared.serve(client).await };
                });
            }
        });
        Proxy { address, shared, listening }
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, so many of a hundred requests are troubled.
    pub fn trouble(&self, of_a_hundred: u64) {
        self.shared.state().troubled = of_a_hundred;
    }

    /// Nothing is in the way any more.
    pub fn calm(&self) {
        self.trouble(0);
    }

    /// What has happened so far.
    pub fn happened(&self) -> Vec<Fault> {
        self.shared.state().happened.clone()
    }
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, of: &[Fault]) -> Option<Fault> {
        let mut state = self.state();
        let (chance, troubled) = (state.rng.below(100), state.troubled);
        if chance >= troubled {
            return None;
        }
        let fault = *state.rng.pick(of);
        state.happened.push(fault);
        Some(fault)
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(10 + self.state().rng.below(400))
    }

    /// Bytes both ways, until chance ends it.
    async fn pass(&self, mut client: TcpStream) -> io::Result<()> {
        match self.fault(&[Fault::Delay, Fault::LoseRequest, Fault::Cut]) {
            Some(Fault::LoseRequest) => Ok(()),
            Some(Fault::Cut) => {
                let mut node = TcpStream::connect(self.node).await?;
                let both = tokio::io::copy_bidirectional(&mut client, &mut node);
                tokio::time::timeout(self.delay(), both).await.map_or(Ok(()), |done| done.map(drop))
            }
            fault => {
                if fault.is_some() {
                    tokio::time::sleep(self.delay()).await;
                }
                let mut node = TcpStream::connect(self.node).await?;
                tokio::io::copy_bidirectional(&mut client, &mut node).await.map(drop)
            }
        }
    }

    /// Requests of one client, one after the other.
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut read = Vec::new();
        while let Some(request) = message(&mut client, &mut read).await? {
            let fault = self.fault(&Fault::ALL);
            match fault {
                Some(Fault::LoseRequest) => return Ok(()),
                Some(Fault::Limit) => {
                    client.write_all(&plain("429 Too Many Requests\r\nRetry-After: 1", b"slow down")).await?;
                    continue;
                }
                Some(Fault::Refuse) => {
                    client.write_all(&plain("503 Service Unavailable", b"Work queue depth exceeded")).await?;
                    continue;
                }
                Some(Fault::Page) => {
                    client.write_all(&plain("200 OK", b"<html>Welcome</html>")).await?;
                    continue;
                }
                _ => {}
            }
            let key =
                [request.head.lines().next().unwrap_or("").as_bytes(), &without_id(&request.body)].concat();
            let mut answer = self.ask(&request).await?;
            let fresh = answer.clone();
            match fault {
                Some(Fault::LoseReply) => return Ok(()),
                Some(Fault::Delay) => tokio::time::sleep(self.delay()).await,
                Some(Fault::Replay) => {
                    if let Some(before) = self.state().before.get(&key) {
                        answer.body = with_id_of(&before.body, &answer.body);
                    }
                }
                Some(Fault::Rewrite) => {
                    answer.body = rewrite(&answer.body, self.is_provable, &mut self.state().rng)
                }
                _ => {}
            }
            self.state().before.insert(key, fresh);
            let status = answer.head.split_once(' ').map_or("200 OK", |(_, status)| status);
            let status = status.lines().next().unwrap_or("200 OK");
            let kind = header(&answer.head, "content-type").unwrap_or("application/json");
            let bytes = plain(&format!("{status}\r\nContent-Type: {kind}"), &answer.body);
            if fault == Some(Fault::Cut) {
                return client.write_all(&bytes[..bytes.len() / 2]).await;
            }
            client.write_all(&bytes).await?;
        }
        Ok(())
    }

    /// Asks the node over a connection of its own.
    async fn ask(&self, request: &Answer) -> io::Result<Answer> {
        let mut node = TcpStream::connect(self.node).await?;
        let is_ours = |line: &&str| {
            let name = line.split(':').next().unwrap_or("").to_ascii_lowercase();
            !["", "host", "connection", "accept-encoding"].contains(&name.as_str())
        };
        let head: String = request.head.lines().filter(is_ours).map(|line| format!("{line}\r\n")).collect();
        // Skycoin answers only to its own name.
        let host = self.node;
        node.write_all(format!("{head}Host: {host}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
        node.write_all(&request.body).await?;
        let mut read = Vec::new();
        message(&mut node, &mut read).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

fn plain(status: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The next whole message; none where the other side has ended.
async fn message(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<Option<Answer>> {
    let end = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    read.drain(..end + 4);
    let is_answer = head.starts_with("HTTP/");
    if header(&head, "transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        let body = chunks(stream, read).await?;
        return Ok(Some(Answer { head, body }));
    }
    let length = header(&head, "content-length").and_then(|length| length.parse::<usize>().ok());
    while length.is_some_and(|length| read.len() < length) || (length.is_none() && is_answer) {
        if stream.read_buf(read).await? == 0 {
            break;
        }
    }
    let length = length.unwrap_or(if is_answer { read.len() } else { 0 }).min(read.len());
    let body = read.drain(..length).collect();
    Ok(Some(Answer { head, body }))
}

async fn chunks(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        while !read.windows(2).any(|two| two == b"\r\n") {
            if stream.read_buf(read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let line = read.windows(2).position(|two| two == b"\r\n").unwrap_or(0);
        let size = usize::from_str_radix(String::from_utf8_lossy(&read[..line]).trim(), 16);
        let size = size.map_err(io::Error::other)?;
        while read.len() < line + 2 + size + 2 {
            if stream.read_buf(read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        body.extend_from_slice(&read[line + 2..line + 2 + size]);
        read.drain(..line + 2 + size + 2);
        if size == 0 {
            return Ok(body);
        }
    }
}

/// A JSON-RPC question without its number, which is never the same.
fn without_id(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut fields)) => {
            fields.remove("id");
            Value::Object(fields).to_string().into_bytes()
        }
        _ => body.to_vec(),
    }
}

/// An old answer that carries the number of the new one.
fn with_id_of(old: &[u8], new: &[u8]) -> Vec<u8> {
    match (serde_json::from_slice(old), serde_json::from_slice(new)) {
        (Ok(Value::Object(mut old)), Ok(Value::Object(new))) => {
            if let Some(id) = new.get("id") {
                old.insert("id".to_owned(), id.clone());
            }
            Value::Object(old).to_string().into_bytes()
        }
        _ => old.to_vec(),
    }
}
