//! The HTTP server of every node: it reads whole requests, has the node answer them, and gets in the way as told.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HOST};
use actix_web::web::{self, Bytes, Data, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::stream;

use super::trouble::{Lies, Troubles};

/// The longest request that is read.
const MAX_REQUEST: usize = 8 * 1024 * 1024;
/// Pieces that a slow answer comes in.
const SLOW_PIECES: usize = 10;

/// A request, whole.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) host: Option<String>,
    pub(crate) authorization: Option<String>,
    headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Ask {
    fn new(request: &HttpRequest, body: Bytes) -> Ask {
        let text =
            |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        Ask {
            method: request.method().to_string(),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            host: request.headers().get(HOST).map(text),
            authorization: request.headers().get("authorization").map(text),
            headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body,
        }
    }

    /// A header by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// User and password of HTTP basic authentication.
    pub(crate) fn credentials(&self) -> Option<String> {
        use base64::Engine;
        let encoded = self.authorization.as_ref()?.strip_prefix("Basic ")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The parameters of the query and of a body that is a form; those of the body come first, as in Go.
    pub(crate) fn parameters(&self) -> Parameters {
        let is_form = self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let form = if is_form { std::str::from_utf8(&self.body).unwrap_or_default() } else { "" };
        let read = |text: &str| {
            web::Query::<Vec<(String, String)>>::from_query(text)
                .map(web::Query::into_inner)
                .unwrap_or_default()
        };
        Parameters(read(form).into_iter().chain(read(&self.query)).collect())
    }
}

/// Parameters by name.
#[derive(Debug, Clone)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// All of them, in their order.
    pub(crate) fn all(&self) -> &[(String, String)] {
        &self.0
    }

    /// Empty where it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, content_type, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: String) -> Answer {
        self.headers.push((name, value));
        self
    }
}

/// A kind of node.
pub(crate) trait Node: Send + Sync + 'static {
    /// What troubles know a request by: the path, and the methods of a JSON-RPC call.
    fn name_of(&self, ask: &Ask) -> String;

    fn answer(&self, ask: &Ask, lies: Lies) -> Answer;

    /// An error of the node's own kind.
    fn error(&self, ask: &Ask) -> Answer;

    /// What it says when more is asked than it takes: here, what stands in front of public nodes.
    fn busy(&self, _: &Ask) -> Answer {
        let words = concat!(
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"#,
            r#""message":"simnet was told to limit requests"}}"#
        );
        Answer::new(429, "application/json", words).with("Retry-After", "1".to_owned())
    }
}

/// A node with its troubles.
pub(crate) struct Served<N> {
    pub(crate) node: Arc<N>,
    pub(crate) troubles: Arc<Troubles>,
}

impl<N> Clone for Served<N> {
    fn clone(&self) -> Self {
        Served { node: self.node.clone(), troubles: self.troubles.clone() }
    }
}

/// Where a node listens. The port is asked of the system once where it is 0, and kept from then on.
pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves a node for ever; while it is to be unreachable, nobody listens.
pub(crate) async fn serve<N: Node>(listener: std::net::TcpListener, served: Served<N>) -> io::Result<()> {
    let address = listener.local_addr()?;
    let mut first = Some(listener);
    loop {
        served.troubles.wait_reachable(true).await;
        let listener = match first.take() {
            Some(listener) => listener,
            None => bind(address)?,
        };
        let data = Data::new(served.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(PayloadConfig::new(MAX_REQUEST))
                .default_service(web::to(handle::<N>))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)?
        .run();
        let handle = server.handle();
        tokio::pin!(server);
        tokio::select! {
            ended = &mut server => return ended,
            () = served.troubles.wait_reachable(false) => {}
        }
        let (_, ended) = tokio::join!(handle.stop(false), &mut server);
        ended?;
    }
}

async fn handle<N: Node>(request: HttpRequest, body: Bytes, served: Data<Served<N>>) -> HttpResponse {
    let ask = Ask::new(&request, body);
    let met = served.troubles.meet(&served.node.name_of(&ask));
    if met.stall {
        served.troubles.wait_cleared().await;
        return broken_off();
    }
    if met.error {
        return whole(served.node.error(&ask));
    }
    if met.busy {
        return whole(served.node.busy(&ask));
    }
    if met.forbidden {
        return whole(Answer::new(403, "text/plain", ""));
    }
    let mut answer = served.node.answer(&ask, met.lies);
    if met.stall_reply {
        served.troubles.wait_cleared().await;
        return broken_off();
    }
    if met.drop_reply {
        return broken_off();
    }
    if met.garbage {
        answer.body = b"<html>{\"this\": is no".to_vec();
    }
    match met.slow {
        Some(pause) => slow(answer, pause),
        None => whole(answer),
    }
}

fn head(answer: &Answer) -> actix_web::HttpResponseBuilder {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header((CONTENT_TYPE, answer.content_type));
    for (name, value) in &answer.headers {
        response.insert_header((*name, value.as_str()));
    }
    response
}

fn whole(answer: Answer) -> HttpResponse {
    head(&answer).body(answer.body)
}

/// The same answer in pieces, with a pause before each.
fn slow(answer: Answer, pause: std::time::Duration) -> HttpResponse {
    let length = answer.body.len();
    let piece = length.div_ceil(SLOW_PIECES).max(1);
    let pieces: Vec<Bytes> = answer.body.chunks(piece).map(Bytes::copy_from_slice).collect();
    let trickle = stream::unfold(pieces.into_iter(), move |mut pieces| async move {
        let piece = pieces.next()?;
        tokio::time::sleep(pause).await;
        Some((Ok::<_, io::Error>(piece), pieces))
    });
    head(&answer).body(SizedStream::new(u64::try_from(length).unwrap_or(u64::MAX), Box::pin(trickle)))
}

/// The connection ends before the answer does.
fn broken_off() -> HttpResponse {
    let cut = stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted))]);
    HttpResponse::Ok().body(SizedStream::new(1, cut))
}
