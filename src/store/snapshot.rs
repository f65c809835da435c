//! The data as of one commit: what every reader reads. Taking one costs nothing and stops nobody.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;

use super::StoreError;
use super::codec::key;
use super::counters::Counters;
use super::index::Index;
use super::kv::{Read, Table};
use super::lookahead::Lookahead;
use super::pools::{Pool, Pools};
use super::secret::{self, DeskSecret};
use super::sole_line::SoleLine;
use super::tables::{Binding, Tables};
use super::tx::find_address;
use crate::address::DepositAddress;
use crate::skycoin::Address;
use crate::types::{BindingNo, Coin, HistoryHead};

/// The tables as of the last commit that the index may know of.
pub(super) struct Newest(pub(super) Arc<dyn Read + Send + Sync>);

/// A consistent view of everything.
///
/// The index is shared by all snapshots, and may know of bindings that this one does not have: what it names is looked
/// up in the newest tables then, and followed back to what this snapshot has.
pub struct Snapshot {
    kv: Arc<dyn Read + Send + Sync>,
    index: Arc<Index>,
    newest: Arc<ArcSwap<Newest>>,
    counters: Counters,
    pools: Pools,
    /// Read once.
    secret: OnceLock<DeskSecret>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("counters", &self.counters).finish_non_exhaustive()
    }
}

impl Tables for Snapshot {
    fn kv(&self) -> &dyn Read {
        &*self.kv
    }
}

impl Snapshot {
    pub(super) fn new(
        kv: Arc<dyn Read + Send + Sync>,
        index: Arc<Index>,
        newest: Arc<ArcSwap<Newest>>,
        counters: Counters,
        pools: Pools,
    ) -> Self {
        Snapshot { kv, index, newest, counters, pools, secret: OnceLock::new() }
    }

    /// Returns the counts as of this snapshot's commit.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the head of the history as of this snapshot's commit: its number and hash stand for every event so far.
    /// It is at hand, however many there are.
    pub fn head(&self) -> HistoryHead {
        self.counters.head()
    }

    /// The secret of this database.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub fn desk_secret(&self) -> Result<DeskSecret, StoreError> {
        if let Some(known) = self.secret.get() {
            return Ok(known.clone());
        }
        let read = secret::read(&*self.kv)?;
        Ok(self.secret.get_or_init(|| read).clone())
    }

    /// Returns the pool of a coin as of this snapshot's commit.
    pub fn pool(&self, coin: Coin) -> &Pool {
        self.pools.of(coin)
    }

    pub(super) fn lookahead(&self, coin: Coin) -> Option<&Lookahead> {
        self.pools.lookahead(coin)
    }

    /// The binding of a deposit address.
    pub fn find_address(&self, address: &DepositAddress) -> Result<Option<Binding>, StoreError> {
        find_address(&*self.kv, &self.index, &address.key())
    }

    /// All bindings of a payee, in the order of binding.
    pub fn bindings_of(&self, payee: &Address) -> Result<Vec<Binding>, StoreError> {
        let mut bindings = Vec::new();
        let missing = || super::invariant("bindings name their predecessors");
        let mut next = self.latest_binding(payee)?;
        while let Some(binding) = next {
            next = match binding.previous {
                Some(no) => Some(self.binding(no)?.ok_or_else(missing)?),
                None => None,
            };
            bindings.push(binding);
        }
        bindings.reverse();
        Ok(bindings)
    }

    /// The payee's latest binding that this snapshot has, among the candidates of the index. Each names the
    /// one before it.
    pub fn latest_binding(&self, payee: &Address) -> Result<Option<Binding>, StoreError> {
        for candidate in self.index.payee_candidates(payee.as_bytes()) {
            let last = self.binding_or_newer(candidate.last)?.filter(|binding| binding.payee == *payee);
            if let Some(last) = last {
                return self.back_to_here(last);
            }
        }
        Ok(None)
    }

    /// The only line that the payee has in their status, where no row is needed to tell it; none where rows have to be
    /// read, or nothing is known of the payee. It is as of the newest commit, which may be after this snapshot's.
    ///
    /// Two payees are told apart by 64 bits of a hash that nobody can foresee.
    pub fn sole_line(&self, payee: &Address) -> Option<SoleLine> {
        self.index.sole_line(payee.as_bytes())
    }

    /// What [`Snapshot::sole_line`] has to answer, made of the rows.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    #[cfg(feature = "testing")]
    pub fn sole_line_of_rows(&self, payee: &Address) -> Result<Option<SoleLine>, StoreError> {
        let bindings = self.bindings_of(payee)?;
        let [binding] = &bindings[..] else { return Ok(None) };
        Ok(match &self.purchases_of(binding)?[..] {
            [] => Some(SoleLine::of_binding(binding)),
            [purchase] => SoleLine::of_purchase(purchase),
            _ => None,
        })
    }

    fn has(&self, no: BindingNo) -> bool {
        no.get() <= self.counters.bindings
    }

    /// A binding of this snapshot; one that is newer as the newest tables have it.
    fn binding_or_newer(&self, no: BindingNo) -> Result<Option<Binding>, StoreError> {
        if self.has(no) {
            return self.binding(no);
        }
        super::tables::get(&*self.newest.load().0, Table::Bindings, &key(no.get()))
    }

    /// The nearest binding of the same payee that this snapshot has.
    fn back_to_here(&self, last: Binding) -> Result<Option<Binding>, StoreError> {
        let mut binding = last;
        while !self.has(binding.no) {
            let Some(previous) = binding.previous else { return Ok(None) };
            let missing = || super::invariant("bindings name their predecessors");
            binding = self.binding_or_newer(previous)?.ok_or_else(missing)?;
        }
        Ok(Some(binding))
    }
}
