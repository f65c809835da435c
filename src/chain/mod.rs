//! Following chains: what a reader has to tell, and the pure logic of forks.
//!
//! A reader knows one kind of node and nothing of bindings or payouts. It answers the tip, hashes by height, and blocks
//! with the payments in them that somebody watches for. [`tracker`] compares what a node says with what was followed so
//! far; it decides, and does nothing.

mod balances;
mod bitcoin;
pub mod ethereum;
mod past;
mod skycoin;
pub mod tracker;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};

use crate::address::DepositAddress;
use crate::rpc::RpcError;
use crate::types::{BlockHash, BlockRef, Coin, Height, Token, Units, UnixTime, Work};

pub use balances::{Balances, TokenBalance};
pub use bitcoin::{BitcoinReader, BitcoinSettings, block_payments};
pub use ethereum::{EthereumReader, EthereumSettings, TraceKind};
pub use past::{Past, PastUse, Unvetted};
pub use skycoin::{SkycoinReader, skycoin_block};

/// Blocks that are asked for at once where the node takes as many.
const PIPELINE: usize = 8;
/// Addresses whose past is asked for at a time, where each is a question of its own.
const STRETCH: usize = 1_000;
/// Blocks of a slow node are handed on after this, however few: nobody waits longer for a step to end, and less is read
/// again after a failure.
const READ_TIME: Duration = Duration::from_secs(2);

/// Whether anybody waits for payments to an address. A wrong yes costs a look-up, a wrong no would cost a deposit.
pub trait Watch: Send + Sync {
    /// Returns whether somebody may wait for payments to this address.
    fn may_be_watched(&self, address: &DepositAddress) -> bool;

    /// The positions of those that may be watched, in no order.
    fn watched_among(&self, addresses: &[DepositAddress]) -> Vec<usize> {
        let watched = |(position, address)| self.may_be_watched(address).then_some(position);
        addresses.iter().enumerate().filter_map(watched).collect()
    }
}

/// A [`Watch`] that blocks which are read side by side share.
pub type Watcher = Arc<dyn Watch>;

/// Coins that arrived at a watched address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The transaction, in its chain's own text; `withdrawal:` and its number for what a validator is paid.
    pub tx: String,
    /// Output index on UTXO chains. On Ethereum 0 for what the transaction itself pays; inside it, which one
    /// of those that pay the same to the same, from 1; of a token always the latter.
    pub n: u32,
    /// Whom it pays.
    pub address: DepositAddress,
    /// What arrived, where that is a token; none for the chain's own coin.
    pub token: Option<Token>,
    /// How much, in the smallest unit of its coin or token.
    pub amount: Units,
    /// Where it comes from.
    pub origin: Origin,
    /// Blocks that the chain itself wants on top of this one before the coins can be spent.
    pub waits: u64,
}

impl Payment {
    /// One of unknown origin, which can be spent at once.
    pub fn new(tx: String, n: u32, address: DepositAddress, amount: Units) -> Self {
        Payment { tx, n, address, token: None, amount, origin: Origin::Unknown, waits: 0 }
    }
}

/// Where the coins of a payment come from, as far as it takes to know our own. One list for all payments of a
/// transaction: a block may hold one with thousands of inputs and thousands of outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// From nowhere, or nobody can tell.
    Unknown,
    /// The outputs that the transaction spends: transactions and numbers.
    Outputs(Arc<[(String, u32)]>),
    /// Those who spend.
    Addresses(Arc<[DepositAddress]>),
}

impl Origin {
    /// Returns whether both are the same list, so that what is true of one is true of the other.
    pub fn is_shared(&self, other: &Origin) -> bool {
        match (self, other) {
            (Origin::Outputs(one), Origin::Outputs(two)) => Arc::ptr_eq(one, two),
            (Origin::Addresses(one), Origin::Addresses(two)) => Arc::ptr_eq(one, two),
            (Origin::Unknown | Origin::Outputs(_) | Origin::Addresses(_), _) => false,
        }
    }
}

/// The newest block of a node's best chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// Its height and hash.
    pub block: BlockRef,
    /// The block's own time.
    pub time: UnixTime,
    /// Up to here the chain itself promises that nothing changes, where it does that.
    pub finalized: Option<Height>,
    /// The node says that it is still catching up with the network.
    pub is_syncing: bool,
}

/// A block as far as it concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its height and hash.
    pub at: BlockRef,
    /// The hash of the block below.
    pub parent: BlockHash,
    /// What it cost to make.
    pub work: Work,
    /// What it pays to watched addresses.
    pub payments: Vec<Payment>,
    /// What could not be told of it.
    pub gaps: Gaps,
}

/// What the reader could not tell of a block; nothing where it was read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Why the node tells nothing of what happens inside transactions, where it does not.
    pub blind: Option<String>,
    /// Transactions that were passed over.
    pub unread: Vec<Unread>,
}

/// A transaction whose inside could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The transaction, in its chain's own text.
    pub tx: String,
    /// Why it could not be read.
    pub why: String,
    /// What is known of it otherwise.
    pub effect: Effect,
}

/// What is known of a transaction otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// What watched addresses had more after it, beside what it paid itself. These are among the payments.
    Grew(Vec<(DepositAddress, Units)>),
    /// Nothing, and why.
    Unknown(String),
    /// A transfer of a token that its contract told of, and that did not arrive as told: nothing is among the payments.
    Untrue(DepositAddress, Token, Units),
}

/// Why a reader has no answer.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum SourceError {
    /// The node cannot be spoken to.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The node refuses who we are.
    #[error("the node refuses the credentials: {0}")]
    Unauthorized(String),
    /// The node does not let us ask something that is needed.
    #[error("{0}")]
    Forbidden(String),
    /// The node takes no more requests for now, and says how long, where it does.
    #[error("the node takes no more requests for now: {why}")]
    RateLimited {
        /// How long the node asks to be left alone; none where it does not say.
        after: Option<Duration>,
        /// The node's own words.
        why: String,
    },
    /// The node is starting up, in its own words.
    #[error("the node is starting: {0}")]
    Starting(String),
    /// The node is catching up with its network, and has not what was asked for yet.
    #[error("the node is catching up: {0}")]
    Syncing(String),
    /// It is a node of another network.
    #[error("wrong network: {0}")]
    WrongNetwork(String),
    /// The node has thrown the block away.
    #[error("the node has pruned the block: {0}")]
    Pruned(String),
    /// What the node says makes no sense.
    #[error("the node answers nonsense: {0}")]
    Nonsense(String),
}

impl SourceError {
    /// The node's answers do not belong together; the next look sees what became of it.
    pub(crate) fn changed() -> Self {
        SourceError::Unreachable("the chain changed while it was being read".to_owned())
    }
}

impl From<RpcError> for SourceError {
    fn from(error: RpcError) -> Self {
        match error {
            RpcError::Unreachable(words) | RpcError::Setup(words) => SourceError::Unreachable(words),
            RpcError::Status { status: 401, body } => SourceError::Unauthorized(format!("{body:.500}")),
            RpcError::Status { .. } => SourceError::Unreachable(error.to_string()),
            RpcError::Forbidden { .. } => SourceError::Forbidden(error.to_string()),
            RpcError::RateLimited { after, words } => SourceError::RateLimited { after, why: words },
            RpcError::Call { code, message } => {
                SourceError::Nonsense(format!("error {code}: {message:.500}"))
            }
            RpcError::Nonsense(words) => SourceError::Nonsense(words),
            RpcError::TooLong(_) => SourceError::Nonsense(error.to_string()),
        }
    }
}

/// A node of one chain.
pub trait ChainSource: Send + Sync {
    /// Returns the coin whose chain is read.
    fn coin(&self) -> Coin;

    /// Makes sure that it is a node of the network that is meant, and tells what its chain has that no other
    /// has: always in the same words, or in fewer of them. Asked once after each time it was away, and before anything
    /// is undone.
    fn check_network(&self) -> impl Future<Output = Result<String, SourceError>> + Send;

    /// Returns the newest block of the node's best chain.
    ///
    /// # Errors
    ///
    /// Where the node has no answer.
    fn tip(&self) -> impl Future<Output = Result<Tip, SourceError>> + Send;

    /// The hash of the best chain's block at a height; none above the tip.
    fn hash_at(&self, height: Height) -> impl Future<Output = Result<Option<BlockHash>, SourceError>> + Send;

    /// The best chain's block at a height, with its watched payments; none above the tip.
    fn block(
        &self,
        height: Height,
        watch: &Watcher,
    ) -> impl Future<Output = Result<Option<Block>, SourceError>> + Send;

    /// How many blocks the node may be asked for at once.
    fn width(&self) -> usize {
        PIPELINE
    }

    /// Blocks from a height on, at most `count`, in their order and as far as they exist, though at least the first of
    /// them. Those that came before one that did not are an answer: what ails the node shows when that one is asked for
    /// again. They need not follow each other where the chain changes meanwhile: see [`tracker::linked`].
    fn blocks(
        &self,
        from: Height,
        count: u64,
        watch: &Watcher,
    ) -> impl Future<Output = Result<Vec<Block>, SourceError>> + Send {
        let heights = (0..count).map(move |step| Height::new(from.get().saturating_add(step)));
        let blocks = heights.map(move |height| self.block(height, watch));
        async move {
            let mut fetched = pin!(stream::iter(blocks).buffered(self.width().max(1)));
            let (mut blocks, began) = (Vec::new(), Instant::now());
            while let Some(fetched) = fetched.next().await {
                match fetched {
                    Ok(Some(block)) => blocks.push(block),
                    Err(error) if blocks.is_empty() => return Err(error),
                    Ok(None) | Err(_) => break,
                }
                if began.elapsed() >= READ_TIME {
                    break;
                }
            }
            Ok(blocks)
        }
    }

    /// Payments to watched addresses that are not in a block yet; none where the node cannot tell them.
    fn pending(
        &self,
        watch: &Watcher,
    ) -> impl Future<Output = Result<Option<Vec<Payment>>, SourceError>> + Send;

    /// The work in the best chain's blocks from a height up to this tip, as far as it can be computed from the blocks
    /// themselves; where only their number tells, one for each. Where it is `enough`, no more need be looked at.
    fn work_between(
        &self,
        from: Height,
        tip: BlockRef,
        _enough: Work,
    ) -> impl Future<Output = Result<Work, SourceError>> + Send {
        let blocks = tip.height.next().get().saturating_sub(from.get());
        async move { Ok(Work::new(blocks.into())) }
    }

    /// What each of these addresses holds after a block of the best chain; none where the chain has no balances.
    fn balances(
        &self,
        _addresses: &[DepositAddress],
        _at: BlockRef,
    ) -> impl Future<Output = Result<Option<Vec<Units>>, SourceError>> + Send {
        async { Ok(None) }
    }

    /// What an address holds of each token that is followed, after a block of the best chain.
    fn token_balances(
        &self,
        _address: DepositAddress,
        _at: BlockRef,
    ) -> impl Future<Output = Result<Vec<TokenBalance>, SourceError>> + Send {
        async { Ok(Vec::new()) }
    }

    /// Which of these addresses were used before. All of them are asked about, or it is an error.
    fn past(&self, addresses: &[DepositAddress]) -> impl Future<Output = Result<Past, SourceError>> + Send;

    /// About how many addresses it is asked at a time.
    fn stretch(&self) -> usize {
        STRETCH
    }

    /// Whether blocks are followed without what happens inside their transactions.
    fn is_blind(&self) -> bool {
        false
    }

    /// What this node cannot tell that others could, in words for the operator.
    fn limits(&self) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests;
