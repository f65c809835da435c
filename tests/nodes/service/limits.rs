//! Nodes that take few requests, or forbid some: what they do answer is enough.

use teller::types::Coin;

use super::world::{World, address_of, bitcoin_desk_with, btc, mine};
use crate::support::bitcoind::{Bitcoind, Options, Wallet};
use crate::support::limiter::Limiter;
use crate::support::program::Absent;
use crate::support::runner::Outcome;
use crate::support::wait;

/// A desk that has so many blocks to catch up with, on a node that is started with this.
async fn behind_by(blocks: u64, more: &'static [&'static str]) -> Result<(World, Bitcoind, Wallet), Absent> {
    let (world, node, wallet) = bitcoin_desk_with(1, Options { more, ..Options::default() }).await?;
    mine(&node, &wallet, blocks).await;
    Ok((world, node, wallet))
}

pub(crate) async fn should_catch_up_with_a_node_of_a_short_queue() -> Outcome {
    let (mut world, node, wallet) = behind_by(1_200, &["-rpcworkqueue=4", "-rpcthreads=1"]).await?;
    world.open(Coin::BTC).await;
    world.followed(Coin::BTC, node.height().await).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

pub(crate) async fn should_catch_up_under_a_limit_of_requests() -> Outcome {
    const PER_SECOND: u32 = 5;
    let (mut world, node, _wallet) = behind_by(15, &[]).await?;
    let limiter = Limiter::start(node.rpc().url(), PER_SECOND).await;
    world.desk.set("btc_rpc.server", format!("127.0.0.1:{}", limiter.port));
    world.desk.go().await;
    world.followed(Coin::BTC, node.height().await).await;
    wait::until("it is not offered", async || {
        world.chain(Coin::BTC).await["binding_refused"].is_null().then_some(())
    })
    .await;
    let (passed, refused) = limiter.counts();
    assert!(refused < passed, "it asks on in vain: {refused} refused, {passed} answered");
    Ok(())
}

pub(crate) async fn should_do_without_what_is_forbidden_and_not_needed() -> Outcome {
    const ALLOWED: &[&str] = &[
        "-rpcwhitelistdefault=0",
        "-rpcwhitelist=teller:getblockchaininfo,getblockheader,getblockhash,getblock",
    ];
    let (mut world, node, wallet) = behind_by(1, ALLOWED).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    let told = wait::until("nothing is said of the mempool", async || {
        world.chain(Coin::BTC).await["pending_error"].as_str().map(str::to_owned)
    })
    .await;
    assert!(told.contains("forbids getrawmempool ") && told.contains("-rpcwhitelist"), "{told}");
    world.can_bind(Coin::BTC).await;
    Ok(())
}

pub(crate) async fn should_name_what_is_forbidden_and_needed() -> Outcome {
    const ALLOWED: &[&str] =
        &["-rpcwhitelistdefault=0", "-rpcwhitelist=teller:getblockchaininfo,getblockheader,getblockhash"];
    let (mut world, _node, _wallet) = behind_by(1, ALLOWED).await?;
    world.desk.go().await;
    let chain = wait::until("nothing is said of getblock", async || {
        let chain = world.chain(Coin::BTC).await;
        (chain["node"] == "forbidden").then_some(chain)
    })
    .await;
    let detail = chain["detail"].as_str().unwrap();
    assert!(detail.contains("forbids getblock ") && detail.contains("-rpcwhitelist"), "{chain}");
    Ok(())
}
