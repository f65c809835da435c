//! A pool's account: whether its key may be used at all.

use crate::address::{AccountXpub, DepositAddress};
use crate::store::{Store, StoreError};

use super::pool_error::{AccountError, PoolError};
use super::pool_loading;

/// The first so many addresses are held against the hot wallet's: it has used its own from the beginning.
const COMPARED: usize = 1000;

/// A coin's account.
#[derive(Debug, Clone)]
pub struct PoolAccount {
    /// The account's public key.
    pub key: AccountXpub,
    /// Addresses of the hot wallet.
    pub own: Vec<DepositAddress>,
    /// Whether real coins will be sent to its addresses: then nobody else may have its private half.
    pub is_real: bool,
}

impl PoolAccount {
    /// Looks at the key, and gives nothing to anybody.
    ///
    /// # Errors
    /// It would be refused.
    pub fn verify(&self) -> Result<(), AccountError> {
        let key = self.key.coin().facts().settings.addresses_key;
        if self.is_real && self.key.is_published() {
            return Err(AccountError::Published { key });
        }
        let mut first = self.key.addresses(0).take(if self.own.is_empty() { 0 } else { COMPARED });
        match first.find(|(_, address)| self.own.contains(address)) {
            Some((_, own)) => Err(AccountError::OfWallet { key, own }),
            None => Ok(()),
        }
    }

    /// Verifies the key, and makes the pool what follows from it.
    pub(super) fn take_over(&self, store: &Store) -> Result<(), PoolError> {
        self.verify()?;
        let coin = self.key.coin();
        let before = store.snapshot().pool(coin).clone();
        store.use_account(&self.key)?;
        let snapshot = store.snapshot();
        let (now, key) = (snapshot.pool(coin), &self.key);
        if before.total > 0 && before.account != now.account {
            tracing::warn!(%coin, ?key, "addresses are given out of another account, or no longer out of a file; \
                those that were given out stay what they are");
        }
        tracing::info!(%coin, ?key, index = now.next, "addresses follow from an account's public key");
        pool_loading::sweep(store, coin)?;
        Ok(())
    }

    /// Derives what is given out next until it is at hand.
    pub(super) fn look_ahead(&self, store: &Store) -> Result<(), StoreError> {
        while store.look_ahead(self.key.coin())? {}
        Ok(())
    }
}
