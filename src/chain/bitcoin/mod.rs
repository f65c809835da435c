//! Bitcoin and its like over JSON-RPC: bitcoind (pruned ones do), btcd, litecoind and their kin. Raw blocks, decoded
//! here; no index, no wallet.
//!
//! Where the node offers REST, blocks come as bytes rather than as hexadecimal. What the node says is checked: a block
//! must have the hash that was asked for, the work of its network, and the transactions that its header commits to.

mod aux_pow;
mod decode;
mod mempool;
mod node;
mod past;
mod payments;
mod proof;
mod raw;
#[cfg(test)]
mod tests;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bitcoin::hashes::Hash;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::{Block, ChainSource, Gaps, PIPELINE, Past, Payment, SourceError, Tip, Watcher};
use crate::address::DepositAddress;
use crate::coins::{BitcoinLike, Network};
use crate::rpc::JsonRpc;
use crate::types::{BlockHash, BlockRef, Coin, Height, Work};
use mempool::Mempool;
use node::Node;

pub use payments::block_payments;
use payments::payments_in;
use raw::RawTransaction;

/// One walk through all unspent outputs costs the same for any number of addresses.
const STRETCH: usize = 10_000;

/// How the chain is read.
#[derive(Debug, Clone, Copy)]
pub struct BitcoinSettings {
    /// The network that the node has to be of.
    pub network: Network,
}

/// A network with what is known of Bitcoin-like chains.
#[derive(Debug, Clone, Copy)]
struct Place {
    network: Network,
    like: &'static BitcoinLike,
}

impl Place {
    fn new(network: Network) -> Place {
        let like = network.bitcoin_like().expect("BUG: only Bitcoin-like networks are read like Bitcoin's");
        Place { network, like }
    }
}

/// A bitcoind, btcd, litecoind or their like.
#[derive(Debug)]
pub struct BitcoinReader {
    node: Arc<Node>,
    place: Place,
    mempool: Mutex<Mempool>,
}

impl BitcoinReader {
    /// Returns a reader that asks over JSON-RPC.
    pub fn new(rpc: JsonRpc, settings: BitcoinSettings) -> Self {
        BitcoinReader {
            node: Arc::new(Node::new(rpc)),
            place: Place::new(settings.network),
            mempool: Mutex::default(),
        }
    }

    fn mempool(&self) -> MutexGuard<'_, Mempool> {
        self.mempool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A chain with the same beginning is another one all the same.
    async fn check_landmarks(&self) -> Result<(), SourceError> {
        let Place { network, like } = self.place;
        for (height, hash) in like.landmarks {
            let told = self.node.block_hash(Height::new(*height)).await?;
            if let Some(told) = told.filter(|told| told != hash) {
                let words = format!("its block {height} is {told}, that of {network} is {hash}");
                return Err(SourceError::WrongNetwork(words));
            }
        }
        Ok(())
    }
}

impl ChainSource for BitcoinReader {
    fn coin(&self) -> Coin {
        self.place.network.coin()
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        let Place { network, like: BitcoinLike { genesis, .. } } = self.place;
        let told = self.node.block_hash(Height::new(0)).await?.unwrap_or_default();
        if told != *genesis {
            let words = format!("its first block is {told}, that of {network} is {genesis}");
            return Err(SourceError::WrongNetwork(words));
        }
        self.check_landmarks().await?;
        self.node.meet_anew();
        Ok(format!("{network}, first block {genesis}"))
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        self.node.tip().await
    }

    async fn hash_at(&self, height: Height) -> Result<Option<BlockHash>, SourceError> {
        let hash = self.node.block_hash(height).await?;
        hash.map(|hash| BlockHash::parse(&hash).map_err(nonsense)).transpose()
    }

    /// By the headers, each of which has the work that it says; what the node says of it does not count.
    /// From the tip down: after a long time away that is heavier than what it is held against by far, and every header
    /// is a question of its own.
    async fn work_between(&self, from: Height, tip: BlockRef, enough: Work) -> Result<Work, SourceError> {
        let mut all = Work::default();
        let (mut height, mut hash) = (tip.height, tip.hash);
        while height >= from {
            let head = self.node.head(&hash.to_string(), self.place.like.blocks).await?;
            proof::check_head(&head, height, &hash.to_string(), self.place)?;
            all = [all, proof::work_of(&head.header)].into_iter().sum();
            if all >= enough {
                break;
            }
            let Some(below) = height.prev() else { break };
            (height, hash) = (below, displayed(head.header.prev_blockhash));
        }
        Ok(all)
    }

    fn width(&self) -> usize {
        self.node.width()
    }

    async fn block(&self, height: Height, watch: &Watcher) -> Result<Option<Block>, SourceError> {
        // Blocks that are read at the same time are decoded and matched side by side.
        let read = read_block(Arc::clone(&self.node), height, self.place, Arc::clone(watch));
        tokio::spawn(read).await.unwrap_or_else(|ended| match ended.try_into_panic() {
            // A defect is the scanner's end: it says nothing about the node.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(nonsense(cancelled)),
        })
    }

    async fn past(&self, addresses: &[DepositAddress]) -> Result<Past, SourceError> {
        self.unspent_of(addresses).await
    }

    fn stretch(&self) -> usize {
        STRETCH
    }

    async fn pending(&self, watch: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        let listed = self.node.mempool().await?;
        let width = self.node.width();
        let left = stream::iter(self.mempool().sort(listed, width < PIPELINE));
        let format = self.place.like.blocks;
        let fetched =
            left.map(async |txid| Ok::<_, SourceError>((self.node.waiting(&txid, format).await?, txid)));
        let mut fetched = pin!(fetched.buffered(width));
        while let Some((transaction, txid)) = fetched.try_next().await? {
            let Some(transaction) = transaction else { continue };
            let payments =
                payments_in(&[RawTransaction::from(&transaction)], self.place.network, watch.as_ref())?;
            self.mempool().add(txid, payments);
        }
        Ok(Some(self.mempool().payments()))
    }
}

async fn read_block(
    node: Arc<Node>,
    height: Height,
    place: Place,
    watch: Watcher,
) -> Result<Option<Block>, SourceError> {
    let Some(hash) = node.block_hash(height).await? else { return Ok(None) };
    let bytes = node.block_bytes(&hash).await?;
    let (header, transactions) = proof::checked_block(&bytes, height, &hash, place)?;
    let payments = payments_in(&transactions, place.network, watch.as_ref())?;
    let at = BlockRef { height, hash: BlockHash::parse(&hash).map_err(nonsense)? };
    let work = proof::work_of(&header);
    Ok(Some(Block { at, parent: displayed(header.prev_blockhash), work, payments, gaps: Gaps::default() }))
}

/// Bitcoin shows its hashes in reverse.
fn displayed(hash: bitcoin::BlockHash) -> BlockHash {
    let mut bytes = hash.to_byte_array();
    bytes.reverse();
    BlockHash(bytes)
}

fn nonsense(error: impl std::fmt::Display) -> SourceError {
    SourceError::Nonsense(error.to_string())
}
