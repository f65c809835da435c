//! What the tests of the Ethereum side rely on, shown on a real geth.

use serde_json::json;

use crate::support::contract::{CARELESS, FORWARDER, input};
use crate::support::eth::PAYEE;
use crate::support::geth::Geth;
use crate::support::runner::Outcome;

const WEI: u128 = 1_000_000_000_000_000_001;

pub(crate) async fn should_mine_and_pay() -> Outcome {
    let node = Geth::start().await?;
    let paid = node.eth.pay(PAYEE, WEI).await;
    let receipt = node.eth.confirmed(&paid).await;
    assert!(receipt.succeeded);
    let block = node.eth.block_by_hash(&receipt.block_hash).await.unwrap();
    assert_eq!((block.number, block.transactions), (receipt.block_number, vec![paid]));
    assert_eq!(node.eth.balance(PAYEE).await, WEI);
    Ok(())
}

pub(crate) async fn should_pay_through_a_contract() -> Outcome {
    let node = Geth::start().await?;
    let forwarder = node.eth.deploy(FORWARDER).await;
    let paid = node.eth.forward(&forwarder, PAYEE, WEI).await;
    let receipt = node.eth.confirmed(&paid).await;
    assert!(receipt.succeeded);
    let traces = node.eth.traces(&receipt.block_hash).await;
    assert_eq!(traces[0]["result"]["calls"][0]["to"], PAYEE);
    assert!(node.eth.rpc().try_call("trace_block", json!([receipt.block_number])).await.is_err());
    Ok(())
}

pub(crate) async fn should_mine_what_fails() -> Outcome {
    let node = Geth::start().await?;
    let (forwarder, careless) = (node.eth.deploy(FORWARDER).await, node.eth.deploy(CARELESS).await);
    let refused = node.eth.submit(Some(&forwarder), "0x", WEI).await;
    let swallowed = node.eth.submit(Some(&careless), &input(&[&forwarder]), WEI).await;
    assert!(!node.eth.confirmed(&refused).await.succeeded);
    assert!(node.eth.confirmed(&swallowed).await.succeeded);
    assert_eq!(node.eth.balance(&forwarder).await, 0);
    Ok(())
}

pub(crate) async fn should_reorganise_the_chain() -> Outcome {
    let node = Geth::start().await?;
    node.reach(1).await;
    let paid = node.eth.pay(PAYEE, WEI).await;
    let receipt = node.eth.confirmed(&paid).await;
    node.rewind(receipt.block_number - 1).await;
    node.reach(receipt.block_number).await;
    assert_ne!(node.eth.block_at(receipt.block_number).await.unwrap().hash, receipt.block_hash);
    assert_eq!(node.eth.receipt(&paid).await, None);
    assert_eq!(node.eth.balance(PAYEE).await, 0);
    Ok(())
}

pub(crate) async fn should_keep_its_chain_over_a_restart() -> Outcome {
    let mut node = Geth::start().await?;
    node.reach(2).await;
    let kept = node.eth.tip().await;
    node.restart().await;
    assert_eq!(node.eth.block_at(kept.number).await, Some(kept));
    Ok(())
}

pub(crate) async fn should_lose_what_was_not_flushed_when_killed() -> Outcome {
    let mut node = Geth::start().await?;
    node.reach(1).await;
    node.restart().await;
    let flushed = node.eth.height().await;
    node.reach(flushed + 4).await;
    node.kill();
    node.start_again().await;
    assert!(node.eth.height().await <= flushed + 1, "the tip moved back");
    Ok(())
}
