//! A pool that never ends: its addresses follow from the public key of an account.
//!
//! The database has the key's identity and the next index, no key and no addresses; the key comes with the
//! configuration, at each start. What was handed out of another key stays bound, and a key that comes back
//! goes on where it had come to.

use std::sync::Arc;

use super::accounts::Accounts;
use super::audit_accounts::check_derivations;
use super::lookahead::Lookahead;
use super::pools::Pool;
use super::tx::WriteTx;
use super::{Snapshot, Store, StoreError};
use crate::address::AccountXpub;
use crate::types::Coin;

/// Bindings whose addresses are derived again at each start: a key that is read wrongly shows in the first.
const CHECKED: u64 = 256;

impl Store {
    /// Puts the public key of an account in use for its coin. Blocks for some tens of milliseconds.
    ///
    /// # Errors
    /// What was handed out of this account is not what the key gives, or the store's own trouble.
    pub fn use_account(&self, key: &AccountXpub) -> Result<(), StoreError> {
        let (coin, snapshot) = (key.coin(), self.snapshot());
        let newest = snapshot.counters().bindings;
        let (wrong, _) = check_derivations(&*snapshot, key, newest.saturating_sub(CHECKED))?;
        if !wrong.is_empty() {
            return Err(StoreError::Inconsistent(wrong));
        }
        let account = snapshot.account_of(coin, &key.identity())?;
        let pool = snapshot.pool(coin);
        let known = account.as_ref().map_or(0, |account| account.next);
        let is_in_use = account.is_some_and(|account| pool.account == Some(account.no));
        let next = if is_in_use { pool.next.max(known) } else { known };
        let ahead = Arc::new(Lookahead::new(key.clone()));
        let next = first_free(&snapshot, &ahead, next)?;
        if !is_in_use {
            self.shared.index.watch_pool(coin, std::iter::empty())?;
        }
        ahead.advance(&self.shared.index, next)?;
        self.write_blocking(move |tx| tx.use_account(&ahead, next))
    }

    /// Derives some more of the addresses that a coin gives out next. Answers whether there is more to
    /// derive. Blocks for some tens of milliseconds.
    ///
    /// # Errors
    /// The store's own trouble.
    pub fn look_ahead(&self, coin: Coin) -> Result<bool, StoreError> {
        let snapshot = self.snapshot();
        match snapshot.lookahead(coin) {
            Some(ahead) => ahead.advance(&self.shared.index, snapshot.pool(coin).next),
            None => Ok(false),
        }
    }

    /// Whether the next addresses of a coin are at hand, or come from a file.
    pub fn is_ahead(&self, coin: Coin) -> bool {
        let snapshot = self.snapshot();
        snapshot.lookahead(coin).is_none_or(|ahead| ahead.is_ahead(snapshot.pool(coin).next))
    }
}

/// The first index from `next` on whose address is nobody's: those before it may have come from a file.
/// Looked for here, and not by a bind.
fn first_free(snapshot: &Snapshot, ahead: &Lookahead, next: u64) -> Result<u64, StoreError> {
    let mut next = next;
    while next < u64::from(AccountXpub::END) && snapshot.find_address(&ahead.address(next)?)?.is_some() {
        next += 1;
    }
    Ok(next)
}

impl WriteTx<'_> {
    /// Puts an account in use, from the index `next` on.
    fn use_account(&mut self, ahead: &Arc<Lookahead>, next: u64) -> Result<(), StoreError> {
        let key = ahead.account();
        let (coin, digest) = (key.coin(), key.identity());
        let account = self.know_account(coin, digest)?;
        let before = self.pool(coin);
        let total = u64::from(AccountXpub::END);
        let pool = match before.account == Some(account.no) {
            true => Pool { next: before.next.max(next), ..before.clone() },
            false => Pool {
                generation: before.generation.saturating_add(1),
                digest,
                total,
                next: account.next.max(next),
                account: Some(account.no),
                may_have_forgotten: before.may_have_forgotten,
                ..Pool::default()
            },
        };
        self.set_pool(coin, pool, Some(Arc::clone(ahead)));
        Ok(())
    }
}
