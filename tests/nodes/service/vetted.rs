//! Addresses of a pool that received coins in blocks that the desk never reads: the nodes are asked, and they
//! are given to nobody.

use std::fs;

use serde_json::{Value, json};
use teller::skycoin::Address;
use teller::types::{Coin, Droplets};

use super::treasury::pay_all;
use super::world::{World, address_of, admin, bitcoin_desk, btc, mine};
use crate::support::anvil::Anvil;
use crate::support::eth::Eth;
use crate::support::geth::Geth;
use crate::support::program;
use crate::support::runner::Outcome;
use crate::support::skycoin::Skycoin;

const ETHER: u128 = 10_000_000_000_000_000;

/// The addresses of a pool, in their order.
fn pool(world: &World, coin: Coin) -> Vec<String> {
    let file = fs::read_to_string(world.desk.pool_file(coin)).unwrap();
    file.lines().map(str::to_owned).collect()
}

/// Begins to read at this block, and gives out what was never used: not the first, for which the one that is
/// answered stands among the tainted.
async fn assert_first_is_nobodys(world: &mut World, coin: Coin, from: u64) -> Value {
    let key = format!("{}_scanner.initial_scan_height", coin.code().to_lowercase());
    world.desk.set(&key, i64::try_from(from).unwrap());
    let pool = pool(world, coin);
    world.open(coin).await;
    assert_eq!(world.chain(coin).await["vetting"], "done");
    let payee = world.payee();
    assert_eq!(world.bind(&payee, coin).await, pool[1], "not the first");
    let tainted = admin(&world.desk, "/api/deposit-addresses/tainted").await["tainted"].clone();
    assert_eq!(tainted.as_array().unwrap().len(), 1, "{tainted}");
    assert_eq!((&tainted[0]["address"], &tainted[0]["coin"]), (&json!(pool[0]), &json!(coin.code())));
    world.ill("1 address(es) of the pools received coins before they were given out").await;
    // It is known for good, and asked about once: also where the node is away.
    world.desk.stop().await;
    world.desk.assert_consistent().await;
    tainted[0].clone()
}

pub(crate) async fn should_give_nobody_a_bitcoin_address_that_has_coins() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    let first = address_of(&pool(&world, Coin::BTC)[0]);
    let txid = wallet.send(&first, btc("0.002")).await;
    mine(&node, &wallet, 1).await;
    let height = node.height().await;
    wallet.send(&first, btc("0.004")).await;
    mine(&node, &wallet, 2).await;
    let from = node.height().await;
    let tainted = assert_first_is_nobodys(&mut world, Coin::BTC, from).await;
    let expected = (json!(txid.to_string()), json!("0.00200000"), json!(height));
    assert_eq!((tainted["tx"].clone(), tainted["amount"].clone(), tainted["height"].clone()), expected);
    Ok(())
}

/// An account that has something.
async fn pay_ether(world: &World, eth: &Eth) -> u64 {
    let first = &pool(world, Coin::ETH)[0];
    eth.confirmed(&eth.pay(first, ETHER).await).await;
    let number = eth.rpc().call("eth_blockNumber", json!([])).await;
    let number = u64::from_str_radix(number.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    number + 1
}

pub(crate) async fn should_give_nobody_an_account_that_has_ether_on_geth() -> Outcome {
    let (mut world, geth) = (World::new().await?, Geth::start().await?);
    world.take_ether(geth.eth.rpc().url(), 1337, 0);
    let from = pay_ether(&world, &geth.eth).await;
    let tainted = assert_first_is_nobodys(&mut world, Coin::ETH, from).await;
    assert_eq!((&tainted["amount"], tainted.get("tx")), (&json!("0.010000000000000000"), None));
    Ok(())
}

pub(crate) async fn should_give_nobody_an_account_that_has_sent_its_ether_on_anvil() -> Outcome {
    let (mut world, anvil) = (World::new().await?, Anvil::start().await?);
    world.take_ether(anvil.eth.rpc().url(), 31337, 0);
    // It came, and all of it was sent on: what is left is that it was sent.
    let first = pool(&world, Coin::ETH)[0].clone();
    let from = pay_ether(&world, &anvil.eth).await;
    let rpc = anvil.eth.rpc();
    rpc.call("anvil_setNonce", json!([first, "0x1"])).await;
    rpc.call("anvil_setBalance", json!([first, "0x0"])).await;
    let tainted = assert_first_is_nobodys(&mut world, Coin::ETH, from).await;
    assert_eq!((tainted.get("amount"), tainted.get("tx")), (None, None));
    Ok(())
}

pub(crate) async fn should_give_nobody_a_skycoin_address_that_had_coins() -> Outcome {
    program::find(Skycoin::TOOL)?;
    let mut world = World::new().await?;
    world.take_sky(0).await;
    let node = &world.treasury.node;
    let first = Address::decode(&pool(&world, Coin::SKY)[0]).unwrap();
    let buyer = world.treasury.take();
    let coins = [(first, Droplets::new(1_000_000_000)), (buyer.addresses()[1], Droplets::new(3_000_000_000))];
    let txid = pay_all(node, &buyer.wallet, &coins).await;
    let height = node.confirmed(&txid).await;
    let from = node.height().await + 1;
    let tainted = assert_first_is_nobodys(&mut world, Coin::SKY, from).await;
    let expected = (json!(txid), json!("1000.000000"), json!(height));
    assert_eq!((tainted["tx"].clone(), tainted["amount"].clone(), tainted["height"].clone()), expected);
    Ok(())
}
