//! Blocks, transactions and receipts as the nodes show them in JSON.

use serde_json::{Value, json};

use super::block::{Block, Tx};
use super::tokens::{self, Log};

const NULL_HASH: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";
/// The hash of no uncles.
const NO_UNCLES: &str = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
/// What a transfer costs, and a call.
const GAS: u64 = 21_000;
const CALL_GAS: u64 = 60_000;
const GAS_LIMIT: u64 = 30_000_000;
const GAS_PRICE: u64 = 1_000_000_000;

/// A number as JSON-RPC writes it.
pub(super) fn quantity(number: impl Into<u128>) -> String {
    format!("{:#x}", number.into())
}

/// Bytes as JSON-RPC writes them.
pub(super) fn data(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

fn gas_of(tx: &Tx) -> u64 {
    if tx.input.is_empty() { GAS } else { CALL_GAS }
}

/// `hash` is the block's own, or what the node says instead.
pub(super) fn block(block: &Block, hash: &str, with_transactions: bool) -> Value {
    let transactions: Vec<Value> = (0u64..)
        .zip(&block.txs)
        .map(|(index, tx)| match with_transactions {
            true => transaction(tx, Some((block, hash, index))),
            false => json!(data(&tx.hash)),
        })
        .collect();
    let withdrawals: Vec<Value> = block
        .withdrawals
        .iter()
        .map(|one| {
            json!({ "index": quantity(one.index), "validatorIndex": "0x1", "address": data(&one.to),
                "amount": quantity(one.gwei) })
        })
        .collect();
    let logs: Vec<Log> = block.txs.iter().flat_map(Tx::logs).collect();
    json!({
        "number": quantity(block.number), "hash": hash, "parentHash": data(&block.parent),
        "timestamp": quantity(block.time), "transactions": transactions, "uncles": [],
        "sha3Uncles": NO_UNCLES, "miner": data(&[0; 20]), "stateRoot": NULL_HASH,
        "transactionsRoot": data(&block.roots.transactions), "receiptsRoot": data(&block.roots.receipts),
        "withdrawals": withdrawals, "withdrawalsRoot": data(&block.roots.withdrawals),
        "logsBloom": data(&tokens::bloom(&logs)), "difficulty": "0x0",
        "gasLimit": quantity(GAS_LIMIT),
        "gasUsed": quantity(block.txs.iter().map(gas_of).sum::<u64>()), "baseFeePerGas": quantity(GAS_PRICE),
        "extraData": data(&block.serial.to_be_bytes()), "mixHash": NULL_HASH, "nonce": "0x0000000000000000",
        "size": quantity(600 + 120 * u128::try_from(block.txs.len()).unwrap_or(0)),
    })
}

/// A transaction, with its block and its place there where it has one.
pub(super) fn transaction(tx: &Tx, place: Option<(&Block, &str, u64)>) -> Value {
    json!({
        "hash": data(&tx.hash), "nonce": quantity(tx.nonce), "from": data(&tx.from), "to": data(&tx.to),
        "value": quantity(tx.value), "gas": quantity(gas_of(tx)), "gasPrice": quantity(GAS_PRICE),
        "input": data(&tx.input), "type": "0x0", "v": "0x1b", "r": "0x1", "s": "0x1",
        "blockHash": place.map(|(_, hash, _)| hash), "blockNumber": place.map(|(block, _, _)| quantity(block.number)),
        "transactionIndex": place.map(|(_, _, index)| quantity(index)),
    })
}

pub(super) fn receipt(block: &Block, index: usize, tx: &Tx) -> Value {
    let used_before: u64 = block.txs.iter().take(index).map(gas_of).sum();
    let (logs, bloom) = (logs(block, index, tx), data(&tokens::bloom(&tx.logs())));
    let index = u64::try_from(index).unwrap_or(u64::MAX);
    json!({
        "transactionHash": data(&tx.hash), "transactionIndex": quantity(index), "blockHash": data(&block.hash),
        "blockNumber": quantity(block.number), "from": data(&tx.from), "to": data(&tx.to),
        "status": if tx.failed { "0x0" } else { "0x1" }, "gasUsed": quantity(gas_of(tx)),
        "cumulativeGasUsed": quantity(used_before + gas_of(tx)), "contractAddress": null, "logs": logs,
        "logsBloom": bloom, "effectiveGasPrice": quantity(GAS_PRICE), "type": "0x0",
    })
}

/// What a transaction's contract told, with its place in the block.
fn logs(block: &Block, index: usize, tx: &Tx) -> Vec<Value> {
    let before: usize = block.txs.iter().take(index).map(|tx| tx.logs().len()).sum();
    let number = |number: usize| quantity(u64::try_from(number).unwrap_or(u64::MAX));
    let log = |(position, log): (usize, &Log)| {
        json!({
            "address": data(&log.contract), "topics": log.topics.iter().map(|topic| data(topic)).collect::<Vec<_>>(),
            "data": data(&log.data), "blockNumber": quantity(block.number), "blockHash": data(&block.hash),
            "transactionHash": data(&tx.hash), "transactionIndex": number(index),
            "logIndex": number(before + position), "removed": false,
        })
    };
    tx.logs().iter().enumerate().map(log).collect()
}

/// What all contracts of a block told.
pub(super) fn logs_of_block(block: &Block) -> Vec<Value> {
    block.txs.iter().enumerate().flat_map(|(index, tx)| logs(block, index, tx)).collect()
}
