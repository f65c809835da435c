//! Transactions that spend from the hot wallet, as the chain tells them.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::skycoin::{Address, DecodeError};
use crate::types::{BlockRef, DepositNo, Droplets, TxId};

/// Coins that went to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Paid {
    /// Who got them.
    #[n(0)]
    pub to: Address,
    /// How many, in droplets.
    #[n(1)]
    pub coins: Droplets,
}

/// A transaction that spends from the hot wallet, as the chain tells it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Spend {
    /// The transaction's id.
    #[n(0)]
    pub txid: TxId,
    /// The block that it stands in; none while it waits for one.
    #[n(1)]
    pub block: Option<BlockRef>,
    /// What it pays, without what goes back to the wallet.
    #[n(2)]
    pub payments: Vec<Paid>,
    /// The serialized, signed transaction.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub raw: Vec<u8>,
}

/// Why a transaction did not pay what it is said to have paid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// Its bytes cannot be read.
    #[error("its bytes are no transaction: {0}")]
    Unreadable(#[from] DecodeError),
    /// It has no output left that pays what a deposit is owed.
    #[error("it does not pay {coins} SKY to {to}, which deposit {deposit} is owed")]
    NoOutput {
        /// The deposit.
        deposit: DepositNo,
        /// The address that is owed the coins.
        to: Address,
        /// How much is owed, in droplets.
        coins: Droplets,
    },
    /// It paid more than the deposits that were named; these payments are left over.
    #[error("it also paid {}: name the deposits that these are for, or say rest=mine", Paid::list(.0))]
    Uncovered(Vec<Paid>),
}

impl fmt::Display for Paid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} SKY to {}", self.coins, self.to)
    }
}

impl Paid {
    /// Returns payments as a list.
    pub fn list(payments: &[Paid]) -> String {
        payments.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}
