//! Transactions: spent outputs, new outputs, and a signature per spent output.
//!
//! Invariant: a [`Transaction`] breaks no rule that can be seen without the chain. It has inputs and outputs, one
//! signature (perhaps null) per input, no duplicates, no output without coins, sums that fit, and a size that nodes
//! take. So it can always be encoded, and decoding gives either such a transaction or an error.

mod codec;
#[cfg(test)]
mod tests;
mod told;

use std::collections::HashSet;

use super::address::Address;
use super::digest::sha256;
use super::hours::CoinHours;
use super::keys::{SecretKey, Signature, SignatureError};
use crate::types::{Claim, Droplets, Hash32, TxId};

pub use codec::{DecodeError, encoded_size};
pub use told::ToldTransaction;

/// Most bytes of a transaction. Nodes take no more in a transaction nor in a block.
pub const MAX_TRANSACTION_SIZE: usize = 32 * 1024;

/// Which rule inputs and outputs would break.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum TransactionError {
    /// It spends nothing.
    #[error("a transaction needs inputs")]
    NoInputs,
    /// It pays nobody.
    #[error("a transaction needs outputs")]
    NoOutputs,
    /// The same output spent twice.
    #[error("{0} is spent twice")]
    DuplicateInput(Claim),
    /// Two outputs alike in address, coins and hours: they would have the same uxid.
    #[error("two outputs to {0} have the same coins and hours")]
    DuplicateOutput(Address),
    /// An output without coins.
    #[error("the output to {0} has no coins")]
    ZeroCoins(Address),
    /// The outputs' coins do not fit in 64 bits.
    #[error("the sum of the outputs' coins is out of range")]
    CoinsOverflow,
    /// The outputs' hours do not fit in 64 bits.
    #[error("the sum of the outputs' coin hours is out of range")]
    HoursOverflow,
    /// Larger than nodes take.
    #[error("a transaction of {size} bytes is too large, {MAX_TRANSACTION_SIZE} are allowed")]
    TooLarge {
        /// The bytes of the transaction, encoded.
        size: usize,
    },
}

/// Why a transaction was not signed.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum SignError {
    /// One key per input is needed.
    #[error("{keys} keys for {inputs} inputs")]
    KeyCount {
        /// The number of keys.
        keys: usize,
        /// The number of inputs.
        inputs: usize,
    },
    /// What is signed is never signed again: it would be another transaction with the same inputs.
    #[error("the transaction is already signed")]
    AlreadySigned,
}

/// Which signature of a transaction does not hold.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum VerifyError {
    /// One owner per input is needed.
    #[error("{owners} owners for {inputs} inputs")]
    OwnerCount {
        /// The number of owners.
        owners: usize,
        /// The number of inputs.
        inputs: usize,
    },
    /// The signature of this input.
    #[error("input {index}: {error}")]
    Signature {
        /// The place of the input among all, from zero.
        index: usize,
        /// What is wrong with the signature.
        error: SignatureError,
    },
}

/// An output: who gets what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Output {
    /// The address that is paid.
    pub address: Address,
    /// The coins that it gets.
    pub coins: Droplets,
    /// The coin hours that it gets.
    pub hours: CoinHours,
}

impl Output {
    /// The id of this output of the transaction `source`; of the genesis block's, the source is 32 zero bytes.
    pub fn uxid(&self, source: TxId) -> Claim {
        Claim(sha256([&source.0, &self.encode()]).0)
    }
}

/// A transaction, signed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    signatures: Vec<Signature>,
    inputs: Vec<Claim>,
    outputs: Vec<Output>,
}

impl Transaction {
    /// An unsigned transaction that spends the outputs `inputs`.
    pub fn new(inputs: Vec<Claim>, outputs: Vec<Output>) -> Result<Transaction, TransactionError> {
        check(&inputs, &outputs)?;
        let signatures = vec![Signature::NULL; inputs.len()];
        Ok(Transaction { signatures, inputs, outputs })
    }

    /// The outputs it spends, by their uxids.
    pub fn inputs(&self) -> &[Claim] {
        &self.inputs
    }

    /// Returns the outputs that it makes, in their order.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// One per input, null where it is missing.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Returns whether no signature is missing; whether they are right, [`Transaction::verify_signatures`] tells.
    pub fn is_signed(&self) -> bool {
        !self.signatures.iter().any(Signature::is_null)
    }

    /// The hash of inputs and outputs, which the signatures are for.
    pub fn inner_hash(&self) -> Hash32 {
        codec::inner_hash(&self.inputs, &self.outputs)
    }

    /// The hash of the whole, signatures included: it changes when the transaction is signed.
    pub fn txid(&self) -> TxId {
        TxId(sha256([&self.encode()]).0)
    }

    /// The ids of its outputs, in their order.
    pub fn uxids(&self) -> Vec<Claim> {
        let txid = self.txid();
        self.outputs.iter().map(|output| output.uxid(txid)).collect()
    }

    /// Signs every input with the key of its owner, in the order of the inputs.
    pub fn sign(&self, keys: &[&SecretKey]) -> Result<Transaction, SignError> {
        if keys.len() != self.inputs.len() {
            return Err(SignError::KeyCount { keys: keys.len(), inputs: self.inputs.len() });
        }
        if !self.signatures.iter().all(Signature::is_null) {
            return Err(SignError::AlreadySigned);
        }
        let signatures = self.digests().zip(keys).map(|(digest, key)| key.sign(&digest)).collect();
        Ok(Transaction { signatures, inputs: self.inputs.clone(), outputs: self.outputs.clone() })
    }

    /// Whether each input is signed by its owner.
    pub fn verify_signatures(&self, owners: &[Address]) -> Result<(), VerifyError> {
        if owners.len() != self.inputs.len() {
            return Err(VerifyError::OwnerCount { owners: owners.len(), inputs: self.inputs.len() });
        }
        let signed = self.signatures.iter().zip(self.digests()).zip(owners).enumerate();
        for (index, ((signature, digest), owner)) in signed {
            signature.verify(&digest, *owner).map_err(|error| VerifyError::Signature { index, error })?;
        }
        Ok(())
    }

    /// What is signed for each input.
    fn digests(&self) -> impl Iterator<Item = Hash32> {
        let inner = self.inner_hash();
        self.inputs.iter().map(move |input| sha256([&inner.0, &input.0]))
    }
}

fn check(inputs: &[Claim], outputs: &[Output]) -> Result<(), TransactionError> {
    if inputs.is_empty() {
        return Err(TransactionError::NoInputs);
    }
    if outputs.is_empty() {
        return Err(TransactionError::NoOutputs);
    }
    let size = encoded_size(inputs.len(), outputs.len());
    if size > MAX_TRANSACTION_SIZE {
        return Err(TransactionError::TooLarge { size });
    }
    if let Some(input) = first_duplicate(inputs) {
        return Err(TransactionError::DuplicateInput(*input));
    }
    if let Some(output) = outputs.iter().find(|output| output.coins.is_zero()) {
        return Err(TransactionError::ZeroCoins(output.address));
    }
    if let Some(output) = first_duplicate(outputs) {
        return Err(TransactionError::DuplicateOutput(output.address));
    }
    Droplets::sum(outputs.iter().map(|output| output.coins)).map_err(|_| TransactionError::CoinsOverflow)?;
    CoinHours::sum(outputs.iter().map(|output| output.hours)).map_err(|_| TransactionError::HoursOverflow)?;
    Ok(())
}

fn first_duplicate<T: Eq + std::hash::Hash>(all: &[T]) -> Option<&T> {
    let mut seen = HashSet::with_capacity(all.len());
    all.iter().find(|one| !seen.insert(*one))
}
