//! Skycoin formats: addresses, keys, transactions, coin hours, blocks, wallet files. Pure: no I/O, no clock.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod address;
mod block;
mod digest;
mod hours;
mod keys;
mod transaction;

pub use address::{Address, AddressError};
pub use block::BlockHeader;
pub use hours::{BurnFactor, CoinHours, HoursError, calculated_hours};
pub use keys::{
    AccountChain, AccountKey, BIP44_COIN, KeyChain, KeyError, PublicKey, SecretKey, Signature,
    SignatureError, bitcoin_address,
};
pub use transaction::{
    DecodeError, MAX_TRANSACTION_SIZE, Output, SignError, Transaction, TransactionError, VerifyError,
    encoded_size,
};
