//! Transfers of tokens: what logs tell, and what arrived.

use super::*;
use crate::coins::{Contract, Symbol, Token};

pub(super) const TOKEN: &str = "0xdadadadadadadadadadadadadadadadadadadada";
const ZERO: &str = "0x0000000000000000000000000000000000000000";
const TRANSFER: &str = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

pub(super) fn usdt() -> Token {
    Token { contract: Contract([0xda; 20]), symbol: Symbol::parse("USDT").unwrap(), decimals: 6 }
}

pub(super) fn word(value: u128) -> String {
    format!("0x{value:064x}")
}

fn topic(account: &str) -> String {
    format!("0x{}{}", "0".repeat(24), &account[2..])
}

fn log(contract: &str, from: &str, to: &str, value: u128) -> Value {
    json!({ "address": contract, "topics": [TRANSFER, topic(from), topic(to)], "data": word(value) })
}

/// Block 7 with a transaction for each list of logs, and its receipts.
fn told(logs: &[Vec<Value>]) -> (Value, Value) {
    let transactions: Vec<Value> = (0..).zip(logs).map(|(nonce, _)| transaction(nonce, TOKEN, 0)).collect();
    let mut block = block(&transactions, &[]);
    let receipts = |hash: &Value| -> Value {
        let all = transactions.iter().zip(logs).enumerate();
        all.map(|(index, (tx, logs))| {
            let mut receipt = receipt(index, &tx["hash"], hash);
            receipt["logs"] = json!(logs);
            receipt
        })
        .collect()
    };
    let read: Vec<EthReceipt> = serde_json::from_value(receipts(&json!(H256::zero()))).unwrap();
    block["receiptsRoot"] = json!(roots::receipts_root(&read).unwrap());
    block["logsBloom"] = json!(format!("0x{}", "f".repeat(512)));
    seal(&mut block);
    let receipts = receipts(&block["hash"]);
    (block, receipts)
}

/// A node of a chain with that block, on which the payee's balance of the token goes from one to the other.
fn node_of(logs: &[Vec<Value>], balances: (u128, u128)) -> Node {
    node_that(logs, move |number| Ok(json!(word(if number == "0x6" { balances.0 } else { balances.1 }))))
}

fn node_that(logs: &[Vec<Value>], balance: impl Fn(&str) -> Told + Send + Sync + 'static) -> Node {
    let (block, receipts) = told(logs);
    let answers = move |method: &str, params: &Value| match method {
        "eth_getBlockReceipts" => Some(Ok(receipts.clone())),
        "eth_call" if params[0]["data"] == "0x313ce567" => Some(Ok(json!(word(6)))),
        "eth_call" => Some(balance(params[1].as_str().unwrap())),
        _ => None,
    };
    let node = node(block, answers);
    let settings = EthereumSettings { chain_id: 1, traces: false };
    Node { reader: EthereumReader { settings, ..node.reader }.with_tokens(vec![usdt()]) }
}

/// What was paid of the token: number and amount.
fn tokens(block: &super::super::Block) -> Vec<(u32, u128)> {
    assert!(block.payments.iter().all(|payment| payment.token == Some(usdt())));
    paid(block)
}

#[tokio::test]
async fn should_take_what_logs_tell_and_what_arrived() {
    let one =
        vec![log(TOKEN, STRANGER, PAYEE, 5), log(TOKEN, STRANGER, PAYEE, 5), log(TOKEN, ZERO, PAYEE, 7)];
    let other = vec![log(TOKEN, STRANGER, PAYEE, 5)];
    let node = node_of(&[one, other], (100, 122));
    let block = node.read().await.unwrap();
    assert_eq!(tokens(&block), [(1, 5), (2, 5), (1, 7), (1, 5)], "equal ones are told apart");
    assert_eq!(block.gaps.unread, []);
    assert_eq!(node.reader.limits(), None);
}

#[tokio::test]
async fn should_take_what_arrived_where_less_did_than_a_log_tells() {
    let node = node_of(&[vec![log(TOKEN, STRANGER, PAYEE, 100)]], (1_000, 1_099));
    assert_eq!(tokens(&node.read().await.unwrap()), [(1, 99)]);
    // More than what was told: a balance may grow by itself.
    let node = node_of(&[vec![log(TOKEN, STRANGER, PAYEE, 100)]], (1_000, 1_105));
    assert_eq!(tokens(&node.read().await.unwrap()), [(1, 100)]);
    // What left in the same block had arrived.
    let logs = vec![log(TOKEN, STRANGER, PAYEE, 100), log(TOKEN, PAYEE, STRANGER, 1_100)];
    let node = node_of(&[logs], (1_000, 0));
    assert_eq!(tokens(&node.read().await.unwrap()), [(1, 100)]);
}

#[tokio::test]
async fn should_credit_nothing_that_did_not_arrive_as_told_and_say_so() {
    let two = vec![log(TOKEN, STRANGER, PAYEE, 60), log(TOKEN, STRANGER, PAYEE, 40)];
    for (logs, balances) in [(two, (0, 99)), (vec![log(TOKEN, STRANGER, PAYEE, 60)], (5, 5))] {
        let block = node_of(&[logs], balances).read().await.unwrap();
        assert_eq!(tokens(&block), []);
        let [unread] = &block.gaps.unread[..] else { panic!("{:?}", block.gaps) };
        assert!(unread.tx.ends_with(":USDT"), "{unread:?}");
        assert!(matches!(&unread.effect, Effect::Untrue(address, token, amount)
            if address.to_string() == PAYEE && *token == usdt() && *amount == Units::new(60)));
    }
    let refused = node_that(&[vec![log(TOKEN, STRANGER, PAYEE, 60)]], |_| Err((3, "execution reverted")));
    let block = refused.read().await.unwrap();
    assert!(block.payments.is_empty() && block.gaps.unread[0].why.contains("execution reverted"));
    let huge = json!({ "address": TOKEN, "topics": [TRANSFER, topic(STRANGER), topic(PAYEE)],
        "data": format!("0x{}", "f".repeat(64)) });
    let block = node_of(&[vec![huge]], (0, 0)).read().await.unwrap();
    assert!(block.payments.is_empty() && block.gaps.unread.len() == 1);
}

/// Logs alone may tell of more than arrived. Read again later, the block would have another deposit than before.
#[tokio::test]
async fn should_credit_nothing_where_the_node_does_not_tell_balances() {
    let logs = [vec![log(TOKEN, STRANGER, PAYEE, 60)]];
    let node = node_that(&logs, |_| Err((-32_000, "missing trie node 5f2a")));
    let Err(SourceError::Pruned(why)) = node.read().await else { panic!("it is not known what arrived") };
    assert!(why.contains("what arrived of USDT is not known"), "{why}");
    for trouble in ["header not found", "request timed out", "try again later"] {
        let read = node_that(&logs, move |_| Err((-32_000, trouble))).read().await;
        assert!(read.is_err(), "the node's trouble is no answer of the contract: {read:?}");
    }
}

#[tokio::test]
async fn should_show_tokens_that_are_not_configured_and_credit_none() {
    let other = "0xabababababababababababababababababababab";
    let nft = json!({ "address": TOKEN, "topics": [TRANSFER, topic(STRANGER), topic(PAYEE), word(7)], "data": "0x" });
    let logs = vec![log(other, STRANGER, PAYEE, 60), nft, log(TOKEN, STRANGER, STRANGER, 9)];
    let node = node_of(&[logs], (0, 0));
    let block = node.read().await.unwrap();
    assert_eq!((block.payments.len(), block.gaps.unread.len()), (0, 0));
    assert!(node.reader.limits().unwrap().contains(other));
}

#[tokio::test]
async fn should_hold_logs_against_the_hash_of_their_block() {
    let (block, receipts) = told(&[vec![log(TOKEN, STRANGER, PAYEE, 60)]]);
    let mut forged = receipts.clone();
    forged[0]["logs"][0]["data"] = json!(word(61));
    let node = node(block, move |method, _| match method {
        "eth_getBlockReceipts" => Some(Ok(forged.clone())),
        "eth_call" => Some(Ok(json!(word(6)))),
        _ => None,
    });
    let node = Node { reader: node.reader.with_tokens(vec![usdt()]) };
    let Err(SourceError::Nonsense(why)) = node.read().await else { panic!("a log that no hash promises") };
    assert!(why.contains("receipts"), "{why}");
}

#[tokio::test]
async fn should_follow_no_chain_on_which_a_token_is_not_what_it_is_configured_to_be() {
    let answers: [(Told, &str); 3] = [
        (Ok(json!(word(18))), "has 18 decimals, eth_tokens.USDT.decimals is 6"),
        (Ok(json!("0x")), "does not tell its decimals: it answers with 0 bytes"),
        (Err((3, "execution reverted")), "does not tell its decimals: execution reverted"),
    ];
    for (answer, says) in answers {
        let (block, _) = told(&[]);
        let node = node(block, move |method, _| (method == "eth_call").then(|| answer.clone()));
        let node = Node { reader: node.reader.with_tokens(vec![usdt()]) };
        let Err(SourceError::WrongNetwork(why)) = node.reader.check_network().await else { panic!("{says}") };
        assert!(why.contains(says), "{why}");
    }
}

#[tokio::test]
async fn should_tell_whose_tokens_they_were() {
    let node = node_of(&[vec![log(TOKEN, TOKEN, PAYEE, 60)]], (0, 60));
    let of = |n: u8| DepositAddress::of_account([n; 20]);
    // Also who began it: what leaves a deposit address through a contract is ours still.
    let origin = node.read().await.unwrap().payments[0].origin.clone();
    assert_eq!(origin, crate::chain::Origin::Addresses([of(7), of(0xda)].into()));
}

#[tokio::test]
async fn should_not_ask_for_receipts_of_a_block_that_says_that_it_has_no_transfers() {
    let block = block(&[transaction(0, STRANGER, 0)], &[]);
    let node = node(block, |method, _| match method {
        "eth_call" => Some(Ok(json!(word(6)))),
        "eth_getBlockReceipts" | "eth_getLogs" => panic!("nothing can be in there"),
        _ => None,
    });
    let settings = EthereumSettings { chain_id: 1, traces: false };
    let node = Node { reader: EthereumReader { settings, ..node.reader }.with_tokens(vec![usdt()]) };
    assert_eq!(tokens(&node.read().await.unwrap()), []);
}

#[tokio::test]
async fn should_ask_for_logs_where_the_node_does_not_tell_receipts_together() {
    for (is_its_own, logs) in [(true, 1), (false, 0)] {
        let (block, receipts) = told(&[vec![log(TOKEN, STRANGER, PAYEE, 60)]]);
        let mut log = receipts[0]["logs"][0].clone();
        log["transactionHash"] = receipts[0]["transactionHash"].clone();
        log["blockHash"] = if is_its_own { block["hash"].clone() } else { json!(H256([1; 32])) };
        let filter = json!([{ "blockHash": block["hash"], "topics": [TRANSFER] }]);
        let node = node(block, move |method, params| match method {
            "eth_getBlockReceipts" => Some(Err((-32_601, "no such method"))),
            "eth_getLogs" if *params == filter => Some(Ok(json!([log]))),
            "eth_call" if params[0]["data"] == "0x313ce567" => Some(Ok(json!(word(6)))),
            "eth_call" => Some(Ok(json!(word(if params[1] == "0x6" { 0 } else { 60 })))),
            _ => None,
        });
        let settings = EthereumSettings { chain_id: 1, traces: false };
        let node = Node { reader: EthereumReader { settings, ..node.reader }.with_tokens(vec![usdt()]) };
        let read = node.read().await;
        assert_eq!(read.as_ref().map_or(0, |block| tokens(block).len()), logs, "{read:?}");
        assert!(is_its_own || read == Err(changed()), "a log of another block is none of this one");
    }
}
