//! The ports to the hot wallet and its chain, kept apart so that what is sent is always what was stored.
//!
//! [`Wallet`] tells what can be spent, [`Signer`] signs, [`Broadcaster`] sends bytes and tells what became of them.
//! A "sign and send" in one is left out on purpose: it would make "persist before you send" impossible.

mod hot;
mod sky_node;

use std::collections::HashSet;
use std::future::Future;

use crate::payout::{ChainRules, Unspent};
use crate::skycoin::{Address, CoinHours, Transaction};
use crate::types::{BlockRef, Droplets, Hash32};

pub use hot::{HotWallet, HotWalletError, PASSWORD_VARIABLE};
pub use sky_node::SkyNode;

/// What the hot wallet holds, by the word of its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funds {
    /// Confirmed outputs, also those that a transaction on its way spends.
    pub unspents: Vec<Unspent>,
    /// Those of them that a transaction on its way spends, whoever made it.
    pub leaving: HashSet<Hash32>,
    /// Coins in outputs to the wallet that are not confirmed yet.
    pub incoming: Droplets,
    /// All coins once everything on its way is confirmed.
    pub coins: Droplets,
    /// All hours at this moment.
    pub hours: CoinHours,
    pub rules: ChainRules,
}

/// What became of an attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The node took it.
    Accepted,
    /// The node had it already: a success.
    AlreadyKnown,
    /// The node will not have it, in its own words.
    Rejected(String),
    /// Nobody knows: no reply, or one that makes no sense. Never to be read as "it did not happen".
    Unknown(String),
}

/// What the chain knows of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TxStatus {
    /// The node has never heard of it, or has forgotten it.
    Absent,
    /// In the node's pool.
    Unconfirmed,
    /// In this block, with so many confirmations: 1 for the tip.
    Confirmed { block: BlockRef, confirmations: u64 },
}

/// The transaction that spent an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spender {
    pub txid: Hash32,
    /// 1 in the newest block.
    pub confirmations: u64,
}

/// A question that the node did not answer in a usable way.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct NodeError(pub String);

/// A signature that could not be made. It is a fault of the plan or of the wallet, never a passing one.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum SignerError {
    /// The wallet has no key for an input.
    #[error("the hot wallet has no key for {0}")]
    NoKey(Address),
    /// The transaction cannot be signed.
    #[error("cannot be signed: {0}")]
    Unsignable(String),
}

/// Tells what can be spent.
pub trait Wallet: Send + Sync {
    fn funds(&self) -> impl Future<Output = Result<Funds, NodeError>> + Send;
}

/// Holds the keys.
pub trait Signer: Send + Sync {
    /// Where change goes.
    fn change_address(&self) -> Address;

    /// Signs each input with the key of its owner, in their order.
    fn sign(&self, unsigned: &Transaction, owners: &[Address]) -> Result<Transaction, SignerError>;
}

/// Sends stored bytes and tells what became of them.
pub trait Broadcaster: Send + Sync {
    fn send(&self, raw: &[u8]) -> impl Future<Output = SendOutcome> + Send;

    fn status(&self, txid: Hash32) -> impl Future<Output = Result<TxStatus, NodeError>> + Send;

    /// The confirmed transaction that spends an output; none while there is none.
    fn spender_of(&self, uxid: Hash32) -> impl Future<Output = Result<Option<Spender>, NodeError>> + Send;
}
