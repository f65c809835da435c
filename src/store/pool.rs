//! What is done with the address pools: handing out, loading another file, clearing up behind it.

use std::sync::Arc;

use super::account::Derivation;
use super::chunk::CHUNK;
use super::codec::key_tagged;
use super::kv::{Read, Table, prefix_end};
use super::lookahead::Lookahead;
use super::pools::{Chunk, HandOut, Offer, Pool, chunk_key, read_chunk};
use super::tainted::Taints;
use super::tx::WriteTx;
use super::{Snapshot, StoreError, Tables, invariant};
use crate::address::DepositAddress;
use crate::chain::Unvetted;
use crate::types::Coin;

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
