//! Holds what a node tells of a block against the block's hash.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::block::{EthBlock, EthReceipt};
use super::nonsense;
use super::roots::{Misfit, header_hash, receipts_root, transactions_root, withdrawals_root};
use crate::chain::SourceError;

/// What nodes tell of a block: the header's fields, and what else is known to come with them.
const KNOWN: [&str; 28] = [
    "baseFeePerGas",
    "blobGasUsed",
    "difficulty",
    "excessBlobGas",
    "extraData",
    "gasLimit",
    "gasUsed",
    "hash",
    "logsBloom",
    "miner",
    "mixHash",
    "nonce",
    "number",
    "parentBeaconBlockRoot",
    "parentHash",
    "receiptsRoot",
    "requestsHash",
    "sha3Uncles",
    "size",
    "stateRoot",
    "timestamp",
    "totalDifficulty",
    "transactions",
    "transactionsRoot",
    "uncles",
    "withdrawals",
    "withdrawalsRoot",
    "author",
];

/// Checks a block, told as `text`, against its hash. Answers what could not be checked, in words; none where everything
/// was.
///
/// # Errors
///
/// [`SourceError::Nonsense`] where the block is not what its hash promises.
pub(super) fn check_block(block: &EthBlock, text: &str) -> Result<Option<String>, SourceError> {
    if Some(header_hash(block)) != block.hash {
        let others = others(text)?;
        if others.is_empty() {
            return Err(nonsense("a block does not hash to what it is called"));
        }
        let words =
            format!("the hashes of blocks cannot be checked: they have fields that are not known ({others})");
        return check_lists(block).map(|_| Some(words));
    }
    check_lists(block)
}

/// The names of what is told and not known here.
fn others(text: &str) -> Result<String, SourceError> {
    let told: BTreeMap<&str, Option<IgnoredAny>> = serde_json::from_str(text).map_err(nonsense)?;
    let others = told.into_iter().filter(|(name, value)| value.is_some() && !KNOWN.contains(name));
    Ok(others.map(|(name, _)| name).take(5).collect::<Vec<_>>().join(", "))
}

/// Checks the transactions and withdrawals against the header.
fn check_lists(block: &EthBlock) -> Result<Option<String>, SourceError> {
    match (&block.withdrawals, block.withdrawals_root) {
        (None, None) => {}
        (Some(list), Some(root)) if withdrawals_root(list) == root => {}
        (Some(list), None) if list.is_empty() => {}
        _ => return Err(nonsense("a block's withdrawals are not those that its hash promises")),
    }
    match transactions_root(&block.transactions) {
        Ok(root) if root == block.transactions_root => Ok(None),
        Ok(_) => Err(nonsense("a block's transactions are not those that its hash promises")),
        Err(Misfit::Unknown(what)) => Ok(Some(unchecked(what))),
        Err(Misfit::Wrong(words)) => Err(nonsense(words)),
    }
}

/// Checks all receipts of a block.
///
/// # Errors
///
/// [`SourceError::Nonsense`] where they are not those that the block's hash promises.
pub(super) fn check_receipts(block: &EthBlock, receipts: &[EthReceipt]) -> Result<(), SourceError> {
    let hashes = block.transactions.iter().map(|transaction| transaction.hash);
    if !receipts.iter().map(|receipt| receipt.transaction_hash).eq(hashes) {
        return Err(nonsense("a block's receipts are not those of its transactions"));
    }
    match receipts_root(receipts) {
        Ok(root) if root == block.receipts_root => Ok(()),
        Ok(_) => Err(nonsense("a block's receipts are not those that its hash promises")),
        Err(Misfit::Unknown(_)) => Ok(()),
        Err(Misfit::Wrong(words)) => Err(nonsense(words)),
    }
}

fn unchecked(what: &str) -> String {
    format!("the content of blocks cannot be checked in full: there are {what}s of a kind that is not known")
}
