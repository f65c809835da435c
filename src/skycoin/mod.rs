//! Skycoin formats: addresses, keys, transactions, coin hours, blocks, wallet files. Pure: no I/O, no clock.
//!
//! Invariant: a value of one of these types is well formed. An [`Address`] has a right checksum, a [`Transaction`]
//! can be encoded and breaks no rule that shows without the chain, the keys of a [`Wallet`] own its addresses.
//! What comes from outside is bounded before it is worked on; a refusal is an error that says what is wrong, and
//! never contains a secret.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod address;
mod block;
mod digest;
mod hours;
mod keys;
mod transaction;
mod wallet;

pub use address::{Address, AddressError};
pub use block::{BlockHeader, identity, merkle_root};
pub use hours::{BurnFactor, CoinHours, HoursError, calculated_hours};
pub use keys::{
    AccountChain, AccountKey, BIP44_COIN, KeyChain, KeyError, PublicKey, SecretKey, Signature,
    SignatureError, bitcoin_address,
};
pub use transaction::{
    DecodeError, MAX_TRANSACTION_SIZE, Output, SignError, ToldTransaction, Transaction, TransactionError,
    VerifyError, encoded_size,
};
pub use wallet::{EntryError, NewWallet, Wallet, WalletError, WalletKey, WalletKind};
