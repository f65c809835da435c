//! The HTTP client: authentication, time-outs, and a limit on every answer.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use super::{RpcError, pinned};

/// A connection that takes longer is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest silence in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest that a whole answer may take: a large block over a slow line.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);
/// Words of an error answer that are kept.
const MAX_ERROR_TEXT: usize = 500;

/// Who we are to the node.
#[derive(Debug, Clone)]
pub enum Auth {
    None,
    Basic {
        user: String,
        pass: SecretString,
    },
    /// bitcoind's cookie file, which is another one after each of its starts: read at every request.
    Cookie(PathBuf),
}

/// How a node is reached.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Scheme, host and port, without a path.
    pub base: String,
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
}

impl HttpClient {
    pub fn new(settings: HttpSettings) -> Result<Self, RpcError> {
        let setup = |error: &dyn std::fmt::Display| RpcError::Setup(error.to_string());
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            // A node is reached directly, whatever the environment says of proxies.
            .no_proxy();
        if let Some(path) = &settings.certificate {
            let shown = path.display();
            let pem = std::fs::read(path).map_err(|error| setup(&format!("{shown}: {error}")))?;
            let config = pinned::client_config(&pem).map_err(|error| setup(&format!("{shown}: {error}")))?;
            builder = builder.tls_backend_preconfigured(config);
        }
        let client = builder.build().map_err(|error| setup(&error))?;
        Ok(HttpClient { client, settings })
    }

    pub async fn get(&self, path: &str) -> Result<Vec<u8>, RpcError> {
        self.send(Method::GET, path, None, HeaderMap::new()).await
    }

    /// Posts a body of JSON.
    pub async fn post(&self, path: &str, body: String, headers: HeaderMap) -> Result<Vec<u8>, RpcError> {
        self.send(Method::POST, path, Some(body), headers).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: HeaderMap,
    ) -> Result<Vec<u8>, RpcError> {
        let url = format!("{}{path}", self.settings.base);
        let mut request = self.client.request(method, url).headers(headers);
        if let Some(value) = self.authorization()? {
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let answer = self.read(response).await?;
        if status.is_success() { Ok(answer) } else { Err(refused(status, &answer)) }
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

fn refused(status: StatusCode, answer: &[u8]) -> RpcError {
    let text = String::from_utf8_lossy(answer);
    let body: String = text.trim().chars().take(MAX_ERROR_TEXT).collect();
    RpcError::Status { status: status.as_u16(), body }
}
