//! Transfers made inside contracts, from the two kinds of traces that nodes offer.
//!
//! Transfers are numbered from 1 in the order in which they began, the transaction itself being 0, and the number becomes
//! the `n` of a deposit's id. Only what moved wei is counted: that is what nodes agree on. Calls they do not: geth tells
//! those of precompiled contracts, others leave them out, and a deposit must not get another id, and be paid once more,
//! because another node was asked. What a failed call transferred, and everything inside it, is undone.
//!
//! Anybody can send a transaction with a thousand calls inside each other, or with a hundred thousand side by side. Both
//! have to be read: a block that cannot be read is one that nobody gets past.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use web3::types::{H160, H256, U256};

use super::{EthereumReader, nonsense, source_error};
use crate::chain::SourceError;

/// Calls inside each other, the transaction itself being the first: the protocol allows no more.
const MAX_DEPTH: u32 = 1_025;
/// How JSON-RPC servers say that they do not have a method, and what some gateways say instead.
const NOT_OFFERED: [&str; 4] = ["-32601", "not available", "not supported", "does not exist"];

/// How a node tells what happened inside transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceKind {
    /// geth's `debug_traceBlockByHash` with the call tracer.
    Debug,
    /// `trace_block`, of Erigon, Nethermind, Reth and others.
    Trace,
}

/// Wei that moved inside a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) transaction: H256,
    pub(super) n: u32,
    pub(super) to: H160,
    pub(super) value: U256,
}

/// A call with the calls that it made. They stay text until it is their turn: a tree that is read at once is read as deep
/// as the stack goes, and the calls of the chain go deeper.
#[derive(Debug, Deserialize)]
struct Frame<'t> {
    #[serde(rename = "type")]
    kind: String,
    to: Option<H160>,
    value: Option<U256>,
    error: Option<String>,
    #[serde(default, borrow)]
    calls: Vec<&'t RawValue>,
}

#[derive(Debug, Deserialize)]
struct Traced<'t> {
    #[serde(rename = "txHash")]
    hash: Option<H256>,
    #[serde(borrow)]
    result: Option<&'t RawValue>,
}

/// One entry of `trace_block`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    action: Action,
    error: Option<String>,
    trace_address: Vec<usize>,
    transaction_hash: Option<H256>,
    result: Option<Outcome>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    call_type: Option<String>,
    to: Option<H160>,
    value: Option<U256>,
    refund_address: Option<H160>,
    balance: Option<U256>,
}

/// What a creation answers.
#[derive(Debug, Deserialize)]
struct Outcome {
    address: Option<H160>,
}

impl EthereumReader {
    /// Which kind of traces the node offers, tried on its newest block.
    pub(super) async fn find_traces(&self) -> Result<Option<TraceKind>, SourceError> {
        let latest = self.short_block(web3::types::BlockNumber::Latest).await?;
        let Some(hash) = latest.and_then(|block| block.hash) else { return Ok(None) };
        let number = self.web3.eth().block_number().await.map_err(source_error)?;
        for (kind, tried) in [
            (TraceKind::Debug, self.trace("debug_traceBlockByHash", debug_params(hash)).await),
            (TraceKind::Trace, self.trace("trace_block", vec![json!(number)]).await),
        ] {
            match tried {
                Ok(_) => return Ok(Some(kind)),
                Err(SourceError::Nonsense(words)) if is_missing(&words) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// None where the answer is too long to be read.
    async fn trace(&self, method: &str, params: Vec<Value>) -> Result<Option<Box<RawValue>>, SourceError> {
        self.web3.transport().text_of(method, params).await.map_err(source_error)
    }

    /// Every transfer of wei inside the block's transactions. `hashes` are theirs, in order.
    pub(super) async fn transfers(
        &self,
        kind: TraceKind,
        block: H256,
        hashes: &[H256],
    ) -> Result<Vec<Transfer>, SourceError> {
        let told = match kind {
            TraceKind::Debug => self.trace("debug_traceBlockByHash", debug_params(block)).await?,
            TraceKind::Trace => {
                let told = self.trace("trace_block", vec![json!({ "blockHash": block })]).await;
                // The method knows numbers; those that know hashes are safer against a change of the chain.
                match told {
                    Err(SourceError::Nonsense(_)) => self.trace("trace_block", vec![json!(block)]).await?,
                    other => other?,
                }
            }
        };
        match (told, kind) {
            (Some(told), TraceKind::Debug) => called(told.get(), hashes),
            (Some(told), TraceKind::Trace) => listed(told.get(), hashes),
            (None, _) => self.one_by_one(kind, block, hashes).await,
        }
    }

    /// Reads a block whose traces are too long in one piece. Traces hold what calls were handed, so that whoever calls
    /// with a lot a thousand times makes them as long as they like, for little: a transaction that is too long by itself is
    /// passed over, or nobody would get past its block.
    async fn one_by_one(
        &self,
        kind: TraceKind,
        block: H256,
        hashes: &[H256],
    ) -> Result<Vec<Transfer>, SourceError> {
        let mut transfers = Vec::new();
        for hash in hashes {
            let told = match kind {
                TraceKind::Debug => self.trace("debug_traceTransaction", debug_params(*hash)).await?,
                TraceKind::Trace => self.trace("trace_transaction", vec![json!(hash)]).await?,
            };
            match (told, kind) {
                (Some(told), TraceKind::Debug) => transfers.extend(inside(*hash, &told)?),
                (Some(told), TraceKind::Trace) => transfers.extend(listed(told.get(), &[*hash])?),
                (None, _) => tracing::error!(transaction = ?hash, notice = "WATCH",
                    "the traces of a transaction are too long to be read, deposits from inside it are not seen"),
            }
        }
        // Transactions are found wherever they are; these must be of this block still.
        if let Some(first) = hashes.first() {
            self.succeeded(*first, block).await?;
        }
        Ok(transfers)
    }
}

fn debug_params(what: H256) -> Vec<Value> {
    vec![json!(what), json!({ "tracer": "callTracer" })]
}

/// Whether the node has no such method. That it has no such block is another matter: the newest one may be gone by the
/// time it is asked for, and a node that is thought to be without traces is one whose inner deposits are not seen.
fn is_missing(words: &str) -> bool {
    let is_method_unknown = words.contains("not found") && words.to_ascii_lowercase().contains("method");
    is_method_unknown || NOT_OFFERED.iter().any(|sign| words.contains(sign))
}

/// The transfers inside transactions, by the trees of their calls.
fn called(told: &str, hashes: &[H256]) -> Result<Vec<Transfer>, SourceError> {
    let traced: Vec<Traced<'_>> = serde_json::from_str(told).map_err(nonsense)?;
    if traced.len() != hashes.len() {
        return Err(nonsense("the traces are of other transactions"));
    }
    let mut transfers = Vec::new();
    for (traced, hash) in traced.into_iter().zip(hashes) {
        if traced.hash.is_some_and(|told| told != *hash) {
            return Err(nonsense("the traces are of other transactions"));
        }
        let root = traced.result.ok_or_else(|| nonsense("a transaction has no trace"))?;
        transfers.extend(inside(*hash, root)?);
    }
    Ok(transfers)
}

/// A call that is still to be looked at.
struct Waiting<'t> {
    call: &'t RawValue,
    depth: u32,
    /// Whether anything around it failed.
    is_undone: bool,
}

/// The transfers inside a transaction, by its tree of calls. The transaction's own transfer, number 0, is not among them.
fn inside(transaction: H256, root: &RawValue) -> Result<Vec<Transfer>, SourceError> {
    let mut transfers = Vec::new();
    // The last one is the next to be looked at.
    let mut waiting = vec![Waiting { call: root, depth: 1, is_undone: false }];
    let mut n: u32 = 0;
    while let Some(Waiting { call, depth, is_undone }) = waiting.pop() {
        if depth > MAX_DEPTH {
            return Err(nonsense("a transaction with calls that deep"));
        }
        let call: Frame<'_> = serde_json::from_str(call.get()).map_err(nonsense)?;
        let is_undone = is_undone || call.error.is_some();
        let is_counted = depth > 1 && !is_undone && moves_wei(&call.kind);
        if let (true, Some((to, value))) = (is_counted, worth(call.to, call.value)) {
            n = n.saturating_add(1);
            transfers.push(Transfer { transaction, n, to, value });
        }
        let depth = depth.saturating_add(1);
        waiting.extend(call.calls.iter().rev().map(|call| Waiting { call, depth, is_undone }));
    }
    Ok(transfers)
}

/// A transfer of anything to somebody.
fn worth(to: Option<H160>, value: Option<U256>) -> Option<(H160, U256)> {
    to.zip(value).filter(|(_, value)| !value.is_zero())
}

/// A delegated call runs with the caller's balance, a static one cannot transfer.
fn moves_wei(kind: &str) -> bool {
    matches!(kind, "CALL" | "CREATE" | "CREATE2" | "SELFDESTRUCT")
}

/// The transfers inside transactions, by the list of their calls.
fn listed(told: &str, hashes: &[H256]) -> Result<Vec<Transfer>, SourceError> {
    let entries: Vec<Entry> = serde_json::from_str(told).map_err(nonsense)?;
    let mut transfers = Vec::new();
    let mut current: Option<H256> = None;
    // Calls come with everything inside them before the next one: the outermost that failed is all there is to know.
    let (mut n, mut failed): (u32, Option<Vec<usize>>) = (0, None);
    for entry in entries {
        // Rewards belong to no transaction.
        let Some(transaction) = entry.transaction_hash else { continue };
        if current != Some(transaction) {
            if !hashes.contains(&transaction) {
                return Err(nonsense("the traces are of other transactions"));
            }
            (current, n, failed) = (Some(transaction), 0, None);
        }
        failed = failed.filter(|call| entry.trace_address.starts_with(call));
        if failed.is_none() && entry.error.is_some() {
            failed = Some(entry.trace_address.clone());
        }
        let is_counted = failed.is_none() && !entry.trace_address.is_empty();
        if let (true, Some((to, value))) = (is_counted, moved(&entry)) {
            n = n.saturating_add(1);
            transfers.push(Transfer { transaction, n, to, value });
        }
    }
    Ok(transfers)
}

/// To whom an entry moved how much, if it moved anything.
fn moved(entry: &Entry) -> Option<(H160, U256)> {
    let action = &entry.action;
    let (to, value) = match (entry.kind.as_str(), action.call_type.as_deref()) {
        ("call", Some("call")) => (action.to, action.value),
        ("create", _) => (entry.result.as_ref().and_then(|result| result.address), action.value),
        ("suicide", _) => (action.refund_address, action.balance),
        _ => return None,
    };
    worth(to, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TX: H256 = H256([7; 32]);

    fn transfers(tree: Value) -> Vec<(u32, u8, u64)> {
        let told = json!([{ "txHash": TX, "result": tree }]).to_string();
        let all = called(&told, &[TX]).unwrap();
        all.iter().map(|transfer| (transfer.n, transfer.to.0[0], transfer.value.as_u64())).collect()
    }

    fn address(n: u8) -> String {
        format!("0x{}", format!("{n:02x}").repeat(20))
    }

    #[test]
    fn should_number_transfers_as_they_began() {
        let tree = json!({ "type": "CALL", "to": address(1), "value": "0x5", "calls": [
            { "type": "CALL", "to": address(2), "value": "0x1", "calls": [
                { "type": "DELEGATECALL", "to": address(3), "value": "0x9" },
                { "type": "CALL", "to": address(4), "value": "0x2" } ] },
            { "type": "STATICCALL", "to": address(5) },
            { "type": "SELFDESTRUCT", "to": address(6), "value": "0x3" } ] });
        assert_eq!(transfers(tree), [(1, 2, 1), (2, 4, 2), (3, 6, 3)]);
    }

    #[test]
    fn should_not_count_what_a_failed_call_undid() {
        let tree = json!({ "type": "CALL", "to": address(1), "value": "0x0", "calls": [
            { "type": "CALL", "to": address(2), "value": "0x1", "error": "execution reverted", "calls": [
                { "type": "CALL", "to": address(3), "value": "0x1" } ] },
            { "type": "CALL", "to": address(4), "value": "0x2" } ] });
        assert_eq!(transfers(tree), [(1, 4, 2)]);
        let all_undone = json!({ "type": "CALL", "to": address(1), "error": "out of gas", "calls": [
            { "type": "CALL", "to": address(2), "value": "0x1" } ] });
        assert_eq!(transfers(all_undone), []);
    }

    #[test]
    fn should_read_calls_as_deep_as_the_chain_allows() {
        let call = |to: u8, inside: &str| {
            let to = address(to);
            format!(r#"{{"type":"CALL","to":"{to}","value":"0x1","calls":[{inside}]}}"#)
        };
        let nested = |depth: u32| {
            let tree = (1..depth).fold(call(9, ""), |inside, _| call(1, &inside));
            called(&format!(r#"[{{"result":{tree}}}]"#), &[TX])
        };
        // The transaction itself is not among them.
        let last = *nested(MAX_DEPTH).unwrap().last().unwrap();
        assert_eq!((last.n, last.to.0[0]), (MAX_DEPTH - 1, 9));
        assert!(nested(MAX_DEPTH + 1).is_err());
    }

    #[test]
    fn should_read_as_many_calls_as_a_block_has_room_for() {
        const MANY: u32 = 150_000;
        let call = r#"{"type":"STATICCALL","error":"out of gas"},"#.repeat(usize::try_from(MANY).unwrap());
        let paid = format!(r#"{{"type":"CALL","to":"{}","value":"0x1"}}"#, address(9));
        let told = format!(r#"[{{"result":{{"type":"CALL","calls":[{call}{paid}]}}}}]"#);
        assert_eq!(called(&told, &[TX]).unwrap().len(), 1);

        let entry = |call: u32, error: Option<&str>| {
            json!({ "type": "call", "action": { "callType": "call", "to": address(9), "value": "0x1" },
                "error": error, "traceAddress": [call], "transactionHash": TX })
        };
        let mut entries: Vec<Value> = (0..MANY).map(|call| entry(call, Some("Reverted"))).collect();
        entries.push(entry(MANY, None));
        // Were each compared with all that failed, this would take minutes.
        assert_eq!(listed(&Value::from(entries).to_string(), &[TX]).unwrap().len(), 1);
    }

    #[test]
    fn should_give_a_transfer_one_number_whichever_node_tells_it() {
        let precompiled = "0x0000000000000000000000000000000000000001";
        let tree = json!([{ "txHash": TX, "result": { "type": "CALL", "to": address(1), "value": "0x5", "calls": [
            { "type": "STATICCALL", "to": precompiled },
            { "type": "CALL", "to": address(2), "value": "0x2" } ] } }]);
        let entry = |to: u8, value: &str, trace: Value| {
            json!({ "type": "call", "action": { "callType": "call", "to": address(to), "value": value },
                "traceAddress": trace, "transactionHash": TX })
        };
        let list = json!([entry(1, "0x5", json!([])), entry(2, "0x2", json!([0]))]);
        let told = called(&tree.to_string(), &[TX]).unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(told, listed(&list.to_string(), &[TX]).unwrap());
    }

    #[test]
    fn should_not_take_a_block_that_is_gone_for_a_method_that_is_missing() {
        assert!(is_missing("error -32601: the method trace_block does not exist/is not available"));
        assert!(is_missing("error -32000: Method not found"));
        assert!(is_missing("error -32600: debug_traceBlockByHash is not available on your plan"));
        assert!(!is_missing("error -32000: block 0x07ab not found"));
        assert!(!is_missing("error -32000: header not found"));
    }

    #[test]
    fn should_read_the_other_kind_of_traces_the_same_way() {
        let entry = |kind: &str, call: &str, to: u8, value: &str, address_of: Value, error: Option<&str>| {
            json!({ "type": kind, "action": { "callType": call, "to": address(to), "value": value },
                "error": error, "traceAddress": address_of, "transactionHash": TX, "subtraces": 0 })
        };
        let entries = json!([
            entry("call", "call", 1, "0x5", json!([]), None),
            entry("call", "call", 2, "0x1", json!([0]), Some("Reverted")),
            entry("call", "call", 3, "0x1", json!([0, 0]), None),
            entry("call", "delegatecall", 4, "0x1", json!([1]), None),
            entry("call", "call", 5, "0x2", json!([1, 0]), None),
            { "type": "suicide", "action": { "refundAddress": address(6), "balance": "0x3" },
                "traceAddress": [2], "transactionHash": TX },
            { "type": "reward", "action": { "value": "0x9" }, "traceAddress": [] },
        ]);
        let all = listed(&entries.to_string(), &[TX]).unwrap();
        let all: Vec<_> = all.iter().map(|transfer| (transfer.n, transfer.to.0[0])).collect();
        assert_eq!(all, [(1, 5), (2, 6)]);
        let strangers =
            json!([{ "type": "call", "action": {}, "traceAddress": [], "transactionHash": H256([9; 32]) }]);
        assert!(listed(&strangers.to_string(), &[TX]).is_err());
    }
}
