//! What happened inside transactions, in both forms that nodes tell it in.

use serde_json::{Value, json};

use super::block::{Block, Inner, Tx};
use super::chain::Chain;
use super::shown::{data, quantity};

const REVERTED: &str = "execution reverted";

/// `debug_traceBlockByHash` with the call tracer: a tree for each transaction.
pub(super) fn debug(block: &Block) -> Value {
    block.txs.iter().map(|tx| json!({ "txHash": data(&tx.hash), "result": frame(tx) })).collect()
}

pub(super) fn frame(tx: &Tx) -> Value {
    let mut frame = call(&tx.from, &tx.to, tx.value, &tx.input, tx.failed);
    if let Some(inner) = &tx.inner {
        frame["calls"] = json!([call(&tx.to, &inner.to, inner.value, &[], inner.failed)]);
    }
    frame
}

fn call(from: &[u8], to: &[u8], value: u128, input: &[u8], failed: bool) -> Value {
    let mut frame = json!({ "type": "CALL", "from": data(from), "to": data(to), "value": quantity(value),
        "gas": "0x5208", "gasUsed": "0x5208", "input": data(input) });
    if failed {
        frame["error"] = json!(REVERTED);
    }
    frame
}

/// `trace_block`: a list of all calls in the order in which they began.
pub(super) fn list(block: &Block) -> Value {
    block.txs.iter().enumerate().flat_map(|(position, tx)| entries(block, position, tx)).collect()
}

/// What the prestate tracer tells in its mode of differences: the balances that changed, before and after.
pub(super) fn change(chain: &Chain, block: &Block, index: usize, tx: &Tx) -> Value {
    let (mut pre, mut post) = (serde_json::Map::new(), serde_json::Map::new());
    for account in [Some(tx.to), tx.inner.as_ref().map(|inner| inner.to)].into_iter().flatten() {
        let (before, more) = (chain.balance_before(block.number, index, &account), tx.gives(&account));
        if more > 0 {
            // An account that was not there is not told of before.
            if before > 0 {
                pre.insert(data(&account), json!({ "balance": quantity(before) }));
            }
            post.insert(data(&account), json!({ "balance": quantity(before + more) }));
        }
    }
    json!({ "pre": pre, "post": post })
}

/// `trace_transaction`.
pub(super) fn entries(block: &Block, position: usize, tx: &Tx) -> Vec<Value> {
    let entry = |from: &[u8], inner: &Inner, input: &[u8], address: Vec<usize>, below: usize| {
        let mut entry = json!({
            "type": "call", "traceAddress": address, "subtraces": below,
            "action": { "callType": "call", "from": data(from), "to": data(&inner.to),
                "value": quantity(inner.value), "input": data(input), "gas": "0x5208" },
            "result": { "gasUsed": "0x5208", "output": "0x" },
            "transactionHash": data(&tx.hash), "transactionPosition": position,
            "blockHash": data(&block.hash), "blockNumber": block.number,
        });
        if inner.failed {
            entry["error"] = json!("Reverted");
            entry["result"] = Value::Null;
        }
        entry
    };
    let outer = Inner { to: tx.to, value: tx.value, failed: tx.failed };
    let first = entry(&tx.from, &outer, &tx.input, vec![], usize::from(tx.inner.is_some()));
    let second = tx.inner.as_ref().map(|inner| entry(&tx.to, inner, &[], vec![0], 0));
    [Some(first), second].into_iter().flatten().collect()
}
