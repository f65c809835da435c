//! What can be wrong with a wallet file, in words for an operator.

use crate::skycoin::address::AddressError;
use crate::skycoin::keys::KeyError;

/// Why a wallet file cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WalletError {
    /// Larger than any hot wallet.
    #[error("a wallet file of {0} bytes is too large")]
    TooLarge(usize),
    /// Broken JSON, a missing field, or a value of the wrong type.
    #[error("not a wallet file: wrong or incomplete JSON at line {line}, column {column}")]
    Json {
        /// The line of the mistake, from one.
        line: usize,
        /// The column of the mistake, from one.
        column: usize,
    },
    /// `meta.type` is missing.
    #[error("the wallet's type is missing (meta.type)")]
    KindMissing,
    /// `meta.type` is none of the known types.
    #[error("wallet type {0:?} is unknown, expected deterministic, bip44 or collection")]
    KindUnknown(String),
    /// An `xpub` wallet can only watch.
    #[error("an xpub wallet has no keys, so it cannot pay")]
    WatchOnly,
    /// `meta.coin` is missing.
    #[error("the wallet's coin is missing (meta.coin)")]
    CoinMissing,
    /// A wallet of another coin.
    #[error("the wallet is for the coin {0:?}, expected skycoin")]
    CoinUnknown(String),
    /// A deterministic wallet that could not be restored from its seed.
    #[error("the wallet's seed is missing (meta.seed)")]
    SeedMissing,
    /// `meta.encrypted` is neither `true` nor `false`.
    #[error("meta.encrypted is {0:?}, expected \"true\" or \"false\"")]
    EncryptedUnknown(String),
    /// `meta.encrypted` says no, but there are encrypted secrets.
    #[error("the wallet has encrypted secrets but says it is not encrypted (meta.secrets, meta.encrypted)")]
    SecretsUnexpected,
    /// `meta.encrypted` says yes, but there are no encrypted secrets.
    #[error("the wallet is encrypted but its secrets are missing (meta.secrets)")]
    SecretsMissing,
    /// `meta.cryptoType` is missing.
    #[error("the wallet is encrypted but does not say how (meta.cryptoType)")]
    CryptoMissing,
    /// `meta.cryptoType` is none of the known ways.
    #[error("encryption {0:?} is unknown, expected scrypt-chacha20poly1305 or sha256-xor")]
    CryptoUnknown(String),
    /// The secrets are not what encryption gave.
    #[error("the wallet's encrypted secrets are damaged (meta.secrets)")]
    SecretsDamaged,
    /// Parameters that would take more memory or time than a wallet is worth.
    #[error("scrypt parameters n={n}, r={r}, p={p} are not allowed")]
    Scrypt {
        /// The cost, which memory and time grow with.
        n: u32,
        /// The size of a block.
        r: u32,
        /// The number of rounds side by side.
        p: u32,
    },
    /// Encrypted, and no password was given.
    #[error("the wallet is encrypted and no password was given")]
    PasswordMissing,
    /// Another password, or damaged secrets: these cannot be told apart.
    #[error("the password is wrong, or the wallet's encrypted secrets are damaged")]
    PasswordWrong,
    /// A chain that is neither `external` nor `change`.
    #[error("chain {chain:?} of account {account} is unknown, expected external or change")]
    ChainUnknown {
        /// The number of the account.
        account: u32,
        /// The name that stands there.
        chain: String,
    },
    /// The account's extended key is missing or no such key.
    #[error("account {account}: {error}")]
    Account {
        /// The number of the account.
        account: u32,
        /// What is wrong with its key.
        error: EntryError,
    },
    /// One entry is wrong.
    #[error("{entry}: {error}")]
    Entry {
        /// The place of the entry in the file, in words.
        entry: String,
        /// What is wrong with it.
        error: EntryError,
    },
    /// There is nothing to pay from.
    #[error("the wallet has no addresses")]
    NoKeys,
}

/// What is wrong with one entry of a wallet.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EntryError {
    /// The address is no address.
    #[error("the address is wrong: {0}")]
    Address(AddressError),
    /// The public key is no public key.
    #[error("the public key is wrong, expected 66 hexadecimal digits")]
    PublicKey,
    /// The secret key is no secret key.
    #[error("the secret key is wrong: {0}")]
    SecretKey(KeyError),
    /// There is no secret key for it.
    #[error("the secret key is missing")]
    SecretMissing,
    /// The secret key has another public key.
    #[error("the public key does not belong to the secret key")]
    PublicMismatch,
    /// The public key has another address.
    #[error("the address does not belong to the public key")]
    AddressMismatch,
    /// The secret key is not the one that follows from the account's key.
    #[error("the secret key does not follow from the key of the account")]
    NotDerived,
    /// The same address stands in another entry.
    #[error("the address stands in the wallet twice")]
    Duplicate,
}
