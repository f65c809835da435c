//! Nodes that do what is asked of them in their own way, or not at all.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::*;

fn one() -> (Value, Value) {
    let tx = transaction(0, STRANGER, 0);
    (block(std::slice::from_ref(&tx), &[]), tx["hash"].clone())
}

fn entry(tx: &Value, block: &Value, place: Value, to: &str, wei: &str) -> Value {
    json!({ "type": "call", "action": { "callType": "call", "from": STRANGER, "to": to, "value": wei },
        "traceAddress": place,
        "transactionHash": tx, "blockHash": block, "blockNumber": 7, "subtraces": 0 })
}

#[tokio::test]
async fn should_follow_a_node_that_takes_numbers_alone() {
    let (block, tx) = one();
    let hash = block["hash"].clone();
    let reward: Value =
        serde_json::from_str(include_str!("../../../../tests/data/ethereum/reward-null-action.json"))
            .unwrap();
    let node = node(block, move |method, params| match method {
        "trace_block" if params[0] == "0x7" => {
            let mut reward = reward.clone();
            reward["blockHash"] = hash.clone();
            let calls = [
                entry(&tx, &hash, json!([]), STRANGER, "0x0"),
                entry(&tx, &hash, json!([0]), PAYEE, "0x5"),
                reward,
            ];
            Some(Ok(json!(calls)))
        }
        "trace_block" => Some(Err((-32_602, "invalid argument 0: not a number"))),
        _ => None,
    });
    let read = node.read().await.unwrap();
    assert_eq!((paid(&read), read.gaps), (vec![(1, 5)], Gaps::default()));
}

#[tokio::test]
async fn should_not_take_the_calls_of_another_block() {
    let (block, tx) = one();
    let node = node(block, move |method, _| match method {
        "trace_block" => Some(Ok(json!([entry(&tx, &json!(H256([3; 32])), json!([]), PAYEE, "0x5")]))),
        _ => None,
    });
    assert!(matches!(node.read().await, Err(SourceError::Unreachable(_))));
}

#[tokio::test]
async fn should_count_what_has_to_be_there_once_for_each_transaction() {
    let txs = [transaction(0, STRANGER, 0), transaction(1, STRANGER, 0)];
    let block = block(&txs, &[]);
    let (hash, first, second) = (block["hash"].clone(), txs[0]["hash"].clone(), txs[1]["hash"].clone());
    let node = node(block, move |method, params| match method {
        "trace_block" => Some(Ok(json!([entry(&first, &hash, json!([]), STRANGER, "0x0")]))),
        "trace_transaction" if params[0] == second => Some(Ok(json!([
            entry(&second, &hash, json!([]), STRANGER, "0x0"),
            entry(&second, &hash, json!([0]), PAYEE, "0x5")
        ]))),
        _ => None,
    });
    assert_eq!(paid(&node.read().await.unwrap()), [(1, 5)]);
}

#[tokio::test]
async fn should_believe_no_traces_that_are_too_few() {
    let txs = [transaction(0, STRANGER, 0), transaction(1, STRANGER, 0)];
    let (block, second) = (block(&txs, &[]), txs[1]["hash"].clone());
    let node = node(block, move |method, params| match method {
        "debug_traceBlockByHash" => Some(Ok(json!([{ "result": tree(call(PAYEE, 6)) }]))),
        "debug_traceTransaction" if params[0] == second => Some(Ok(tree(call(PAYEE, 5)))),
        "debug_traceTransaction" => Some(Ok(tree(call(STRANGER, 0)))),
        _ => None,
    });
    assert_eq!(paid(&node.read().await.unwrap()), [(1, 5)]);
}

#[tokio::test]
async fn should_take_one_answer_alone_for_a_method_that_is_missing() {
    let refusals = [
        (-32_601, "the method debug_traceBlockByHash does not exist/is not available", true),
        (-32_601, "", true),
        (-32_600, "debug_traceBlockByHash is not available on your plan", false),
        (-32_000, "Method not found", false),
    ];
    for (code, words, is_missing) in refusals {
        let node = node(one().0, move |method, _| method.starts_with("debug_").then_some(Err((code, words))));
        let read = node.read().await.unwrap();
        // Both are followed, and both are remembered as not seen.
        let why = read.gaps.blind.unwrap();
        assert_eq!(why.contains("the node offers no traces"), is_missing, "{code} {words}: {why}");
        assert!(node.reader.limits().unwrap().contains("not seen"));
    }
}

#[tokio::test]
async fn should_not_take_a_node_for_capable_that_does_something_else() {
    for told in [
        json!([{ "result": { "gas": 21000, "failed": false, "structLogs": [] } }]),
        json!({}),
        json!("<html>welcome</html>"),
        json!([]),
    ] {
        let node = node(one().0, move |method, _| match method {
            "debug_traceBlockByHash" => Some(Ok(told.clone())),
            "debug_traceTransaction" => Some(Ok(json!({ "gas": 21000, "structLogs": [] }))),
            _ => None,
        });
        let read = node.read().await.unwrap();
        let why = read.gaps.blind.unwrap();
        assert!(why.contains("debug_traceBlockByHash tells nothing that can be read"), "{why}");
    }
}

#[tokio::test]
async fn should_take_the_kind_that_works() {
    let (block, tx) = one();
    let hash = block["hash"].clone();
    let node = node(block, move |method, _| match method {
        "debug_traceBlockByHash" | "debug_traceTransaction" => Some(Ok(json!({ "structLogs": [] }))),
        "trace_block" => Some(Ok(json!([
            entry(&tx, &hash, json!([]), STRANGER, "0x0"),
            entry(&tx, &hash, json!([0]), PAYEE, "0x5")
        ]))),
        _ => None,
    });
    assert_eq!(paid(&node.read().await.unwrap()), [(1, 5)]);
}

#[tokio::test]
async fn should_call_it_a_trouble_when_a_capability_is_gone() {
    let is_gone = Arc::new(AtomicBool::new(false));
    let gone = Arc::clone(&is_gone);
    let node = node(one().0, move |method, _| match method {
        "debug_traceBlockByHash" if !gone.load(Ordering::Relaxed) => {
            Some(Ok(json!([{ "result": tree(call(PAYEE, 5)) }])))
        }
        _ => None,
    });
    assert_eq!(paid(&node.read().await.unwrap()), [(1, 5)]);
    is_gone.store(true, Ordering::Relaxed);
    for told in [
        node.follow().await.map(drop),
        node.reader.check_network().await.map(drop),
        node.follow().await.map(drop),
    ] {
        assert!(
            matches!(&told, Err(SourceError::Nonsense(words)) if words.contains("does not any more")),
            "{told:?}"
        );
    }
    is_gone.store(false, Ordering::Relaxed);
    assert_eq!(paid(&node.read().await.unwrap()), [(1, 5)]);
    assert_eq!(node.reader.limits(), None);
}

#[tokio::test]
async fn should_look_again_at_a_node_that_told_nothing() {
    let has_come = Arc::new(AtomicBool::new(false));
    let come = Arc::clone(&has_come);
    let node = node(one().0, move |method, _| match method {
        "debug_traceBlockByHash" if come.load(Ordering::Relaxed) => {
            Some(Ok(json!([{ "result": tree(call(PAYEE, 5)) }])))
        }
        _ => None,
    });
    assert!(node.read().await.unwrap().gaps.blind.is_some());
    has_come.store(true, Ordering::Relaxed);
    node.reader.tip().await.unwrap();
    assert!(node.reader.limits().is_some(), "not at each look");
    node.reader.with_sight(|sight| sight.forget_the_time());
    node.reader.tip().await.unwrap();
    assert_eq!(node.reader.limits(), None);
    assert_eq!(paid(&node.follow().await.unwrap()), [(1, 5)]);
}

/// geth refuses to trace the first block of a chain, and a new chain has no other.
#[tokio::test]
async fn should_not_judge_a_node_by_the_first_block_of_its_chain() {
    let mut first = block(&[], &[]);
    first["number"] = json!("0x0");
    seal(&mut first);
    let (first_hash, is_first) = (first["hash"].clone(), Arc::new(AtomicBool::new(true)));
    let alone = Arc::clone(&is_first);
    let node = node(one().0, move |method, params| match method {
        "eth_getBlockByNumber" if params[0] == "0x0" => Some(Ok(first.clone())),
        "eth_getBlockByNumber" if params[0] == "latest" && alone.load(Ordering::Relaxed) => {
            Some(Ok(first.clone()))
        }
        "eth_getBlockReceipts" if params[0] == first_hash => Some(Ok(json!([]))),
        "debug_traceBlockByHash" if params[0] == first_hash => {
            Some(Err((-32_000, "genesis is not traceable")))
        }
        "debug_traceBlockByHash" => Some(Ok(json!([{ "result": tree(call(PAYEE, 5)) }]))),
        _ => None,
    });
    node.reader.check_network().await.unwrap();
    assert_eq!(node.reader.limits(), None, "nothing is known yet, and nothing was missed");
    assert!(matches!(node.follow().await, Err(SourceError::Unreachable(_))), "nor is anything passed over");
    is_first.store(false, Ordering::Relaxed);
    let read = node.follow().await.unwrap();
    assert_eq!((paid(&read), read.gaps), (vec![(1, 5)], Gaps::default()));
}

#[test]
fn should_say_how_to_get_past_a_block_whose_state_is_gone() {
    let told = |message: &str| source_error(RpcError::Call { code: -32_000, message: message.to_owned() });
    let gone = told("required historical state unavailable (reexec=128)");
    assert!(
        matches!(&gone, SourceError::Pruned(words) if words.contains("eth_rpc.traces = false")),
        "{gone}"
    );
    assert!(matches!(told("transaction indexing is in progress"), SourceError::Starting(_)));
    assert!(matches!(told("insufficient funds"), SourceError::Nonsense(_)));
}
