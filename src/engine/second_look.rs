//! Asks a second node of a chain whether it has the blocks that large payouts stand on.
//!
//! A job beside the payer, which never waits for it: it leaves out what the second node has not agreed to. Invariant:
//! only the same hash is agreement. A node that is away, behind or still catching up says neither yes nor no, and the
//! payout waits. Another hash, deep enough there, said twice, opens the chain's breaker with both as evidence.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::scanner::Trouble;
use crate::breaker::Breaker;
use crate::chain::{ChainSource, Tip};
use crate::clock::Clock;
use crate::live::{AskedBlock, SecondNode};
use crate::store::{BreakerEvent, Breakers, Store, StoreError};
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockHash, Coin, Moment};

/// Blocks that are asked about in one step.
const SHARE: usize = 8;
/// Between two steps where blocks are left.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two tries where the node does not agree.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// Where nothing is asked; whoever asks wakes it.
const IDLE: Duration = Duration::from_secs(60);

/// The worker of one chain's second node.
#[derive(Debug)]
pub struct SecondLook<S> {
    store: Store,
    /// The node that is followed.
    first: Arc<S>,
    second: Arc<S>,
    board: Arc<SecondNode>,
    clock: Arc<dyn Clock>,
    /// Blocks that have to lie on another one, before that is a contradiction.
    confirmations: u64,
    /// Whether the second node is known to be of the right network.
    is_known: bool,
    /// Other hashes that were told once, and when.
    suspects: HashMap<AskedBlock, (BlockHash, Moment)>,
    /// The last block that was asked about: the others have their turn.
    turn: Option<AskedBlock>,
    rests: Option<(Moment, Duration)>,
}

/// What came of one question.
enum Said {
    Same,
    /// Neither yes nor no, and why.
    Unknown(String),
    Other {
        ours: BlockHash,
        theirs: BlockHash,
    },
}

impl<S: ChainSource> SecondLook<S> {
    /// Returns a worker that asks `second` what `board` wants to know, and where that has no hash `first` too.
    pub fn new(
        store: Store,
        (first, second): (Arc<S>, Arc<S>),
        board: Arc<SecondNode>,
        clock: Arc<dyn Clock>,
        confirmations: u64,
    ) -> Self {
        SecondLook {
            store,
            first,
            second,
            board,
            clock,
            confirmations,
            is_known: false,
            suspects: HashMap::new(),
            turn: None,
            rests: None,
        }
    }

    fn coin(&self) -> Coin {
        self.first.coin()
    }

    /// Those that are asked about now: the ones after the last that was, and then from the first again.
    fn due(&self, open: &[AskedBlock]) -> Vec<AskedBlock> {
        let (before, after): (Vec<_>, Vec<_>) = open.iter().partition(|block| Some(**block) <= self.turn);
        after.into_iter().chain(before).take(SHARE).collect()
    }

    /// Asks what is due; answers why one was not agreed to, and whether others are left.
    async fn look(&mut self) -> Result<(Option<String>, bool), Trouble> {
        let open = self.board.open(self.clock.moment());
        self.suspects.retain(|block, _| open.contains(block));
        if open.is_empty() {
            return Ok((None, false));
        }
        if !self.is_known {
            self.second.check_network().await?;
            self.is_known = true;
        }
        let tip = self.second.tip().await?;
        let mut trouble = None;
        for block in self.due(&open) {
            self.turn = Some(block);
            match self.ask(block, tip).await? {
                Said::Same => self.board.agree(block, self.clock.moment()),
                Said::Unknown(why) => trouble = Some(why),
                Said::Other { ours, theirs } => {
                    trouble = self.contradicted(block, (ours, theirs)).await?.or(trouble);
                }
            }
        }
        Ok((trouble, open.len() > SHARE))
    }

    async fn ask(&self, block: AskedBlock, tip: Tip) -> Result<Said, Trouble> {
        let height = block.height;
        let ours = match block.hash {
            Some(hash) => Some(hash),
            None => self.first.hash_at(height).await?,
        };
        let Some(ours) = ours else {
            return Ok(Said::Unknown(format!("the first node has no block {height}")));
        };
        Ok(match self.second.hash_at(height).await? {
            None => Said::Unknown(format!("it has no block {height} yet")),
            Some(theirs) if theirs == ours => Said::Same,
            Some(_) if tip.is_syncing => Said::Unknown(format!(
                "its block {height} is another one, and it is catching up with its network"
            )),
            Some(_) if height.depth_below(tip.block.height) < self.confirmations => {
                Said::Unknown(format!("its block {height} is another one, and not as deep as required"))
            }
            Some(theirs) => Said::Other { ours, theirs },
        })
    }

    /// The second node has another block. It is asked once more before that is told: a node may be about to change its
    /// mind. Answers why it has not agreed.
    async fn contradicted(
        &mut self,
        block: AskedBlock,
        (ours, theirs): (BlockHash, BlockHash),
    ) -> Result<Option<String>, StoreError> {
        let (coin, now) = (self.coin(), self.clock.moment());
        let ground = format!("{coin} block {}: {ours}, and {theirs} at the second node", block.height);
        let breaker = Breaker::Nodes(coin);
        let state = self.store.snapshot().breaker(breaker)?;
        if state.as_ref().is_some_and(|state| state.accepted.contains(&ground)) {
            // A person has looked at this very contradiction.
            self.board.agree(block, now);
            return Ok(None);
        }
        let words = Some(format!("its block {} is another one", block.height));
        match self.suspects.get(&block) {
            Some((known, since)) if *known == theirs && now.since(*since) >= TRY_AGAIN => {}
            Some((known, _)) if *known == theirs => return Ok(words),
            Some(_) | None => {
                self.suspects.insert(block, (theirs, now));
                return Ok(words);
            }
        }
        if !state.is_some_and(|state| state.is_open()) {
            let evidence = "two nodes have different blocks where a deposit stands".to_owned();
            tracing::error!(%coin, %ground, notice = "WATCH", "payouts stop: two nodes contradict each other");
            let opened = BreakerEvent::Opened { breaker, evidence, grounds: vec![ground] };
            self.store.write(move |tx| tx.record(opened.clone())).await?;
        }
        Ok(words)
    }
}

impl<S: ChainSource> Worker for SecondLook<S> {
    fn name(&self) -> &'static str {
        self.coin().facts().workers.second_look
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let now = self.clock.moment();
        let left = self.rests.and_then(|(since, rest)| rest.checked_sub(now.since(since)));
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            return Ok(Next::Wait(left));
        }
        let (trouble, is_more) = match self.look().await {
            Ok(looked) => looked,
            Err(Trouble::Store(error)) => return Err(error.into()),
            Err(trouble) => {
                self.is_known = false;
                (Some(trouble.to_string()), false)
            }
        };
        if let Some(words) = &trouble {
            tracing::debug!(coin = %self.coin(), %words, "the second node has not agreed");
        }
        let is_open = !self.board.open(self.clock.moment()).is_empty();
        let rest = match (&trouble, is_more) {
            (Some(_), false) => TRY_AGAIN,
            (Some(_) | None, true) => PAUSE,
            (None, false) if is_open => PAUSE,
            (None, false) => IDLE,
        };
        self.board.set_trouble(trouble);
        // Whoever asks for more wakes it from idling; what did not agree is not asked more often for that.
        self.rests = (rest != IDLE).then(|| (self.clock.moment(), rest));
        Ok(Next::Wait(rest))
    }
}

#[cfg(test)]
mod tests;
