//! Ethereum: transfers, also those made inside contracts where the node offers traces, and what validators are paid.
//!
//! A transaction counts only with receipt status 1. A transfer made inside a contract counts only where no
//! call around it failed. Amounts are exact in wei. What a node tells of a block is held against the block's
//! hash; what it tells of the inside of transactions is not part of that, and is taken whole or not at all.

mod balances;
mod block;
mod credit;
mod moves;
mod past;
mod receipts;
pub mod roots;
#[cfg(test)]
mod tests;
mod tokens;
mod traces;
mod verify;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use tokio::sync::Semaphore;
use web3::types::U256;

use super::{Block, ChainSource, Gaps, Past, Payment, SourceError, Tip, TokenBalance, Watch, Watcher};
use crate::address::DepositAddress;
use crate::coins::{Contract, Token};
use crate::rpc::{JsonRpc, RpcError};
use crate::types::{BlockHash, BlockRef, Coin, Height, Units, UnixTime, Work};

use block::{At, ShortBlock};
pub use block::{EthAccess, EthAuthorization, EthBlock, EthLog, EthReceipt, EthTransaction, EthWithdrawal};
use traces::Sight;
pub use traces::TraceKind;

/// The one answer that says that there is no such method.
const METHOD_NOT_FOUND: i64 = -32_601;
/// How nodes say that they have a block, and not the state that its transactions have to be run on to trace them.
const STATE_GONE: [&str; 5] = [
    "historical state",
    "missing trie node",
    "state is not available",
    "No state available",
    "not available due to pruning",
];
const WAY_ON: &str = "a node that keeps more of its history gets past it, or eth_rpc.traces = false, without deposits \
                      from inside contracts";
/// Blocks whose traces are held at a time: each may be as long as any answer that is read.
const TRACED_AT_ONCE: usize = 2;

/// How the chain is read.
#[derive(Debug, Clone, Copy)]
pub struct EthereumSettings {
    /// Number of the chain that the node has to be on, `eth_rpc.chain_id`.
    pub chain_id: u64,
    /// Whether transfers inside contracts are looked for where the node can tell them.
    pub traces: bool,
}

/// A geth, anvil or another node of the kind.
#[derive(Debug)]
pub struct EthereumReader {
    rpc: JsonRpc,
    settings: EthereumSettings,
    sight: Mutex<Sight>,
    /// What of a block could not be held against its hash, in words.
    unchecked: Mutex<Option<String>>,
    places: Semaphore,
    tokens: Vec<Token>,
    /// Tokens that came to watched addresses and are not among those, in words.
    strangers: Mutex<BTreeMap<Contract, String>>,
}

impl EthereumReader {
    /// Returns a reader that looks for ether alone, until tokens are added.
    pub fn new(rpc: JsonRpc, settings: EthereumSettings) -> Self {
        let places = Semaphore::new(TRACED_AT_ONCE);
        EthereumReader {
            rpc,
            settings,
            sight: Mutex::default(),
            unchecked: Mutex::default(),
            places,
            tokens: Vec::new(),
            strangers: Mutex::default(),
        }
    }

    /// Looks for transfers of these tokens, too.
    #[must_use]
    pub fn with_tokens(self, tokens: Vec<Token>) -> Self {
        EthereumReader { tokens, ..self }
    }

    fn with_sight<T>(&self, look: impl FnOnce(&mut Sight) -> T) -> T {
        look(&mut self.sight.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The block with its transactions, by number or tag, held against its hash.
    async fn full_block(&self, which: &str) -> Result<Option<EthBlock>, SourceError> {
        let read = |told: &str| {
            let block: Option<EthBlock> = serde_json::from_str(told).map_err(nonsense)?;
            block
                .map(|block| verify::check_block(&block, told).map(|unchecked| (block, unchecked)))
                .transpose()
        };
        let told = self.rpc.call_read("eth_getBlockByNumber", json!([which, true]), read).await;
        let Some((block, unchecked)) = told.map_err(source_error)?? else { return Ok(None) };
        *self.unchecked.lock().unwrap_or_else(PoisonError::into_inner) = unchecked;
        Ok(Some(block))
    }

    async fn short_block(&self, which: &str) -> Result<Option<ShortBlock>, SourceError> {
        self.rpc.call("eth_getBlockByNumber", json!([which, false])).await.map_err(source_error)
    }

    /// What is optional has an answer or none: it takes nothing off offer.
    async fn finalized(&self) -> Option<Height> {
        let block = self.short_block("finalized").await.ok()??;
        Some(Height::new(block.number?.as_u64()))
    }

    /// Whether the node says that it is catching up: anything but "no", in whatever form.
    async fn is_syncing(&self) -> bool {
        let told: Result<serde_json::Value, RpcError> = self.rpc.call("eth_syncing", json!([])).await;
        told.is_ok_and(|told| !matches!(told, serde_json::Value::Bool(false) | serde_json::Value::Null))
    }

    /// Every payment in the block, and what could not be told of it.
    async fn read_block(
        &self,
        block: &EthBlock,
        at: At,
        watch: &dyn Watch,
    ) -> Result<(Vec<Payment>, Gaps), SourceError> {
        let direct = credit::all_direct(block, watch)?;
        let wants_logs = self.wants_logs(block);
        let wants_receipts = wants_logs || !direct.is_empty();
        let receipts = if wants_receipts { self.all_receipts(block, at).await? } else { None };
        let mut payments = self.succeeded(direct, receipts.as_deref(), at).await?;
        payments.extend(credit::withdrawn(block.withdrawals.as_deref().unwrap_or_default(), watch)?);
        let mut gaps = Gaps::default();
        if wants_logs {
            let tokens = self.token_payments(block, at, receipts.as_deref(), watch).await?;
            payments.extend(tokens.payments);
            gaps.unread = tokens.unread;
        }
        if !self.settings.traces || block.transactions.is_empty() {
            return Ok((payments, gaps));
        }
        if self.with_sight(|sight| sight.is_unknown()) {
            self.look_for_traces().await?;
            // It shows its first block alone, and this one is a later one: it is read again, not passed over.
            if self.with_sight(|sight| sight.is_unknown()) {
                return Err(changed());
            }
        }
        let (kind, why_not) = self.with_sight(|sight| (sight.kind, sight.why_not.clone()));
        let Some(kind) = kind else {
            gaps.blind = Some(why_not.unwrap_or_default());
            return Ok((payments, gaps));
        };
        // Any may: also a plain payment to a contract that passes on what it gets.
        let insides = self.look_inside(kind, block, at, watch).await?;
        payments.extend(credit::inner(block, &insides.moves, watch)?);
        payments.extend(credit::by_balance(block, &insides.unread));
        gaps.unread.extend(insides.unread);
        Ok((payments, gaps))
    }
}

impl ChainSource for EthereumReader {
    fn coin(&self) -> Coin {
        Coin::ETH
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        let told: U256 = self.rpc.call("eth_chainId", json!([])).await.map_err(source_error)?;
        if told != U256::from(self.settings.chain_id) {
            let wanted = self.settings.chain_id;
            return Err(SourceError::WrongNetwork(format!(
                "its chain id is {told}, eth_rpc.chain_id is {wanted}"
            )));
        }
        self.check_tokens().await?;
        if self.settings.traces && self.with_sight(|sight| sight.is_in_doubt()) {
            self.look_for_traces().await?;
        }
        let first = self.short_block("0x0").await?.and_then(|block| block.hash);
        // What is not told is left out: it contradicts nobody.
        Ok(match first {
            Some(first) => format!("chain id {told}, first block {first:#x}"),
            None => format!("chain id {told}"),
        })
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        let latest = self.short_block("latest").await?;
        let latest = latest.ok_or_else(|| SourceError::Starting("it has no newest block".to_owned()))?;
        let number = latest.number.ok_or_else(|| nonsense("the newest block has no number"))?;
        let hash = latest.hash.ok_or_else(|| nonsense("the newest block has no hash"))?;
        if self.settings.traces {
            self.reconsider_traces().await;
        }
        Ok(Tip {
            block: BlockRef { height: Height::new(number.as_u64()), hash: BlockHash(hash.0) },
            time: UnixTime::new(u64::try_from(latest.timestamp).map_err(nonsense)?),
            finalized: self.finalized().await,
            is_syncing: self.is_syncing().await,
        })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<BlockHash>, SourceError> {
        let block = self.short_block(&format!("{:#x}", height.get())).await?;
        Ok(block.and_then(|block| block.hash).map(|hash| BlockHash(hash.0)))
    }

    async fn block(&self, height: Height, watch: &Watcher) -> Result<Option<Block>, SourceError> {
        let Some(block) = self.full_block(&format!("{:#x}", height.get())).await? else { return Ok(None) };
        let place = block.at().ok_or_else(|| nonsense("a block has no hash"))?;
        if place.number.as_u64() != height.get() {
            return Err(nonsense(format_args!("block {height} was asked for, another one came")));
        }
        let (payments, gaps) = self.read_block(&block, place, watch.as_ref()).await?;
        let at = BlockRef { height, hash: BlockHash(place.hash.0) };
        Ok(Some(Block { at, parent: BlockHash(block.parent_hash.0), payments, work: Work::BLOCK, gaps }))
    }

    async fn pending(&self, _: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        // Nodes do not list their pool to everybody, and a block comes within seconds.
        Ok(None)
    }

    async fn balances(
        &self,
        addresses: &[DepositAddress],
        at: BlockRef,
    ) -> Result<Option<Vec<Units>>, SourceError> {
        self.balances_after(addresses, at).await.map(Some)
    }

    async fn token_balances(
        &self,
        address: DepositAddress,
        at: BlockRef,
    ) -> Result<Vec<TokenBalance>, SourceError> {
        self.token_balances_after(address, at).await
    }

    async fn past(&self, addresses: &[DepositAddress]) -> Result<Past, SourceError> {
        self.used_of(addresses).await
    }

    fn is_blind(&self) -> bool {
        !self.settings.traces || self.with_sight(|sight| sight.kind.is_none())
    }

    fn limits(&self) -> Option<String> {
        let why_not = self.with_sight(|sight| sight.why_not.clone());
        let blind = why_not.map(|why| format!("{why}: deposits made from inside contracts are not seen"));
        let unchecked = self.unchecked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let words: Vec<String> = blind.into_iter().chain(unchecked).chain(self.strangers()).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }
}

fn nonsense(error: impl std::fmt::Display) -> SourceError {
    SourceError::Nonsense(error.to_string())
}

/// The next look sees the new one.
fn changed() -> SourceError {
    SourceError::Unreachable("the chain changed while it was being read".to_owned())
}

/// What nodes of this kind mean by their errors.
fn source_error(error: RpcError) -> SourceError {
    match error {
        RpcError::Call { message, .. } if message.contains("indexing is in progress") => {
            SourceError::Starting(message)
        }
        RpcError::Call { message, .. } if STATE_GONE.iter().any(|words| message.contains(words)) => {
            SourceError::Pruned(format!("{message:.500}: {WAY_ON}"))
        }
        other => other.into(),
    }
}
