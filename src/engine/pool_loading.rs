//! A pool that is being loaded from an address file, beside the one in use.
//!
//! All addresses of the file become one generation, in the file's order, the bound ones among them: only so can the
//! next file be held against it. Where those stand side by side is noted, so that a bind has not to look at each.

use std::sync::Arc;

use crate::address::DepositAddress;
use crate::store::{BoundRuns, POOL_CHUNK, Page, Pool, Store, StoreError, Tables};
use crate::types::{BindingNo, Coin};

/// Chunks that are deleted in one transaction when an old pool is swept away.
const SWEEP: usize = 64;

/// A generation that is being written.
pub(super) struct Loading {
    store: Store,
    coin: Coin,
    generation: u64,
    chunk: Vec<DepositAddress>,
    chunks: u64,
    total: u64,
    /// How many are bound already, by the bindings that there were at the beginning.
    bound: u64,
    runs: BoundRuns,
    bindings_then: BindingNo,
    /// Hashes of all addresses, to recognise those that are bound while the file is being read.
    hasher: foldhash::quality::RandomState,
    hashes: Vec<u64>,
    /// The pool from before as far as the file was compared with it, and whether it has gone another way since.
    before: Vec<DepositAddress>,
    before_chunks: u64,
    pub(super) is_replaced: bool,
}

impl Loading {
    pub(super) fn new(store: Store, coin: Coin, generation: u64) -> Self {
        let bindings_then = BindingNo::new(store.snapshot().counters().bindings);
        Loading {
            store,
            coin,
            generation,
            chunk: Vec::with_capacity(POOL_CHUNK),
            chunks: 0,
            total: 0,
            bound: 0,
            runs: BoundRuns::default(),
            bindings_then,
            hasher: foldhash::quality::RandomState::default(),
            hashes: Vec::new(),
            before: Vec::new(),
            before_chunks: 0,
            is_replaced: false,
        }
    }

    /// Holds the address against the next one of the pool from before.
    fn compare(&mut self, address: &DepositAddress) -> Result<(), StoreError> {
        if self.before.is_empty() && !self.is_replaced {
            let chunk = self.store.snapshot().pool_chunk(self.coin, self.before_chunks)?;
            self.before_chunks += 1;
            self.before = chunk.unwrap_or_default();
            self.before.reverse();
        }
        self.is_replaced |= self.before.pop().is_some_and(|before| before.key() != address.key());
        Ok(())
    }

    /// How many addresses of the pool from before the file has no more, and how many it has that are new.
    pub(super) fn changes(&mut self, before: &Pool) -> Result<(u64, u64), StoreError> {
        let total = u64::try_from(self.hashes.len()).unwrap_or(u64::MAX);
        self.is_replaced |= total < before.total;
        if !self.is_replaced {
            return Ok((0, total.saturating_sub(before.total)));
        }
        let mut hashes = self.hashes.clone();
        hashes.sort_unstable();
        let (mut gone, mut number, snapshot) = (0u64, 0, self.store.snapshot());
        while let Some(chunk) = snapshot.pool_chunk(self.coin, number)? {
            let is_gone = |address: &&DepositAddress| hashes.binary_search(&self.hash(address)).is_err();
            gone = gone.saturating_add(u64::try_from(chunk.iter().filter(is_gone).count()).unwrap_or(0));
            number += 1;
        }
        let kept = before.total.saturating_sub(gone);
        Ok((gone, total.saturating_sub(kept)))
    }

    fn hash(&self, address: &DepositAddress) -> u64 {
        std::hash::BuildHasher::hash_one(&self.hasher, address.key().as_bytes())
    }

    pub(super) fn take(&mut self, batch: &[DepositAddress]) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot();
        for address in batch {
            self.compare(address)?;
            let binding = snapshot.find_address(address)?;
            let is_bound = binding.is_some_and(|binding| binding.no <= self.bindings_then);
            self.bound += u64::from(is_bound);
            self.runs.note(is_bound);
            self.hashes.push(self.hash(address));
            self.chunk.push(*address);
            if self.chunk.len() == POOL_CHUNK {
                self.write_chunk()?;
            }
        }
        Ok(())
    }

    fn write_chunk(&mut self) -> Result<(), StoreError> {
        let addresses = std::mem::take(&mut self.chunk);
        let (coin, generation, number) = (self.coin, self.generation, self.chunks);
        self.total += u64::try_from(addresses.len()).unwrap_or(0);
        self.chunks += 1;
        self.store.write_blocking(move |tx| tx.put_pool_chunk(coin, generation, number, &addresses))
    }

    pub(super) fn finish(mut self, digest: [u8; 32]) -> Result<(), StoreError> {
        if !self.chunk.is_empty() {
            self.write_chunk()?;
        }
        self.store.watch_pool(self.coin, self.generation)?;
        self.hashes.sort_unstable();
        let (coin, generation, total, bound) = (self.coin, self.generation, self.total, self.bound);
        let bound_runs = self.runs.longest();
        // What stands where it stood was looked into.
        let is_appended = !self.is_replaced;
        let (then, hasher, hashes) = (self.bindings_then, self.hasher, Arc::new(self.hashes));
        self.store.write_blocking(move |tx| {
            let since = tx.bindings(Page { after: then.get(), limit: usize::MAX })?;
            let is_ours = |address: &DepositAddress| {
                let hash = std::hash::BuildHasher::hash_one(&hasher, address.key().as_bytes());
                hashes.binary_search(&hash).is_ok()
            };
            let since = since.iter().filter(|binding| binding.address.coin() == coin);
            let bound_since = since.filter(|binding| is_ours(&binding.address)).count();
            let bound_ahead = bound.saturating_add(u64::try_from(bound_since).unwrap_or(0));
            let bound_runs = bound_runs.clone();
            let before = tx.pool(coin);
            // Nothing is appended to an account.
            let vetted = if is_appended && before.account.is_none() { before.vetted } else { 0 };
            let may_have_forgotten = before.may_have_forgotten;
            let fresh = Pool { generation, digest, total, bound_ahead, bound_runs, ..Pool::default() };
            tx.switch_pool(coin, Pool { vetted, may_have_forgotten, ..fresh })
        })
    }
}

/// Deletes what belongs to no pool in use, a little at a time.
pub(super) fn sweep(store: &Store, coin: Coin) -> Result<(), StoreError> {
    while store.write_blocking(move |tx| tx.sweep_pool(coin, SWEEP))? > 0 {}
    Ok(())
}
