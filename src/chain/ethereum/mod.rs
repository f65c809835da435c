//! Ethereum through the `web3` crate: transfers, also those made inside contracts where the node offers traces.
//!
//! A transaction counts only with receipt status 1. A transfer made inside a contract counts only where no call around it
//! failed. Amounts are exact in wei.

#[cfg(test)]
mod tests;
mod traces;
mod transport;

use std::sync::{Mutex, PoisonError};

use web3::Web3;
use web3::types::{
    Block as EthBlock, BlockId, BlockNumber, H160, H256, Transaction, TransactionReceipt, U64, U256,
};

use super::{Block, ChainSource, Payment, SourceError, Tip, Watch, Watcher};
use crate::address::DepositAddress;
use crate::rpc::JsonRpc;
use crate::types::{BlockRef, Coin, Hash32, Height, Units, UnixTime};

pub use traces::TraceKind;
use traces::Transfer;
use transport::Rpc;

/// How nodes say that they have a block, and not the state that its transactions have to be run on to trace them.
const STATE_GONE: [&str; 4] =
    ["historical state", "missing trie node", "state is not available", "No state available"];
const WAY_ON: &str = "a node that keeps more of its history gets past it, or eth_rpc.traces = false, without deposits \
                      from inside contracts";

/// How the chain is read.
#[derive(Debug, Clone, Copy)]
pub struct EthereumSettings {
    pub chain_id: u64,
    /// Whether transfers inside contracts are looked for where the node can tell them.
    pub traces: bool,
}

/// A geth, anvil or another node of the kind.
#[derive(Debug)]
pub struct EthereumReader {
    web3: Web3<Rpc>,
    settings: EthereumSettings,
    /// How the node tells traces; none where it does not.
    traces: Mutex<Option<TraceKind>>,
}

impl EthereumReader {
    pub fn new(rpc: JsonRpc, settings: EthereumSettings) -> Self {
        EthereumReader { web3: Web3::new(Rpc::new(rpc)), settings, traces: Mutex::new(None) }
    }

    fn trace_kind(&self) -> Option<TraceKind> {
        *self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn full_block(&self, height: Height) -> Result<Option<EthBlock<Transaction>>, SourceError> {
        let id = BlockId::Number(BlockNumber::Number(U64::from(height.get())));
        self.web3.eth().block_with_txs(id).await.map_err(source_error)
    }

    async fn short_block(&self, number: BlockNumber) -> Result<Option<EthBlock<H256>>, SourceError> {
        self.web3.eth().block(BlockId::Number(number)).await.map_err(source_error)
    }

    /// Only what was executed counts, and in this very block.
    async fn succeeded(&self, transaction: H256, block: H256) -> Result<bool, SourceError> {
        let receipt: Option<TransactionReceipt> =
            self.web3.eth().transaction_receipt(transaction).await.map_err(source_error)?;
        let receipt = receipt.ok_or_else(|| nonsense("a transaction of a block has no receipt"))?;
        if receipt.block_hash != Some(block) {
            // The chain changed since the block was read; the next look sees the new one.
            return Err(SourceError::Unreachable("the chain changed while it was being read".to_owned()));
        }
        Ok(receipt.status == Some(U64::one()))
    }

    /// Transfers straight to a watched address.
    async fn direct(
        &self,
        block: &EthBlock<Transaction>,
        hash: H256,
        watch: &dyn Watch,
    ) -> Result<Vec<Payment>, SourceError> {
        let mut payments = Vec::new();
        for transaction in &block.transactions {
            let Some(address) = watched(transaction.to, transaction.value, watch) else { continue };
            if self.succeeded(transaction.hash, hash).await? {
                payments.push(payment(transaction.hash, 0, address, transaction.value)?);
            }
        }
        Ok(payments)
    }

    /// Transfers that contracts made.
    async fn inner(
        &self,
        block: &EthBlock<Transaction>,
        hash: H256,
        watch: &dyn Watch,
    ) -> Result<Vec<Payment>, SourceError> {
        let Some(kind) = self.trace_kind() else { return Ok(Vec::new()) };
        // Any other may: also a plain payment to a contract that passes on what it gets.
        if block.transactions.is_empty() {
            return Ok(Vec::new());
        }
        let hashes: Vec<H256> = block.transactions.iter().map(|transaction| transaction.hash).collect();
        let mut payments = Vec::new();
        for Transfer { transaction, n, to, value } in self.transfers(kind, hash, &hashes).await? {
            if let Some(address) = watched(Some(to), value, watch) {
                payments.push(payment(transaction, n, address, value)?);
            }
        }
        Ok(payments)
    }
}

impl ChainSource for EthereumReader {
    fn coin(&self) -> Coin {
        Coin::Eth
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        let told = self.web3.eth().chain_id().await.map_err(source_error)?;
        if told != U256::from(self.settings.chain_id) {
            let wanted = self.settings.chain_id;
            return Err(SourceError::WrongNetwork(format!(
                "its chain id is {told}, eth_rpc.chain_id is {wanted}"
            )));
        }
        let kind = if self.settings.traces { self.find_traces().await? } else { None };
        *self.traces.lock().unwrap_or_else(PoisonError::into_inner) = kind;
        let first = self.short_block(BlockNumber::Number(U64::zero())).await?.and_then(|block| block.hash);
        let first = first.map_or_else(|| "unknown".to_owned(), |hash| format!("{hash:#x}"));
        Ok(format!("chain id {told}, first block {first}"))
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        let latest = self.short_block(BlockNumber::Latest).await?;
        let latest = latest.ok_or_else(|| SourceError::Starting("it has no newest block".to_owned()))?;
        let finalized = match self.short_block(BlockNumber::Finalized).await {
            Ok(block) => block.and_then(|block| block.number).map(|number| Height::new(number.as_u64())),
            // Not every node knows the tag.
            Err(SourceError::Nonsense(_)) => None,
            Err(error) => return Err(error),
        };
        let syncing = self.web3.eth().syncing().await.map_err(source_error)?;
        let number = latest.number.ok_or_else(|| nonsense("the newest block has no number"))?;
        let hash = latest.hash.ok_or_else(|| nonsense("the newest block has no hash"))?;
        Ok(Tip {
            block: BlockRef { height: Height::new(number.as_u64()), hash: Hash32(hash.0) },
            time: UnixTime::new(u64::try_from(latest.timestamp).map_err(nonsense)?),
            finalized,
            is_syncing: !matches!(syncing, web3::types::SyncState::NotSyncing),
        })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<Hash32>, SourceError> {
        let block = self.short_block(BlockNumber::Number(U64::from(height.get()))).await?;
        Ok(block.and_then(|block| block.hash).map(|hash| Hash32(hash.0)))
    }

    async fn block(&self, height: Height, watch: &Watcher) -> Result<Option<Block>, SourceError> {
        let Some(block) = self.full_block(height).await? else { return Ok(None) };
        let hash = block.hash.ok_or_else(|| nonsense("a block has no hash"))?;
        if block.number != Some(U64::from(height.get())) {
            return Err(nonsense(format_args!("block {height} was asked for, another one came")));
        }
        let mut payments = self.direct(&block, hash, watch.as_ref()).await?;
        payments.extend(self.inner(&block, hash, watch.as_ref()).await?);
        let at = BlockRef { height, hash: Hash32(hash.0) };
        Ok(Some(Block { at, parent: Hash32(block.parent_hash.0), payments }))
    }

    async fn pending(&self, _: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        // Nodes do not list their pool to everybody, and a block comes within seconds.
        Ok(None)
    }

    fn limits(&self) -> Option<String> {
        let is_blind = self.settings.traces && self.trace_kind().is_none();
        is_blind.then(|| {
            "the node offers no traces (debug_traceBlockByHash or trace_block): deposits made from inside contracts \
             are not seen"
                .to_owned()
        })
    }
}

fn watched(to: Option<H160>, value: U256, watch: &dyn Watch) -> Option<DepositAddress> {
    let address = DepositAddress::of_account(to?.0);
    (!value.is_zero() && watch.may_be_watched(&address)).then_some(address)
}

fn payment(transaction: H256, n: u32, address: DepositAddress, value: U256) -> Result<Payment, SourceError> {
    let amount = Units::new(u128::try_from(value).map_err(nonsense)?);
    Ok(Payment::new(format!("{transaction:#x}"), n, address, amount))
}

fn nonsense(error: impl std::fmt::Display) -> SourceError {
    SourceError::Nonsense(error.to_string())
}

/// What web3 makes of a failure is made ours again.
fn source_error(error: web3::Error) -> SourceError {
    match error {
        web3::Error::Rpc(error) if error.message.contains("indexing is in progress") => {
            SourceError::Starting(error.message)
        }
        web3::Error::Rpc(error) if STATE_GONE.iter().any(|words| error.message.contains(words)) => {
            SourceError::Pruned(format!("{}: {WAY_ON}", error.message))
        }
        web3::Error::Rpc(error) => nonsense(format_args!("error {}: {}", error.code.code(), error.message)),
        web3::Error::Transport(error) => SourceError::Unreachable(error.to_string()),
        other => nonsense(other),
    }
}
