//! The address pools: what can still be handed out, in the order of the address files or of an account's indexes.
//!
//! A pool is a generation of chunks of addresses and a position in it. Loading a file writes a new generation chunk
//! by chunk, beside the one in use, and switches over in one step; so a pool of any size costs a bind nothing, costs
//! one chunk of memory, and is replaced while binds go on.
//! Invariant: an address that is bound is never handed out, whatever the file says.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::accounts::Derivation;
use super::bound_runs::BoundRun;
use super::codec::{self, key_tagged};
use super::kv::{Read, Table, Write, prefix_end};
use super::lookahead::Lookahead;
use super::tainted::Taints;
use super::tx::WriteTx;
use super::{Snapshot, StoreError, Tables, invariant};
use crate::address::DepositAddress;
use crate::chain::Unvetted;
use crate::types::{Coin, PerCoin};

/// Addresses in a chunk. Compact they are 21 to 33 bytes each, so that a chunk stays under 64 KiB.
pub const CHUNK: usize = 1024;

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
    fn pass_over(&mut self) {
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
    Address(Offer),
    /// No node was asked yet whether the next one received coins before.
    NotVetted,
    Empty,
}

/// The pools of all coins, each with the chunk that its position is in.
#[derive(Debug, Clone, Default)]
pub struct Pools {
    pools: PerCoin<Pool>,
    chunks: PerCoin<Option<Chunk>>,
    lookaheads: PerCoin<Option<Arc<Lookahead>>>,
}

#[derive(Debug, Clone)]
struct Chunk {
    generation: u64,
    number: u64,
    addresses: Arc<Vec<DepositAddress>>,
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

    fn set(&mut self, coin: Coin, pool: Pool) {
        self.pools.pools[coin] = pool;
        self.dirty[coin] = true;
    }
}

impl WriteTx<'_> {
    /// The pool of a coin as this write sees it.
    pub fn pool(&self, coin: Coin) -> &Pool {
        self.draft.pools.pools.of(coin)
    }

    /// Takes the next address of a pool that is not bound. The address is gone from the pool only if this transaction
    /// commits. `unvetted` tells what becomes of one that no node was asked about.
    pub fn take_address(&mut self, coin: Coin, unvetted: Unvetted) -> Result<HandOut, StoreError> {
        loop {
            let mut pool = self.pool(coin).clone();
            pool.pass_over();
            if pool.next >= pool.total {
                return Ok(HandOut::Empty);
            }
            let (address, derivation) = self.pool_address(coin, &pool)?;
            let bound = self.find_address(&address)?.is_some();
            // Coins came to it that nobody was to send: it was somebody's whom a restored backup has
            // forgotten, it may be.
            let is_tainted = self.tainted(&address)?.is_some();
            // A file with one of the wallet's is refused, and an account is looked at in part.
            let is_wallets = derivation.is_some() && self.is_wallets(&address)?;
            let is_free = !bound && !is_tainted && !is_wallets;
            if is_free && pool.withholds(pool.next, unvetted) {
                return Ok(HandOut::NotVetted);
            }
            pool.next = pool.next.saturating_add(1);
            if bound {
                pool.bound_ahead = pool.bound_ahead.saturating_sub(1);
            }
            self.draft.pools.set(coin, pool);
            self.changed();
            if is_free {
                return Ok(HandOut::Address(Offer { address, derivation }));
            }
        }
    }

    fn pool_address(
        &mut self,
        coin: Coin,
        pool: &Pool,
    ) -> Result<(DepositAddress, Option<Derivation>), StoreError> {
        let Some(account) = pool.account else { return Ok((self.filed_address(coin, pool)?, None)) };
        let missing = || invariant("the account of a pool is configured");
        let ahead = self.draft.pools.pools.lookahead(coin).ok_or_else(missing)?;
        let index = u32::try_from(pool.next).map_err(|_| invariant("an account has 2^31 indexes"))?;
        let address = ahead.address(pool.next)?;
        // Another chunk begins: whoever derives ahead has something to do.
        self.draft.work |= pool.next.is_multiple_of(u64::try_from(CHUNK).unwrap_or(u64::MAX));
        Ok((address, Some(Derivation { account, index })))
    }

    fn filed_address(&mut self, coin: Coin, pool: &Pool) -> Result<DepositAddress, StoreError> {
        let size = u64::try_from(CHUNK).unwrap_or(u64::MAX);
        let (number, offset) = (pool.next / size, pool.next % size);
        let cached = self.draft.pools.pools.chunks[coin].clone();
        let cached = cached.filter(|chunk| (chunk.generation, chunk.number) == (pool.generation, number));
        let chunk = match cached {
            Some(chunk) => chunk,
            None => {
                let addresses = Arc::new(read_chunk(self.kv(), coin, pool.generation, number)?);
                let chunk = Chunk { generation: pool.generation, number, addresses };
                self.draft.pools.pools.chunks[coin] = Some(chunk.clone());
                chunk
            }
        };
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        chunk.addresses.get(offset).copied().ok_or_else(|| invariant("a pool has all its addresses"))
    }

    /// Writes one chunk of a generation that is not in use yet.
    pub fn put_pool_chunk(
        &mut self,
        coin: Coin,
        generation: u64,
        number: u64,
        addresses: &[DepositAddress],
    ) -> Result<(), StoreError> {
        let mut bytes = Vec::with_capacity(addresses.len().saturating_mul(34));
        addresses.iter().for_each(|address| address.write_compact(&mut bytes));
        self.changed();
        self.kv.put(Table::PoolChunks, &chunk_key(coin, generation, number), &bytes)
    }

    /// Notes that a node was asked about all addresses of a pool before this place, unless another generation
    /// is in use now.
    pub fn set_vetted(&mut self, coin: Coin, generation: u64, up_to: u64) -> Result<(), StoreError> {
        let pool = self.pool(coin).clone();
        if pool.generation == generation && up_to > pool.vetted {
            self.changed();
            self.draft.pools.set(coin, Pool { vetted: up_to.min(pool.total), ..pool });
        }
        Ok(())
    }

    /// Bindings may be forgotten: nodes are asked again about whatever is still to be given out.
    pub(super) fn doubt_pools(&mut self) {
        for coin in Coin::all() {
            let pool = self.pool(coin).clone();
            if pool.total > 0 {
                self.draft.pools.set(coin, Pool { vetted: 0, may_have_forgotten: true, ..pool });
            }
        }
    }

    /// Puts a loaded generation in use.
    pub fn switch_pool(&mut self, coin: Coin, pool: Pool) -> Result<(), StoreError> {
        self.set_pool(coin, pool, None);
        Ok(())
    }

    pub(super) fn set_pool(&mut self, coin: Coin, pool: Pool, lookahead: Option<Arc<Lookahead>>) {
        self.changed();
        self.draft.pools.set(coin, pool);
        self.draft.pools.pools.lookaheads[coin] = lookahead;
    }

    /// Deletes up to `limit` chunks that no pool of this coin uses; answers how many were deleted.
    pub fn sweep_pool(&mut self, coin: Coin, limit: usize) -> Result<usize, StoreError> {
        let used = self.pool(coin).generation;
        let stale = stale_chunks(self.kv(), coin, used, limit)?;
        for key in &stale {
            self.kv.delete(Table::PoolChunks, key)?;
        }
        if !stale.is_empty() {
            self.changed();
        }
        Ok(stale.len())
    }
}

impl Snapshot {
    /// The addresses of a chunk of the pool in use, from 0; none where it has no more, or none that was derived yet.
    pub fn pool_chunk(&self, coin: Coin, number: u64) -> Result<Option<Vec<DepositAddress>>, StoreError> {
        let pool = self.pool(coin);
        if pool.account.is_some() {
            let chunk = self.lookahead(coin).and_then(|ahead| ahead.chunk(number));
            return Ok(chunk.map(|chunk| chunk.to_vec()));
        }
        if number.saturating_mul(u64::try_from(CHUNK).unwrap_or(u64::MAX)) >= pool.total {
            return Ok(None);
        }
        read_chunk(self.kv(), coin, pool.generation, number).map(Some)
    }

    /// Returns the place of the next address that is neither bound nor tainted; the end of the pool where
    /// there is none.
    pub fn next_free(&self, coin: Coin) -> Result<u64, StoreError> {
        let mut pool = self.pool(coin).clone();
        loop {
            pool.pass_over();
            if pool.next >= pool.total {
                return Ok(pool.total);
            }
            for address in self.some_from(coin, &pool)? {
                if self.find_address(&address)?.is_none() && self.tainted(&address)?.is_none() {
                    return Ok(pool.next);
                }
                pool.next = pool.next.saturating_add(1);
            }
        }
    }

    /// Some of the addresses from the pool's place on, at least one.
    fn some_from(&self, coin: Coin, pool: &Pool) -> Result<Vec<DepositAddress>, StoreError> {
        if pool.account.is_some() {
            let missing = || invariant("the account of a pool is configured");
            return Ok(vec![self.lookahead(coin).ok_or_else(missing)?.address(pool.next)?]);
        }
        let size = u64::try_from(CHUNK).unwrap_or(u64::MAX);
        let mut chunk = self.pool_chunk(coin, pool.next / size)?.unwrap_or_default();
        let offset = usize::try_from(pool.next % size).unwrap_or(usize::MAX);
        let rest = chunk.split_off(offset.min(chunk.len()));
        if rest.is_empty() { Err(invariant("a pool has all its addresses")) } else { Ok(rest) }
    }
}

fn stale_chunks(kv: &dyn Read, coin: Coin, used: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
    let coin_end = prefix_end(&[coin.tag()]);
    let before = kv.scan(Table::PoolChunks, &[coin.tag()], Some(&key_tagged(coin.tag(), used)))?;
    let after_used = key_tagged(coin.tag(), used.saturating_add(1));
    let after = kv.scan(Table::PoolChunks, &after_used, coin_end.as_deref())?;
    before.chain(after).take(limit).map(|pair| pair.map(|(key, _)| key)).collect()
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

fn read_chunk(
    kv: &dyn Read,
    coin: Coin,
    generation: u64,
    number: u64,
) -> Result<Vec<DepositAddress>, StoreError> {
    let bytes = kv.get(Table::PoolChunks, &chunk_key(coin, generation, number))?;
    let bytes = bytes.ok_or_else(|| invariant("a pool has all its chunks"))?;
    read_addresses(&bytes)
}

fn read_addresses(bytes: &[u8]) -> Result<Vec<DepositAddress>, StoreError> {
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

fn chunk_key(coin: Coin, generation: u64, number: u64) -> [u8; 17] {
    let mut key = [0; 17];
    key[..9].copy_from_slice(&key_tagged(coin.tag(), generation));
    key[9..].copy_from_slice(&number.to_be_bytes());
    key
}
