//! The questions, and what becomes of them when they are not answered.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use web3::types::H256;

use super::effect;
use super::flat::moves_listed;
use super::frames::moves_inside;
use super::{Inside, TraceKind, Unreadable, debug_options};
use crate::chain::SourceError;
use crate::chain::ethereum::block::At;
use crate::chain::ethereum::moves::Growth;
use crate::chain::ethereum::{EthereumReader, METHOD_NOT_FOUND, changed, source_error};
use crate::rpc::RpcError;

/// How nodes say that they do not have the block that was asked for.
const BLOCK_GONE: [&str; 4] =
    ["block not found", "header not found", "unknown block", "block does not exist"];
/// How often a node may go away over one block before it is spared the question.
const FEARED: u8 = 2;
/// A node that answers at all answers a small question within this.
const ALIVE_WITHIN: Duration = Duration::from_secs(10);

/// What a question for a whole block came to.
pub(super) enum Whole {
    /// For each transaction, what is inside.
    Told(Vec<Inside>),
    Refused(Unreadable),
    /// The node has no such method, in its words.
    Missing(String),
}

/// One transaction of `debug_traceBlockByHash`.
#[derive(Debug, Deserialize)]
struct Traced<'t> {
    #[serde(rename = "txHash")]
    hash: Option<H256>,
    #[serde(borrow)]
    result: Option<&'t RawValue>,
    error: Option<String>,
}

impl EthereumReader {
    /// What is inside each of a block's transactions, asked for in one piece.
    ///
    /// # Errors
    ///
    /// Where the node does not have the block, or takes no questions.
    pub(super) async fn trace_block(
        &self,
        kind: TraceKind,
        at: At,
        hashes: &[H256],
    ) -> Result<Whole, SourceError> {
        let told = match kind {
            TraceKind::Debug => {
                let params = json!([at.hash, debug_options("callTracer")]);
                self.ask(kind.method(), params, |told| called(told, hashes)).await
            }
            // Erigon takes numbers alone; each call says in which block it is.
            TraceKind::Trace => {
                let read = |told: &str| moves_listed(told, at.hash, hashes);
                self.ask(kind.method(), json!([at.number]), read).await
            }
        };
        Ok(match told {
            Ok(Ok(insides)) => Whole::Told(insides),
            Ok(Err(Unreadable::Elsewhere)) => return Err(changed()),
            Ok(Err(why)) => Whole::Refused(why),
            Err(RpcError::Call { code: METHOD_NOT_FOUND, message }) => Whole::Missing(message),
            Err(error) => Whole::Refused(self.refused(at, error).await?),
        })
    }

    /// What is inside one transaction.
    pub(super) async fn trace_one(
        &self,
        kind: TraceKind,
        at: At,
        transaction: H256,
    ) -> Result<Inside, SourceError> {
        let told = match kind {
            TraceKind::Debug => {
                let params = json!([transaction, debug_options("callTracer")]);
                self.ask("debug_traceTransaction", params, moves_inside).await
            }
            TraceKind::Trace => {
                let read = |told: &str| Ok(moves_listed(told, at.hash, &[transaction])?.pop());
                let told = self.ask("trace_transaction", json!([transaction]), read).await;
                told.map(|told| {
                    told.and_then(|one| one.unwrap_or_else(|| Err(Unreadable::shape("it is empty"))))
                })
            }
        };
        self.told(at, told).await
    }

    /// By how much the transaction made balances grow.
    pub(super) async fn growth(
        &self,
        kind: TraceKind,
        at: At,
        transaction: H256,
    ) -> Result<Result<Growth, Unreadable>, SourceError> {
        let (method, params) = effect::question(kind, transaction);
        let told = self.ask(method, params, |told| effect::growth(kind, told)).await;
        self.told(at, told).await
    }

    /// An answer about one transaction; that the node has no such method is its way to refuse here.
    async fn told<T>(
        &self,
        at: At,
        told: Result<Result<T, Unreadable>, RpcError>,
    ) -> Result<Result<T, Unreadable>, SourceError> {
        match told {
            Ok(Err(Unreadable::Elsewhere)) => Err(changed()),
            Ok(told) => Ok(told),
            Err(RpcError::Call { code: METHOD_NOT_FOUND, message }) => Ok(Err(Unreadable::Refused(message))),
            Err(error) => self.refused(at, error).await.map(Err),
        }
    }

    async fn ask<T>(
        &self,
        method: &str,
        params: Value,
        read: impl Fn(&str) -> Result<T, Unreadable>,
    ) -> Result<Result<T, Unreadable>, RpcError> {
        self.rpc.call_read(method, params, read).await
    }

    /// Tells what somebody may have put into a block from what ails the node, or the chain.
    ///
    /// # Errors
    ///
    /// Where it is the node or the chain.
    async fn refused(&self, at: At, error: RpcError) -> Result<Unreadable, SourceError> {
        match &error {
            RpcError::Call { message, .. }
                if BLOCK_GONE.iter().any(|words| message.to_ascii_lowercase().contains(words)) =>
            {
                Err(changed())
            }
            RpcError::Unreachable(_) => {
                let alive = tokio::time::timeout(ALIVE_WITHIN, self.still_stands(at)).await;
                alive.unwrap_or_else(|_| Err(source_error(error.clone()))).inspect_err(|_| self.fear(at))?;
                Ok(Unreadable::Refused(error.to_string()))
            }
            RpcError::Status { status: 500.., .. } | RpcError::TooLong(_) | RpcError::Nonsense(_) => {
                Ok(Unreadable::Refused(error.to_string()))
            }
            RpcError::Call { .. } => match source_error(error.clone()) {
                SourceError::Nonsense(_) => Ok(Unreadable::Refused(error.to_string())),
                other => Err(other),
            },
            _ => Err(source_error(error)),
        }
    }

    /// Makes sure that the block is part of the node's chain still.
    pub(in crate::chain::ethereum) async fn still_stands(&self, at: At) -> Result<(), SourceError> {
        let now = self.short_block(&format!("{:#x}", at.number)).await?;
        if now.and_then(|now| now.hash) == Some(at.hash) { Ok(()) } else { Err(changed()) }
    }

    pub(in crate::chain::ethereum) fn fear(&self, at: At) {
        self.with_sight(|sight| {
            let times = sight.feared.entry(at.hash).or_default();
            *times = times.saturating_add(1);
        });
    }

    /// Whether the node went away so often over this block that it is spared the question.
    pub(super) fn is_feared(&self, at: At) -> bool {
        self.with_sight(|sight| sight.feared.get(&at.hash).is_some_and(|times| *times >= FEARED))
    }

    pub(super) fn forgive(&self, at: At) {
        self.with_sight(|sight| sight.feared.remove(&at.hash));
    }
}

/// What is inside transactions, by the trees of their calls: one for each transaction.
pub(super) fn called(told: &str, hashes: &[H256]) -> Result<Vec<Inside>, Unreadable> {
    let traced: Vec<Traced<'_>> = serde_json::from_str(told).map_err(Unreadable::shape)?;
    let is_other = |(traced, hash): (&Traced<'_>, &H256)| traced.hash.is_some_and(|told| told != *hash);
    if traced.len() != hashes.len() || traced.iter().zip(hashes).any(is_other) {
        return Err(Unreadable::shape("the traces are of other transactions"));
    }
    let inside = |traced: Traced<'_>| match (traced.result, traced.error) {
        (Some(tree), _) => moves_inside(tree.get()),
        (None, Some(words)) => Err(Unreadable::Refused(words)),
        (None, None) => Err(Unreadable::shape("a transaction has no trace")),
    };
    Ok(traced.into_iter().map(inside).collect())
}
