//! The Skycoin node's REST API, as far as it is needed: typed, and with its habits (CSRF tokens, text errors).

use reqwest::header::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{HttpClient, RpcError};

/// Most addresses in one question; a hot wallet may have thousands, and a URL no more than fits in a request line.
const ADDRESSES_PER_REQUEST: usize = 50;

/// A client of one node.
#[derive(Debug, Clone)]
pub struct SkyRest {
    http: HttpClient,
}

/// `GET /api/v1/health`.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyHealth {
    /// The node's chain.
    pub blockchain: SkyChain,
    /// The number of peers that the node is connected to.
    pub open_connections: u64,
    /// The rules for transactions that are handed to this node.
    pub user_verify_transaction: SkyVerifyRules,
    /// The rules for transactions that come from its peers.
    pub unconfirmed_verify_transaction: SkyVerifyRules,
    /// The coin that the node is one of.
    pub fiber: SkyFiber,
}

/// A node's chain.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyChain {
    /// The header of the newest block.
    pub head: SkyHeader,
}

/// What transactions have to keep.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SkyVerifyRules {
    /// One in so many of the hours in the inputs has to be burnt.
    pub burn_factor: u32,
    /// The most bytes that a transaction may have.
    pub max_transaction_size: u64,
    /// The most decimal places that the coins of an output may have.
    pub max_decimals: u8,
}

/// The coin that a node is one of; others than Skycoin use the same software.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyFiber {
    /// The name in lower case, like `skycoin`.
    pub name: String,
    /// The short name, like `SKY`.
    pub ticker: String,
}

/// A block's header; hashes are hexadecimal.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyHeader {
    /// The height of the block.
    pub seq: u64,
    /// The hash that the node calls the block by.
    pub block_hash: String,
    /// The hash of the block below.
    pub previous_block_hash: String,
    /// The block's own time, in seconds since 1970.
    pub timestamp: u64,
    /// The coin hours that the transactions burn.
    pub fee: u64,
    /// The version of the format.
    pub version: u32,
    /// The Merkle root of the txids.
    pub tx_body_hash: String,
    /// The hash that stands for all unspent outputs before the block.
    pub ux_hash: String,
}

/// A block with its transactions.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyBlock {
    /// The header, with the hash that the block is called by.
    pub header: SkyHeader,
    /// What is in the block.
    pub body: SkyBody,
}

/// What is in a block.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyBody {
    /// The transactions, in their order.
    pub txns: Vec<SkyTransaction>,
}

/// A transaction in a block.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyTransaction {
    /// The number of bytes that the transaction says it has.
    pub length: u32,
    /// The type of the transaction; 0 is the only one there is.
    #[serde(rename = "type")]
    pub kind: u8,
    /// The transaction's id, hexadecimal.
    pub txid: String,
    /// The hash of inputs and outputs, which the signatures are for, hexadecimal.
    pub inner_hash: String,
    /// The signatures, one per input, hexadecimal.
    pub sigs: Vec<String>,
    /// The outputs that it spends.
    pub inputs: Vec<SkySpentInput>,
    /// The outputs that it makes.
    pub outputs: Vec<SkyTransactionOutput>,
}

/// What a transaction spends: its uxid, and what that stood for where the answer is a verbose one.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum SkySpentInput {
    /// The uxid alone, hexadecimal.
    Bare(String),
    /// The uxid, with the output that it stood for.
    Told {
        /// The uxid, hexadecimal.
        uxid: String,
        /// The address that the output belonged to.
        owner: String,
        /// Whole coins in decimal.
        coins: String,
        /// The coin hours that the output was made with.
        hours: u64,
        /// The id of the transaction that made it; zeros for the genesis block.
        src_txid: String,
    },
}

impl SkySpentInput {
    /// Returns the id of the output that is spent, hexadecimal.
    pub fn uxid(&self) -> &str {
        match self {
            SkySpentInput::Bare(uxid) | SkySpentInput::Told { uxid, .. } => uxid,
        }
    }
}

/// An output that a transaction in a block makes.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyTransactionOutput {
    /// The output's id, hexadecimal.
    pub uxid: String,
    /// The address that it pays.
    pub dst: String,
    /// Whole coins in decimal.
    pub coins: String,
    /// The coin hours that it is made with.
    pub hours: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct Blocks {
    blocks: Vec<SkyBlock>,
}

/// `GET /api/v1/outputs`.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SkyOutputs {
    /// The confirmed ones that no block has spent.
    pub head_outputs: Vec<SkyOutput>,
    /// Of the confirmed ones, those that an unconfirmed transaction spends.
    pub outgoing_outputs: Vec<SkyOutput>,
    /// Those that unconfirmed transactions would make.
    pub incoming_outputs: Vec<SkyOutput>,
}

/// An output that an address has.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyOutput {
    /// The output's id, hexadecimal.
    pub hash: String,
    /// The address that it belongs to.
    pub address: String,
    /// Whole coins in decimal.
    pub coins: String,
    /// Hours at the time of the chain's head.
    pub calculated_hours: u64,
}

/// `GET /api/v1/transaction`.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyTransactionStatus {
    /// Where the transaction stands.
    pub status: SkyStatus,
}

/// The same, with what is in the transaction.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyWholeTransaction {
    /// Where the transaction stands.
    pub status: SkyStatus,
    /// The transaction.
    pub txn: SkyTransaction,
}

/// Where a transaction stands.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SkyStatus {
    /// Whether it is in a block.
    pub confirmed: bool,
    /// Whether it waits at the node for a block.
    pub unconfirmed: bool,
    /// Confirmations: 1 in the newest block.
    pub height: u64,
    /// The height of its block; zero while it has none.
    pub block_seq: u64,
}

/// `GET /api/v1/uxout`: what became of an output.
#[derive(Debug, Clone, Deserialize)]
pub struct SkySpent {
    /// Zeros while it is unspent.
    pub spent_tx: String,
    /// The height of the block that it was spent in; zero while it is unspent.
    pub spent_block_seq: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct Csrf {
    csrf_token: String,
}

impl SkyRest {
    /// Returns a client that asks the node through this one of HTTP.
    pub fn new(http: HttpClient) -> Self {
        SkyRest { http }
    }

    /// Asks the node for its newest block, its peers, its rules and its coin.
    ///
    /// # Errors
    ///
    /// Where the node cannot be reached, or does not answer as it should.
    pub async fn health(&self) -> Result<SkyHealth, RpcError> {
        self.get("/api/v1/health").await
    }

    /// The block at this height; none above the head.
    pub async fn block(&self, seq: u64) -> Result<Option<SkyBlock>, RpcError> {
        found(self.get(&format!("/api/v1/block?seq={seq}")).await)
    }

    /// The same, with what its transactions spend.
    pub async fn verbose_block(&self, seq: u64) -> Result<Option<SkyBlock>, RpcError> {
        found(self.get(&format!("/api/v1/block?seq={seq}&verbose=1")).await)
    }

    /// The height of the highest chain that the node has heard of; none where it does not tell.
    pub async fn highest(&self) -> Result<Option<u64>, RpcError> {
        match found(self.progress().await) {
            Err(RpcError::Forbidden { .. }) => Ok(None),
            told => Ok(told?.map(|progress| progress.highest)),
        }
    }

    /// The blocks from `start` to `end`, both included, as far as they exist.
    pub async fn blocks(&self, start: u64, end: u64) -> Result<Vec<SkyBlock>, RpcError> {
        let blocks: Blocks = self.get(&format!("/api/v1/blocks?start={start}&end={end}")).await?;
        Ok(blocks.blocks)
    }

    /// The outputs of these addresses.
    pub async fn outputs(&self, addresses: &[String]) -> Result<SkyOutputs, RpcError> {
        let mut all = SkyOutputs::default();
        for some in addresses.chunks(ADDRESSES_PER_REQUEST) {
            let part: SkyOutputs = self.get(&format!("/api/v1/outputs?addrs={}", some.join(","))).await?;
            all.head_outputs.extend(part.head_outputs);
            all.outgoing_outputs.extend(part.outgoing_outputs);
            all.incoming_outputs.extend(part.incoming_outputs);
        }
        Ok(all)
    }

    /// What the node knows of a transaction; none where it knows nothing.
    pub async fn transaction(&self, txid: &str) -> Result<Option<SkyStatus>, RpcError> {
        let found: Option<SkyTransactionStatus> =
            found(self.get(&format!("/api/v1/transaction?txid={txid}")).await)?;
        Ok(found.map(|transaction| transaction.status))
    }

    /// The same, with what is in the transaction.
    pub async fn whole_transaction(&self, txid: &str) -> Result<Option<SkyWholeTransaction>, RpcError> {
        found(self.get(&format!("/api/v1/transaction?txid={txid}")).await)
    }

    /// What became of an output; none where no block has made it.
    pub async fn uxout(&self, uxid: &str) -> Result<Option<SkySpent>, RpcError> {
        let missing = format!("uxout of {uxid} does not exist");
        match self.get(&format!("/api/v1/uxout?uxid={uxid}")).await {
            // Here the daemon has another answer than everywhere else: a 404 is a gateway's, and says nothing of the
            // output.
            Err(RpcError::Status { status: 400, body }) if body.contains(&missing) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Hands a signed transaction, in hexadecimal, to the network. Answers its txid.
    pub async fn inject(&self, raw: &str) -> Result<String, RpcError> {
        let body = json!({ "rawtx": raw }).to_string();
        let answer = self.post("/api/v1/injectTransaction", body).await?;
        serde_json::from_slice(&answer).map_err(RpcError::nonsense)
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RpcError> {
        let answer = self.http.get(path).await.map_err(|error| named(path, error))?;
        serde_json::from_slice(&answer).map_err(RpcError::nonsense)
    }

    async fn post(&self, path: &str, body: String) -> Result<Vec<u8>, RpcError> {
        let mut headers = HeaderMap::new();
        if let Some(token) = self.csrf_token().await? {
            let value = HeaderValue::try_from(token).map_err(RpcError::nonsense)?;
            headers.insert("X-CSRF-Token", value);
        }
        self.http.post(path, &body, headers).await.map_err(|error| named(path, error))
    }

    /// A new one for each post: a token is good for half a minute. None where the node has that check switched off.
    async fn csrf_token(&self) -> Result<Option<String>, RpcError> {
        let fresh: Option<Csrf> = found(self.get("/api/v1/csrf").await)?;
        Ok(fresh.map(|csrf| csrf.csrf_token))
    }
}

/// Names what was asked for where it is forbidden.
fn named(path: &str, error: RpcError) -> RpcError {
    match error {
        RpcError::Status { status, body } => {
            RpcError::of_status(path.split('?').next().unwrap_or_default(), status, body)
        }
        error => error,
    }
}

/// 404 is an answer: there is none.
pub(super) fn found<T>(result: Result<T, RpcError>) -> Result<Option<T>, RpcError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(RpcError::Status { status: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
