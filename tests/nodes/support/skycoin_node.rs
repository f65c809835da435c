//! The REST API of a Skycoin node, as far as tests need it.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use teller::types::Droplets;

use super::rpc::http_client;
use super::wait;

/// An answer that is not a success, or none at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    #[error("{status}: {text}")]
    Refused { status: u16, text: String },
    #[error("no answer: {0}")]
    Transport(String),
}

impl From<reqwest::Error> for ApiError {
    fn from(error: reqwest::Error) -> ApiError {
        ApiError::Transport(error.to_string())
    }
}

/// What a node says about a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Waiting,
    /// In the block with this number.
    Confirmed(u64),
}

/// A node's API.
#[derive(Debug, Clone)]
pub struct Node {
    client: Client,
    url: String,
}

impl Node {
    /// The URL has to name the address that the node listens on: it refuses any other in `Host`.
    pub fn new(url: String) -> Node {
        Node { client: http_client(), url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn get(&self, path: &str) -> Result<Value, ApiError> {
        value_of(self.client.get(format!("{}{path}", self.url)).send().await?).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, ApiError> {
        // Good for thirty seconds, so one is fetched for each call.
        let token = self.get("/api/v1/csrf").await?;
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("X-CSRF-Token", token["csrf_token"].as_str().unwrap_or_default())
            .json(body);
        value_of(request.send().await?).await
    }

    pub async fn health(&self) -> Result<Value, ApiError> {
        self.get("/api/v1/health").await
    }

    /// The number of the newest block.
    pub async fn height(&self) -> u64 {
        let metadata = self.get("/api/v1/blockchain/metadata").await.unwrap();
        metadata["head"]["seq"].as_u64().unwrap()
    }

    /// What is confirmed at the address.
    pub async fn balance(&self, address: &str) -> Droplets {
        let balance = self.get(&format!("/api/v1/balance?addrs={address}")).await.unwrap();
        Droplets::new(balance["confirmed"]["coins"].as_u64().unwrap())
    }

    /// The confirmed unspent outputs of the address.
    pub async fn outputs(&self, address: &str) -> Vec<Value> {
        let outputs = self.get(&format!("/api/v1/outputs?addrs={address}")).await.unwrap();
        outputs["head_outputs"].as_array().unwrap().clone()
    }

    /// None for a transaction that the node does not know.
    pub async fn status(&self, txid: &str) -> Option<Status> {
        match self.get(&format!("/api/v1/transaction?txid={txid}")).await {
            Ok(found) if found["status"]["confirmed"] == true => {
                Some(Status::Confirmed(found["status"]["block_seq"].as_u64().unwrap()))
            }
            Ok(_) => Some(Status::Waiting),
            Err(ApiError::Refused { status: 404, .. }) => None,
            Err(error) => panic!("status of {txid}: {error}"),
        }
    }

    /// Waits until the transaction is in a block, and gives that block's number.
    pub async fn confirmed(&self, txid: &str) -> u64 {
        wait::until("the transaction stays out of the blocks", async || match self.status(txid).await? {
            Status::Waiting => None,
            Status::Confirmed(block) => Some(block),
        })
        .await
    }

    /// Hands over a signed transaction, in hex; gives its id.
    pub async fn inject(&self, raw: &str) -> Result<String, ApiError> {
        let injected = self.post("/api/v1/injectTransaction", &json!({"rawtx": raw})).await?;
        Ok(injected.as_str().unwrap_or_default().to_owned())
    }

    /// Like [`Node::inject`], for a node without peers.
    pub async fn inject_alone(&self, raw: &str) -> Result<String, ApiError> {
        let body = json!({"rawtx": raw, "no_broadcast": true});
        let injected = self.post("/api/v1/injectTransaction", &body).await?;
        Ok(injected.as_str().unwrap_or_default().to_owned())
    }
}

async fn value_of(answer: reqwest::Response) -> Result<Value, ApiError> {
    let status = answer.status();
    let text = answer.text().await?;
    if status != StatusCode::OK {
        return Err(ApiError::Refused { status: status.as_u16(), text: text.trim().to_owned() });
    }
    serde_json::from_str(&text).map_err(|_| ApiError::Transport(format!("not JSON: {text:?}")))
}
