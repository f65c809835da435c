//! What anybody may put into a block, and what then becomes of it.

use serde_json::{Value, json};

use super::*;
use crate::chain::Origin;

const BOMB: (i64, &str) = (-32_000, "execution timeout");

/// Two transactions; `bomb` is the one that cannot be traced.
fn two() -> (Value, Value, Value) {
    let (bomb, plain) = (transaction(0, STRANGER, 0), transaction(1, STRANGER, 0));
    let block = block(&[bomb.clone(), plain.clone()], &[]);
    (block, bomb["hash"].clone(), plain["hash"].clone())
}

fn unread(block: &crate::chain::Block) -> Vec<(String, &Effect)> {
    block.gaps.unread.iter().map(|one| (one.why.clone(), &one.effect)).collect()
}

#[tokio::test]
async fn should_get_past_a_transaction_that_takes_too_long() {
    // geth tells it for each, for the whole block, or as an answer that is longer than any that is read.
    let whole: [fn() -> Told; 4] = [
        || Ok(json!([{ "error": "execution timeout" }, { "error": "execution timeout" }])),
        || Err(BOMB),
        || Err((-32_603, "response size exceeded")),
        || Ok(json!("x".repeat(MAX_ANSWER))),
    ];
    for whole in whole {
        let (block, bomb, _) = two();
        let node = node(block, move |method, params| match method {
            "debug_traceBlockByHash" => Some(whole()),
            "debug_traceTransaction" if params[0] != bomb => Some(Ok(tree(call(PAYEE, 5)))),
            "debug_traceTransaction" if params[1]["tracer"] == "callTracer" => Some(Err(BOMB)),
            "debug_traceTransaction" => Some(Ok(json!({ "pre": {}, "post": {} }))),
            _ => None,
        });
        let read = node.read().await.unwrap();
        assert_eq!(paid(&read), [(1, 5)]);
        let [(why, effect)] = &unread(&read)[..] else { panic!("{read:?}") };
        assert!(why.contains("execution timeout"), "{why}");
        assert_eq!(*effect, &Effect::Grew(vec![]));
    }
}

#[tokio::test]
async fn should_ask_with_a_limit_of_its_own() {
    let (block, ..) = two();
    let node = node(block, |method, params| match method {
        "debug_traceBlockByHash" => {
            assert_eq!(params[1]["timeout"], "12s");
            Some(Ok(json!([{ "result": tree(call(PAYEE, 5)) }, { "result": tree(call(PAYEE, 6)) }])))
        }
        _ => None,
    });
    let read = node.read().await.unwrap();
    assert_eq!((paid(&read), read.gaps), (vec![(1, 5), (1, 6)], Gaps::default()));
}

#[tokio::test]
async fn should_credit_what_a_transaction_that_cannot_be_traced_left() {
    let (block, bomb, _) = two();
    let node = node(block, move |method, params| match method {
        "debug_traceBlockByHash" => Some(Err(BOMB)),
        "debug_traceTransaction" if params[0] != bomb => Some(Ok(tree(call(PAYEE, 5)))),
        "debug_traceTransaction" if params[1]["tracer"] == "callTracer" => Some(Err(BOMB)),
        "debug_traceTransaction" => Some(Ok(json!({
            "pre": { PAYEE: { "balance": "0x10" }, STRANGER: { "balance": "0x90" } },
            "post": { PAYEE: { "balance": "0x18" }, STRANGER: { "nonce": 3 } },
        }))),
        _ => None,
    });
    let read = node.read().await.unwrap();
    assert_eq!(paid(&read), [(1, 5), (1, 8)]);
    let grew = (DepositAddress::of_account([9; 20]), Units::new(8));
    assert_eq!(unread(&read)[0].1, &Effect::Grew(vec![grew]));
}

#[tokio::test]
async fn should_credit_once_what_such_a_transaction_pays_by_itself() {
    let mut bomb = transaction(0, PAYEE, 3);
    bomb["from"] = json!("0x0505050505050505050505050505050505050505");
    let (block, hash) = (block(&[bomb.clone(), transaction(1, STRANGER, 0)], &[]), bomb["hash"].clone());
    let node = node(block, move |method, params| match method {
        "debug_traceBlockByHash" => Some(Err(BOMB)),
        "debug_traceTransaction" if params[0] != hash => Some(Ok(tree(call(STRANGER, 0)))),
        "debug_traceTransaction" if params[1]["tracer"] == "callTracer" => Some(Err(BOMB)),
        "debug_traceTransaction" => Some(Ok(json!({
            "pre": { PAYEE: { "balance": "0x10" } }, "post": { PAYEE: { "balance": "0x18" } },
        }))),
        _ => None,
    });
    let read = node.read().await.unwrap();
    let of_bomb = read.payments.iter().filter(|payment| payment.tx == read.gaps.unread[0].tx);
    let told: Vec<_> = of_bomb.map(|payment| (payment.n, payment.amount, payment.origin.clone())).collect();
    let origin = || Origin::Addresses([DepositAddress::of_account([5; 20])].into());
    assert_eq!(told, [(0, Units::new(3), origin()), (1, Units::new(5), origin())]);
}

#[tokio::test]
async fn should_say_so_where_nothing_can_be_known() {
    let (block, bomb, _) = two();
    let node = node(block, move |method, params| match method {
        "debug_traceBlockByHash" => Some(Err(BOMB)),
        "debug_traceTransaction" if params[0] != bomb => Some(Ok(tree(call(PAYEE, 5)))),
        "debug_traceTransaction" => Some(Err(BOMB)),
        _ => None,
    });
    let read = node.read().await.unwrap();
    assert_eq!(paid(&read), [(1, 5)]);
    assert!(matches!(unread(&read)[0].1, Effect::Unknown(why) if why.contains("execution timeout")));
}

#[tokio::test]
async fn should_not_take_a_node_that_cannot_for_a_transaction_that_is_hostile() {
    let (block, ..) = two();
    for told in [
        json!([{ "result": { "gas": 1, "structLogs": [] } }, { "result": { "structLogs": [] } }]),
        json!("<html>"),
    ] {
        // As long as it could, it was capable.
        let is_broken = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let broken = Arc::clone(&is_broken);
        let node = node(block.clone(), move |method, _| match method {
            "debug_traceBlockByHash" if broken.load(std::sync::atomic::Ordering::Relaxed) => {
                Some(Ok(told.clone()))
            }
            "debug_traceBlockByHash" => {
                Some(Ok(json!([{ "result": tree(call(PAYEE, 5)) }, { "result": tree(call(PAYEE, 6)) }])))
            }
            "debug_traceTransaction" => Some(Err((-32_000, "not on your plan"))),
            _ => None,
        });
        node.read().await.unwrap();
        is_broken.store(true, std::sync::atomic::Ordering::Relaxed);
        let told = node.follow().await;
        assert!(
            matches!(&told, Err(SourceError::Nonsense(words)) if words.contains("tells nothing that can be read")),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn should_know_a_chain_that_changed() {
    let (block, ..) = two();
    for (code, words) in
        [(-32_000, "block 0x0bb not found"), (-32_000, "block not found"), (-32_001, "Unknown block")]
    {
        let told = node(block.clone(), move |method, _| match method {
            "debug_traceBlockByHash" => Some(Err((code, words))),
            "debug_traceTransaction" => Some(Err((-32_000, "transaction not found"))),
            _ => None,
        });
        told.reader.with_sight(|sight| sight.kind = Some(TraceKind::Debug));
        assert!(told.follow().await.is_err(), "{words}");
    }
}

#[tokio::test]
async fn should_read_nothing_of_a_block_that_the_node_says_is_gone() {
    let (block, ..) = two();
    for words in ["block not found", "Header not found", "unknown block", "block does not exist: 0x7"] {
        let node = node(block.clone(), move |method, _| match method {
            "debug_traceBlockByHash" => Some(Err((-32_000, words))),
            // By the transaction it tells what happened in another block.
            "debug_traceTransaction" => Some(Ok(tree(call(PAYEE, 5)))),
            _ => None,
        });
        node.reader.with_sight(|sight| sight.kind = Some(TraceKind::Debug));
        let told = node.follow().await;
        assert!(
            matches!(&told, Err(SourceError::Unreachable(why)) if why.contains("the chain changed")),
            "{words}: {told:?}"
        );
    }
}

#[tokio::test]
async fn should_call_it_unreadable_where_an_amount_or_a_payee_is_missing() {
    let selfdestruct: Value =
        serde_json::from_str(include_str!("../../../../tests/data/ethereum/selfdestruct.json")).unwrap();
    let lacking = [
        selfdestruct,
        json!({ "type": "SELFDESTRUCT", "to": PAYEE }),
        json!({ "type": "CALL", "to": PAYEE }),
        json!({ "type": "CALL", "value": "0x5" }),
        json!({ "type": "CREATE", "value": "0x5" }),
        json!({ "type": "CALL", "to": PAYEE, "value": "5" }),
        json!({ "type": "TELEPORT", "to": PAYEE, "value": "0x5" }),
    ];
    for inside in lacking {
        let (block, bomb, _) = two();
        let shown = inside.to_string();
        let node = node(block, move |method, params| match method {
            "debug_traceBlockByHash" => {
                Some(Ok(json!([{ "result": tree(inside.clone()) }, { "result": tree(call(PAYEE, 6)) }])))
            }
            "debug_traceTransaction" if params[1]["tracer"] == "callTracer" => {
                assert_eq!(params[0], bomb, "the other one was read");
                Some(Ok(tree(inside.clone())))
            }
            _ => None,
        });
        let read = node.read().await.unwrap();
        assert_eq!(paid(&read), [(1, 6)], "{shown}");
        let [(why, Effect::Unknown(_))] = &unread(&read)[..] else { panic!("{shown}: {read:?}") };
        assert!(why.contains("does not tell all of it"), "{why}");
    }
}

#[tokio::test]
async fn should_spare_a_node_the_question_that_it_goes_away_over() {
    let (block, bomb, _) = two();
    let is_away = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let away = Arc::clone(&is_away);
    let node = node(block, move |method, params| {
        use std::sync::atomic::Ordering;
        match method {
            "debug_traceBlockByHash" => {
                away.store(true, Ordering::Relaxed);
                Some(Ok(json!("x".repeat(MAX_ANSWER / 2))))
            }
            "debug_traceTransaction" if params[1]["tracer"] == "prestateTracer" => {
                Some(Ok(match params[0] == bomb {
                    true => json!({ "pre": {}, "post": {} }),
                    false => json!({ "pre": {}, "post": { PAYEE: { "balance": "0x5" } } }),
                }))
            }
            _ => None,
        }
    });
    node.reader.with_sight(|sight| sight.kind = Some(TraceKind::Debug));
    let at = At { hash: serde_json::from_value(hash_of(&node).await).unwrap(), number: 7.into() };
    node.reader.fear(at);
    node.reader.fear(at);
    let read = node.follow().await.unwrap();
    assert_eq!(paid(&read), [(1, 5)]);
    assert_eq!(read.gaps.unread.len(), 1, "what is known to have done nothing is not listed");
    assert!(!is_away.load(std::sync::atomic::Ordering::Relaxed));
}

async fn hash_of(node: &Node) -> Value {
    json!(node.reader.full_block("latest").await.unwrap().unwrap().hash)
}
