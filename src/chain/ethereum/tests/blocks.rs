//! What a block's hash promises, and what else is in a block.

use serde_json::{Value, json};

use super::*;
use crate::chain::Origin;

fn nonsense_in(told: Result<crate::chain::Block, SourceError>) -> String {
    match told {
        Err(SourceError::Nonsense(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn should_find_what_a_transaction_pays() {
    let txs = [transaction(0, PAYEE, 5), transaction(1, STRANGER, 6), transaction(2, PAYEE, 0)];
    let block = node(block(&txs, &[]), |_, _| None).read().await.unwrap();
    assert_eq!(paid(&block), [(0, 5)]);
}

#[tokio::test]
async fn should_refuse_a_block_that_is_not_what_its_hash_promises() {
    let txs = [transaction(0, PAYEE, 5), transaction(1, STRANGER, 6)];
    let whole =
        block(&txs, &[json!({ "index": "0x1", "validatorIndex": "0x2", "address": PAYEE, "amount": "0x3" })]);
    type Change = fn(&mut Value);
    let (transactions, withdrawals) = ("a block's transactions are not", "a block's withdrawals are not");
    let amiss: [(&str, &str, Change); 7] = [
        ("a transaction is left out", transactions, |block| {
            drop(block["transactions"].as_array_mut().unwrap().pop());
        }),
        ("one is told twice", transactions, |block| {
            let first = block["transactions"][0].clone();
            block["transactions"].as_array_mut().unwrap().push(first);
        }),
        ("an amount is another", "does not hash to what it is called", |block| {
            block["transactions"][0]["value"] = json!("0x6")
        }),
        ("a transaction is called otherwise", "does not hash to what it is called", |block| {
            block["transactions"][0]["hash"] = json!(H256([1; 32]))
        }),
        ("a withdrawal is made up", withdrawals, |block| block["withdrawals"][0]["amount"] = json!("0x99")),
        ("the withdrawals are missing", withdrawals, |block| block["withdrawals"] = Value::Null),
        ("the header is of another block", "does not hash", |block| {
            block["parentHash"] = json!(H256([9; 32]))
        }),
    ];
    for (what, says, change) in amiss {
        let mut changed = whole.clone();
        change(&mut changed);
        let told = node(changed, |_, _| None).follow().await;
        let words = nonsense_in(told);
        assert!(words.contains(says), "{what}: {words}");
    }
    node(whole, |_, _| None).follow().await.unwrap();
}

#[tokio::test]
async fn should_refuse_receipts_that_are_not_the_blocks() {
    let txs = [transaction(0, PAYEE, 5), transaction(1, STRANGER, 6)];
    let block = block(&txs, &[]);
    let receipts = usual(&block, "eth_getBlockReceipts", &json!([])).unwrap();
    // Nothing was executed, says one; one is missing, says the other.
    let (mut failed, mut short) = (receipts.clone(), receipts);
    failed[1]["status"] = json!("0x0");
    short.as_array_mut().unwrap().pop();
    for told in [failed, short] {
        let node = node(block.clone(), move |method, _| {
            (method == "eth_getBlockReceipts").then(|| Ok(told.clone()))
        });
        assert!(nonsense_in(node.follow().await).contains("receipts"));
    }
}

#[tokio::test]
async fn should_ask_for_one_receipt_where_the_node_does_not_tell_all() {
    let tx = transaction(0, PAYEE, 5);
    for (status, expected) in [("0x1", vec![(0, 5)]), ("0x0", vec![])] {
        let block = block(std::slice::from_ref(&tx), &[]);
        let hash = block["hash"].clone();
        let node = node(block, move |method, params| match method {
            "eth_getBlockReceipts" => Some(Err((-32_601, "no such method"))),
            "eth_getTransactionReceipt" => {
                let mut one = receipt(0, &params[0], &hash);
                one["status"] = json!(status);
                Some(Ok(one))
            }
            _ => None,
        });
        assert_eq!(paid(&node.follow().await.unwrap()), expected);
    }
}

#[tokio::test]
async fn should_not_take_a_receipt_without_a_word_on_it_for_one_of_a_failure() {
    let block = block(&[transaction(0, PAYEE, 5)], &[]);
    let hash = block["hash"].clone();
    let node = node(block, move |method, params| match method {
        "eth_getBlockReceipts" => Some(Err((-32_601, "no such method"))),
        "eth_getTransactionReceipt" => {
            let mut one = receipt(0, &params[0], &hash);
            one.as_object_mut().unwrap().remove("status");
            Some(Ok(one))
        }
        _ => None,
    });
    assert!(nonsense_in(node.follow().await).contains("whether its transaction was executed"));
}

#[tokio::test]
async fn should_not_take_the_lack_of_a_first_block_for_an_identity() {
    let block = block(&[], &[]);
    let known = node(block.clone(), |_, _| None).reader.check_network().await.unwrap();
    assert!(known.contains("first block 0x0101"), "{known}");
    let node = node(block, |method, params| {
        (method == "eth_getBlockByNumber" && params[0] == "0x0").then_some(Ok(Value::Null))
    });
    assert_eq!(node.reader.check_network().await.unwrap(), "chain id 1");
}

#[tokio::test]
async fn should_say_what_it_cannot_check_and_go_on() {
    // A fork to come adds a field to headers.
    let mut later = block(&[transaction(0, PAYEE, 5)], &[]);
    later["hash"] = json!(H256([8; 32]));
    later["slotNumber"] = json!("0x5");
    let later = node(later, |_, _| None);
    assert_eq!(paid(&later.follow().await.unwrap()), [(0, 5)]);
    assert!(later.reader.limits().unwrap().contains("(slotNumber)"));

    // And a kind of transaction.
    let mut odd = transaction(1, STRANGER, 5);
    odd["type"] = json!("0x7e");
    let mut block = block(&[transaction(0, PAYEE, 5)], &[]);
    block["transactions"].as_array_mut().unwrap().push(odd);
    let odd = node(block, |method, params| {
        let receipts = method == "eth_getTransactionReceipt";
        receipts.then(|| Ok(receipt(0, &params[0], &json!(null))))
    });
    assert!(odd.follow().await.is_err(), "receipts are counted");
    assert!(odd.reader.limits().unwrap().contains("a kind that is not known"));
}

#[tokio::test]
async fn should_find_what_validators_are_paid() {
    let withdrawal = |index: u64, to: &str, gwei: u64| {
        json!({ "index": format!("{index:#x}"),
        "validatorIndex": "0x2", "address": to, "amount": format!("{gwei:#x}") })
    };
    let all = [
        withdrawal(70, PAYEE, 3),
        withdrawal(71, STRANGER, 4),
        withdrawal(72, PAYEE, 3),
        withdrawal(73, PAYEE, 0),
    ];
    let block = node(block(&[], &all), |_, _| None).read().await.unwrap();
    let told: Vec<&str> = block.payments.iter().map(|payment| payment.tx.as_str()).collect();
    assert_eq!(told, ["withdrawal:70", "withdrawal:72"]);
    assert_eq!(paid(&block), [(1, 3_000_000_000), (1, 3_000_000_000)]);
}

#[tokio::test]
async fn should_not_need_what_is_optional() {
    let told: [(&str, Told, bool); 7] = [
        ("eth_syncing", Err((-32_601, "no such method")), false),
        (
            "eth_syncing",
            Ok(json!({ "currentBlock": "0x0", "highestBlock": "0xc33484", "stages": [
            { "stage_name": "Headers", "block_number": "0x10" }] })),
            true,
        ),
        (
            "eth_syncing",
            Ok(json!({ "startingBlock": "0x0", "currentBlock": "0x1", "highestBlock": "0x2" })),
            true,
        ),
        ("eth_syncing", Ok(json!(true)), true),
        ("eth_syncing", Ok(Value::Null), false),
        ("finalized", Err((-39_001, "finalized block not found")), false),
        ("finalized", Err((-32_602, "invalid argument 0: hex string without 0x prefix")), false),
    ];
    for (what, answer, is_syncing) in told {
        let node = node(block(&[], &[]), move |method, params| {
            (method == what || params[0] == what).then(|| answer.clone())
        });
        let tip = node.reader.tip().await.unwrap();
        assert_eq!((tip.is_syncing, tip.finalized), (is_syncing, None), "{what}");
    }
}

#[tokio::test]
async fn should_ask_what_is_final() {
    let told: [(Value, Option<u64>); 3] =
        [(json!("0x5"), Some(5)), (json!("0x0"), Some(0)), (Value::Null, None)];
    for (number, height) in told {
        let mut final_block = block(&[], &[]);
        final_block["number"] = number;
        let node = node(block(&[], &[]), move |_, params| {
            (*params == json!(["finalized", false])).then(|| Ok(final_block.clone()))
        });
        let tip = node.reader.tip().await.unwrap();
        assert_eq!((tip.block.height, tip.finalized), (Height::new(7), height.map(Height::new)));
    }
}

#[tokio::test]
async fn should_tell_whose_coins_they_were() {
    let mut txs = [transaction(0, PAYEE, 5), transaction(1, STRANGER, 0)];
    txs[1]["from"] = json!("0x0505050505050505050505050505050505050505");
    let caller = "0x0404040404040404040404040404040404040404";
    let inside = json!({ "type": "CALL", "from": caller, "to": PAYEE, "value": "0x6" });
    let node = node(block(&txs, &[]), move |method, _| {
        let plain = json!({ "type": "CALL", "from": STRANGER, "to": PAYEE, "value": "0x5" });
        let told = json!([{ "result": plain }, { "result": tree(inside.clone()) }]);
        (method == "debug_traceBlockByHash").then_some(Ok(told))
    });
    let read = node.read().await.unwrap();
    let of = |n: u8| DepositAddress::of_account([n; 20]);
    let origins: Vec<Origin> = read.payments.into_iter().map(|payment| payment.origin).collect();
    // Also who began what a contract passed on: ether that leaves a deposit address that way is ours still.
    assert_eq!(origins, [Origin::Addresses([of(7)].into()), Origin::Addresses([of(5), of(4)].into())]);
}

#[tokio::test]
async fn should_take_no_withdrawals_that_the_header_does_not_promise() {
    let paid_out = json!({ "index": "0x1", "validatorIndex": "0x1", "address": PAYEE, "amount": "0x3" });
    let without_root = |withdrawals: Value| {
        let mut block = block(&[], &[]);
        block["withdrawalsRoot"] = Value::Null;
        block["withdrawals"] = withdrawals;
        seal(&mut block);
        block
    };
    for none in [Value::Null, json!([])] {
        // As before the chain had any.
        let read = node(without_root(none), |_, _| None).read().await.unwrap();
        assert_eq!(read.payments, []);
    }
    let invented = node(without_root(json!([paid_out])), |_, _| None).read().await;
    assert!(matches!(&invented, Err(SourceError::Nonsense(words)) if words.contains("withdrawals")));
}
