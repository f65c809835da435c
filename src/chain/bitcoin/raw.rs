//! Transactions as they stand in a block's bytes: most of them pay nobody here, and are never taken apart.

use std::borrow::Cow;
use std::ops::ControlFlow;

use bitcoin::Transaction;
use bitcoin::consensus::encode::Error;
use bitcoin::consensus::{deserialize, serialize};
use bitcoin::hashes::sha256d;
use bitcoin_slices::{Parse, Visit, Visitor, bsl};

/// The bytes of one whole transaction, in Bitcoin's own form.
#[derive(Debug, Clone)]
pub(super) struct RawTransaction<'a>(Cow<'a, [u8]>);

impl<'a> RawTransaction<'a> {
    /// Reads one from the front of `rest`, which is left at what follows it.
    ///
    /// # Errors
    ///
    /// Returns why the bytes are no transaction.
    pub(super) fn read(rest: &mut &'a [u8]) -> Result<Self, Error> {
        let all = *rest;
        let length = bsl::Transaction::parse(all).map_err(malformed)?.consumed();
        let (raw, behind) = all.split_at(length);
        *rest = behind;
        Ok(RawTransaction(Cow::Borrowed(raw)))
    }

    /// Returns its id: the hash of its bytes without witnesses.
    pub(super) fn id(&self) -> sha256d::Hash {
        self.parsed(&mut Nothing).txid()
    }

    /// Tells each output's script with its number.
    pub(super) fn for_each_script(&self, tell: impl FnMut(usize, &[u8])) {
        self.parsed(&mut Scripts(tell));
    }

    /// Takes it apart.
    ///
    /// # Errors
    ///
    /// Returns why that is not possible, which should not happen.
    pub(super) fn decode(&self) -> Result<Transaction, Error> {
        deserialize(&self.0)
    }

    fn parsed(&self, visitor: &mut impl Visitor) -> bsl::Transaction<'_> {
        bsl::Transaction::visit(&self.0, visitor).expect("BUG: it was read before").parsed_owned()
    }
}

impl From<&Transaction> for RawTransaction<'static> {
    fn from(transaction: &Transaction) -> Self {
        RawTransaction(Cow::Owned(serialize(transaction)))
    }
}

struct Nothing;

impl Visitor for Nothing {}

struct Scripts<F>(F);

impl<F: FnMut(usize, &[u8])> Visitor for Scripts<F> {
    fn visit_tx_out(&mut self, n: usize, output: &bsl::TxOut<'_>) -> ControlFlow<()> {
        (self.0)(n, output.script_pubkey());
        ControlFlow::Continue(())
    }
}

fn malformed(error: bitcoin_slices::Error) -> Error {
    Error::ParseFailed(match error {
        bitcoin_slices::Error::MoreBytesNeeded => "a transaction that ends before its end",
        bitcoin_slices::Error::UnknownSegwitFlag(_) => "a transaction with flags that nobody knows",
        bitcoin_slices::Error::SegwitFlagWithoutWitnesses => "a transaction with witnesses that has none",
        bitcoin_slices::Error::NonMinimalVarInt => "a transaction with a length that is written too long",
        bitcoin_slices::Error::TransactionTooLarge
        | bitcoin_slices::Error::VisitBreak
        | bitcoin_slices::Error::Other(_) => "a transaction that cannot be read",
    })
}
