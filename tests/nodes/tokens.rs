//! What the tests of tokens rely on, shown on real nodes: each contract behaves as the tokens that it stands for.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::Absent;
use crate::support::anvil::Anvil;
use crate::support::eth::{Eth, PAYEE};
use crate::support::geth::Geth;
use crate::support::runner::Outcome;
use crate::support::token::{Batch, Token};

const DECIMALS: u8 = 6;
/// The input of `decimals()`.
const DECIMALS_CALL: &str = "0x313ce567";
const OTHER: &str = "0x3333333333333333333333333333333333333333";

/// What a transaction's events tell to have come to an address.
async fn told(eth: &Eth, transaction: &str, to: &str) -> Vec<u128> {
    eth.executed(transaction).await;
    let receipt = eth.rpc().call("eth_getTransactionReceipt", json!([transaction])).await;
    let logs = receipt["logs"].as_array().unwrap();
    let own = logs.iter().filter(|log| log["topics"][2].as_str().unwrap().ends_with(&to[2..]));
    own.map(|log| value(&log["data"])).collect()
}

fn value(word: &Value) -> u128 {
    u128::from_str_radix(word.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

/// A token of which the node's account has some.
async fn full(eth: &Eth, kind: &str) -> Result<Token, Absent> {
    let token = Token::deploy(eth, kind, DECIMALS).await?;
    eth.executed(&token.mint(eth.account(), 10_000).await).await;
    Ok(token)
}

/// What a transfer of a thousand moves and tells, for each kind.
async fn kinds(eth: &Eth) -> Outcome {
    for (kind, moved, said) in [
        ("Honest", 1_000, &[1_000][..]),
        ("Silent", 1_000, &[1_000]),
        ("Taking", 990, &[990]),
        ("Lying", 990, &[1_000]),
        ("Mute", 1_000, &[]),
    ] {
        let token = Token::deploy(eth, kind, DECIMALS).await?;
        // All before the first is waited for: geth makes one block a second.
        let mint = token.mint(eth.account(), 10_000).await;
        let transfer = token.transfer(PAYEE, 1_000).await;
        let approve = token.approve(eth.account(), 500).await;
        let transfer_from = token.transfer_from(eth.account(), OTHER, 500).await;
        let too_much = token.transfer(PAYEE, 8_501).await;
        for transaction in [mint, approve, transfer_from] {
            eth.executed(&transaction).await;
        }
        assert!(!eth.confirmed(&too_much).await.succeeded, "{kind}: there is less");
        assert_eq!(told(eth, &transfer, PAYEE).await, said, "{kind}");
        let balances = [PAYEE, OTHER, eth.account()].map(|of| token.balance(of));
        assert_eq!(join_all(balances).await, [moved, moved / 2, 8_500], "{kind}");
    }
    let token = Token::deploy(eth, "Honest", DECIMALS).await?;
    assert_eq!(value(&json!(eth.view(&token.address, DECIMALS_CALL).await)), DECIMALS.into());
    Ok(())
}

async fn upgraded(eth: &Eth) -> Outcome {
    let (honest, taking) = (full(eth, "Honest").await?, full(eth, "Taking").await?);
    let token = honest.behind_proxy().await?;
    eth.executed(&token.mint(eth.account(), 10_000).await).await;
    assert_eq!(told(eth, &token.transfer(PAYEE, 1_000).await, PAYEE).await, [1_000]);
    eth.executed(&token.upgrade(&taking).await).await;
    assert_eq!(told(eth, &token.transfer(PAYEE, 1_000).await, PAYEE).await, [990]);
    assert_eq!((token.balance(PAYEE).await, honest.balance(PAYEE).await), (1_990, 0));
    Ok(())
}

async fn together(eth: &Eth) -> Outcome {
    let (token, batch) = (full(eth, "Silent").await?, Batch::deploy(eth).await?);
    eth.executed(&token.mint(&batch.address, 10_000).await).await;
    let sent = batch.send(&token, &[(PAYEE, 5), (OTHER, 6), (PAYEE, 5)]).await;
    assert_eq!(told(eth, &sent, PAYEE).await, [5, 5]);
    let sent = batch.send_with_ether(&token, PAYEE, 7, 8).await;
    assert_eq!(told(eth, &sent, PAYEE).await, [7]);
    let sent = batch.send_undone_and_done(&token, PAYEE, 100, 9).await;
    assert_eq!(told(eth, &sent, PAYEE).await, [9]);
    let balances = (token.balance(PAYEE).await, token.balance(OTHER).await, eth.balance(PAYEE).await);
    assert_eq!(balances, (26, 6, 8));
    Ok(())
}

pub(crate) async fn should_behave_as_tokens_do_on_anvil() -> Outcome {
    let node = Anvil::start().await?;
    kinds(&node.eth).await?;
    upgraded(&node.eth).await?;
    together(&node.eth).await
}

pub(crate) async fn should_behave_as_tokens_do_on_geth() -> Outcome {
    let node = Geth::start().await?;
    kinds(&node.eth).await?;
    upgraded(&node.eth).await?;
    together(&node.eth).await
}
