//! Two nodes of one chain: what a large payout stands on has to be a block of both.

use bitcoin::Address;
use serde_json::Value;
use teller::types::Coin;

use super::world::{World, address_of, admin, assert_received, bitcoin_desk_with, btc, mine};
use crate::support::bitcoind::{self, AddressType, Bitcoind, Options};
use crate::support::runner::Outcome;
use crate::support::wait;

const CHECKED: &str = "waiting for the operator, who has to look at something before payouts go on";

/// Takes a second node for what is worth more than half a SKY.
fn look_twice(world: &mut World, second: &Bitcoind) {
    let server = second.rpc().url().trim_start_matches("http://").to_owned();
    world.desk.set("breakers.second_node_above", "0.5");
    world.desk.set("breakers.second_nodes.BTC.server", server);
    world.desk.set("breakers.second_nodes.BTC.user", bitcoind::USER);
    world.desk.set("breakers.second_nodes.BTC.pass", bitcoind::PASSWORD);
}

async fn same_chain(first: &Bitcoind, second: &Bitcoind) {
    wait::until("the nodes have different chains", async || {
        (first.tip().await == second.tip().await).then_some(())
    })
    .await;
}

async fn breaker(world: &World) -> Option<Value> {
    admin(&world.desk, "/api/breakers").await["breakers"].as_array().unwrap().first().cloned()
}

/// Each goes on by itself: the first with what pays the deposit, the second without, as deep.
async fn part(first: &Bitcoind, second: &Bitcoind, wallet: &bitcoind::Wallet, deposit: &Address) -> u64 {
    second.disconnect(first).await;
    let (height, stranger) = (first.height().await + 1, wallet.new_address(AddressType::ALL[0]).await);
    wallet.send(deposit, btc("0.004")).await;
    mine(first, wallet, 3).await;
    for _ in 0..3 {
        second.mine_empty(&stranger).await;
    }
    height
}

pub(crate) async fn should_stop_payouts_where_two_nodes_contradict_each_other() -> Outcome {
    let options = Options { listen: true, ..Options::default() };
    let (mut world, first, wallet) = bitcoin_desk_with(1, options).await?;
    let second = Bitcoind::start().await?;
    second.connect(&first).await;
    look_twice(&mut world, &second);
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&first, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    assert_eq!(breaker(&world).await, None, "both have it");

    same_chain(&first, &second).await;
    let height = part(&first, &second, &wallet, &address).await;
    let opened = wait::until("nothing has stopped", async || breaker(&world).await).await;
    let grounds = format!(
        "BTC block {height}: {}, and {} at the second node",
        first.hash_at(height).await,
        second.hash_at(height).await
    );
    assert_eq!(
        (&opened["name"], &opened["grounds"][0]),
        (&"nodes-BTC".into(), &grounds.into()),
        "{opened:#}"
    );
    world.status(&payee, CHECKED, |all| all.iter().any(|one| one["message"] == CHECKED)).await;
    assert_received(&world.treasury.node, &payee, &["1.000000"]).await;

    // The second was wrong. What has stopped stays so until a person has looked.
    mine(&first, &wallet, 2).await;
    second.connect(&first).await;
    same_chain(&first, &second).await;
    assert_eq!(breaker(&world).await.unwrap()["open"], true);
    assert_received(&world.treasury.node, &payee, &["1.000000"]).await;
    let close = "/api/breakers/nodes-BTC/close?opening=1&why=the+second+was+cut+off&by=anna";
    world.desk.api.post_admin(close).await.done();
    world.paid(&payee, &["1.000000", "2.000000"]).await;
    assert_eq!(breaker(&world).await.unwrap()["times"], 1);
    Ok(())
}
