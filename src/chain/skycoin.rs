//! Skycoin as a deposit coin, over the node's REST API.
//!
//! Nothing is believed that can be recomputed: a header must hash to its block's hash, every transaction to its id, all
//! ids together to what the header commits to, and an output to its uxid.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::{
    Block, ChainSource, Gaps, Origin, PIPELINE, Past, PastUse, Payment, SourceError, Tip, Watch, Watcher,
};
use crate::address::DepositAddress;
use crate::rpc::{RpcError, SkyBlock, SkyRest, SkySpentInput, SkyTransaction};
use crate::skycoin::{
    self, Address, BlockHeader, CoinHours, Output, Signature, ToldTransaction, merkle_root,
};
use crate::types::{
    BlockHash, BlockRef, Coin, Droplets, HashParseError, Height, TxId, Units, UnixTime, Work,
};

/// Blocks in one answer, until one was too long or too slow.
const PER_REQUEST: u64 = 64;
const GENESIS: Height = Height::new(0);

/// A Skycoin node.
#[derive(Debug)]
pub struct SkycoinReader {
    rest: SkyRest,
    /// Blocks that are asked for in one request.
    per_request: AtomicU64,
    /// What the node cannot do as it stands.
    lack: Mutex<Option<String>>,
}

impl SkycoinReader {
    /// Returns a reader that asks for many blocks at a time, and for fewer where the node cannot.
    pub fn new(rest: SkyRest) -> Self {
        SkycoinReader { rest, per_request: AtomicU64::new(PER_REQUEST), lack: Mutex::new(None) }
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

    /// Reads a block, and once more with the owners of what it spends where it pays somebody.
    async fn read(&self, block: &SkyBlock, height: Height, watch: &dyn Watch) -> Result<Block, SourceError> {
        let read = skycoin_block(block, height, watch)?;
        if read.payments.is_empty() || height == GENESIS {
            return Ok(read);
        }
        let again = self.rest.verbose_block(height.get()).await?;
        let again = again.map(|block| skycoin_block(&block, height, watch)).transpose()?;
        again.filter(|again| again.at == read.at).ok_or_else(SourceError::changed)
    }

    /// The first output that an address ever had; none where it had none.
    async fn used(&self, address: DepositAddress) -> Result<Option<PastUse>, SourceError> {
        let outputs = self.rest.past_outputs(&address.to_string()).await?;
        let first = outputs.into_iter().min_by_key(|output| output.src_block_seq);
        Ok(first.map(|first| PastUse {
            address,
            tx: Some(first.src_tx),
            amount: Some(Units::new(first.coins.into())),
            height: Height::new(first.src_block_seq),
        }))
    }

    fn set_lack(&self, lack: Option<String>) {
        *self.lack.lock().unwrap_or_else(PoisonError::into_inner) = lack;
    }
}

impl ChainSource for SkycoinReader {
    fn coin(&self) -> Coin {
        Coin::SKY
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        let fiber = self.rest.health().await?.fiber;
        if fiber.name != SKYCOIN {
            let words = format!("it is a node of {} ({})", fiber.name, fiber.ticker);
            return Err(SourceError::WrongNetwork(words));
        }
        let first = self.rest.block(GENESIS.get()).await?.ok_or_else(|| nonsense("it has no first block"))?;
        Ok(skycoin::identity(&fiber.name, checked_header(&first, GENESIS)?.hash))
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        let health = self.rest.health().await?;
        let head = health.blockchain.head;
        let is_alone = health.open_connections == 0;
        self.set_lack(is_alone.then(|| ALONE.to_owned()));
        // Peers tell how high they are; without any there is nothing to catch up with.
        let highest = if is_alone { None } else { self.rest.highest().await? };
        let block = BlockRef { height: Height::new(head.seq), hash: hash(&head.block_hash)? };
        Ok(Tip {
            block,
            time: UnixTime::new(head.timestamp),
            finalized: None,
            is_syncing: highest.is_some_and(|highest| highest > head.seq.saturating_add(SLACK)),
        })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<BlockHash>, SourceError> {
        let block = self.rest.block(height.get()).await?;
        block.map(|block| Ok(checked_header(&block, height)?.hash)).transpose()
    }

    async fn block(&self, height: Height, watch: &Watcher) -> Result<Option<Block>, SourceError> {
        match self.rest.block(height.get()).await? {
            Some(block) => self.read(&block, height, watch.as_ref()).await.map(Some),
            None => Ok(None),
        }
    }

    /// One request instead of many: the node serves ranges. Not too long ones: a full block has hundreds of
    /// kilobytes here.
    async fn blocks(&self, from: Height, count: u64, watch: &Watcher) -> Result<Vec<Block>, SourceError> {
        let blocks = self.range(from, count).await?;
        let heights = (from.get()..).map(Height::new);
        let mut good = Vec::with_capacity(blocks.len());
        for (height, block) in heights.zip(&blocks) {
            match self.read(block, height, watch.as_ref()).await {
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

    async fn past(&self, addresses: &[DepositAddress]) -> Result<Past, SourceError> {
        let asked = stream::iter(addresses.to_vec()).map(|address| self.used(address));
        let told: Result<Vec<Option<PastUse>>, SourceError> = asked.buffered(PIPELINE).try_collect().await;
        match told {
            Err(SourceError::Forbidden(words)) => Ok(Past::Untold(words)),
            told => Ok(Past::Told(told?.into_iter().flatten().collect())),
        }
    }

    fn limits(&self) -> Option<String> {
        self.lack.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What the node calls the coin.
const SKYCOIN: &str = "skycoin";

/// Said of a node that nobody is connected to.
const ALONE: &str =
    "the node has no connection to any other: it hears of no new blocks, and passes no payouts on";
/// Blocks that peers may be ahead without that being a word worth.
const SLACK: u64 = 2;

/// Reads a block as the node tells it. What does not hash to what it says is refused.
pub fn skycoin_block(block: &SkyBlock, height: Height, watch: &dyn Watch) -> Result<Block, SourceError> {
    let at = checked_header(block, height)?;
    let parent = hash(&block.header.previous_block_hash)?;
    let (mut payments, mut txids) = (Vec::new(), Vec::with_capacity(block.body.txns.len()));
    for transaction in &block.body.txns {
        let told = told(transaction)?;
        let txid = told.txid();
        if txid != hash(&transaction.txid)? {
            let words =
                format!("transaction {} of block {height} is another one than it says", transaction.txid);
            return Err(nonsense(words));
        }
        txids.push(txid);
        // The outputs of the first block have no transaction to come from.
        let source = if height == GENESIS { TxId([0; 32]) } else { txid };
        payments_in(transaction, &told.outputs, source, watch, &mut payments)?;
    }
    if merkle_root(&txids) != hash(&block.header.tx_body_hash)? {
        return Err(nonsense(format_args!("block {height} has other transactions than it says")));
    }
    Ok(Block { at, parent, work: Work::BLOCK, payments, gaps: Gaps::default() })
}

fn checked_header(block: &SkyBlock, height: Height) -> Result<BlockRef, SourceError> {
    let header = &block.header;
    if header.seq != height.get() {
        return Err(nonsense(format_args!("block {height} was asked for, {} came", header.seq)));
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
    let told: BlockHash = hash(&header.block_hash)?;
    if computed.hash() != told {
        return Err(nonsense(format_args!("the header of block {height} does not hash to {told}")));
    }
    Ok(BlockRef { height, hash: told })
}

fn told(transaction: &SkyTransaction) -> Result<ToldTransaction, SourceError> {
    let outputs = transaction.outputs.iter().map(|output| {
        Ok(Output {
            address: Address::decode(&output.dst).map_err(nonsense)?,
            coins: Droplets::parse_coins(&output.coins).map_err(nonsense)?,
            hours: CoinHours::new(output.hours),
        })
    });
    let inputs = transaction.inputs.iter().map(|input| hash(input.uxid()));
    let signatures = transaction.sigs.iter().map(|text| Signature::parse(text).map_err(nonsense));
    Ok(ToldTransaction {
        length: transaction.length,
        kind: transaction.kind,
        inner_hash: hash(&transaction.inner_hash)?,
        signatures: signatures.collect::<Result<_, _>>()?,
        inputs: inputs.collect::<Result<_, _>>()?,
        outputs: outputs.collect::<Result<_, SourceError>>()?,
    })
}

fn payments_in(
    transaction: &SkyTransaction,
    outputs: &[Output],
    source: TxId,
    watch: &dyn Watch,
    payments: &mut Vec<Payment>,
) -> Result<(), SourceError> {
    // One for all outputs, as soon as one is watched.
    let mut from = None;
    for (n, (output, told)) in (0u32..).zip(outputs.iter().zip(&transaction.outputs)) {
        let address = DepositAddress::of_skycoin(output.address);
        if !watch.may_be_watched(&address) {
            continue;
        }
        if output.uxid(source) != hash(&told.uxid)? {
            return Err(nonsense(format_args!(
                "output {n} of {} does not hash to its uxid",
                transaction.txid
            )));
        }
        if !output.coins.is_zero() {
            let (tx, amount) = (transaction.txid.clone(), Units::from(output.coins));
            let origin = match &from {
                Some(known) => Origin::clone(known),
                None => from.insert(origin(transaction)?).clone(),
            };
            payments.push(Payment { origin, ..Payment::new(tx, n, address, amount) });
        }
    }
    Ok(())
}

/// Who owned what a transaction spends, where the node tells that: held against the uxids, which the txid commits to.
fn origin(transaction: &SkyTransaction) -> Result<Origin, SourceError> {
    let mut owners = Vec::new();
    for input in &transaction.inputs {
        let SkySpentInput::Told { uxid, owner, coins, hours, src_txid } = input else {
            return Ok(Origin::Unknown);
        };
        let address = Address::decode(owner).map_err(nonsense)?;
        let coins = Droplets::parse_coins(coins).map_err(nonsense)?;
        let output = Output { address, coins, hours: CoinHours::new(*hours) };
        let source = hash(src_txid)?;
        if output.uxid(source) != hash(uxid)? && output.uxid(TxId([0; 32])) != hash(uxid)? {
            return Err(nonsense(format_args!("an input of {} does not hash to its uxid", transaction.txid)));
        }
        owners.push(DepositAddress::of_skycoin(address));
    }
    Ok(Origin::Addresses(owners.into()))
}

fn hash<H: FromStr<Err = HashParseError>>(text: &str) -> Result<H, SourceError> {
    text.parse().map_err(nonsense)
}

fn nonsense(error: impl std::fmt::Display) -> SourceError {
    SourceError::Nonsense(error.to_string())
}

#[cfg(test)]
mod tests;
