//! A chain that is made and unmade by hand, and a reader of it that goes away and dies like everything else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fuse::Fuse;
use crate::address::DepositAddress;
use crate::chain::{self, Block, ChainSource, Gaps, PastUse, Payment, SourceError, Tip, Unread, Watcher};
use crate::types::{BlockHash, BlockRef, Coin, Height, Units, UnixTime, Work};

#[derive(Debug, Clone)]
struct Made {
    hash: BlockHash,
    work: Work,
    payments: Vec<Payment>,
    unread: Vec<Unread>,
}

/// A chain as it was at some moment.
#[derive(Debug, Clone)]
pub struct Remembered(Vec<Made>);

/// A payment that was in a block at some time.
#[derive(Debug, Clone)]
pub struct Past {
    pub payment: Payment,
    pub height: u64,
    /// The most blocks that ever stood above it.
    pub above: u64,
    /// Whether its block is part of the best chain now.
    pub stands: bool,
}

/// What happens to the chain while it is being read.
type Meanwhile = Box<dyn FnOnce(&FakeChain) + Send>;

#[derive(Default)]
struct State {
    blocks: Vec<Made>,
    /// How many blocks were ever made: no two have one hash.
    made: u64,
    /// How deep everything was before blocks were taken away.
    gone: Vec<Past>,
    is_away: bool,
    /// What tells it from every other chain.
    identity: Option<String>,
    /// Its node tells nothing of what happens inside transactions.
    is_blind: bool,
    /// Whose chain it is; Bitcoin's where nobody said.
    coin: Option<Coin>,
    /// How many blocks are known to the node that answers until the tip is asked for again.
    lagging: Option<usize>,
    /// What reached addresses in blocks of these heights, and no block tells.
    slipped: Vec<(u64, DepositAddress, u128)>,
    /// Balances of before this height are not known to its node.
    balances_from: u64,
    /// What waits for a block; none where its node does not tell.
    pending: Option<Vec<Payment>>,
    /// What happens between the next answer of the tip and the question that follows it.
    after_tip: Option<Meanwhile>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("blocks", &self.blocks).finish_non_exhaustive()
    }
}

/// The best chain of a network. Clones are the same chain.
#[derive(Debug, Clone)]
pub struct FakeChain(Arc<Mutex<State>>);

impl Default for FakeChain {
    /// With a genesis block.
    fn default() -> Self {
        let chain = FakeChain(Arc::default());
        chain.mine(Vec::new());
        chain
    }
}

impl FakeChain {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a block.
    pub fn mine(&self, payments: Vec<Payment>) {
        self.mine_with(payments, Work::BLOCK);
    }

    /// Adds a block that cost this much.
    pub fn mine_with(&self, payments: Vec<Payment>, work: Work) {
        let mut state = self.state();
        state.made += 1;
        let mut hash = [0xcc; 32];
        hash[..8].copy_from_slice(&state.made.to_be_bytes());
        state.blocks.push(Made { hash: BlockHash(hash), work, payments, unread: Vec::new() });
    }

    /// Takes the newest blocks away, never the genesis; answers the payments that were in them.
    pub fn unmine(&self, depth: usize) -> Vec<Payment> {
        let mut state = self.state();
        let keep = state.blocks.len().saturating_sub(depth).max(1);
        state.note_depths();
        state.blocks.split_off(keep).into_iter().flat_map(|block| block.payments).collect()
    }

    /// Every payment that was ever in a block: as it stands, and as deep as it once was.
    pub fn past(&self) -> Vec<Past> {
        let state = self.state();
        state.gone.iter().cloned().chain(state.past(true)).collect()
    }

    /// Adds a payment to a block that was made before, as if a reader had overlooked it until now.
    pub fn amend(&self, height: usize, payment: Payment) {
        if let Some(block) = self.state().blocks.get_mut(height) {
            block.payments.push(payment);
        }
    }

    /// Takes the payments of a transaction out of a block that was made before, as if a reader overlooked them.
    pub fn withhold(&self, height: usize, tx: &str) {
        if let Some(block) = self.state().blocks.get_mut(height) {
            block.payments.retain(|payment| payment.tx != tx);
        }
    }

    /// Does this once, right after the tip was told the next time.
    pub fn after_tip(&self, what: impl FnOnce(&FakeChain) + Send + 'static) {
        self.state().after_tip = Some(Box::new(what));
    }

    /// Questions are answered by a node that has not seen the blocks above this height, until the tip is asked for.
    pub fn lag(&self, height: usize) {
        self.state().lagging = Some(height.saturating_add(1));
    }

    /// All blocks as they are now.
    pub fn remember(&self) -> Remembered {
        Remembered(self.state().blocks.clone())
    }

    /// Another chain that has the same blocks so far.
    #[must_use]
    pub fn twin(&self) -> FakeChain {
        let twin = FakeChain::default();
        {
            let (own, mut state) = (self.state(), twin.state());
            state.blocks.clone_from(&own.blocks);
            (state.made, state.coin) = (own.made, own.coin);
        }
        twin
    }

    /// Another node answers from now on, that has seen these blocks.
    pub fn show(&self, remembered: &Remembered) {
        let mut state = self.state();
        state.note_depths();
        state.blocks.clone_from(&remembered.0);
    }

    /// From now on it is this coin's chain.
    pub fn be(&self, coin: Coin) {
        self.state().coin = Some(coin);
    }

    /// From now on it is another chain, whatever its blocks look like.
    pub fn be_another(&self, identity: &str) {
        self.state().identity = Some(identity.to_owned());
    }

    /// Its node tells what happens inside transactions, or does not.
    pub fn set_blind(&self, is_blind: bool) {
        self.state().is_blind = is_blind;
    }

    /// What its node cannot read of a block.
    pub fn set_unread(&self, height: usize, unread: Vec<Unread>) {
        if let Some(block) = self.state().blocks.get_mut(height) {
            block.unread = unread;
        }
    }

    /// Coins reach an address in a block of this height, and no list tells it.
    pub fn slip(&self, height: u64, address: DepositAddress, amount: u128) {
        self.state().slipped.push((height, address, amount));
    }

    /// Its node has thrown away balances of before this height.
    pub fn forget_balances_before(&self, height: u64) {
        self.state().balances_from = height;
    }

    /// What waits for a block; none where its node does not tell.
    pub fn set_pending(&self, pending: Option<Vec<Payment>>) {
        self.state().pending = pending;
    }

    pub fn set_away(&self, is_away: bool) {
        self.state().is_away = is_away;
    }

    pub fn height(&self) -> u64 {
        u64::try_from(self.state().blocks.len()).unwrap_or(0).saturating_sub(1)
    }

    /// The hash of the block at this height.
    pub fn hash_of(&self, height: u64) -> Option<BlockHash> {
        self.state().at(Height::new(height)).map(|block| block.hash)
    }

    /// Payments in blocks up to this height.
    pub fn payments_up_to(&self, height: u64) -> Vec<Payment> {
        let count = usize::try_from(height.saturating_add(1)).unwrap_or(usize::MAX);
        self.state().blocks.iter().take(count).flat_map(|block| block.payments.clone()).collect()
    }
}

/// A node of the chain, behind a line that the fuse runs along.
#[derive(Debug)]
pub struct FakeSource {
    chain: FakeChain,
    fuse: Fuse,
}

impl FakeSource {
    pub fn new(chain: FakeChain, fuse: Fuse) -> Self {
        FakeSource { chain, fuse }
    }

    fn reach(&self) -> Result<MutexGuard<'_, State>, SourceError> {
        self.fuse.pass_or_die();
        let state = self.chain.state();
        if state.is_away { Err(SourceError::Unreachable("the node is away".into())) } else { Ok(state) }
    }
}

impl State {
    fn past(&self, stands: bool) -> Vec<Past> {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let above = |height: usize| count(self.blocks.len().saturating_sub(height + 1));
        let all = self.blocks.iter().enumerate();
        let all = all.flat_map(|(height, block)| block.payments.iter().map(move |one| (height, one)));
        all.map(|(height, payment)| Past {
            payment: payment.clone(),
            height: count(height),
            above: above(height),
            stands,
        })
        .collect()
    }

    /// Blocks are about to go: what lies below them is as deep as it has ever been.
    fn note_depths(&mut self) {
        for past in self.past(false) {
            match self.gone.iter_mut().find(|gone| gone.payment == past.payment) {
                Some(gone) => gone.above = gone.above.max(past.above),
                None => self.gone.push(past),
            }
        }
    }

    fn at(&self, height: Height) -> Option<&Made> {
        let position = usize::try_from(height.get()).ok()?;
        self.blocks.get(position).filter(|_| self.lagging.is_none_or(|seen| position < seen))
    }
}

impl ChainSource for FakeSource {
    fn coin(&self) -> Coin {
        self.chain.state().coin.unwrap_or(Coin::BTC)
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        self.reach().map(|state| state.identity.clone().unwrap_or_else(|| "a chain in memory".to_owned()))
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        let mut state = self.reach()?;
        state.lagging = None;
        let height = Height::new(u64::try_from(state.blocks.len()).unwrap_or(0).saturating_sub(1));
        let hash = state.at(height).map(|block| block.hash);
        let hash = hash.ok_or_else(|| SourceError::Nonsense("no blocks".into()))?;
        let block = BlockRef { height, hash };
        let next = state.after_tip.take();
        drop(state);
        if let Some(next) = next {
            next(&self.chain);
        }
        Ok(Tip { block, time: UnixTime::default(), finalized: None, is_syncing: false })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<BlockHash>, SourceError> {
        Ok(self.reach()?.at(height).map(|block| block.hash))
    }

    async fn block(&self, height: Height, watch: &Watcher) -> Result<Option<Block>, SourceError> {
        let state = self.reach()?;
        let Some(made) = state.at(height) else { return Ok(None) };
        let parent = height.prev().and_then(|height| state.at(height)).map_or(BlockHash([0; 32]), |b| b.hash);
        let is_told = |payment: &&Payment| !state.is_blind || payment.n == 0;
        let watched = |payment: &&Payment| watch.may_be_watched(&payment.address);
        let payments = made.payments.iter().filter(is_told).filter(watched).cloned().collect();
        let blind = state.is_blind.then(|| "the node offers no traces".to_owned());
        let gaps = Gaps { blind, unread: made.unread.clone() };
        Ok(Some(Block { at: BlockRef { height, hash: made.hash }, parent, work: made.work, payments, gaps }))
    }

    async fn work_between(&self, from: Height, tip: BlockRef, _: Work) -> Result<Work, SourceError> {
        let state = self.reach()?;
        if state.at(tip.height).map(|block| block.hash) != Some(tip.hash) {
            return Err(SourceError::changed());
        }
        let heights = from.get()..=tip.height.get();
        Ok(heights.filter_map(|height| state.at(Height::new(height))).map(|block| block.work).sum())
    }

    async fn pending(&self, _: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        self.reach().map(|state| state.pending.clone())
    }

    async fn balances(
        &self,
        addresses: &[DepositAddress],
        at: BlockRef,
    ) -> Result<Option<Vec<Units>>, SourceError> {
        let state = self.reach()?;
        if state.at(at.height).map(|block| block.hash) != Some(at.hash) {
            return Err(SourceError::Unreachable("the chain changed while it was being read".into()));
        }
        if at.height.get() < state.balances_from {
            return Err(SourceError::Pruned("missing trie node".into()));
        }
        // Tokens have balances of their own.
        let paid = state.past(true).into_iter().filter(|past| past.payment.token.is_none());
        let paid = paid.map(|past| (past.height, past.payment.address, past.payment.amount.get()));
        let all: Vec<_> = paid.chain(state.slipped.iter().copied()).collect();
        let balance = |address: &DepositAddress| {
            let own = all.iter().filter(|(height, to, _)| *height <= at.height.get() && to == address);
            Units::new(own.map(|(_, _, amount)| amount).sum())
        };
        Ok(Some(addresses.iter().map(balance).collect()))
    }

    async fn past(&self, addresses: &[DepositAddress]) -> Result<chain::Past, SourceError> {
        let past = self.reach()?.past(true);
        let first = |address: &DepositAddress| {
            let found = past.iter().find(|past| past.payment.address.key() == address.key())?;
            Some(PastUse {
                address: *address,
                tx: Some(found.payment.tx.clone()),
                amount: Some(found.payment.amount),
                height: Height::new(found.height),
            })
        };
        Ok(chain::Past::Told(addresses.iter().filter_map(first).collect()))
    }

    fn is_blind(&self) -> bool {
        self.chain.state().is_blind
    }
}
