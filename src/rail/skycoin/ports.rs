//! The ports to a Skycoin node and to the keys of the hot wallet, kept apart so that what is sent is always what was
//! stored.
//!
//! [`Wallet`] tells what can be spent, [`Signer`] signs, [`Broadcaster`] sends bytes and tells what became of them.

use std::collections::HashSet;
use std::future::Future;

use super::plan::{ChainRules, Unspent};
use super::request::{RequestRefused, SigningRequest};
use crate::rail::{Fate, IsKnown, NodeError, Receipt, SendOutcome, Spend, SpendsSeen, TxStatus};
use crate::skycoin::{Address, CoinHours, Transaction};
use crate::types::{AttemptNo, BlockRef, Claim, Droplets, Hash32, TxId};

/// What the hot wallet holds, by the word of its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funds {
    /// Confirmed outputs, also those that a transaction on its way spends.
    pub unspents: Vec<Unspent>,
    /// Those of them that a transaction on its way spends, whoever made it.
    pub leaving: HashSet<Claim>,
    /// Coins in outputs to the wallet that are not confirmed yet.
    pub incoming: Droplets,
    /// All coins once everything on its way is confirmed.
    pub coins: Droplets,
    /// All hours at this moment.
    pub hours: CoinHours,
    /// What the node will take.
    pub rules: ChainRules,
}

/// A signature that could not be made.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum SignerError {
    /// The signer does not want to: a fault of the plan or of the wallet, never a passing one.
    #[error("the signer refuses transaction {attempt}: {why}")]
    Refused {
        /// The number of the transaction.
        attempt: AttemptNo,
        /// The rule that the request breaks.
        why: RequestRefused,
    },
    /// The transaction cannot be signed.
    #[error("cannot be signed: {0}")]
    Unsignable(String),
    /// Nobody knows: no answer, or one that makes no sense. It is asked again, and what it may have signed is nothing
    /// as long as it is not stored.
    #[error("the signer does not answer: {0}")]
    Unreachable(String),
}

/// Tells what can be spent, and what was.
pub trait Wallet: Send + Sync {
    /// What the node's chain has that no other has: always in the same words.
    fn identity(&self) -> impl Future<Output = Result<String, NodeError>> + Send;

    /// Returns what the wallet holds now.
    ///
    /// # Errors
    ///
    /// Where the node cannot be asked.
    fn funds(&self) -> impl Future<Output = Result<Funds, NodeError>> + Send;

    /// Stands for the addresses of the wallet.
    fn fingerprint(&self) -> Hash32;

    /// Every transaction in the blocks above `after` that spends from the wallet and is not known, as far as one look
    /// goes; where `after` is none, every one there ever was. The list is complete, or it is an error.
    fn spends(
        &self,
        after: Option<BlockRef>,
        is_known: IsKnown<'_>,
    ) -> impl Future<Output = Result<SpendsSeen, NodeError>> + Send;

    /// Those that wait for a block, known or not.
    fn pending_spends(&self) -> impl Future<Output = Result<Vec<Spend>, NodeError>> + Send;
}

/// Holds the keys, here or elsewhere. Its addresses are known from the start.
pub trait Signer: Send + Sync {
    /// Every address that it has a key of.
    fn addresses(&self) -> Vec<Address>;

    /// Where change goes.
    fn change_address(&self) -> Address;

    /// Signs each input with the key of its owner. Whoever asks holds the answer against the request. One on another
    /// machine sees to it that it answers within bounded time.
    ///
    /// # Errors
    ///
    /// Where the signer refuses the request, cannot sign it, or is not reached.
    fn sign(&self, request: &SigningRequest)
    -> impl Future<Output = Result<Transaction, SignerError>> + Send;
}

/// Sends stored bytes and tells what became of them.
pub trait Broadcaster: Send + Sync {
    /// Sends a serialized transaction.
    fn send(&self, raw: &[u8]) -> impl Future<Output = SendOutcome> + Send;

    /// Returns what the chain knows of a transaction.
    ///
    /// # Errors
    ///
    /// Where the node cannot be asked.
    fn status(&self, txid: TxId) -> impl Future<Output = Result<TxStatus, NodeError>> + Send;

    /// Returns what a transaction, by whomever, has brought to an address.
    ///
    /// # Errors
    ///
    /// Where the node cannot be asked.
    fn received(&self, txid: TxId, to: Address) -> impl Future<Output = Result<Receipt, NodeError>> + Send;

    /// The fee of a transaction that is in a block.
    fn burnt(&self, txid: TxId) -> impl Future<Output = Result<CoinHours, NodeError>> + Send;

    /// What became of an output.
    fn fate_of(&self, uxid: Claim) -> impl Future<Output = Result<Fate, NodeError>> + Send;
}
