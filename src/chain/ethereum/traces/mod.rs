//! Transfers made inside contracts, from the two kinds of traces that nodes offer.
//!
//! Anybody can put anything into a block: a transaction whose calls take a node longer to tell than it has,
//! or more bytes than anybody reads. Nothing stands still for that. A block that cannot be read in one piece
//! is read one transaction after the other; one that cannot be read by itself is passed over and named, with
//! what it did to balances where the node tells that. A node that cannot do what is asked of it is another
//! matter: it shows in that it cannot do it for transactions either that it was, or others are, read from.

mod ask;
mod effect;
mod flat;
mod frames;
mod probe;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use web3::types::H256;

use super::block::{At, EthBlock, EthTransaction};
use super::moves::Moved;
use super::{EthereumReader, credit, nonsense};
use crate::chain::{Effect, SourceError, Unread, Watch};

use ask::Whole;
pub(super) use probe::Sight;

/// Calls inside each other, the transaction itself being the first: the protocol allows no more.
const MAX_DEPTH: usize = 1_025;
/// What the node is given for one transaction: less than the silence after which an answer is given up.
const TRACE_TIME: &str = "12s";
/// What is spent on the transactions of one block one after the other, before the others are passed over unasked.
const BLOCK_TIME: Duration = Duration::from_secs(90);

/// How a node tells what happened inside transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceKind {
    /// geth's `debug_traceBlockByHash` with the call tracer.
    Debug,
    /// `trace_block`, of Erigon, Nethermind, Reth and others.
    Trace,
}

impl TraceKind {
    const fn method(self) -> &'static str {
        match self {
            TraceKind::Debug => "debug_traceBlockByHash",
            TraceKind::Trace => "trace_block",
        }
    }
}

/// What is inside one transaction.
type Inside = Result<Vec<Moved>, Unreadable>;

/// Why a trace cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unreadable {
    /// It is of another block: the chain changed since that was read.
    #[error("the chain changed while it was being read")]
    Elsewhere,
    /// It is not what was asked for.
    #[error("it is told in another way than asked for: {0}")]
    Shape(String),
    /// Something moved coins, and it is not told how many, or to whom.
    #[error("the node does not tell all of it: {0}")]
    Lacking(String),
    /// The node does not tell it.
    #[error("{0}")]
    Refused(String),
}

impl Unreadable {
    fn shape(why: impl std::fmt::Display) -> Self {
        Unreadable::Shape(why.to_string())
    }
}

/// What was found inside a block's transactions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Insides {
    pub(super) moves: Vec<(H256, Moved)>,
    pub(super) unread: Vec<Unread>,
}

fn debug_options(tracer: &str) -> Value {
    json!({ "tracer": tracer, "timeout": TRACE_TIME })
}

/// That a capability is gone is a trouble, and no way to go on.
fn gone(words: impl std::fmt::Display) -> SourceError {
    nonsense(format_args!(
        "it offered traces and does not any more ({words}): deposits from inside contracts would be missed; it has to \
         offer them again, or set eth_rpc.traces = false and start anew"
    ))
}

impl EthereumReader {
    /// Every transfer of wei inside the block's transactions, and the transactions that could not be read.
    pub(super) async fn look_inside(
        &self,
        kind: TraceKind,
        block: &EthBlock,
        at: At,
        watch: &dyn Watch,
    ) -> Result<Insides, SourceError> {
        // Traces are the longest answers there are: few are held at a time.
        let _place = self.places.acquire().await.map_err(nonsense)?;
        let insides = self.insides(kind, block, at).await?;
        let mut found = Insides::default();
        for (transaction, inside) in block.transactions.iter().zip(insides) {
            match inside {
                Ok(moves) => found.moves.extend(moves.into_iter().map(|moved| (transaction.hash, moved))),
                Err(why) => {
                    let effect = self.effect(kind, block, at, transaction, watch).await?;
                    // Most of what the node was spared it would have told.
                    if !self.is_feared(at) || effect != Effect::Grew(Vec::new()) {
                        let tx = format!("{:#x}", transaction.hash);
                        found.unread.push(Unread { tx, why: why.to_string(), effect });
                    }
                }
            }
        }
        self.forgive(at);
        Ok(found)
    }

    /// What is inside each of the block's transactions, as far as it can be read in any way.
    async fn insides(&self, kind: TraceKind, block: &EthBlock, at: At) -> Result<Vec<Inside>, SourceError> {
        let hashes: Vec<H256> = block.transactions.iter().map(|transaction| transaction.hash).collect();
        if self.is_feared(at) {
            let words = "the node went away each time when it was asked for the calls of this block";
            return Ok(vec![Err(Unreadable::Refused(words.to_owned())); hashes.len()]);
        }
        let mut insides = match self.trace_block(kind, at, &hashes).await? {
            Whole::Told(insides) => insides,
            Whole::Refused(why) => vec![Err(why); hashes.len()],
            Whole::Missing(words) => {
                self.with_sight(|sight| sight.is_gone = true);
                return Err(gone(words));
            }
        };
        if insides.iter().any(Result::is_err) {
            self.read_one_by_one(kind, at, &hashes, &mut insides).await?;
            // Transactions are found wherever they are; these must be of this block still.
            self.still_stands(at).await?;
        }
        match hashes.iter().zip(&insides).find(|(_, inside)| inside.is_ok()) {
            Some((transaction, _)) => self.remember_readable(at, *transaction),
            None => self.blame(kind, at, &insides).await?,
        }
        Ok(insides)
    }

    /// Asks anew for each transaction that could not be read with its block.
    async fn read_one_by_one(
        &self,
        kind: TraceKind,
        at: At,
        hashes: &[H256],
        insides: &mut [Inside],
    ) -> Result<(), SourceError> {
        let began = Instant::now();
        for (transaction, inside) in hashes.iter().zip(insides) {
            if inside.is_err() && began.elapsed() < BLOCK_TIME {
                *inside = self.trace_one(kind, at, *transaction).await?;
            }
        }
        Ok(())
    }

    /// Where nothing of a block can be read it is the node that cannot, unless it can read others.
    async fn blame(&self, kind: TraceKind, at: At, insides: &[Inside]) -> Result<(), SourceError> {
        let is_lacking = |inside: &Inside| matches!(inside, Err(Unreadable::Lacking(_)));
        if insides.iter().any(is_lacking) || self.can_read_others(kind, at).await? {
            return Ok(());
        }
        let why = insides.iter().find_map(|inside| inside.as_ref().err());
        let why = why.map_or_else(String::new, Unreadable::to_string);
        Err(nonsense(format_args!("{} tells nothing that can be read: {why}", kind.method())))
    }

    /// What can be known of a transaction whose calls cannot be read.
    async fn effect(
        &self,
        kind: TraceKind,
        block: &EthBlock,
        at: At,
        transaction: &EthTransaction,
        watch: &dyn Watch,
    ) -> Result<Effect, SourceError> {
        Ok(match self.growth(kind, at, transaction.hash).await? {
            Ok(growth) => Effect::Grew(credit::grown(block, transaction, growth, watch)?),
            Err(why) => Effect::Unknown(why.to_string()),
        })
    }
}
