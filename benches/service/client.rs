//! A load generator that costs little: keep-alive connections, requests made beforehand, replies read to their end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends the requests, each once, over so many connections; answers how long all of it took.
pub(crate) fn send_all(address: SocketAddr, connections: usize, requests: Vec<Vec<u8>>) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    runtime.block_on(async move {
        let mut streams = Vec::new();
        for _ in 0..connections {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            streams.push(stream);
        }
        let began = Instant::now();
        let tasks: Vec<_> = streams
            .into_iter()
            .map(|stream| tokio::spawn(one(stream, Arc::clone(&requests), Arc::clone(&next))))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        began.elapsed()
    })
}

async fn one(mut stream: TcpStream, requests: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>) {
    let mut buffer = Vec::with_capacity(16 * 1024);
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        stream.write_all(request).await.unwrap();
        read_reply(&mut stream, &mut buffer).await;
    }
}

/// Reads one reply, which must be a 200 with a length.
async fn read_reply(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.unwrap();
        assert!(read > 0, "the connection was closed: {}", String::from_utf8_lossy(buffer));
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            let length = content_length(&buffer[..end]);
            if buffer.len() >= end + 4 + length {
                let head = String::from_utf8_lossy(&buffer[..end]);
                assert!(buffer.starts_with(b"HTTP/1.1 200"), "{head}");
                return;
            }
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let text = std::str::from_utf8(head).unwrap();
    let line =
        text.lines().find(|line| line.len() > 15 && line[..15].eq_ignore_ascii_case("content-length:"));
    line.unwrap_or_else(|| panic!("no length: {text}"))[15..].trim().parse().unwrap()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

pub(crate) fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

pub(crate) fn post_json(target: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \
         {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The whole reply to one request, head and body.
pub(crate) fn ask(address: SocketAddr, request: &[u8]) -> (String, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut buffer = Vec::new();
        read_reply(&mut stream, &mut buffer).await;
        let text = String::from_utf8(buffer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    })
}
