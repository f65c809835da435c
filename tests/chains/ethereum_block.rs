//! Blocks of geth 1.16.7 (`--dev`) with the kinds of transactions that came last: one with blobs, and one by which an
//! account lends itself code. `tests/nodes/prague.rs` makes such blocks anew.

use serde_json::{Value, json};
use teller::chain::ethereum::roots::{header_hash, receipts_root, transactions_root};
use teller::chain::ethereum::{EthBlock, EthReceipt};

fn recorded(name: &str) -> (Value, Vec<EthReceipt>) {
    let path = format!("{}/tests/data/ethereum/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut whole: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    (whole["block"].take(), serde_json::from_value(whole["receipts"].take()).unwrap())
}

/// Whether the transactions are those that the block's header promises.
fn is_whole(block: &Value) -> bool {
    let block: EthBlock = serde_json::from_value(block.clone()).unwrap();
    transactions_root(&block.transactions) == Ok(block.transactions_root)
}

/// Another value of the same form.
fn other(value: &Value) -> Value {
    match value {
        // One bit of the last digit: a hash, an address, bytes or a quantity.
        Value::String(text) if text.len() > 2 => {
            let last = u8::from_str_radix(&text[text.len() - 1..], 16).unwrap();
            json!(format!("{}{:x}", &text[..text.len() - 1], last ^ 1))
        }
        Value::String(_) => json!("0x01"),
        Value::Array(items) if items.is_empty() => {
            json!([{ "address": format!("0x{}", "11".repeat(20)), "storageKeys": [] }])
        }
        Value::Array(items) => json!(items[1..]),
        other => panic!("nothing else is told of a transaction: {other}"),
    }
}

/// Every way to change one field below this place.
fn changes(place: &str, value: &Value) -> Vec<(String, Value)> {
    let below = match value {
        Value::Object(fields) => fields.iter().map(|(key, one)| (format!("{place}/{key}"), one)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, one)| (format!("{place}/{index}"), one)).collect()
        }
        _ => vec![],
    };
    let own = (!value.is_object()).then(|| (place.to_owned(), other(value)));
    own.into_iter().chain(below.into_iter().flat_map(|(place, one)| changes(&place, one))).collect()
}

/// What a block tells of a transaction, and the transaction does not say itself: not held against the root.
const TOLD_BESIDE: [&str; 6] =
    ["blockHash", "blockNumber", "blockTimestamp", "from", "gasPrice", "transactionIndex"];

fn assert_every_field_counts(name: &str, kind: &str, own: &[&str]) {
    let (block, receipts) = recorded(name);
    assert_eq!(block["transactions"][0]["type"], kind);
    assert!(is_whole(&block));
    let read: EthBlock = serde_json::from_value(block.clone()).unwrap();
    assert_eq!(Some(header_hash(&read)), read.hash);
    assert_eq!(receipts_root(&receipts), Ok(read.receipts_root));

    let mut seen = Vec::new();
    for (place, changed) in changes("/transactions", &block["transactions"]) {
        let field = place.split('/').nth(3).unwrap_or_default().to_owned();
        // `v` says what `yParity` says.
        if TOLD_BESIDE.contains(&field.as_str()) || field == "v" {
            continue;
        }
        let mut tampered = block.clone();
        *tampered.pointer_mut(&place).unwrap() = changed;
        assert!(!is_whole(&tampered), "{name}: {place} may be changed");
        seen.push(field);
    }
    for field in own {
        assert!(seen.iter().any(|seen| seen == field), "{name} has no {field}");
    }
    for root in ["transactionsRoot", "requestsHash", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot"]
    {
        let mut tampered = block.clone();
        tampered[root] = other(&tampered[root]);
        let read: EthBlock = serde_json::from_value(tampered).unwrap();
        assert_ne!(Some(header_hash(&read)), read.hash, "{name}: {root} may be changed");
    }
}

#[test]
fn should_hold_every_field_of_a_transaction_with_blobs_against_its_block() {
    let own = ["maxFeePerBlobGas", "blobVersionedHashes", "accessList", "value", "to", "yParity"];
    assert_every_field_counts("geth_blobs", "0x3", &own);
}

#[test]
fn should_hold_every_field_of_a_transaction_with_lent_code_against_its_block() {
    let own = ["authorizationList", "accessList", "value", "to", "yParity"];
    assert_every_field_counts("geth_lent_code", "0x4", &own);
}
