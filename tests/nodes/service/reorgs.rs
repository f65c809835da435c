//! Chains that fork under the service: shallower and deeper than the threshold, before and after the payout.

use teller::types::Coin;

use super::world::{World, address_of, assert_received, bitcoin_desk, btc, mine, mine_empty};
use crate::support::Absent;
use crate::support::anvil::{self, Anvil};
use crate::support::runner::Outcome;
use crate::support::wait;

const OUT: &str = "waiting for the deposit to be in a block again: the one it was in was replaced";
const PAID_AND_GONE: &str = "paid; the block of the deposit was replaced, and the operator has to look at it";
const ONE_SKY: u128 = 10_000_000_000_000_000;

async fn says(world: &World, payee: &str, words: &str) {
    world.status(payee, words, |statuses| statuses.iter().any(|status| status["message"] == words)).await;
}

pub(crate) async fn should_pay_once_after_a_shallow_fork() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(4).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    let height = node.height().await;
    says(&world, &payee, "waiting for confirmations of the deposit: 1 of 4").await;
    // Both blocks are replaced by three without it.
    node.invalidate(node.hash_at(height - 1).await).await;
    mine_empty(&node, &wallet, 3).await;
    says(&world, &payee, OUT).await;
    // Deep enough for the block it was in, were it still there.
    mine_empty(&node, &wallet, 4).await;
    world.followed(Coin::BTC, node.height().await).await;
    says(&world, &payee, OUT).await;
    assert_received(&world.treasury.node, &payee, &[]).await;
    mine(&node, &wallet, 5).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

pub(crate) async fn should_not_pay_what_a_deep_fork_took_before_the_payout() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.desk.set("sky_exchanger.send_enabled", false);
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 3).await;
    let height = node.height().await;
    world.status(&payee, "final", |statuses| statuses[0]["status"] == "waiting_send").await;
    node.invalidate(node.hash_at(height - 2).await).await;
    mine_empty(&node, &wallet, 5).await;
    says(&world, &payee, OUT).await;
    world.desk.stop().await;
    world.desk.set("sky_exchanger.send_enabled", true);
    world.open(Coin::BTC).await;
    mine_empty(&node, &wallet, 3).await;
    world.followed(Coin::BTC, node.height().await).await;
    says(&world, &payee, OUT).await;
    assert_received(&world.treasury.node, &payee, &[]).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

pub(crate) async fn should_leave_alone_what_a_fork_does_not_touch() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 3).await;
    world.paid(&payee, &["1.000000"]).await;
    node.invalidate(node.tip().await).await;
    mine_empty(&node, &wallet, 3).await;
    world.followed(Coin::BTC, node.height().await).await;
    wallet.send(&address, btc("0.004")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000", "2.000000"]).await;
    assert_eq!(world.problems().await, [""; 0]);
    Ok(())
}

pub(crate) async fn should_undo_nothing_for_a_shorter_chain_that_goes_away() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 4).await;
    world.paid(&payee, &["1.000000"]).await;
    // A node that is two blocks behind, on a stale one; then the one from before again.
    let height = node.height().await;
    let paid_in = node.hash_at(height - 3).await;
    node.invalidate(paid_in).await;
    mine_empty(&node, &wallet, 2).await;
    wait::until("the shorter chain is not noticed", async || {
        (world.chain(Coin::BTC).await["node"] == "shorter_chain").then_some(())
    })
    .await;
    node.reconsider(paid_in).await;
    let chain = wait::until("the node's chain is not believed again", async || {
        let chain = world.chain(Coin::BTC).await;
        (chain["node"] == "ok").then_some(chain)
    })
    .await;
    assert_eq!(chain["scanned"]["height"].as_u64(), Some(height));
    assert!(world.desk.said().contains("the node shows another, lighter or shorter chain"));
    assert!(!world.desk.said().contains("the chain forked"));
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

pub(crate) async fn should_tell_what_a_deep_fork_took_after_the_payout() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    let height = node.height().await;
    node.invalidate(node.hash_at(height - 1).await).await;
    mine_empty(&node, &wallet, 4).await;
    world.ill("forks took back deposits, and the operator has to decide: of 0").await;
    let is_told = async || world.desk.said().contains("a fork took back deposits").then_some(());
    wait::until("the log says nothing of it", is_told).await;
    says(&world, &payee, PAID_AND_GONE).await;
    // What shares nothing with it goes on; the deposit comes back, and nothing is paid for it again.
    let other = world.payee();
    let second = address_of(&world.bind(&other, Coin::BTC).await);
    wallet.send(&second, btc("0.004")).await;
    mine(&node, &wallet, 3).await;
    world.paid(&other, &["2.000000"]).await;
    says(&world, &payee, "paid").await;
    world.desk.stop().await;
    world.open(Coin::BTC).await;
    assert_received(&world.treasury.node, &payee, &["1.000000"]).await;
    assert_eq!(world.problems().await, [""; 0]);
    world.desk.stop().await;
    world.desk.assert_consistent().await;
    Ok(())
}

async fn ether_desk(confirmations: u64) -> Result<(World, Anvil, String, String), Absent> {
    let mut world = World::new().await?;
    let anvil = Anvil::start_with(anvil::Options { automine: false, ..anvil::Options::default() }).await?;
    world.take_ether(anvil.eth.rpc().url(), 31337, confirmations);
    world.open(Coin::ETH).await;
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    Ok((world, anvil, payee, to))
}

pub(crate) async fn should_follow_ethereum_through_a_shallow_fork() -> Outcome {
    let (world, anvil, payee, to) = ether_desk(3).await?;
    anvil.eth.pay(&to, ONE_SKY).await;
    anvil.mine(2).await;
    says(&world, &payee, "waiting for confirmations of the deposit: 1 of 3").await;
    // anvil drops the payment for good; another one stands in the block that came instead.
    anvil.reorg_paying(2, &to, 2 * ONE_SKY).await;
    says(&world, &payee, OUT).await;
    anvil.mine(5).await;
    world
        .status(&payee, "the second is paid", |statuses| {
            statuses.iter().filter(|status| status["status"] == "done").count() == 1
        })
        .await;
    assert_received(&world.treasury.node, &payee, &["2.000000"]).await;
    says(&world, &payee, OUT).await;
    assert_eq!(world.problems().await, [""; 0]);
    Ok(())
}

pub(crate) async fn should_tell_what_a_deep_fork_of_ethereum_took_after_the_payout() -> Outcome {
    let (world, anvil, payee, to) = ether_desk(1).await?;
    anvil.eth.pay(&to, ONE_SKY).await;
    anvil.mine(3).await;
    world.paid(&payee, &["1.000000"]).await;
    anvil.reorg(3).await;
    anvil.mine(1).await;
    world.ill("forks took back deposits, and the operator has to decide: of 0").await;
    says(&world, &payee, PAID_AND_GONE).await;
    anvil.eth.pay(&to, 2 * ONE_SKY).await;
    anvil.mine(3).await;
    world
        .status(&payee, "the second is paid", |statuses| {
            statuses.iter().filter(|status| status["status"] == "done").count() == 2
        })
        .await;
    assert_received(&world.treasury.node, &payee, &["1.000000", "2.000000"]).await;
    Ok(())
}
