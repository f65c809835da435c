//! The service between real nodes and a proxy that delays, cuts, refuses, limits and rewrites by a seed: at rest every
//! deposit that the chain holds is paid once, and nothing that it does not hold.
//!
//! An ordinary run plays the same few seeds each time; `TELLER_PROXY_SEEDS=50 cargo test --test nodes
//! proxied` plays so many new ones for each chain, and `TELLER_SEED` names the first of them.

use std::time::Duration;

use teller::types::Coin;

use super::bitcoin_chain::regtest_address;
use super::world::{World, address_of, bitcoin_desk, btc, mine, mine_empty, scan};
use crate::rng::Rng;
use crate::support::anvil::Anvil;
use crate::support::btcd::{self, Btcd};
use crate::support::eth::Eth;
use crate::support::geth::Geth;
use crate::support::proxy::Proxy;
use crate::support::runner::Outcome;

/// Seeds of an ordinary run, for each chain.
const SEEDS: u64 = 2;
/// Of a hundred requests, so many are troubled.
const TROUBLED: u64 = 40;
const ONE_SKY: u128 = 10_000_000_000_000_000;

fn seeds(test: &str) -> Vec<Rng> {
    let count = std::env::var("TELLER_PROXY_SEEDS").ok().and_then(|count| count.parse().ok());
    let mut rng = if count.is_some() { Rng::seeded(test) } else { Rng::fixed() };
    (0..count.unwrap_or(SEEDS)).map(|_| rng.split()).collect()
}

/// A proxy before the node that pays.
async fn before_payouts(world: &mut World, rng: &mut Rng) -> Proxy {
    let proxy = Proxy::before(world.treasury.node.url(), rng.split()).await;
    world.desk.set("sky_rpc.address", proxy.address());
    proxy
}

async fn a_while(rng: &mut Rng) {
    tokio::time::sleep(Duration::from_millis(200 + rng.below(600))).await;
}

/// Deposits in blocks and in blocks that are replaced, all behind trouble.
pub(crate) async fn should_pay_what_bitcoin_holds_behind_trouble() -> Outcome {
    for mut rng in seeds("bitcoin behind trouble") {
        let (mut world, node, wallet) = bitcoin_desk(1).await?;
        let chain = Proxy::before_provable(node.rpc().url(), rng.split()).await;
        let payouts = before_payouts(&mut world, &mut rng).await;
        world.desk.set("btc_rpc.server", chain.address());
        world.open(Coin::BTC).await;
        let payee = world.payee();
        let address = address_of(&world.bind(&payee, Coin::BTC).await);
        chain.trouble(TROUBLED);
        payouts.trouble(TROUBLED);
        for amount in ["0.002", "0.004", "0.006"] {
            wallet.send(&address, btc(amount)).await;
            mine(&node, &wallet, 1).await;
            a_while(&mut rng).await;
            if rng.below(3) == 0 {
                // Nothing is final yet of what this replaces; the deposit comes back with the next block.
                node.invalidate(node.tip().await).await;
                mine_empty(&node, &wallet, 1).await;
            }
        }
        mine(&node, &wallet, 2).await;
        a_while(&mut rng).await;
        chain.calm();
        payouts.calm();
        mine(&node, &wallet, 2).await;
        world.paid(&payee, &["1.000000", "2.000000", "3.000000"]).await;
        assert!(!chain.happened().is_empty() && !payouts.happened().is_empty());
        world.desk.stop().await;
        world.desk.assert_consistent().await;
    }
    Ok(())
}

/// btcd speaks TLS: what it answers cannot be read on the way.
pub(crate) async fn should_pay_what_btcd_holds_behind_a_bad_line() -> Outcome {
    for mut rng in seeds("btcd behind a bad line") {
        let (mut world, mut node) = (World::new().await?, Btcd::start().await?);
        node.get_rich().await;
        let chain = Proxy::before_tls(node.rpc().url(), rng.split()).await;
        world.desk.set("btc_rpc.server", chain.address()).set("btc_rpc.network", "regtest");
        world.desk.set("btc_rpc.user", btcd::USER).set("btc_rpc.pass", btcd::PASSWORD);
        world.desk.set("btc_rpc.cert", node.certificate().display().to_string());
        let pool: Vec<String> = (1..=4u8).map(|n| regtest_address(n).to_string()).collect();
        scan(&mut world.desk, Coin::BTC, node.height().await, 1, &pool);
        world.open(Coin::BTC).await;
        let payee = world.payee();
        let script = address_of(&world.bind(&payee, Coin::BTC).await).script_pubkey();
        chain.trouble(TROUBLED);
        for amount in ["0.002", "0.004"] {
            node.pay(&[(script.clone(), btc(amount))]).await;
            node.generate(1).await;
            a_while(&mut rng).await;
        }
        chain.calm();
        node.generate(2).await;
        world.paid(&payee, &["1.000000", "2.000000"]).await;
    }
    Ok(())
}

async fn pay_ether(eth: &Eth, chain_id: i64, mut rng: Rng) -> Outcome {
    let mut world = World::new().await?;
    let chain = Proxy::before(eth.rpc().url(), rng.split()).await;
    let payouts = before_payouts(&mut world, &mut rng).await;
    world.take_ether(&chain.url(), chain_id, 1);
    world.open(Coin::ETH).await;
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    chain.trouble(TROUBLED);
    payouts.trouble(TROUBLED);
    for number in 1..=3 {
        eth.confirmed(&eth.pay(&to, number * ONE_SKY).await).await;
        a_while(&mut rng).await;
    }
    chain.calm();
    payouts.calm();
    // One more block, for the last to be deep.
    eth.confirmed(&eth.pay(eth.account(), 1).await).await;
    world.paid(&payee, &["1.000000", "2.000000", "3.000000"]).await;
    world.desk.stop().await;
    world.desk.assert_consistent().await;
    Ok(())
}

pub(crate) async fn should_pay_what_anvil_holds_behind_trouble() -> Outcome {
    for rng in seeds("anvil behind trouble") {
        pay_ether(&Anvil::start().await?.eth, 31337, rng).await?;
    }
    Ok(())
}

pub(crate) async fn should_pay_what_geth_holds_behind_trouble() -> Outcome {
    for rng in seeds("geth behind trouble") {
        pay_ether(&Geth::start().await?.eth, 1337, rng).await?;
    }
    Ok(())
}
