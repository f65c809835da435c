//! The client against nodes that close connections, limit requests and answer in odd ways.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Auth, HttpClient, HttpSettings, JsonRpc, RpcError, SkyRest};

/// What the node does with one request.
#[derive(Debug, Clone)]
enum Reply {
    /// These bytes, and the connection stays.
    Answer(String),
    /// The connection ends without an answer.
    Close,
    /// A head that promises more than comes.
    Cut,
}

fn answer(status: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Answer(format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}"))
}

fn ok(body: &str) -> Reply {
    answer("200 OK", "", body)
}

/// A node that replies in this order, and then no more; it notes what it was asked.
#[derive(Debug, Clone, Default)]
struct FakeNode {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl FakeNode {
    async fn start(replies: impl IntoIterator<Item = Reply>) -> (FakeNode, HttpClient) {
        let node =
            FakeNode { replies: Arc::new(Mutex::new(replies.into_iter().collect())), ..Default::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = node.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(served.clone().serve(stream));
            }
        });
        // Fails where a test before this one has done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = HttpSettings { base, auth: Auth::None, certificate: None, max_answer: 1 << 20 };
        (node, HttpClient::new(settings).unwrap())
    }

    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read_request(&mut stream).await {
            self.asked.lock().unwrap().push((Instant::now(), request));
            let reply = self.replies.lock().unwrap().pop_front();
            let bytes = match reply {
                Some(Reply::Answer(bytes)) => bytes,
                Some(Reply::Cut) => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_owned(),
                Some(Reply::Close) | None => return,
            };
            stream.write_all(bytes.as_bytes()).await.unwrap();
            if bytes.ends_with('{') {
                return;
            }
        }
    }

    fn asked(&self) -> Vec<(Instant, String)> {
        self.asked.lock().unwrap().clone()
    }
}

/// The request line and the body.
async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut first, mut length) = (String::new(), 0);
    stream.read_line(&mut first).await.ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        if line.trim().is_empty() {
            break;
        }
        let header = line.to_ascii_lowercase();
        length = header.strip_prefix("content-length:").map_or(length, |text| text.trim().parse().unwrap());
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(format!("{}{}", first.trim(), String::from_utf8(body).unwrap()))
}

async fn call(client: &HttpClient) -> Result<Value, RpcError> {
    JsonRpc::new(client.clone(), "1.0").call("getblockcount", json!([])).await
}

const FIVE: &str = r#"{"id":1,"result":5,"error":null}"#;

#[tokio::test]
async fn should_ask_once_more_where_the_node_closed_the_connection() {
    let (node, client) =
        FakeNode::start([ok(FIVE), Reply::Close, ok(FIVE), Reply::Close, Reply::Close]).await;
    assert_eq!(call(&client).await, Ok(json!(5)));
    assert_eq!(call(&client).await, Ok(json!(5)), "the connection was closed in between");
    assert!(matches!(call(&client).await, Err(RpcError::Unreachable(_))), "once, and no more");
    assert_eq!(node.asked().len(), 5);
}

#[tokio::test]
async fn should_not_ask_again_for_what_was_begun_or_changes_something() {
    let (node, client) = FakeNode::start([Reply::Cut, answer("404 Not Found", "", ""), Reply::Close]).await;
    assert!(matches!(call(&client).await, Err(RpcError::Unreachable(_))));
    // One question for a token, and one post.
    let sent = SkyRest::new(client).inject("00").await;
    assert!(matches!(sent, Err(RpcError::Unreachable(_))), "{sent:?}");
    assert_eq!(node.asked().len(), 3);
}

#[tokio::test]
async fn should_wait_as_long_as_the_node_says_and_ask_again() {
    let refused =
        answer("429 Too Many Requests", "retry-after: 1\r\n", r#"{"error":{"message":"slow down"}}"#);
    let limited = r#"{"id":1,"error":{"code":-32005,"message":"limit exceeded"}}"#;
    let queue = answer("503 Service Unavailable", "", "Work queue depth exceeded");
    let (node, client) = FakeNode::start([refused, ok(limited), queue, ok(FIVE)]).await;
    assert_eq!(call(&client).await, Ok(json!(5)));
    let asked: Vec<Instant> = node.asked().iter().map(|(at, _)| *at).collect();
    assert!(asked[1] - asked[0] >= Duration::from_secs(1), "{asked:?}");
    assert_eq!((asked.len(), client.width()), (4, 1));
}

#[tokio::test]
async fn should_tell_of_a_long_wait_without_asking_on() {
    let refused = answer("429 Too Many Requests", "retry-after: 60\r\n", r#"{"error":"come back later"}"#);
    let (node, client) = FakeNode::start([refused, ok(FIVE)]).await;
    for _ in 0..3 {
        match call(&client).await {
            Err(RpcError::RateLimited { after: Some(left), words }) => {
                assert_eq!(words, "HTTP 429: come back later");
                assert!(left > Duration::from_secs(50), "{left:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(node.asked().len(), 1, "it wants to be left alone");
}

#[tokio::test]
async fn should_get_all_from_a_node_that_takes_two_at_once() {
    // Each second pair of answers is a refusal.
    let busy = || answer("503 Service Unavailable", "", "Work queue depth exceeded");
    let replies = (0..6).flat_map(|_| [ok(FIVE), ok(FIVE), busy(), busy()]).chain((0..40).map(|_| ok(FIVE)));
    let (_node, client) = FakeNode::start(replies).await;
    let calls = (0..30).map(|_| client.get("/any"));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(client.width() < 8);
}

#[tokio::test]
async fn should_tell_what_is_forbidden() {
    let forbidden = || answer("403 Forbidden", "", "");
    let (_node, client) =
        FakeNode::start([forbidden(), forbidden(), answer("401 Unauthorized", "", "who?")]).await;
    let error = call(&client).await.unwrap_err();
    assert_eq!(error.to_string(), "the node forbids getblockcount (HTTP 403)");
    let rest = SkyRest::new(client.clone());
    let error = rest.block(5).await.map(drop).unwrap_err();
    assert_eq!(error.to_string(), "the node forbids /api/v1/block (HTTP 403)");
    assert_eq!(call(&client).await, Err(RpcError::Status { status: 401, body: "who?".to_owned() }));
}
