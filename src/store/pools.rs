//! The address pools: what can still be handed out, in the order of the address files or of an account's indexes.
//!
//! A pool is a generation of chunks of addresses and a position in it. Loading a file writes a new generation chunk
//! by chunk, beside the one in use, and switches over in one step; so a pool of any size costs a bind nothing, costs
//! one chunk of memory, and is replaced while binds go on.
//! Invariant: an address that is bound is never handed out, whatever the file says.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::account::Derivation;
use super::bound_runs::BoundRun;
use super::chunk::CHUNK;
use super::codec::{self, key_tagged};
use super::kv::{Read, Table, Write, prefix_end};
use super::lookahead::Lookahead;
use super::{StoreError, invariant};
use crate::address::DepositAddress;
use crate::chain::Unvetted;
use crate::types::{Coin, PerCoin};

/// Which addresses of a coin can be handed out. Stored, one row a coin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Pool {
    /// Which chunks are in use.
    #[n(0)]
    pub generation: u64,
    /// SHA-256 of the file they came from; the identity of the account that they follow from.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// Addresses in this generation.
    #[n(2)]
    pub total: u64,
    /// How many of them were handed out or passed over.
    #[n(3)]
    pub next: u64,
    /// How many of those to come are bound already, because a file brought them a second time.
    #[n(4)]
    pub bound_ahead: u64,
    /// Where many of these stand side by side, in order.
    #[cbor(n(5), default, skip_if = "Vec::is_empty")]
    pub bound_runs: Vec<BoundRun>,
    /// Up to which place a node was asked whether they had received coins. What comes to them later, the scanner sees.
    #[n(6)]
    pub vetted: u64,
    /// The hot wallet was spent from by a transaction that is not known here: bindings may be forgotten.
    #[n(7)]
    pub may_have_forgotten: bool,
    /// The account that they follow from, by its number; none where they came from a file.
    #[n(8)]
    pub account: Option<u64>,
}

/// An address that a pool hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The address itself.
    pub address: DepositAddress,
    /// Where it is derived from; none where it came from a file.
    pub derivation: Option<Derivation>,
}

impl Pool {
    /// Addresses that can still be handed out.
    pub fn remaining(&self) -> u64 {
        self.total.saturating_sub(self.next).saturating_sub(self.bound_ahead)
    }

    /// Goes over the run of bound addresses that comes next, if one does.
    pub(super) fn pass_over(&mut self) {
        while let Some(run) = self.bound_runs.first().copied().filter(|run| run.from <= self.next) {
            self.bound_runs.remove(0);
            self.bound_ahead = self.bound_ahead.saturating_sub(run.end().saturating_sub(self.next));
            self.next = self.next.max(run.end());
        }
    }

    /// Whether the address at this place has to wait until a node was asked about it.
    pub fn withholds(&self, place: u64, unvetted: Unvetted) -> bool {
        place >= self.vetted
            && match unvetted {
                Unvetted::Given => false,
                Unvetted::GivenUnlessForgotten => self.may_have_forgotten,
                Unvetted::Withheld => true,
            }
    }
}

/// What a pool has for the next buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOut {
    /// This address can be handed out.
    Address(Offer),
    /// No node was asked yet whether the next one received coins before.
    NotVetted,
    /// There are no addresses left.
    Empty,
}

/// The pools of all coins, each with the chunk that its position is in.
#[derive(Debug, Clone, Default)]
pub struct Pools {
    pub(super) pools: PerCoin<Pool>,
    pub(super) chunks: PerCoin<Option<Chunk>>,
    pub(super) lookaheads: PerCoin<Option<Arc<Lookahead>>>,
}

#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) generation: u64,
    pub(super) number: u64,
    pub(super) addresses: Arc<Vec<DepositAddress>>,
}

impl Pools {
    /// Returns the pools of all coins as the database has them.
    ///
    /// # Errors
    ///
    /// Where the database fails, or a row of it makes no sense.
    pub fn load(kv: &dyn Read) -> Result<Pools, StoreError> {
        let mut pools = Pools::default();
        for coin in Coin::all() {
            if let Some(pool) = super::tables::get(kv, Table::Pools, &[coin.tag()])? {
                pools.pools[coin] = pool;
            }
        }
        Ok(pools)
    }

    /// Returns the pool of a coin; an empty one where none was ever loaded.
    pub fn of(&self, coin: Coin) -> &Pool {
        &self.pools[coin]
    }

    /// The account that is in use, with its next addresses; none where they come from a file.
    pub(super) fn lookahead(&self, coin: Coin) -> Option<&Lookahead> {
        self.lookaheads[coin].as_deref()
    }
}

/// The pools as a write changes them.
#[derive(Debug, Clone)]
pub(super) struct PoolDraft {
    pub(super) pools: Pools,
    dirty: PerCoin<bool>,
}

impl PoolDraft {
    pub(super) fn new(pools: Pools) -> Self {
        PoolDraft { pools, dirty: PerCoin::default() }
    }

    pub(super) fn save(&mut self, kv: &mut dyn Write) -> Result<(), StoreError> {
        for coin in Coin::all().filter(|coin| self.dirty[*coin]) {
            kv.put(Table::Pools, &[coin.tag()], &codec::encode(self.pools.of(coin)))?;
        }
        Ok(())
    }

    pub(super) fn set(&mut self, coin: Coin, pool: Pool) {
        self.pools.pools[coin] = pool;
        self.dirty[coin] = true;
    }
}

/// All addresses of a generation.
pub(super) fn addresses_of(
    kv: &dyn Read,
    coin: Coin,
    generation: u64,
) -> Result<impl Iterator<Item = Result<DepositAddress, StoreError>>, StoreError> {
    let prefix = key_tagged(coin.tag(), generation);
    let chunks = kv.scan(Table::PoolChunks, &prefix, prefix_end(&prefix).as_deref())?;
    Ok(chunks.flat_map(|pair| match pair.and_then(|(_, bytes)| read_addresses(&bytes)) {
        Ok(addresses) => addresses.into_iter().map(Ok).collect::<Vec<_>>(),
        Err(error) => vec![Err(error)],
    }))
}

pub(super) fn read_chunk(
    kv: &dyn Read,
    coin: Coin,
    generation: u64,
    number: u64,
) -> Result<Vec<DepositAddress>, StoreError> {
    let bytes = kv.get(Table::PoolChunks, &chunk_key(coin, generation, number))?;
    let bytes = bytes.ok_or_else(|| invariant("a pool has all its chunks"))?;
    read_addresses(&bytes)
}

pub(super) fn read_addresses(bytes: &[u8]) -> Result<Vec<DepositAddress>, StoreError> {
    let mut rest = bytes;
    let mut addresses = Vec::with_capacity(CHUNK);
    while !rest.is_empty() {
        let (address, after) =
            DepositAddress::read_compact(rest).ok_or_else(|| invariant("a pool chunk is readable"))?;
        addresses.push(address);
        rest = after;
    }
    Ok(addresses)
}

pub(super) fn chunk_key(coin: Coin, generation: u64, number: u64) -> [u8; 17] {
    let mut key = [0; 17];
    key[..9].copy_from_slice(&key_tagged(coin.tag(), generation));
    key[9..].copy_from_slice(&number.to_be_bytes());
    key
}
