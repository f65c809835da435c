//! Blocks and transactions that hash to what they are called, as the service checks.

use serde::de::DeserializeOwned;
use serde_json::Value;
use teller::chain::ethereum::roots;
use teller::chain::ethereum::{EthBlock, EthReceipt, EthTransaction};

use super::block::{Block, Hash, Roots, Tx, Withdrawal};
use super::shown;

pub(super) fn hash_of(tx: &Tx) -> Hash {
    let tx: EthTransaction = read(shown::transaction(tx, None));
    roots::transaction_hash(&tx).expect("BUG: its kind is known").0
}

/// A block; `serial` makes it differ from all others.
pub(super) fn block(
    number: u64,
    parent: Hash,
    time: u64,
    txs: Vec<Tx>,
    withdrawals: Vec<Withdrawal>,
    serial: u64,
) -> Block {
    let roots = Roots::default();
    let mut block = Block { number, hash: Hash::default(), parent, time, serial, txs, withdrawals, roots };
    let receipts = (0..).zip(&block.txs).map(|(index, tx)| read(shown::receipt(&block, index, tx)));
    let receipts: Vec<EthReceipt> = receipts.collect();
    let content = seen(&block);
    block.roots = Roots {
        transactions: roots::transactions_root(&content.transactions).expect("BUG: they are known").0,
        receipts: roots::receipts_root(&receipts).expect("BUG: they are known").0,
        withdrawals: roots::withdrawals_root(&content.withdrawals.unwrap_or_default()).0,
    };
    block.hash = roots::header_hash(&seen(&block)).0;
    block
}

fn seen(block: &Block) -> EthBlock {
    read(shown::block(block, &shown::data(&block.hash), true))
}

fn read<T: DeserializeOwned>(shown: Value) -> T {
    serde_json::from_value(shown).expect("BUG: what is shown can be read")
}
