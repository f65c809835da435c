//! On which blocks a node is tried, and when one that cannot is told from a block that nobody could read.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::*;

const TIMEOUT: (i64, &str) = (-32_000, "execution timeout");

/// The block of this number, with these transactions.
fn block_at(number: u64, transactions: &[Value]) -> Value {
    let mut block = block(transactions, &[]);
    block["number"] = json!(format!("{number:#x}"));
    seal(&mut block);
    block
}

/// A transaction that pays nobody here.
fn plain(nonce: u64) -> Value {
    transaction(nonce, STRANGER, 0)
}

/// A node that has these blocks, of which the one with the number in `head` is the newest.
fn chain(
    blocks: Vec<Value>,
    head: &Arc<AtomicU64>,
    answers: impl Fn(&str, &Value) -> Option<Told> + Send + Sync + 'static,
) -> Node {
    let head = Arc::clone(head);
    node(blocks[0].clone(), move |method, params| match method {
        "eth_getBlockByNumber" => {
            let newest = json!(format!("{:#x}", head.load(Ordering::Relaxed)));
            let wanted = if params[0] == "latest" { &newest } else { &params[0] };
            Some(Ok(blocks.iter().find(|block| block["number"] == *wanted).cloned().unwrap_or_default()))
        }
        _ => answers(method, params),
    })
}

fn at(head: u64) -> Arc<AtomicU64> {
    Arc::new(AtomicU64::new(head))
}

#[tokio::test]
async fn should_try_a_node_on_the_newest_block_that_has_a_transaction() {
    let blocks = vec![block_at(7, &[]), block_at(6, &[]), block_at(5, &[plain(0)]), block_at(4, &[])];
    let full = blocks[2]["hash"].clone();
    let node = chain(blocks, &at(7), move |method, params| match method {
        "debug_traceBlockByHash" if params[0] != full => Some(Ok(json!([]))),
        "debug_traceBlockByHash" | "debug_traceTransaction" => Some(Err((-32_000, "not on your plan"))),
        _ => None,
    });
    node.reader.check_network().await.unwrap();
    let limits = node.reader.limits().unwrap();
    assert!(limits.contains("not on your plan"), "that it traces nothing of nothing says little: {limits}");
}

#[tokio::test]
async fn should_take_a_chain_without_transactions_by_the_shape_of_the_answer() {
    for (told, is_capable) in [(Ok(json!([])), true), (Err(TIMEOUT), false)] {
        let node = chain(vec![block_at(7, &[]), block_at(6, &[])], &at(7), move |method, _| {
            (method == "debug_traceBlockByHash").then(|| told.clone())
        });
        node.reader.check_network().await.unwrap();
        assert_eq!((node.reader.limits().is_none(), node.reader.is_blind()), (is_capable, !is_capable));
    }
}

/// A node that is known to be capable by block 6, before it has block 7, of which it tells nothing: what comes of
/// reading that. `keeps` are the transactions that it tells the calls of, `has_six` is whether it has block 6 still.
async fn after_a_capable_start(six: &[Value], keeps: &[&Value], has_six: bool) -> Result<Block, SourceError> {
    let (head, hostile) = (at(6), block_at(7, &[plain(9)]));
    let (six, hash) = (block_at(6, six), hostile["hash"].clone());
    let (told, first) = (six["transactions"].as_array().unwrap().len(), six["hash"].clone());
    let keeps: Vec<Value> = keeps.iter().map(|kept| kept["hash"].clone()).collect();
    let (newest, has) = (Arc::clone(&head), Arc::new(AtomicU64::new(1)));
    let kept = Arc::clone(&has);
    let node = node(six, move |method, params| match method {
        "eth_getBlockByNumber" if params[0] == "latest" || params[0] == "0x7" => {
            (newest.load(Ordering::Relaxed) == 7).then(|| Ok(hostile.clone()))
        }
        "eth_getBlockByNumber" if kept.load(Ordering::Relaxed) == 0 => Some(Ok(Value::Null)),
        "debug_traceBlockByHash" if params[0] == first && newest.load(Ordering::Relaxed) == 6 => {
            Some(Ok(json!(vec![json!({ "result": tree(call(STRANGER, 0)) }); told])))
        }
        "debug_traceBlockByHash" => {
            assert!(params[0] == first || params[0] == hash);
            Some(Err(TIMEOUT))
        }
        "debug_traceTransaction" if keeps.contains(&params[0]) => Some(Ok(tree(call(STRANGER, 0)))),
        "debug_traceTransaction" => Some(Err(TIMEOUT)),
        _ => None,
    });
    node.reader.check_network().await.unwrap();
    assert_eq!(node.reader.limits(), None);
    head.store(7, Ordering::Relaxed);
    has.store(u64::from(has_six), Ordering::Relaxed);
    node.follow().await
}

#[tokio::test]
async fn should_pass_over_a_block_that_cannot_be_read_where_others_can() {
    let known = plain(1);
    for (six, has_six, why) in [
        (vec![known.clone()], true, "it tells others"),
        (vec![known.clone()], false, "the last that it told, it tells again"),
    ] {
        let read = after_a_capable_start(&six, &[&known], has_six).await.unwrap();
        assert_eq!(read.gaps.unread.len(), 1, "{why}");
    }
}

#[tokio::test]
async fn should_not_pass_over_a_block_where_the_node_tells_no_other_either() {
    for (six, why) in
        [(vec![plain(1)], "what it told before, it does not any more"), (vec![], "there is no other")]
    {
        let told = after_a_capable_start(&six, &[], true).await;
        let is_node = matches!(&told, Err(SourceError::Nonsense(words)) if words.contains("tells nothing"));
        assert!(is_node, "{why}: {told:?}");
    }
}

#[tokio::test]
async fn should_pass_over_a_block_of_which_the_node_leaves_out_amounts() {
    // It tells what there is: there is no other transaction to try it on, and none is needed.
    let lacking = json!({ "type": "CALL", "to": PAYEE });
    let node = node(block_at(7, &[plain(1)]), move |method, params| match method {
        "debug_traceBlockByHash" => Some(Ok(json!([{ "result": tree(lacking.clone()) }]))),
        "debug_traceTransaction" if params[1]["tracer"] == "callTracer" => Some(Ok(tree(lacking.clone()))),
        _ => None,
    });
    node.reader.with_sight(|sight| sight.kind = Some(TraceKind::Debug));
    let read = node.follow().await.unwrap();
    assert!(read.gaps.unread[0].why.contains("does not say how much it moved"), "{:?}", read.gaps);
}

#[tokio::test]
async fn should_forgive_a_node_what_a_block_cost_once_it_has_told_it() {
    let told = json!([{ "result": tree(call(PAYEE, 5)) }]);
    let node = node(block_at(7, &[plain(1)]), move |method, _| match method {
        "debug_traceBlockByHash" => Some(Ok(told.clone())),
        _ => None,
    });
    node.reader.with_sight(|sight| sight.kind = Some(TraceKind::Debug));
    let read = node.reader.full_block("latest").await.unwrap().unwrap().at().unwrap();
    for _ in 0..3 {
        // It goes away over the block now and then, and tells it in between.
        node.reader.fear(read);
        assert_eq!(paid(&node.follow().await.unwrap()), [(1, 5)]);
    }
}
