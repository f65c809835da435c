//! What the tests of the Ethereum side rely on, shown on a real anvil.

use serde_json::json;

use crate::support::anvil::{Anvil, Options};
use crate::support::contract::{CARELESS, FORWARDER, input};
use crate::support::eth::PAYEE;
use crate::support::runner::Outcome;

const WEI: u128 = 1_000_000_000_000_000_001;

pub(crate) async fn should_mine_and_pay() -> Outcome {
    let node = Anvil::start().await?;
    let paid = node.eth.pay(PAYEE, WEI).await;
    let receipt = node.eth.confirmed(&paid).await;
    assert!(receipt.succeeded);
    assert_eq!(receipt.block_number, 1);
    assert_eq!(node.eth.tip().await.transactions, [paid]);
    assert_eq!(node.eth.balance(PAYEE).await, WEI);
    node.mine(5).await;
    assert_eq!(node.eth.height().await, 6);
    Ok(())
}

pub(crate) async fn should_let_transactions_wait() -> Outcome {
    let node = Anvil::start_with(Options { automine: false, ..Options::default() }).await?;
    let first = node.eth.pay(PAYEE, 1).await;
    let second = node.eth.pay(PAYEE, 2).await;
    assert_eq!(node.eth.receipt(&first).await, None);
    node.mine(1).await;
    assert_eq!(node.eth.tip().await.transactions, [first, second]);
    Ok(())
}

pub(crate) async fn should_pay_through_a_contract() -> Outcome {
    let node = Anvil::start().await?;
    let forwarder = node.eth.deploy(FORWARDER).await;
    let paid = node.eth.forward(&forwarder, PAYEE, WEI).await;
    let receipt = node.eth.confirmed(&paid).await;
    assert!(receipt.succeeded);
    assert_eq!(node.eth.balance(PAYEE).await, WEI);
    let traces = node.eth.traces(&receipt.block_hash).await;
    assert_eq!(traces[0]["result"]["calls"][0]["to"], PAYEE);
    // The other way to ask, which only some nodes have.
    let flat = node.eth.rpc().call("trace_block", json!([receipt.block_number])).await;
    assert_eq!(flat[1]["action"]["to"], PAYEE);
    Ok(())
}

pub(crate) async fn should_mine_what_fails() -> Outcome {
    let node = Anvil::start().await?;
    let forwarder = node.eth.deploy(FORWARDER).await;
    let refused = node.eth.submit(Some(&forwarder), "0x", WEI).await;
    let receipt = node.eth.confirmed(&refused).await;
    assert!(!receipt.succeeded);
    assert_eq!(node.eth.tip().await.transactions, [refused]);
    assert_eq!(node.eth.balance(&forwarder).await, 0);
    Ok(())
}

pub(crate) async fn should_hide_an_inner_failure() -> Outcome {
    let node = Anvil::start().await?;
    let (forwarder, careless) = (node.eth.deploy(FORWARDER).await, node.eth.deploy(CARELESS).await);
    let swallowed = node.eth.submit(Some(&careless), &input(&[&forwarder]), WEI).await;
    let receipt = node.eth.confirmed(&swallowed).await;
    assert!(receipt.succeeded, "although nobody was paid");
    assert_eq!(node.eth.balance(&careless).await, WEI);
    let traces = node.eth.traces(&receipt.block_hash).await;
    let inner = &traces[0]["result"]["calls"][0];
    assert_eq!((&inner["to"], &inner["error"]), (&json!(forwarder), &json!("execution reverted")));

    let deep = node.eth.submit(Some(&careless), &input(&[&forwarder, PAYEE]), WEI).await;
    assert!(node.eth.confirmed(&deep).await.succeeded);
    assert_eq!(node.eth.balance(PAYEE).await, WEI, "two calls deep");
    Ok(())
}

pub(crate) async fn should_reorganise_the_chain() -> Outcome {
    let node = Anvil::start().await?;
    let paid = node.eth.pay(PAYEE, WEI).await;
    node.eth.confirmed(&paid).await;
    node.mine(1).await;
    let (orphan, tip) = (node.eth.block_at(1).await.unwrap(), node.eth.tip().await);
    node.reorg(2).await;
    assert_eq!(node.eth.height().await, tip.number);
    assert_ne!(node.eth.block_at(1).await.unwrap().hash, orphan.hash);
    assert_eq!(node.eth.block_by_hash(&orphan.hash).await, None);
    assert_eq!(node.eth.receipt(&paid).await, None);
    assert_eq!(node.eth.balance(PAYEE).await, 0);

    node.reorg_paying(1, PAYEE, 7).await;
    assert_eq!(node.eth.balance(PAYEE).await, 7);
    Ok(())
}

pub(crate) async fn should_shorten_the_chain() -> Outcome {
    let node = Anvil::start().await?;
    node.mine(3).await;
    let before = node.snapshot().await;
    let tip = node.eth.tip().await;
    let paid = node.eth.pay(PAYEE, WEI).await;
    assert_eq!(node.eth.confirmed(&paid).await.block_number, 4);
    node.revert(before).await;
    assert_eq!(node.eth.tip().await, tip);
    assert_eq!(node.eth.receipt(&paid).await, None);
    Ok(())
}

pub(crate) async fn should_finalize_what_is_deep_enough() -> Outcome {
    let node = Anvil::start_with(Options { slots_in_an_epoch: 2, ..Options::default() }).await?;
    assert_eq!(node.eth.block("finalized").await.unwrap().number, 0);
    node.mine(10).await;
    assert_eq!(node.eth.block("safe").await.unwrap().number, 8);
    assert_eq!(node.eth.block("finalized").await.unwrap().number, 6);
    Ok(())
}
