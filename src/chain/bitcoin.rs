//! Bitcoin over JSON-RPC: bitcoind (pruned ones do) and btcd. Raw blocks, decoded here; no index, no wallet.
//!
//! Where the node offers REST, blocks come as bytes rather than as hexadecimal. What the node says is checked: a block
//! must have the hash that was asked for, and one that pays us must have the transactions that its header commits to.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bitcoin::block::Header;
use bitcoin::consensus::deserialize;
use bitcoin::hashes::Hash;
use bitcoin::hex::FromHex;
use bitcoin::{Block as BtcBlock, BlockHash, Transaction};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Block, ChainSource, Payment, SourceError, Tip, Watch, Watcher};
use crate::address::{DepositAddress, Network};
use crate::rpc::{HttpClient, JsonRpc, RpcError};
use crate::types::{BlockRef, Coin, Hash32, Height, Units, UnixTime};

/// bitcoind's "block height out of range", and what btcd answers for it.
const OUT_OF_RANGE: [i64; 2] = [-8, -1];
/// "Loading block index..." and its like.
const WARMING_UP: i64 = -28;
/// Transactions of the mempool that are fetched in one look; the rest comes with the next ones.
const PENDING_PER_LOOK: usize = 2_000;
/// Transactions of the mempool that are remembered: more than any node keeps by default.
const PENDING_KNOWN: usize = 500_000;

/// How the chain is read.
#[derive(Debug, Clone, Copy)]
pub struct BitcoinSettings {
    pub network: Network,
}

/// A bitcoind or btcd.
#[derive(Debug)]
pub struct BitcoinReader {
    rpc: JsonRpc,
    settings: BitcoinSettings,
    /// Whether blocks are asked for as bytes: until the node shows that it does not serve them like that.
    has_rest: Arc<AtomicBool>,
    mempool: Mutex<Mempool>,
}

/// What was seen of the node's mempool.
#[derive(Debug, Default)]
struct Mempool {
    /// What the node listed the last time.
    listed: HashSet<String>,
    /// Transactions that were looked at.
    known: HashSet<String>,
    /// Those of them that pay somebody.
    payments: Vec<Payment>,
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

impl BitcoinReader {
    pub fn new(rpc: JsonRpc, settings: BitcoinSettings) -> Self {
        BitcoinReader { rpc, settings, has_rest: Arc::new(AtomicBool::new(true)), mempool: Mutex::default() }
    }

    async fn call<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T, SourceError> {
        self.rpc.call(method, params).await.map_err(source_error)
    }

    async fn raw_transaction(&self, txid: &str) -> Result<Option<Transaction>, SourceError> {
        match self.rpc.call::<String>("getrawtransaction", json!([txid, 0])).await {
            Ok(hex) => Ok(Vec::from_hex(&hex).ok().and_then(|bytes| deserialize(&bytes).ok())),
            // It has left the mempool since it was listed.
            Err(RpcError::Call { .. }) => Ok(None),
            Err(error) => Err(source_error(error)),
        }
    }

    /// Forgets what is gone, and answers what still has to be looked at: what came since the last look first, since
    /// a mempool that was full at the start takes a while.
    fn sort_mempool(&self, listed: Vec<String>) -> Vec<String> {
        let mut mempool = self.mempool.lock().unwrap_or_else(PoisonError::into_inner);
        let there: HashSet<String> = listed.into_iter().collect();
        mempool.known.retain(|txid| there.contains(txid));
        mempool.payments.retain(|payment| there.contains(&payment.tx));
        let room = PENDING_KNOWN.saturating_sub(mempool.known.len()).min(PENDING_PER_LOOK);
        let mut left: Vec<String> = there.difference(&mempool.known).cloned().collect();
        left.sort_by_key(|txid| mempool.listed.contains(txid));
        left.truncate(room);
        mempool.listed = there;
        left
    }
}

impl ChainSource for BitcoinReader {
    fn coin(&self) -> Coin {
        Coin::Btc
    }

    async fn check_network(&self) -> Result<(), SourceError> {
        let genesis = bitcoin::constants::genesis_block(self.settings.network).block_hash().to_string();
        let told = block_hash(&self.rpc, 0).await?.unwrap_or_default();
        if told != genesis {
            let network = self.settings.network;
            let words = format!("its first block is {told}, that of {network} is {genesis}");
            return Err(SourceError::WrongNetwork(words));
        }
        self.has_rest.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        let info: ChainInfo = self.call("getblockchaininfo", json!([])).await?;
        let header: HeaderInfo = self.call("getblockheader", json!([info.bestblockhash, true])).await?;
        if header.height != info.blocks {
            return Err(SourceError::Nonsense("the best block is not at the best height".to_owned()));
        }
        let hash = Hash32::parse(&info.bestblockhash).map_err(nonsense)?;
        Ok(Tip {
            block: BlockRef { height: Height::new(info.blocks), hash },
            time: UnixTime::new(header.time),
            finalized: None,
            is_syncing: info.initialblockdownload,
        })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<Hash32>, SourceError> {
        let hash = block_hash(&self.rpc, height.get()).await?;
        hash.map(|hash| Hash32::parse(&hash).map_err(nonsense)).transpose()
    }

    fn width(&self) -> usize {
        self.rpc.http().width()
    }

    async fn block(&self, height: Height, watch: &Watcher) -> Result<Option<Block>, SourceError> {
        // Blocks that are read at the same time are decoded and matched side by side.
        let (has_rest, network) = (Arc::clone(&self.has_rest), self.settings.network);
        let read = read_block(self.rpc.clone(), height, has_rest, network, Arc::clone(watch));
        tokio::spawn(read).await.unwrap_or_else(|ended| match ended.try_into_panic() {
            // A defect is the scanner's end: it says nothing about the node.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(nonsense(cancelled)),
        })
    }

    async fn pending(&self, watch: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        let listed: Vec<String> = self.call("getrawmempool", json!([])).await?;
        let left = stream::iter(self.sort_mempool(listed));
        let fetched = left.map(async |txid| Ok::<_, SourceError>((self.raw_transaction(&txid).await?, txid)));
        let mut fetched = pin!(fetched.buffered(self.width()));
        while let Some((transaction, txid)) = fetched.try_next().await? {
            let Some(transaction) = transaction else { continue };
            let payments = payments_in(&[transaction], self.settings.network, watch.as_ref());
            let mut mempool = self.mempool.lock().unwrap_or_else(PoisonError::into_inner);
            mempool.known.insert(txid);
            mempool.payments.extend(payments);
        }
        Ok(Some(self.mempool.lock().unwrap_or_else(PoisonError::into_inner).payments.clone()))
    }
}

/// Every output that pays exactly one watched address. One look at the script's template and one hash look-up each;
/// a transaction's id is computed only where it pays somebody.
pub fn payments_in(transactions: &[Transaction], network: Network, watch: &dyn Watch) -> Vec<Payment> {
    // Room for all at once: lists that grow by a megabyte a block are moved and given back each time.
    let outputs = transactions.iter().map(|transaction| transaction.output.len()).sum();
    let (mut places, mut addresses) = (Vec::with_capacity(outputs), Vec::with_capacity(outputs));
    for (index, transaction) in transactions.iter().enumerate() {
        for (n, output) in transaction.output.iter().enumerate() {
            if let Some(address) = DepositAddress::of_script(output.script_pubkey.as_bytes(), network) {
                places.push((index, n));
                addresses.push(address);
            }
        }
    }
    let mut hits = watch.watched_among(&addresses);
    hits.sort_unstable();
    let payments = hits.into_iter().filter_map(|hit| {
        let (index, n) = places[hit];
        payment(&transactions[index], n, addresses[hit])
    });
    payments.collect()
}

/// None where nothing is paid.
fn payment(transaction: &Transaction, n: usize, address: DepositAddress) -> Option<Payment> {
    let amount = Units::new(transaction.output[n].value.to_sat().into());
    let (tx, n) = (transaction.compute_txid().to_string(), u32::try_from(n).ok()?);
    (amount != Units::new(0)).then_some(Payment { tx, n, address, amount })
}

async fn read_block(
    rpc: JsonRpc,
    height: Height,
    has_rest: Arc<AtomicBool>,
    network: Network,
    watch: Watcher,
) -> Result<Option<Block>, SourceError> {
    let Some(hash) = block_hash(&rpc, height.get()).await? else { return Ok(None) };
    let raw = raw_block(&rpc, &hash, &has_rest).await?;
    let block: BtcBlock = deserialize(&raw).map_err(nonsense)?;
    if block.block_hash().to_string() != hash {
        return Err(SourceError::Nonsense(format!("block {hash} was asked for, another one came")));
    }
    let payments = payments_in(&block.txdata, network, watch.as_ref());
    if !payments.is_empty() && !block.check_merkle_root() {
        return Err(SourceError::Nonsense(format!("block {hash} has other transactions than it says")));
    }
    let at = BlockRef { height, hash: Hash32::parse(&hash).map_err(nonsense)? };
    Ok(Some(Block { at, parent: displayed(block.header.prev_blockhash), payments }))
}

async fn block_hash(rpc: &JsonRpc, height: u64) -> Result<Option<String>, SourceError> {
    match rpc.call("getblockhash", json!([height])).await {
        Ok(hash) => Ok(Some(hash)),
        Err(RpcError::Call { code, .. }) if OUT_OF_RANGE.contains(&code) => Ok(None),
        Err(error) => Err(source_error(error)),
    }
}

/// The block's bytes by REST where the node serves it, else by JSON-RPC.
async fn raw_block(rpc: &JsonRpc, hash: &str, has_rest: &AtomicBool) -> Result<Vec<u8>, SourceError> {
    if has_rest.load(Ordering::Relaxed) {
        match rest_block(rpc.http(), hash).await {
            Ok(Some(bytes)) => return Ok(bytes),
            // Another answer than the block, which is no answer at all: a page, or a refusal.
            Ok(None) | Err(RpcError::Status { .. }) => has_rest.store(false, Ordering::Relaxed),
            Err(error) => return Err(source_error(error)),
        }
    }
    let hex: String = rpc.call("getblock", json!([hash, 0])).await.map_err(source_error)?;
    Vec::from_hex(&hex).map_err(nonsense)
}

/// None where something else came than the block.
async fn rest_block(http: &HttpClient, hash: &str) -> Result<Option<Vec<u8>>, RpcError> {
    let bytes = http.get(&format!("/rest/block/{hash}.bin")).await?;
    let header = bytes.get(..Header::SIZE).and_then(|header| deserialize::<Header>(header).ok());
    Ok(Some(bytes).filter(|_| header.is_some_and(|header| header.block_hash().to_string() == hash)))
}

/// Bitcoin shows its hashes in reverse.
fn displayed(hash: BlockHash) -> Hash32 {
    let mut bytes = hash.to_byte_array();
    bytes.reverse();
    Hash32(bytes)
}

fn nonsense(error: impl std::fmt::Display) -> SourceError {
    SourceError::Nonsense(error.to_string())
}

fn source_error(error: RpcError) -> SourceError {
    match error {
        RpcError::Call { code: WARMING_UP, message } => SourceError::Starting(message),
        RpcError::Call { message, .. } if message.contains("pruned") => SourceError::Pruned(message),
        other => other.into(),
    }
}
