//! JSON-RPC over HTTP, as each node understands it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use rustls::ClientConfig;
use serde_json::{Value, json};

/// Longer than any call here takes, mining hundreds of blocks included.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Why a call brought no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RpcError {
    /// The node answered with an error.
    #[error("error {code}: {message}")]
    Refused { code: i64, message: String },
    /// No answer, or none that is JSON-RPC.
    #[error("no answer: {0}")]
    Transport(String),
}

impl RpcError {
    /// The node's error code, when it answered.
    pub fn code(&self) -> Option<i64> {
        match self {
            RpcError::Refused { code, .. } => Some(*code),
            RpcError::Transport(_) => None,
        }
    }
}

/// How a node knows its caller.
#[derive(Debug, Clone)]
pub enum Auth {
    None,
    Password {
        user: String,
        password: String,
    },
    /// bitcoind's cookie file. It is new after each start, so it is read for each call.
    Cookie(PathBuf),
}

/// A node's JSON-RPC.
#[derive(Debug, Clone)]
pub struct Rpc {
    client: Client,
    url: String,
    auth: Auth,
}

impl Rpc {
    pub fn new(url: String, auth: Auth) -> Rpc {
        Rpc { client: http_client(), url, auth }
    }

    pub fn over_tls(url: String, auth: Auth, tls: ClientConfig) -> Rpc {
        Rpc { client: client_builder().tls_backend_preconfigured(tls).build().unwrap(), url, auth }
    }

    /// The same node at another path: bitcoind has one for each wallet.
    pub fn at(&self, path: &str) -> Rpc {
        Rpc { url: format!("{}{path}", self.url), ..self.clone() }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The result, or why there is none.
    pub async fn try_call(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.client.post(&self.url).json(&body);
        let answer = self.authorized(request)?.send().await.map_err(transport)?;
        let status = answer.status();
        let text = answer.text().await.map_err(transport)?;
        // Errors come with any status: the body tells.
        let answer = serde_json::from_str(&text)
            .map_err(|_| RpcError::Transport(format!("{status}, not JSON: {text:?}")))?;
        result_of(answer)
    }

    /// The result; an error ends the test.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        match self.try_call(method, params.clone()).await {
            Ok(result) => result,
            Err(error) => panic!("{method} {params}: {error}"),
        }
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> Result<reqwest::RequestBuilder, RpcError> {
        Ok(match &self.auth {
            Auth::None => request,
            Auth::Password { user, password } => request.basic_auth(user, Some(password)),
            Auth::Cookie(file) => {
                let cookie = fs::read_to_string(file).map_err(|e| RpcError::Transport(e.to_string()))?;
                let (user, password) = cookie.split_once(':').unwrap_or((&cookie, ""));
                request.basic_auth(user, Some(password))
            }
        })
    }
}

/// A client for plain HTTP to a node's own port.
pub fn http_client() -> Client {
    // Without certificates: reading the machine's own takes longer than many a test.
    client_builder().tls_certs_only([]).build().unwrap()
}

/// Speaks to the node itself, and keeps no connection: nodes are killed and come back on the same port.
fn client_builder() -> ClientBuilder {
    // Fails only where it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(TIMEOUT)
}

fn result_of(mut answer: Value) -> Result<Value, RpcError> {
    match answer.get("error") {
        None | Some(Value::Null) => Ok(answer["result"].take()),
        Some(error) => Err(RpcError::Refused {
            code: error["code"].as_i64().unwrap_or_default(),
            message: error["message"].as_str().unwrap_or_default().to_owned(),
        }),
    }
}

fn transport(error: reqwest::Error) -> RpcError {
    // reqwest's own text hides the cause (refused, reset, bad certificate) behind the URL.
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    RpcError::Transport(text)
}
