//! The form of all transactions that are made here.

use bitcoin::{Transaction, TxIn, TxOut, absolute, transaction};

/// Returns a transaction with one input and without a lock time.
pub(super) fn transaction_of(input: TxIn, output: Vec<TxOut>) -> Transaction {
    Transaction {
        version: transaction::Version::ONE,
        lock_time: absolute::LockTime::ZERO,
        input: vec![input],
        output,
    }
}
