//! The HTTP that venues are spoken to with. It never sends anything twice, and says of each call that has no answer
//! whether it may have been carried out.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, redirect, retry};

use super::call_error::CallError;
use super::settings::SetupError;
use tracing::Instrument;

use crate::rpc::{retry_after, tls};

/// A connection that takes longer is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that a call may take. Venues give up after ten seconds themselves: a shorter time would make calls
/// unclear that they answer.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of the longest answer that is read.
const MOST: usize = 4 << 20;
/// Characters of an answer that are told in an error.
const TOLD: usize = 300;

/// One call, made once. It may hold a key: it has no `Debug`.
pub(super) struct Call {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Option<String>,
}

/// An answer that is neither "too often" nor an error of the venue's own machines.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// A client of one venue.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    client: Client,
    most: usize,
}

impl Call {
    pub(super) fn new(method: Method, url: String) -> Self {
        Call { method, url, headers: HeaderMap::new(), body: None }
    }

    /// Adds a header that is nobody's business.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Result<Self, CallError> {
        let unfit = || CallError::NotSent(format!("a value of {name} that no header can carry"));
        let mut value = HeaderValue::from_str(value).map_err(|_| unfit())?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    pub(super) fn form(self, body: String) -> Self {
        self.body("application/x-www-form-urlencoded", body)
    }

    pub(super) fn json(self, body: String) -> Self {
        self.body("application/json", body)
    }

    fn body(mut self, kind: &'static str, body: String) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = Some(body);
        self
    }
}

impl Answer {
    /// Returns the beginning of the answer as text, for people.
    pub(super) fn words(&self) -> String {
        words(&self.body)
    }
}

fn words(body: &[u8]) -> String {
    String::from_utf8_lossy(body).trim().chars().take(TOLD).collect()
}

impl Transport {
    pub(super) fn new(base: &str) -> Result<Self, SetupError> {
        Transport::with(base, TOTAL_TIMEOUT, MOST)
    }

    fn with(base: &str, longest: Duration, most: usize) -> Result<Self, SetupError> {
        let unfit = |error: &dyn std::fmt::Display| SetupError::Client(error.to_string());
        let tls = tls::client_config(base, None).map_err(|error| unfit(&error))?;
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(longest)
            // Each call has a connection of its own: one that was kept may be closed just when an order is sent on it,
            // and then nobody knows whether the order was read.
            .pool_max_idle_per_host(0)
            .retry(retry::never())
            .redirect(redirect::Policy::none())
            .no_proxy()
            .tls_backend_preconfigured(tls)
            .build()
            .map_err(|error| unfit(&error.without_url()))?;
        Ok(Transport { client, most })
    }

    /// Makes a call, once.
    pub(super) async fn send(&self, call: Call) -> Result<Answer, CallError> {
        let span = tracing::debug_span!("exchange", method = %call.method);
        self.make(call).instrument(span).await
    }

    async fn make(&self, call: Call) -> Result<Answer, CallError> {
        let mut request = self.client.request(call.method, call.url).headers(call.headers);
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|error| {
            let is_unsent = error.is_connect() || error.is_builder();
            let why = cause(error);
            if is_unsent { CallError::NotSent(why) } else { CallError::Ambiguous(why) }
        })?;
        let (status, after) = (response.status().as_u16(), retry_after(response.headers()));
        let body = self.read(response).await;
        match status {
            429 | 418 => {
                let words = format!("HTTP {status}: {}", body.map(|body| words(&body)).unwrap_or_default());
                Err(CallError::RateLimited { after, is_certain: false, words })
            }
            500.. => Err(CallError::Ambiguous(format!("HTTP {status}: {}", words(&body?)))),
            _ => Ok(Answer { status, body: body? }),
        }
    }

    async fn read(&self, response: Response) -> Result<Vec<u8>, CallError> {
        let too_long = || CallError::Ambiguous(format!("an answer of more than {} bytes", self.most));
        let (mut answer, mut stream) = (Vec::new(), response.bytes_stream());
        while let Some(part) = stream.next().await {
            answer.extend_from_slice(&part.map_err(|error| CallError::Ambiguous(cause(error)))?);
            if answer.len() > self.most {
                return Err(too_long());
            }
        }
        Ok(answer)
    }
}

/// The innermost cause says most; the URL may hold a key and is left out.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A venue that answers every connection with the same bytes, once it has read something; and counts.
    async fn venue(answer: &'static str) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (base, asked) =
            (format!("http://{}", listener.local_addr().unwrap()), Arc::new(AtomicUsize::new(0)));
        let count = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut read = [0; 4096];
                if stream.read(&mut read).await.unwrap_or(0) > 0 {
                    count.fetch_add(1, Ordering::SeqCst);
                    if answer == "nothing" {
                        std::future::pending::<()>().await;
                    }
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        });
        (base, asked)
    }

    async fn asked(answer: &'static str) -> Result<Answer, CallError> {
        let (base, asked) = venue(answer).await;
        let transport = Transport::with(&base, Duration::from_millis(700), 100).unwrap();
        let told = transport
            .send(Call::new(Method::POST, format!("{base}/x?secret=1")).form("a=1".to_owned()))
            .await;
        assert_eq!(asked.load(Ordering::SeqCst), 1, "sent once");
        told
    }

    #[tokio::test]
    async fn should_say_what_may_have_happened() {
        let transport = Transport::new("http://127.0.0.1:1").unwrap();
        let unsent =
            transport.send(Call::new(Method::POST, "http://127.0.0.1:1/x".to_owned())).await.unwrap_err();
        assert!(matches!(unsent, CallError::NotSent(_)), "{unsent:?}");
        for answer in [
            "",
            "nothing",
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad",
            "HTTP/1.1 200 OK\r\ncontent-length: 0x\r\n\r\n",
        ] {
            let error = asked(answer).await.unwrap_err();
            assert!(matches!(error, CallError::Ambiguous(_)), "{answer}: {error:?}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[tokio::test]
    async fn should_tell_answers_and_limits() {
        let told = asked("HTTP/1.1 400 Bad Request\r\ncontent-length: 4\r\n\r\nfour").await.unwrap();
        assert_eq!((told.status, told.words()), (400, "four".to_owned()));
        let limited = asked("HTTP/1.1 429 Too Many\r\nretry-after: 7\r\ncontent-length: 4\r\n\r\nslow")
            .await
            .unwrap_err();
        let words = "HTTP 429: slow".to_owned();
        let expected =
            CallError::RateLimited { after: Some(Duration::from_secs(7)), is_certain: false, words };
        assert_eq!(limited, expected);
    }

    #[tokio::test]
    async fn should_not_read_beyond_a_limit() {
        let long = "HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n\
            0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x";
        assert!(
            matches!(asked(long).await.unwrap_err(), CallError::Ambiguous(words) if words.contains("100 bytes"))
        );
    }
}
