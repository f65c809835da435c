//! What accounts held, and which were used before.

use super::tokens::{TOKEN, word};
use super::*;
use crate::chain::PastUse;

fn payee() -> DepositAddress {
    DepositAddress::of_account([9; 20])
}

/// What an account has: wei, transactions that it sent, and units of the token.
#[derive(Clone)]
struct Has {
    wei: &'static str,
    sent: &'static str,
    token: Told,
}

const NOTHING: &str = "0x0";

fn none() -> Has {
    Has { wei: NOTHING, sent: NOTHING, token: Ok(json!(word(0))) }
}

/// A node that tells this of the payee's account after `after`, a tag or a number.
fn node_with(has: Has, after: &'static str) -> EthereumReader {
    let node = node(block(&[], &[]), move |method, params| match method {
        "eth_getBalance" | "eth_getTransactionCount" if *params != json!([PAYEE, after]) => {
            Some(Err((-32_000, "another account or block")))
        }
        "eth_getBalance" => Some(Ok(json!(has.wei))),
        "eth_getTransactionCount" => Some(Ok(json!(has.sent))),
        "eth_call" => {
            let data = format!("0x70a08231{}{}", "0".repeat(24), &PAYEE[2..]);
            let asked = json!([{ "to": TOKEN, "data": data }, after]);
            Some(if *params == asked { has.token.clone() } else { Err((-32_000, "something else")) })
        }
        _ => None,
    });
    node.reader.with_tokens(vec![tokens::usdt()])
}

async fn past_of(has: Has) -> Result<Past, SourceError> {
    node_with(has, "latest").past(&[payee()]).await
}

#[tokio::test]
async fn should_know_an_account_that_has_something_or_sent_something() {
    assert_eq!(past_of(none()).await, Ok(Past::Told(Vec::new())));
    let used = |amount: Option<u128>| {
        let (amount, height) = (amount.map(Units::new), Height::new(7));
        Ok(Past::Told(vec![PastUse { address: payee(), tx: None, amount, height }]))
    };
    assert_eq!(past_of(Has { wei: "0x5", ..none() }).await, used(Some(5)));
    assert_eq!(past_of(Has { sent: "0x1", ..none() }).await, used(None), "more may have been there");
    assert_eq!(past_of(Has { wei: "0x5", sent: "0x1", ..none() }).await, used(None));
    assert_eq!(past_of(Has { token: Ok(json!(word(1))), ..none() }).await, used(None));
}

#[tokio::test]
async fn should_keep_nobody_waiting_for_a_token_that_tells_no_balance() {
    let broken = Has { token: Err((3, "execution reverted")), ..none() };
    assert_eq!(past_of(broken).await, Ok(Past::Told(Vec::new())));
}

#[tokio::test]
async fn should_not_take_a_node_without_an_answer_for_an_unused_account() {
    let busy = Has { token: Err((-32_000, "busy")), ..none() };
    let told = past_of(busy).await;
    assert!(matches!(&told, Err(SourceError::Nonsense(words)) if words.contains("busy")), "{told:?}");
    let plain = node(block(&[], &[]), |_, _| None).reader;
    let told = plain.past(&[payee()]).await;
    assert!(matches!(&told, Ok(Past::Untold(words)) if words.contains("does not exist")), "{told:?}");
    let too_much = Has { wei: "0x100000000000000000000000000000000", ..none() };
    assert!(matches!(past_of(too_much).await, Err(SourceError::Nonsense(_))));
}

fn at_seven(hash: &Value) -> BlockRef {
    let hash: H256 = serde_json::from_value(hash.clone()).unwrap();
    BlockRef { height: Height::new(7), hash: BlockHash(hash.0) }
}

#[tokio::test]
async fn should_tell_what_an_account_held_after_a_block_that_still_stands() {
    let stands = at_seven(&block(&[], &[])["hash"]);
    let reader = node_with(Has { wei: "0x5", token: Ok(json!(word(6))), ..none() }, "0x7");
    assert_eq!(reader.balances(&[payee(), payee()], stands).await, Ok(Some(vec![Units::new(5); 2])));
    let told = reader.token_balances(payee(), stands).await.unwrap();
    let held: Vec<_> = told.into_iter().map(|told| (told.token, told.held)).collect();
    assert_eq!(held, [(tokens::usdt(), Ok(Units::new(6)))]);
    let gone = BlockRef { hash: BlockHash([1; 32]), ..stands };
    assert_eq!(reader.balances(&[payee()], gone).await, Err(changed()), "another block stands there");
    assert_eq!(reader.token_balances(payee(), gone).await, Err(changed()));
}

#[tokio::test]
async fn should_say_why_a_token_does_not_tell() {
    let stands = at_seven(&block(&[], &[])["hash"]);
    for (token, why) in [
        (Err((3, "execution reverted")), "execution reverted"),
        (Ok(json!("0x01")), "1 bytes"),
        (Ok(json!(format!("0x{}", "f".repeat(64)))), "more than there can be"),
    ] {
        let told = node_with(Has { token, ..none() }, "0x7").token_balances(payee(), stands).await.unwrap();
        let held = told[0].held.clone().unwrap_err();
        assert!(held.contains(why), "{held}");
    }
    let broken = Has { token: Err((-32_000, "busy")), ..none() };
    assert!(
        node_with(broken, "0x7").token_balances(payee(), stands).await.is_err(),
        "the node's own trouble"
    );
}
