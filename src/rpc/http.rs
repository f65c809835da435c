//! The HTTP client: authentication, time-outs, and a limit on every answer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use tracing::Instrument;

use super::pace::Pace;
use super::{RpcError, refusal, tls};

/// A connection that takes longer is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest silence in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest that a whole answer may take: a large block over a slow line.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);
/// Connections that nothing was asked on for so long are not used again. Nodes close them too: bitcoind after 30 s.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long one request waits in all for a node that is asked too much, before that is told.
const PATIENCE: Duration = Duration::from_secs(3);

/// Who we are to the node.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Nobody: no credentials are sent.
    None,
    /// A user name and a password, sent with every request.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        pass: SecretString,
    },
    /// bitcoind's cookie file, which is another one after each of its starts: read at every request.
    Cookie(PathBuf),
}

/// How a node is reached.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Scheme, host, port and perhaps a path.
    pub base: String,
    /// Who we are to the node.
    pub auth: Auth,
    /// The node's own certificate, if it is to be known by that alone.
    pub certificate: Option<PathBuf>,
    /// Longest answer in bytes.
    pub max_answer: usize,
}

/// A client of one node.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: Client,
    settings: HttpSettings,
    pace: Arc<Pace>,
}

/// One request.
#[derive(Debug)]
struct Ask<'a> {
    method: Method,
    path: &'a str,
    body: Option<&'a str>,
    headers: HeaderMap,
}

/// Why a request has no answer.
enum Failure {
    /// The connection ended before an answer began.
    Closed(RpcError),
    Told(RpcError),
}

impl From<RpcError> for Failure {
    fn from(error: RpcError) -> Self {
        Failure::Told(error)
    }
}

impl HttpClient {
    /// Returns a client that has not connected yet.
    ///
    /// # Errors
    ///
    /// Where the certificate of the node cannot be used.
    pub fn new(settings: HttpSettings) -> Result<Self, RpcError> {
        HttpClient::with(settings, READ_TIMEOUT, TOTAL_TIMEOUT)
    }

    /// One that waits so long for an answer, and for its first byte.
    pub(super) fn patient(&self, longest: Duration) -> Result<Self, RpcError> {
        HttpClient::with(self.settings.clone(), longest, longest)
    }

    fn with(settings: HttpSettings, silence: Duration, longest: Duration) -> Result<Self, RpcError> {
        let setup = |error: &dyn std::fmt::Display| RpcError::Setup(error.to_string());
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(silence)
            .timeout(longest)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            // A node is reached directly, whatever the environment says of proxies.
            .no_proxy();
        // Given in any case: the client's own way looks for authorities on the machine, and ends where it has none.
        let tls = tls::client_config(&settings.base, settings.certificate.as_deref())?;
        builder = builder.tls_backend_preconfigured(tls);
        let client = builder.build().map_err(|error| setup(&error))?;
        Ok(HttpClient { client, settings, pace: Arc::default() })
    }

    /// How many requests the node takes at once, as far as is known.
    pub fn width(&self) -> usize {
        self.pace.width()
    }

    /// Gets a path below the base, and returns the whole answer.
    ///
    /// # Errors
    ///
    /// Where the node cannot be reached, refuses, or answers more bytes than are allowed.
    pub async fn get(&self, path: &str) -> Result<Vec<u8>, RpcError> {
        let ask = Ask { method: Method::GET, path, body: None, headers: HeaderMap::new() };
        self.read_by(&ask, |answer| answer).await
    }

    /// Asks by posting JSON, for answers that change nothing: it may be asked more than once. `read` makes of the
    /// answer, or of what came instead of one, what the protocol means by it.
    pub(super) async fn ask<T>(
        &self,
        path: &str,
        body: &str,
        read: impl Fn(Result<Vec<u8>, RpcError>) -> Result<T, RpcError>,
    ) -> Result<T, RpcError> {
        let ask = Ask { method: Method::POST, path, body: Some(body), headers: HeaderMap::new() };
        self.read_by(&ask, read).await
    }

    /// Posts a body of JSON, once.
    pub async fn post(&self, path: &str, body: &str, headers: HeaderMap) -> Result<Vec<u8>, RpcError> {
        let place = self.pace.enter(&mut PATIENCE.clone()).await?;
        let ask = Ask { method: Method::POST, path, body: Some(body), headers };
        let sent = self.send(&ask).instrument(call_span(&ask)).await;
        drop(place);
        sent.map_err(|(Failure::Closed(error) | Failure::Told(error))| error)
    }

    /// Asks for something that changes nothing: once more where a kept connection had been closed meanwhile, and again
    /// after a while where the node is asked too much.
    async fn read_by<T>(
        &self,
        ask: &Ask<'_>,
        read: impl Fn(Result<Vec<u8>, RpcError>) -> Result<T, RpcError>,
    ) -> Result<T, RpcError> {
        let (mut patience, mut was_closed) = (PATIENCE, false);
        loop {
            let place = self.pace.enter(&mut patience).await?;
            let answer = match self.send(ask).instrument(call_span(ask)).await {
                Err(Failure::Closed(_)) if !was_closed => {
                    was_closed = true;
                    continue;
                }
                Err(Failure::Closed(error) | Failure::Told(error)) => Err(error),
                Ok(answer) => Ok(answer),
            };
            let read = read(answer);
            match &read {
                Err(RpcError::RateLimited { after, words }) => self.pace.refused(*after, words),
                Err(RpcError::Unreachable(_)) => return read,
                _ => {
                    self.pace.answered();
                    return read;
                }
            }
            drop(place);
        }
    }

    async fn send(&self, ask: &Ask<'_>) -> Result<Vec<u8>, Failure> {
        let url = match ask.path {
            "" => self.settings.base.clone(),
            path => format!("{}{path}", self.settings.base.trim_end_matches('/')),
        };
        let mut request = self.client.request(ask.method.clone(), url).headers(ask.headers.clone());
        if let Some(value) = self.authorization()? {
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(body) = ask.body {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let response = request.send().await.map_err(|error| {
            let was_connected = !error.is_connect() && !error.is_timeout();
            let told = unreachable(error);
            if was_connected { Failure::Closed(told) } else { Failure::Told(told) }
        })?;
        let (status, after) = (response.status(), refusal::retry_after(response.headers()));
        let answer = self.read(response).await?;
        if status.is_success() { Ok(answer) } else { Err(refusal::of(status, after, &answer).into()) }
    }

    fn authorization(&self) -> Result<Option<HeaderValue>, RpcError> {
        let credentials = match &self.settings.auth {
            Auth::None => return Ok(None),
            Auth::Basic { user, pass } => format!("{user}:{}", pass.expose_secret()),
            Auth::Cookie(path) => std::fs::read_to_string(path)
                .map_err(|error| RpcError::Unreachable(format!("cookie {}: {error}", path.display())))?,
        };
        use base64::Engine;
        let encoded = base64::engine::general_purpose::STANDARD.encode(credentials.trim_end());
        let mut value = HeaderValue::try_from(format!("Basic {encoded}"))
            .map_err(|_| RpcError::Setup("credentials that no header can carry".to_owned()))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    async fn read(&self, response: reqwest::Response) -> Result<Vec<u8>, RpcError> {
        let limit = self.settings.max_answer;
        let too_long = || RpcError::TooLong(limit);
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(too_long());
        }
        let mut answer = Vec::with_capacity(announced.unwrap_or(0));
        let mut stream = response.bytes_stream();
        while let Some(part) = stream.next().await {
            let part = part.map_err(unreachable)?;
            if answer.len() + part.len() > limit {
                return Err(too_long());
            }
            answer.extend_from_slice(&part);
        }
        Ok(answer)
    }
}

/// For whoever is told how long it took. What is asked for may stand behind the path, and is nobody's business.
fn call_span(ask: &Ask<'_>) -> tracing::Span {
    let path = ask.path.split('?').next().unwrap_or_default();
    tracing::debug_span!("node", method = %ask.method, path)
}

/// The innermost cause says most; the URL may hold a password and is left out.
fn unreachable(error: reqwest::Error) -> RpcError {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = if error.is_timeout() { "no answer in time".to_owned() } else { cause.to_string() };
    RpcError::Unreachable(text)
}
