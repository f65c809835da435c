//! Why a pool was not taken.

use std::path::PathBuf;

use crate::address::{AddressFileError, DepositAddress};
use crate::store::StoreError;

/// Why an account's key is not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AccountError {
    /// What is sent to its addresses is lost.
    #[error(
        "{key}: everybody has the private half of this key, it is in books and examples, and what is sent to its \
         addresses is lost; make your own (tool newxpub)"
    )]
    Published {
        /// The setting that holds the account's key.
        key: &'static str,
    },
    /// A buyer who were given one would be paid for our own change.
    #[error(
        "{key}: {own} is an address of this account and of the hot wallet (sky_exchanger.wallet), and cannot be given \
         to buyers as well; use another account"
    )]
    OfWallet {
        /// The setting that holds the account's key.
        key: &'static str,
        /// The address that is in both.
        own: DepositAddress,
    },
}

/// Why a pool was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The file itself.
    #[error(transparent)]
    File(#[from] AddressFileError),
    /// It is another file than the one that the pool came from, and nobody has asked for that.
    #[error(
        "{}: was replaced, not appended to: {gone} addresses are gone, {new} are new; if that is meant, \
         send SIGHUP or POST /api/deposit-addresses/reload", path.display()
    )]
    Replaced {
        /// The address file.
        path: PathBuf,
        /// How many addresses of the pool are not in the file any more.
        gone: u64,
        /// How many addresses of the file are not in the pool.
        new: u64,
    },
    /// An account's key.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}
