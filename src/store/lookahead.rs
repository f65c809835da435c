//! The next addresses of an account, derived before anybody asks for them.
//!
//! A derivation takes tens of microseconds, and the one writer has better things to do; so what is given out next is
//! at hand, in memory alone: after a start it is derived anew. Where binds outrun it, they derive for themselves.
//! Invariant: what is shown to others of what is ahead is watched for coins already.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use super::chunk::CHUNK;
use super::index::Index;
use super::{StoreError, invariant};
use crate::address::{AccountXpub, DepositAddress};

/// Chunks at hand: more than any node is asked about at a time.
const AHEAD: u64 = 16;
const SIZE: u64 = CHUNK as u64;

/// An account and its next addresses.
pub(super) struct Lookahead {
    account: AccountXpub,
    chunks: RwLock<BTreeMap<u64, Arc<Vec<DepositAddress>>>>,
}

impl fmt::Debug for Lookahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookahead").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Lookahead {
    pub(super) fn new(account: AccountXpub) -> Self {
        Lookahead { account, chunks: RwLock::default() }
    }

    pub(super) fn account(&self) -> &AccountXpub {
        &self.account
    }

    /// The addresses of a chunk that is at hand.
    pub(super) fn chunk(&self, number: u64) -> Option<Arc<Vec<DepositAddress>>> {
        self.chunks.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// The address of an index, derived now where it is not at hand.
    pub(super) fn address(&self, index: u64) -> Result<DepositAddress, StoreError> {
        let offset = usize::try_from(index % SIZE).unwrap_or(usize::MAX);
        match self.chunk(index / SIZE).and_then(|chunk| chunk.get(offset).copied()) {
            Some(address) => Ok(address),
            None => self.derive(index),
        }
    }

    fn derive(&self, index: u64) -> Result<DepositAddress, StoreError> {
        let derived = u32::try_from(index).ok().and_then(|index| self.account.derive(index).ok());
        derived.ok_or_else(|| invariant("every index of an account has an address"))
    }

    /// The chunks that belong at hand where `next` is given out next.
    fn window(next: u64) -> Range<u64> {
        let first = next / SIZE;
        let end = u64::from(AccountXpub::END) / SIZE;
        first..first.saturating_add(AHEAD).min(end)
    }

    /// Derives the first chunk that is missing, and forgets those that were given out. Answers whether there is more to
    /// derive.
    pub(super) fn advance(&self, index: &Index, next: u64) -> Result<bool, StoreError> {
        let window = Self::window(next);
        let missing = |number: &u64| self.chunk(*number).is_none();
        let Some(number) = window.clone().find(missing) else { return Ok(false) };
        let first = number.saturating_mul(SIZE);
        let chunk: Vec<_> =
            (first..first.saturating_add(SIZE)).map(|index| self.derive(index)).collect::<Result<_, _>>()?;
        index.watch(&chunk);
        let mut chunks = self.chunks.write().unwrap_or_else(PoisonError::into_inner);
        chunks.insert(number, Arc::new(chunk));
        let kept = chunks.split_off(&window.start);
        let passed = std::mem::replace(&mut *chunks, kept);
        drop(chunks);
        passed.values().for_each(|chunk| index.unwatch(chunk));
        Ok(window.clone().any(|number| self.chunk(number).is_none()))
    }

    /// Whether the next addresses of a pool that stands at `next` are at hand.
    pub(super) fn is_ahead(&self, next: u64) -> bool {
        Self::window(next).all(|number| self.chunk(number).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Coin;

    const XPUB: &str = "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8\
                        Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj";

    fn lookahead() -> Lookahead {
        Lookahead::new(AccountXpub::parse(Coin::ETH.main_network(), XPUB).unwrap())
    }

    #[test]
    fn should_have_the_next_chunks_at_hand_and_watch_them_alone() {
        let (ahead, index) = (lookahead(), Index::new());
        assert!(!ahead.is_ahead(0));
        while ahead.advance(&index, 0).unwrap() {}
        assert!(ahead.is_ahead(0) && ahead.is_ahead(SIZE - 1) && !ahead.is_ahead(SIZE));
        let (first, last) = (ahead.address(0).unwrap(), ahead.address(AHEAD * SIZE - 1).unwrap());
        assert!(index.is_pooled(&first) && index.is_pooled(&last));
        assert!(!index.is_pooled(&ahead.address(AHEAD * SIZE).unwrap()));
        while ahead.advance(&index, SIZE).unwrap() {}
        assert!(!index.is_pooled(&first) && index.is_pooled(&ahead.address(AHEAD * SIZE).unwrap()));
        assert_eq!(ahead.chunk(0), None);
        assert_eq!(ahead.address(0).unwrap(), first);
    }

    #[test]
    fn should_end_where_indexes_end() {
        let (ahead, index) = (lookahead(), Index::new());
        let last = u64::from(AccountXpub::END) - 1;
        while ahead.advance(&index, last).unwrap() {}
        assert!(ahead.is_ahead(last) && ahead.address(last).is_ok());
        assert!(ahead.address(last + 1).is_err());
    }
}
