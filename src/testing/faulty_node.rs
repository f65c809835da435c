//! A wallet and node that loses requests and replies, goes away, and dies on both sides of every call.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::fuse::Fuse;
use super::payout_chain::PayoutChain;
use crate::rail::Spend;
use crate::rail::{
    Broadcaster, Fate, Funds, IsKnown, NodeError, Receipt, SendOutcome, SpendsSeen, TxStatus, Wallet,
};
use crate::skycoin::{Address, CoinHours};
use crate::types::{BlockRef, Claim, Hash32, TxId};

/// What goes wrong from now on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// Nothing is answered.
    pub unreachable: bool,
    /// The next sends do not arrive.
    pub lose_requests: u32,
    /// The next sends arrive, and their replies do not.
    pub lose_replies: u32,
    /// The next sends are refused although nothing is wrong with them.
    pub refuse: u32,
    /// It is a node of another chain.
    pub is_another: bool,
}

/// A node behind a bad line. The chain behind it outlives the desk.
#[derive(Debug)]
pub struct FaultyNode {
    inner: PayoutChain,
    faults: Arc<Mutex<Faults>>,
    fuse: Fuse,
    /// Coin hours grow from one look to the next, so that a payout planned anew is another transaction.
    hours_grown: Arc<AtomicU64>,
}

impl FaultyNode {
    pub fn new(
        inner: PayoutChain,
        faults: Arc<Mutex<Faults>>,
        fuse: Fuse,
        hours_grown: Arc<AtomicU64>,
    ) -> Self {
        FaultyNode { inner, faults, fuse, hours_grown }
    }

    fn is_unreachable(&self) -> bool {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).unreachable
    }

    /// Takes one off a count of faults; answers whether there was one.
    fn take(&self, count: impl FnOnce(&mut Faults) -> &mut u32) -> bool {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let left = count(&mut faults);
        let had = *left > 0;
        *left = left.saturating_sub(1);
        had
    }
}

impl Wallet for FaultyNode {
    async fn identity(&self) -> Result<String, NodeError> {
        let faults = *self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        match (faults.unreachable, faults.is_another) {
            (true, _) => Err(NodeError("the node is away".into())),
            (false, true) => Ok("another chain".to_owned()),
            (false, false) => self.inner.identity().await,
        }
    }

    async fn funds(&self) -> Result<Funds, NodeError> {
        self.fuse.pass_or_die();
        if self.is_unreachable() {
            return Err(NodeError("the node is away".into()));
        }
        let grown = CoinHours::new(self.hours_grown.fetch_add(1, Ordering::Relaxed));
        let mut funds = self.inner.funds().await?;
        for unspent in &mut funds.unspents {
            unspent.hours = unspent.hours.checked_add(grown).unwrap_or(unspent.hours);
        }
        Ok(funds)
    }

    fn fingerprint(&self) -> Hash32 {
        self.inner.fingerprint()
    }

    async fn spends(&self, after: Option<BlockRef>, is_known: IsKnown<'_>) -> Result<SpendsSeen, NodeError> {
        self.fuse.pass_or_die();
        if self.is_unreachable() {
            return Err(NodeError("the node is away".into()));
        }
        self.inner.spends(after, is_known).await
    }

    async fn pending_spends(&self) -> Result<Vec<Spend>, NodeError> {
        self.fuse.pass_or_die();
        if self.is_unreachable() {
            return Err(NodeError("the node is away".into()));
        }
        self.inner.pending_spends().await
    }
}

impl Broadcaster for FaultyNode {
    async fn send(&self, raw: &[u8]) -> SendOutcome {
        self.fuse.pass_or_die();
        if self.is_unreachable() || self.take(|faults| &mut faults.lose_requests) {
            return SendOutcome::Unknown("no reply".into());
        }
        if self.take(|faults| &mut faults.refuse) {
            return SendOutcome::Rejected("not today".into());
        }
        let outcome = self.inner.send(raw).await;
        self.fuse.pass_or_die();
        if self.take(|faults| &mut faults.lose_replies) {
            return SendOutcome::Unknown("the reply was lost".into());
        }
        outcome
    }

    async fn status(&self, txid: TxId) -> Result<TxStatus, NodeError> {
        self.fuse.pass_or_die();
        if self.is_unreachable() {
            return Err(NodeError("the node is away".into()));
        }
        self.inner.status(txid).await
    }

    async fn received(&self, txid: TxId, to: Address) -> Result<Receipt, NodeError> {
        self.fuse.pass_or_die();
        if self.is_unreachable() {
            return Err(NodeError("the node is away".into()));
        }
        self.inner.received(txid, to).await
    }

    async fn burnt(&self, txid: TxId) -> Result<CoinHours, NodeError> {
        self.fuse.pass_or_die();
        if self.is_unreachable() {
            return Err(NodeError("the node is away".into()));
        }
        self.inner.burnt(txid).await
    }

    async fn fate_of(&self, uxid: Claim) -> Result<Fate, NodeError> {
        self.fuse.pass_or_die();
        if self.is_unreachable() {
            return Err(NodeError("the node is away".into()));
        }
        self.inner.fate_of(uxid).await
    }
}
