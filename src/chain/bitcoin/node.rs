//! What is asked of a Bitcoin node, and what its errors mean.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bitcoin::Transaction;
use bitcoin::block::Header;
use bitcoin::consensus::deserialize;
use bitcoin::hex::FromHex;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::decode::{self, Head};
use super::nonsense;
use crate::chain::{SourceError, Tip};
use crate::coins::BlockFormat;
use crate::rpc::{JsonRpc, RpcError};
use crate::types::{BlockHash, BlockRef, Height, UnixTime};

/// bitcoind's "block height out of range", and what btcd answers for it.
const OUT_OF_RANGE: [i64; 2] = [-8, -1];
/// "Loading block index..." and its like.
const WARMING_UP: i64 = -28;
/// "Block not found", also of a block that btcd has pruned.
const NOT_FOUND: i64 = -5;
/// bitcoind has the header and still waits for the block, or fills in what a snapshot has left out.
const NOT_YET_THERE: &str = "not fully downloaded";
/// What nodes as old as bitcoind 0.14 say of a number that tells how much is wanted of a block.
const WANTS_BOOLEAN: &str = "not a boolean";

/// A bitcoind or btcd.
#[derive(Debug)]
pub(super) struct Node {
    rpc: JsonRpc,
    /// Whether blocks are asked for as bytes: until the node shows that it does not serve them like that.
    has_rest: AtomicBool,
    /// Whether blocks are asked for in the words of old nodes.
    is_old: AtomicBool,
}

#[derive(Deserialize)]
struct ChainInfo {
    blocks: u64,
    bestblockhash: String,
    #[serde(default)]
    initialblockdownload: bool,
}

#[derive(Deserialize)]
struct HeaderInfo {
    time: u64,
    height: u64,
}

impl Node {
    pub(super) fn new(rpc: JsonRpc) -> Self {
        Node { rpc, has_rest: AtomicBool::new(true), is_old: AtomicBool::new(false) }
    }

    pub(super) fn width(&self) -> usize {
        self.rpc.http().width()
    }

    async fn call<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T, SourceError> {
        self.rpc.call(method, params).await.map_err(source_error)
    }

    /// For one question that may take so long; others are not kept waiting by it.
    pub(super) fn patient(&self, longest: Duration) -> Result<JsonRpc, SourceError> {
        self.rpc.patient(longest).map_err(source_error)
    }

    /// It may be another node from now on, with other abilities.
    pub(super) fn meet_anew(&self) {
        self.has_rest.store(true, Ordering::Relaxed);
        self.is_old.store(false, Ordering::Relaxed);
    }

    pub(super) async fn tip(&self) -> Result<Tip, SourceError> {
        let info: ChainInfo = self.call("getblockchaininfo", json!([])).await?;
        let header: HeaderInfo = self.call("getblockheader", json!([info.bestblockhash, true])).await?;
        if header.height != info.blocks {
            return Err(nonsense("the best block is not at the best height"));
        }
        let hash = BlockHash::parse(&info.bestblockhash).map_err(nonsense)?;
        Ok(Tip {
            block: BlockRef { height: Height::new(info.blocks), hash },
            time: UnixTime::new(header.time),
            finalized: None,
            is_syncing: info.initialblockdownload,
        })
    }

    /// A block's header, as bytes: what the node makes of it does not count.
    pub(super) async fn head(&self, hash: &str, format: BlockFormat) -> Result<Head, SourceError> {
        match self.rpc.call::<String>("getblockheader", json!([hash, false])).await {
            Ok(hex) => decode::head(&Vec::from_hex(&hex).map_err(nonsense)?, format).map_err(nonsense),
            // It was told a moment ago.
            Err(RpcError::Call { code: NOT_FOUND, .. }) => Err(SourceError::changed()),
            Err(error) => Err(source_error(error)),
        }
    }

    /// The hash of the best chain's block at a height; none above the tip.
    pub(super) async fn block_hash(&self, height: Height) -> Result<Option<String>, SourceError> {
        match self.rpc.call("getblockhash", json!([height.get()])).await {
            Ok(hash) => Ok(Some(hash)),
            Err(RpcError::Call { code, .. }) if OUT_OF_RANGE.contains(&code) => Ok(None),
            Err(error) => Err(source_error(error)),
        }
    }

    /// A block's bytes by REST where the node serves them, else by JSON-RPC. The hash came from the node itself.
    pub(super) async fn block_bytes(&self, hash: &str) -> Result<Vec<u8>, SourceError> {
        if self.has_rest.load(Ordering::Relaxed) {
            match self.rest_block(hash).await {
                Ok(Some(bytes)) => return Ok(bytes),
                Err(error @ RpcError::RateLimited { .. }) => return Err(source_error(error)),
                // Another answer than the block is no answer at all: a page, a refusal, or, of btcd, silence.
                Ok(None) | Err(_) => self.has_rest.store(false, Ordering::Relaxed),
            }
        }
        match self.hex_block(hash).await {
            Ok(hex) => Vec::from_hex(&hex).map_err(nonsense),
            Err(RpcError::Call { code: NOT_FOUND, message }) => Err(self.not_found(hash, message).await),
            Err(error) => Err(source_error(error)),
        }
    }

    async fn hex_block(&self, hash: &str) -> Result<String, RpcError> {
        if !self.is_old.load(Ordering::Relaxed) {
            match self.rpc.call("getblock", json!([hash, 0])).await {
                Err(RpcError::Call { message, .. }) if message.contains(WANTS_BOOLEAN) => {
                    self.is_old.store(true, Ordering::Relaxed);
                }
                told => return told,
            }
        }
        self.rpc.call("getblock", json!([hash, false])).await
    }

    /// None where something else came than the block.
    async fn rest_block(&self, hash: &str) -> Result<Option<Vec<u8>>, RpcError> {
        let bytes = self.rpc.http().get(&format!("/rest/block/{hash}.bin")).await?;
        let header = bytes.get(..Header::SIZE).and_then(|header| deserialize::<Header>(header).ok());
        Ok(Some(bytes).filter(|_| header.is_some_and(|header| header.block_hash().to_string() == hash)))
    }

    /// Why a block is not found whose hash was just told: a node that still has its header has thrown the rest away.
    async fn not_found(&self, hash: &str, message: String) -> SourceError {
        match self.call::<HeaderInfo>("getblockheader", json!([hash, true])).await {
            Ok(_) => SourceError::Pruned(message),
            Err(SourceError::Nonsense(_)) => SourceError::changed(),
            Err(error) => error,
        }
    }

    pub(super) async fn mempool(&self) -> Result<Vec<String>, SourceError> {
        self.call("getrawmempool", json!([])).await
    }

    /// A transaction of the mempool; none where it has left that meanwhile.
    pub(super) async fn waiting(
        &self,
        txid: &str,
        format: BlockFormat,
    ) -> Result<Option<Transaction>, SourceError> {
        match self.rpc.call::<String>("getrawtransaction", json!([txid, 0])).await {
            Ok(hex) => {
                Ok(Vec::from_hex(&hex).ok().and_then(|bytes| decode::transaction(&bytes, format).ok()))
            }
            Err(RpcError::Call { .. }) => Ok(None),
            Err(error) => Err(source_error(error)),
        }
    }
}

fn source_error(error: RpcError) -> SourceError {
    match error {
        RpcError::Call { code: WARMING_UP, message } => SourceError::Starting(message),
        RpcError::Call { message, .. } if message.contains(NOT_YET_THERE) => SourceError::Syncing(message),
        RpcError::Call { message, .. } if message.contains("pruned") => SourceError::Pruned(message),
        RpcError::Forbidden { .. } => {
            SourceError::Forbidden(format!("{error}: see -rpcwhitelist and -rpcallowip"))
        }
        other => other.into(),
    }
}
