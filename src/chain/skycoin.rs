//! Skycoin as a deposit coin, over the node's REST API.
//!
//! What pays us is recomputed: a header must hash to its block's hash, an output to its uxid.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Block, ChainSource, Payment, SourceError, Tip, Watch, Watcher};
use crate::address::DepositAddress;
use crate::rpc::{RpcError, SkyBlock, SkyRest, SkyTransaction};
use crate::skycoin::{Address, BlockHeader, CoinHours, Output};
use crate::types::{BlockRef, Coin, Droplets, Hash32, Height, Units, UnixTime};

/// Blocks in one answer, until one was too long or too slow.
const PER_REQUEST: u64 = 64;
const GENESIS: Height = Height::new(0);

/// A Skycoin node.
#[derive(Debug)]
pub struct SkycoinReader {
    rest: SkyRest,
    /// Blocks that are asked for in one request.
    per_request: AtomicU64,
}

impl SkycoinReader {
    pub fn new(rest: SkyRest) -> Self {
        SkycoinReader { rest, per_request: AtomicU64::new(PER_REQUEST) }
    }

    /// A range of blocks; half as many the next time where the node does not manage so many.
    async fn range(&self, from: Height, count: u64) -> Result<Vec<SkyBlock>, SourceError> {
        let per_request = self.per_request.load(Ordering::Relaxed);
        let Some(last) = count.min(per_request).checked_sub(1) else { return Ok(Vec::new()) };
        let asked = self.rest.blocks(from.get(), from.get().saturating_add(last)).await;
        let next = match &asked {
            Ok(_) => per_request.saturating_mul(2).min(PER_REQUEST),
            Err(RpcError::TooLong(_) | RpcError::Unreachable(_)) => (per_request / 2).max(1),
            Err(_) => per_request,
        };
        self.per_request.store(next, Ordering::Relaxed);
        Ok(asked?)
    }
}

impl ChainSource for SkycoinReader {
    fn coin(&self) -> Coin {
        Coin::Sky
    }

    async fn check_network(&self) -> Result<(), SourceError> {
        let fiber = self.rest.health().await?.fiber;
        match fiber.name.as_str() {
            "skycoin" => Ok(()),
            other => Err(SourceError::WrongNetwork(format!("it is a node of {other} ({})", fiber.ticker))),
        }
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        let head = self.rest.health().await?.blockchain.head;
        let block = BlockRef { height: Height::new(head.seq), hash: hash(&head.block_hash)? };
        Ok(Tip { block, time: UnixTime::new(head.timestamp), finalized: None, is_syncing: false })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<Hash32>, SourceError> {
        let block = self.rest.block(height.get()).await?;
        block.map(|block| hash(&block.header.block_hash)).transpose()
    }

    async fn block(&self, height: Height, watch: &Watcher) -> Result<Option<Block>, SourceError> {
        let block = self.rest.block(height.get()).await?;
        block.map(|block| skycoin_block(&block, height, watch.as_ref())).transpose()
    }

    /// One request instead of many: the node serves ranges. Not too long ones: a full block has hundreds of kilobytes here.
    async fn blocks(&self, from: Height, count: u64, watch: &Watcher) -> Result<Vec<Block>, SourceError> {
        let blocks = self.range(from, count).await?;
        let heights = (from.get()..).map(Height::new);
        let mut good = Vec::with_capacity(blocks.len());
        for (height, block) in heights.zip(&blocks) {
            match skycoin_block(block, height, watch.as_ref()) {
                Ok(block) => good.push(block),
                Err(error) if good.is_empty() => return Err(error),
                // It is the first of the next range.
                Err(_) => break,
            }
        }
        Ok(good)
    }

    async fn pending(&self, _: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        // Blocks come every ten seconds: a sighting would hardly be seen.
        Ok(None)
    }
}

/// Reads a block as the node tells it. What does not hash to what it says is refused.
pub fn skycoin_block(block: &SkyBlock, height: Height, watch: &dyn Watch) -> Result<Block, SourceError> {
    let at = checked_header(block, height)?;
    let parent = hash(&block.header.previous_block_hash)?;
    let mut payments = Vec::new();
    for transaction in &block.body.txns {
        // The outputs of the first block have no transaction to come from.
        let source = if height == GENESIS { Hash32([0; 32]) } else { hash(&transaction.txid)? };
        payments_in(transaction, source, watch, &mut payments)?;
    }
    Ok(Block { at, parent, payments })
}

fn checked_header(block: &SkyBlock, height: Height) -> Result<BlockRef, SourceError> {
    let header = &block.header;
    if header.seq != height.get() {
        return Err(SourceError::Nonsense(format!("block {height} was asked for, {} came", header.seq)));
    }
    let computed = BlockHeader {
        version: header.version,
        time: UnixTime::new(header.timestamp),
        height,
        fee: CoinHours::new(header.fee),
        previous: hash(&header.previous_block_hash)?,
        body: hash(&header.tx_body_hash)?,
        unspent: hash(&header.ux_hash)?,
    };
    let told = hash(&header.block_hash)?;
    if computed.hash() != told {
        return Err(SourceError::Nonsense(format!("the header of block {height} does not hash to {told}")));
    }
    Ok(BlockRef { height, hash: told })
}

fn payments_in(
    transaction: &SkyTransaction,
    source: Hash32,
    watch: &dyn Watch,
    payments: &mut Vec<Payment>,
) -> Result<(), SourceError> {
    for (n, output) in (0u32..).zip(&transaction.outputs) {
        let payee = Address::decode(&output.dst).map_err(nonsense)?;
        let address = DepositAddress::of_skycoin(payee);
        if !watch.may_be_watched(&address) {
            continue;
        }
        let coins = Droplets::parse_coins(&output.coins).map_err(nonsense)?;
        let hours = CoinHours::new(output.hours);
        let uxid = Output { address: payee, coins, hours }.uxid(source);
        if uxid != hash(&output.uxid)? {
            let words = format!("output {n} of {} does not hash to its uxid", transaction.txid);
            return Err(SourceError::Nonsense(words));
        }
        if !coins.is_zero() {
            let tx = transaction.txid.clone();
            payments.push(Payment { tx, n, address, amount: Units::from(coins) });
        }
    }
    Ok(())
}

fn hash(text: &str) -> Result<Hash32, SourceError> {
    Hash32::parse(text).map_err(nonsense)
}

fn nonsense(error: impl std::fmt::Display) -> SourceError {
    SourceError::Nonsense(error.to_string())
}
