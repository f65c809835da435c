//! Who is bound to what, in memory: payee -> bindings, deposit address -> binding.
//!
//! Both look-ups have random keys, and random keys in a B-tree cost four times the commit rate (see ADR 2); in
//! memory they cost 29 and 9 bytes in a full table. An entry holds bits of the key's hash and the number of a binding;
//! whether it is the right one is decided on the stored binding itself, so a collision costs a read and never an error.
//! What is told of a payee without a row goes by 64 bits of a hash that nobody can foresee.
//! Invariant: the index is what a walk over the bindings and deposits gives. It changes only after a commit.

use std::hash::{BuildHasher, Hash};
use std::sync::{PoisonError, RwLock};

use foldhash::quality::RandomState;
use hashbrown::{HashSet, HashTable};

use super::StoreError;
use super::payees::{Payee, Payees, narrow};
use super::sole_line::SoleLine;
use crate::address::{AddressKey, DepositAddress};
use crate::types::{BindingNo, Coin, PerCoin};

/// Hashes of addresses.
type Hashes = HashSet<u64, foldhash::fast::RandomState>;

/// Many small tables instead of one: growing one never stops the others, and readers seldom meet a writer.
const SHARDS: usize = 64;

#[derive(Debug, Clone, Copy)]
struct AddressEntry {
    fingerprint: u32,
    binding: u32,
}

#[derive(Debug, Default)]
struct Shard {
    addresses: HashTable<AddressEntry>,
    payees: Payees,
}

impl Shard {
    fn has_address(&self, fingerprint: u32) -> bool {
        self.addresses.find(spread(fingerprint), |entry| entry.fingerprint == fingerprint).is_some()
    }
}

/// The index. Look-ups go on while it is being changed.
#[derive(Debug)]
pub(super) struct Index {
    hasher: RandomState,
    shards: Vec<RwLock<Shard>>,
    /// Hashes of the addresses of the pools in use, by coin: whoever pays to one that is not bound taints it.
    pooled: PerCoin<RwLock<Hashes>>,
}

/// What was found for a fingerprint.
type Candidates<T> = std::iter::Chain<std::option::IntoIter<T>, std::vec::IntoIter<T>>;

/// A place in the index: which shard, and what to look for there.
#[derive(Debug, Clone, Copy)]
struct Slot {
    shard: usize,
    fingerprint: u32,
    hash: u64,
}

/// Where an entry belongs in its table: its fingerprint, spread over 64 bits.
fn spread(fingerprint: u32) -> u64 {
    u64::from(fingerprint).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Index {
    pub(super) fn new() -> Self {
        let shards = (0..SHARDS).map(|_| RwLock::default()).collect();
        Index { hasher: RandomState::default(), shards, pooled: Default::default() }
    }

    fn slot(&self, key: impl Hash) -> Slot {
        let hash = self.hasher.hash_one(key);
        let low = hash & 0xffff_ffff;
        Slot {
            shard: usize::try_from(hash >> 32).unwrap_or(0) % SHARDS,
            fingerprint: u32::try_from(low).expect("BUG: masked to 32 bits"),
            hash,
        }
    }

    fn read(&self, slot: Slot) -> std::sync::RwLockReadGuard<'_, Shard> {
        self.shards[slot.shard].read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, slot: Slot) -> std::sync::RwLockWriteGuard<'_, Shard> {
        self.shards[slot.shard].write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bindings that may have this address; nearly always none or the right one.
    pub(super) fn address_candidates(&self, key: &AddressKey) -> Candidates<BindingNo> {
        let slot = self.slot(key);
        let shard = self.read(slot);
        let found = shard.addresses.iter_hash(spread(slot.fingerprint));
        let found = found.filter(|entry| entry.fingerprint == slot.fingerprint);
        candidates(found.map(|entry| BindingNo::new(entry.binding.into())))
    }

    /// Whether there is any candidate.
    pub(super) fn has_address_candidate(&self, key: &AddressKey) -> bool {
        let slot = self.slot(key);
        self.read(slot).has_address(slot.fingerprint)
    }

    /// The positions of the keys that have a candidate, in no order. Each shard is locked once: look-ups that wait for
    /// no lock in between wait for memory side by side.
    pub(super) fn address_candidates_among(&self, keys: impl Iterator<Item = AddressKey>) -> Vec<usize> {
        let mut by_shard: Vec<Vec<(u32, usize)>> = vec![Vec::new(); SHARDS];
        for (position, key) in keys.enumerate() {
            let slot = self.slot(key);
            by_shard[slot.shard].push((slot.fingerprint, position));
        }
        let mut found = Vec::new();
        for (shard, wanted) in self.shards.iter().zip(by_shard).filter(|(_, wanted)| !wanted.is_empty()) {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            let hits = wanted.iter().filter(|(fingerprint, _)| shard.has_address(*fingerprint));
            found.extend(hits.map(|(_, position)| *position));
        }
        found
    }

    /// Puts the addresses of a pool in place of those that were watched before.
    pub(super) fn watch_pool(
        &self,
        coin: Coin,
        addresses: impl Iterator<Item = Result<DepositAddress, StoreError>>,
    ) -> Result<(), StoreError> {
        let hashes = addresses.map(|address| Ok(self.hasher.hash_one(address?.key())));
        let hashes: Hashes = hashes.collect::<Result<_, StoreError>>()?;
        *self.pooled[coin].write().unwrap_or_else(PoisonError::into_inner) = hashes;
        Ok(())
    }

    /// Watches these as well.
    pub(super) fn watch(&self, addresses: &[DepositAddress]) {
        self.pooled(addresses, |pooled, hash| {
            pooled.insert(hash);
        });
    }

    /// Watches these no more.
    pub(super) fn unwatch(&self, addresses: &[DepositAddress]) {
        self.pooled(addresses, |pooled, hash| {
            pooled.remove(&hash);
        });
    }

    /// Changes what is watched of the coin that all these addresses are of.
    fn pooled(&self, addresses: &[DepositAddress], change: impl Fn(&mut Hashes, u64)) {
        let Some(first) = addresses.first() else { return };
        let mut pooled = self.pooled[first.coin()].write().unwrap_or_else(PoisonError::into_inner);
        addresses.iter().for_each(|address| change(&mut pooled, self.hasher.hash_one(address.key())));
    }

    /// Whether the pool in use has this address. Of 64 bits that nobody can foresee, so it is not wrong.
    pub(super) fn is_pooled(&self, address: &DepositAddress) -> bool {
        let pooled = &self.pooled[address.coin()];
        pooled.read().unwrap_or_else(PoisonError::into_inner).contains(&self.hasher.hash_one(address.key()))
    }

    /// The payees that may be this one; nearly always none or the right one.
    pub(super) fn payee_candidates(&self, payee: &[u8]) -> Candidates<Payee> {
        let slot = self.slot(payee);
        candidates(self.read(slot).payees.candidates(slot.hash))
    }

    /// The only line of a payee, where no row is needed to tell it.
    pub(super) fn sole_line(&self, payee: &[u8]) -> Option<SoleLine> {
        let slot = self.slot(payee);
        self.read(slot).payees.line(slot.hash)
    }

    /// Adds an address that is not in the index yet.
    pub(super) fn add_address(&self, key: &AddressKey, binding: BindingNo) -> Result<(), StoreError> {
        let slot = self.slot(key);
        let entry = AddressEntry { fingerprint: slot.fingerprint, binding: narrow(binding)? };
        let hasher = |entry: &AddressEntry| spread(entry.fingerprint);
        self.write(slot).addresses.insert_unique(spread(slot.fingerprint), entry, hasher);
        Ok(())
    }

    /// Sets what is known of a payee; `before` is the binding that the entry to replace has as its latest.
    pub(super) fn set_payee(
        &self,
        payee: &[u8],
        before: Option<BindingNo>,
        now: Payee,
    ) -> Result<(), StoreError> {
        let slot = self.slot(payee);
        self.write(slot).payees.set(slot.hash, before.map(narrow).transpose()?, now)
    }

    /// Sets the only line of the payee whose only binding this is; none where rows have to be read.
    pub(super) fn set_sole_line(
        &self,
        payee: &[u8],
        binding: BindingNo,
        line: Option<SoleLine>,
    ) -> Result<(), StoreError> {
        let slot = self.slot(payee);
        self.write(slot).payees.set_line(slot.hash, narrow(binding)?, line);
        Ok(())
    }
}

/// What was found, without the lock. Memory is asked for only where there is more than one, which there seldom is.
fn candidates<T>(mut found: impl Iterator<Item = T>) -> Candidates<T> {
    let first = found.next();
    let others: Vec<T> = found.collect();
    first.into_iter().chain(others)
}
