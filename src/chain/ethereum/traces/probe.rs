//! Whether the node tells what happens inside transactions, and how: found out by what following does.
//!
//! Only one answer says that a node has no such method. Whoever has it and does not do what it is for is not
//! taken for capable either; both are looked at again from time to time. A node that did it once and does not
//! any more has a trouble.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use web3::types::H256;

use super::ask::Whole;
use super::{TraceKind, Unreadable, gone};
use crate::chain::SourceError;
use crate::chain::ethereum::EthereumReader;
use crate::chain::ethereum::block::{At, EthBlock};

/// How many of the newest blocks are looked at for a transaction to try it on.
const LOOK_BACK: usize = 8;
/// How often a node that tells nothing is looked at again.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// What is known of a node's traces.
#[derive(Debug, Default)]
pub(in crate::chain::ethereum) struct Sight {
    /// How it tells them; none where it does not.
    pub(in crate::chain::ethereum) kind: Option<TraceKind>,
    /// Why it does not, where it was asked.
    pub(in crate::chain::ethereum) why_not: Option<String>,
    looked_at: Option<Instant>,
    /// The last transaction whose calls it told.
    readable: Option<(At, H256)>,
    /// Blocks over which it went away, and how often.
    pub(super) feared: HashMap<H256, u8>,
    /// It said that it does not do any more what it did.
    pub(super) is_gone: bool,
}

impl Sight {
    /// Whether the node has to be asked what it can do.
    pub(in crate::chain::ethereum) fn is_in_doubt(&self) -> bool {
        match self.kind {
            Some(_) => self.is_gone,
            None => self.is_due(),
        }
    }

    /// Whether it could not be found out yet what the node can do.
    pub(in crate::chain::ethereum) fn is_unknown(&self) -> bool {
        self.kind.is_none() && self.why_not.is_none()
    }

    #[cfg(test)]
    pub(in crate::chain::ethereum) fn forget_the_time(&mut self) {
        self.looked_at = None;
    }

    fn is_due(&self) -> bool {
        self.kind.is_none() && self.looked_at.is_none_or(|at| at.elapsed() >= AGAIN_AFTER)
    }
}

/// What one of the two methods came to.
enum Tried {
    Works,
    /// The node does not have it.
    Missing,
    /// It has it, and tells nothing that can be read.
    Useless(String),
    /// There is nothing yet that it could tell: some nodes refuse the first block of a chain.
    Untold,
}

impl EthereumReader {
    /// Finds out which kind of traces the node offers. Nothing is known yet of one that has its first block alone
    /// and refuses that.
    ///
    /// # Errors
    ///
    /// Where the node cannot be asked, or offered them before and does not now.
    pub(in crate::chain::ethereum) async fn look_for_traces(&self) -> Result<(), SourceError> {
        let blocks = self.newest_blocks(None).await?;
        let before = self.with_sight(|sight| sight.kind);
        let mut kinds = [TraceKind::Debug, TraceKind::Trace];
        if before == Some(TraceKind::Trace) {
            kinds.reverse();
        }
        let (mut why_not, mut is_untold) = (None, false);
        for kind in kinds {
            match self.try_traces(kind, &blocks).await? {
                Tried::Works => {
                    self.with_sight(|sight| {
                        (sight.kind, sight.why_not, sight.is_gone) = (Some(kind), None, false);
                    });
                    return Ok(());
                }
                Tried::Missing => {}
                Tried::Untold => is_untold = true,
                Tried::Useless(words) => {
                    why_not = why_not.or_else(|| {
                        Some(format!("{} tells nothing that can be read: {words}", kind.method()))
                    });
                }
            }
        }
        if is_untold {
            return Ok(());
        }
        let why = why_not.unwrap_or_else(|| {
            "the node offers no traces (debug_traceBlockByHash or trace_block)".to_owned()
        });
        if before.is_some() {
            return Err(gone(why));
        }
        self.with_sight(|sight| (sight.why_not, sight.looked_at) = (Some(why), Some(Instant::now())));
        Ok(())
    }

    /// Looks again at a node that tells nothing, after a while.
    pub(in crate::chain::ethereum) async fn reconsider_traces(&self) {
        if self.with_sight(|sight| sight.why_not.is_some() && sight.is_due()) {
            self.with_sight(|sight| sight.looked_at = Some(Instant::now()));
            // Whatever ails the node shows where it is followed.
            let _ = self.look_for_traces().await;
        }
    }

    /// The newest blocks, down to the first that has a transaction. `except` is left out.
    async fn newest_blocks(&self, except: Option<At>) -> Result<Vec<EthBlock>, SourceError> {
        let mut which = "latest".to_owned();
        let mut blocks = Vec::new();
        while blocks.len() < LOOK_BACK {
            let Some(block) = self.full_block(&which).await? else { break };
            let Some(at) = block.at() else { break };
            let is_it = !block.transactions.is_empty() && Some(at) != except;
            if Some(at) != except {
                blocks.push(block);
            }
            let Some(below) = at.number.as_u64().checked_sub(1).filter(|_| !is_it) else { break };
            which = format!("{below:#x}");
        }
        Ok(blocks)
    }

    /// Tries a kind of traces as following will ask for them: on the block with transactions where there is
    /// one, else the shape of the answer is all there is to go by.
    async fn try_traces(&self, kind: TraceKind, blocks: &[EthBlock]) -> Result<Tried, SourceError> {
        let block = blocks.last().filter(|block| !block.transactions.is_empty()).or(blocks.first());
        let Some((block, at)) = block.and_then(|block| Some((block, block.at()?))) else {
            return Ok(Tried::Missing);
        };
        let hashes: Vec<H256> = block.transactions.iter().map(|transaction| transaction.hash).collect();
        let mut why = match self.trace_block(kind, at, &hashes).await? {
            Whole::Missing(_) => return Ok(Tried::Missing),
            Whole::Told(insides) => match hashes.iter().zip(insides).find(|(_, inside)| inside.is_ok()) {
                Some((transaction, _)) => {
                    self.remember_readable(at, *transaction);
                    return Ok(Tried::Works);
                }
                None if hashes.is_empty() => return Ok(Tried::Works),
                None => Unreadable::shape("no transaction of the block can be read"),
            },
            Whole::Refused(_) if at.number.is_zero() && hashes.is_empty() => return Ok(Tried::Untold),
            Whole::Refused(why) => why,
        };
        // Somebody may have put something into the block that makes the whole of it too much.
        for transaction in hashes {
            match self.trace_one(kind, at, transaction).await? {
                Ok(_) => {
                    self.remember_readable(at, transaction);
                    return Ok(Tried::Works);
                }
                Err(told) => why = told,
            }
        }
        Ok(Tried::Useless(why.to_string()))
    }

    /// Whether the node tells the calls of another transaction than this block's: of the last that it told,
    /// or of a newer.
    pub(super) async fn can_read_others(&self, kind: TraceKind, except: At) -> Result<bool, SourceError> {
        let known = self.with_sight(|sight| sight.readable);
        if let Some((at, transaction)) = known.filter(|(at, _)| *at != except)
            && matches!(self.trace_one(kind, at, transaction).await, Ok(Ok(_)))
        {
            return Ok(true);
        }
        let others = self.newest_blocks(Some(except)).await?;
        let is_any = others.iter().any(|block| !block.transactions.is_empty());
        Ok(is_any && matches!(self.try_traces(kind, &others).await?, Tried::Works))
    }

    pub(super) fn remember_readable(&self, at: At, transaction: H256) {
        self.with_sight(|sight| sight.readable = Some((at, transaction)));
    }
}
