//! The port that every rail stands behind.

use std::collections::HashSet;
use std::future::Future;

use super::hold::Hold;
use super::order::{Owed, Pays};
use super::outcome::{Fate, IsKnown, NodeError, SendOutcome, SpendsSeen, TxStatus};
use super::spend::Spend;
use crate::skycoin::{Address, CoinHours};
use crate::types::{AttemptNo, BlockRef, Claim, DepositNo, Droplets, Hash32, TxId};

/// What can be claimed by one transaction alone: outputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// All that the wallet has.
    pub all: Vec<Claim>,
    /// Those that a transaction on its way spends, whoever made it.
    pub leaving: Vec<Claim>,
}

/// What the wallet holds, in sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holdings {
    /// All coins once everything on its way is confirmed.
    pub coins: Droplets,
    /// What fees are paid out of.
    pub hours: CoinHours,
    /// Coins that the next transaction can spend.
    pub spendable: Droplets,
    /// Coins on their way back to the wallet.
    pub incoming: Droplets,
    /// Confirmed coins that a transaction on its way spends, or one of ours that is to be sent.
    pub claimed: Droplets,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<R> {
    /// What is to be signed, with what it pays; none where nothing can be paid now.
    pub next: Option<(R, Vec<Pays>)>,
    /// Payouts that something stands in the way of.
    pub held: Vec<(DepositNo, Hold)>,
}

/// A transaction that is to be taken out of the way.
#[derive(Debug, Clone, Copy)]
pub struct Withdrawn<'a> {
    /// Its number.
    pub no: AttemptNo,
    /// Its serialized, signed bytes.
    pub raw: &'a [u8],
}

/// A signed transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The transaction's id.
    pub txid: TxId,
    /// Its serialized bytes: what is stored, and then sent.
    pub raw: Vec<u8>,
}

/// How coins leave. What a rail cannot answer is an error that tells why; it passes by itself or an operator sees it.
pub trait Rail: Send + Sync {
    /// What the wallet holds at one moment, and what the chain asks for.
    type Funds: Send + Sync;
    /// What the signer is asked for.
    type Request: Send + Sync;

    /// Returns what the node's chain has that no other has: always in the same words.
    fn identity(&self) -> impl Future<Output = Result<String, NodeError>> + Send;

    /// Returns every address that the wallet has a key of.
    fn addresses(&self) -> Vec<Address>;

    /// Returns the address that change goes to.
    fn change_address(&self) -> Address;

    /// Stands for the addresses of the wallet.
    fn fingerprint(&self) -> Hash32;

    /// Returns what the wallet holds now.
    ///
    /// # Errors
    ///
    /// Where the node cannot be asked.
    fn funds(&self) -> impl Future<Output = Result<Self::Funds, NodeError>> + Send;

    /// Returns the outputs that these funds are made of.
    fn claims(&self, funds: &Self::Funds) -> Claims;

    /// Returns how many decimal places of an amount the chain takes.
    fn max_decimals(&self, funds: &Self::Funds) -> u8;

    /// Returns how many equal payouts one transaction takes.
    fn max_equal(&self) -> u64;

    /// Adds up what the wallet holds, where these outputs are free: no transaction spends them.
    ///
    /// # Errors
    ///
    /// Where the node gives the wallet more than there can be.
    fn holdings(&self, funds: &Self::Funds, free: &HashSet<Claim>) -> Result<Holdings, NodeError>;

    /// Plans the next transaction out of free outputs. Pure: the same input gives the same plan.
    ///
    /// # Errors
    ///
    /// Where the node gives the wallet more than there can be.
    fn plan(
        &self,
        no: AttemptNo,
        owed: &[Owed],
        funds: &Self::Funds,
        free: &HashSet<Claim>,
    ) -> Result<Plan<Self::Request>, NodeError>;

    /// Plans a transaction that spends an input of another one back to the wallet, so that the other can never confirm.
    /// Returns none where no input of it can be spent (any more).
    ///
    /// # Errors
    ///
    /// Where its bytes are no transaction.
    fn withdrawal(
        &self,
        no: AttemptNo,
        of: Withdrawn<'_>,
        funds: &Self::Funds,
    ) -> Result<Option<Self::Request>, NodeError>;

    /// Has a request signed, and holds what the signer answers against it.
    ///
    /// # Errors
    ///
    /// Where the signer refuses, cannot sign, is not reached, or answers something else.
    fn sign(&self, request: &Self::Request) -> impl Future<Output = Result<Signed, NodeError>> + Send;

    /// Sends stored bytes.
    fn send(&self, raw: &[u8]) -> impl Future<Output = SendOutcome> + Send;

    /// Returns what the chain knows of a transaction.
    ///
    /// # Errors
    ///
    /// Where the node cannot be asked.
    fn status(&self, txid: TxId) -> impl Future<Output = Result<TxStatus, NodeError>> + Send;

    /// Returns the fee of a transaction that is in a block.
    fn burnt(&self, txid: TxId) -> impl Future<Output = Result<CoinHours, NodeError>> + Send;

    /// Returns what became of an output.
    fn fate_of(&self, output: Claim) -> impl Future<Output = Result<Fate, NodeError>> + Send;

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
