//! Litecoin on its own daemon: every type of address, forks, and coins out of the extension block.

use serde_json::Value;
use teller::types::Coin;

use super::world::{World, assert_received, scan};
use crate::support::Absent;
use crate::support::litecoind::{EXTENSIONS_FROM, Litecoind, PASSWORD, USER, Wallet};
use crate::support::runner::Outcome;

const OUT: &str = "waiting for the deposit to be in a block again: the one it was in was replaced";
/// Addresses of each type.
const EACH: usize = 3;

/// A service that takes Litecoin, with the node and a wallet full of coins; it is not started yet.
async fn litecoin_desk(confirmations: u64) -> Result<(World, Litecoind, Wallet), Absent> {
    desk_for(Coin::LTC, confirmations).await
}

/// The same, where litecoind is taken for the node of this coin.
pub(super) async fn desk_for(coin: Coin, confirmations: u64) -> Result<(World, Litecoind, Wallet), Absent> {
    let mut world = World::new().await?;
    let node = Litecoind::start().await?;
    let buyer = node.create_rich_wallet("buyer").await;
    let desk = node.create_wallet("desk").await;
    let mut addresses = Vec::new();
    for _ in 0..EACH {
        for kind in ["legacy", "p2sh-segwit", "bech32"] {
            addresses.push(desk.new_address(kind).await);
        }
    }
    let server = node.rpc().url().trim_start_matches("http://").to_owned();
    let section = coin.facts().settings.node.unwrap().section;
    world.desk.set(&format!("{section}.server"), server).set(&format!("{section}.network"), "regtest");
    world.desk.set(&format!("{section}.user"), USER).set(&format!("{section}.pass"), PASSWORD);
    scan(&mut world.desk, coin, node.height().await, confirmations, &addresses);
    Ok((world, node, buyer))
}

fn is_seen(statuses: &[Value], txid: &str) -> bool {
    let seen = statuses[0]["seen"].as_array().cloned().unwrap_or_default();
    seen.iter().any(|seen| seen["state"] == "seen" && seen["txid"] == txid)
}

pub(crate) async fn should_pay_for_every_type_of_litecoin_address() -> Outcome {
    let (mut world, node, buyer) = litecoin_desk(1).await?;
    world.open(Coin::LTC).await;
    let payee = world.payee();
    let (mut kinds, mut last) = (Vec::new(), String::new());
    for _ in 0..3 {
        let address = world.bind(&payee, Coin::LTC).await;
        kinds.push(address.chars().next().unwrap());
        last = buyer.send(&address, "0.2").await;
    }
    assert!(matches!(kinds[..], ['m' | 'n', 'Q', 'r']), "{kinds:?}");
    world
        .status(&payee, "seen in the mempool", |statuses| {
            statuses.iter().any(|status| is_seen(std::slice::from_ref(status), &last))
        })
        .await;
    node.mine(2).await;
    world.paid(&payee, &["1.000000"; 3]).await;
    Ok(())
}

pub(crate) async fn should_pay_once_after_a_fork_of_litecoin() -> Outcome {
    let (mut world, node, buyer) = litecoin_desk(2).await?;
    world.open(Coin::LTC).await;
    let payee = world.payee();
    buyer.send(&world.bind(&payee, Coin::LTC).await, "0.4").await;
    node.mine(1).await;
    let says = |words: &'static str| move |statuses: &[Value]| statuses[0]["message"] == words;
    let words = "waiting for confirmations of the deposit: 0 of 2";
    world.status(&payee, "in a block", says(words)).await;
    node.invalidate_tip().await;
    node.mine_empty().await;
    node.mine_empty().await;
    world.status(&payee, "out again", says(OUT)).await;
    node.mine_empty().await;
    world.followed(Coin::LTC, node.height().await).await;
    assert_received(&world.treasury.node, &payee, &[]).await;
    node.mine(3).await;
    world.paid(&payee, &["2.000000"]).await;
    Ok(())
}

pub(crate) async fn should_pay_for_what_comes_out_of_the_extension_block() -> Outcome {
    let (mut world, node, buyer) = litecoin_desk(0).await?;
    node.mine(EXTENSIONS_FROM - 1 - node.height().await).await;
    let inside = node.create_wallet("inside").await;
    buyer.send(&inside.new_address("mweb").await, "5").await;
    node.mine(2).await;
    world.open(Coin::LTC).await;
    let (payee, other) = (world.payee(), world.payee());
    inside.send(&world.bind(&payee, Coin::LTC).await, "0.2").await;
    // A plain one in the same block, and one that goes in.
    buyer.send(&world.bind(&other, Coin::LTC).await, "0.4").await;
    buyer.send(&inside.new_address("mweb").await, "1").await;
    node.mine(5).await;
    world.paid_so_far(&other, &["2.000000"]).await;
    world.followed(Coin::LTC, node.height().await).await;
    assert_received(&world.treasury.node, &payee, &[]).await;
    // The next block may spend it: from here on it counts.
    node.mine(1).await;
    world.paid(&payee, &["1.000000"]).await;
    assert_eq!(world.problems().await, Vec::<String>::new());
    Ok(())
}
