//! Hot wallets that run short, and what happens once they are filled.

use serde_json::json;
use teller::types::Coin;

use super::treasury::Purse;
use super::world::{World, admin, empty_purse};
use crate::support::Absent;
use crate::support::anvil::Anvil;
use crate::support::runner::Outcome;
use crate::support::wait;

const ONE_SKY: u128 = 10_000_000_000_000_000;

async fn ether_desk(purse: Option<Purse>) -> Result<(World, Anvil), Absent> {
    let (mut world, anvil) = (World::new().await?, Anvil::start().await?);
    world.take_ether(anvil.eth.rpc().url(), 31337, 0);
    if let Some(purse) = purse {
        purse.write(&world.desk.path("hot.wlt"));
        world.purse = purse;
    }
    world.open(Coin::ETH).await;
    Ok((world, anvil))
}

async fn deposited(world: &World, anvil: &Anvil, sky: u128) -> String {
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    anvil.eth.pay(&to, ONE_SKY * sky).await;
    payee
}

async fn held(world: &World, payee: &str) {
    world
        .status(payee, "held", |statuses| {
            statuses[0]["message"] == "waiting for the desk's wallet to be refilled"
        })
        .await;
}

pub(crate) async fn should_pay_once_an_empty_wallet_is_filled() -> Outcome {
    let (world, anvil) = ether_desk(Some(empty_purse())).await?;
    let payee = deposited(&world, &anvil, 3).await;
    held(&world, &payee).await;
    world.ill("payouts: ").await;
    world.treasury.refill(world.purse.addresses()[0]).await;
    world.paid(&payee, &["3.000000"]).await;
    assert_eq!(world.problems().await, [""; 0]);
    Ok(())
}

pub(crate) async fn should_pay_once_a_wallet_was_filled_during_a_restart() -> Outcome {
    let (mut world, anvil) = ether_desk(Some(empty_purse())).await?;
    let payee = deposited(&world, &anvil, 3).await;
    held(&world, &payee).await;
    world.desk.stop().await;
    let txid = world.treasury.refill(world.purse.addresses()[1]).await;
    world.treasury.node.confirmed(&txid).await;
    world.open(Coin::ETH).await;
    world.paid(&payee, &["3.000000"]).await;
    Ok(())
}

pub(crate) async fn should_pay_again_when_the_nodes_tokens_have_expired() -> Outcome {
    let (world, anvil) = ether_desk(None).await?;
    let first = deposited(&world, &anvil, 1).await;
    world.paid(&first, &["1.000000"]).await;
    // What the node gives out against forged requests is good for thirty seconds.
    tokio::time::sleep(std::time::Duration::from_secs(31)).await;
    let second = deposited(&world, &anvil, 2).await;
    world.paid(&second, &["2.000000"]).await;
    Ok(())
}

pub(crate) async fn should_go_on_with_payouts_that_fit() -> Outcome {
    let (world, anvil) = ether_desk(None).await?;
    let much = deposited(&world, &anvil, 6_000).await;
    held(&world, &much).await;
    let little = deposited(&world, &anvil, 2).await;
    world.paid_so_far(&little, &["2.000000"]).await;
    held(&world, &much).await;
    let wallet = admin(&world.desk, "/api/wallet").await;
    assert_eq!((&wallet["held"], &wallet["owed"]), (&json!(1), &json!("6000.000000")));
    world.treasury.refill(world.purse.addresses()[0]).await;
    world.paid(&much, &["6000.000000"]).await;
    world.paid(&little, &["2.000000"]).await;
    // 4,000 there were, 4,000 came, 6,002 went. The wallet is looked at after what has settled.
    wait::until("the wallet is not what was left", async || {
        let wallet = admin(&world.desk, "/api/wallet").await;
        let left = json!("1998.000000");
        (wallet["coins"] == left && wallet["spendable"] == left).then_some(())
    })
    .await;
    Ok(())
}

pub(crate) async fn should_pay_many_in_one_transaction_and_give_no_hours_away() -> Outcome {
    let (mut world, anvil) = ether_desk(None).await?;
    world.desk.stop().await;
    world.desk.set("sky_exchanger.send_enabled", false);
    world.open(Coin::ETH).await;
    let mut payees = Vec::new();
    for sky in 1..=9 {
        payees.push((deposited(&world, &anvil, sky).await, format!("{sky}.000000")));
    }
    for (payee, _) in &payees {
        world.status(payee, "to be sent", |statuses| statuses[0]["status"] == "waiting_send").await;
    }
    world.desk.stop().await;
    world.desk.set("sky_exchanger.send_enabled", true);
    world.open(Coin::ETH).await;
    for (payee, amount) in &payees {
        world.paid(payee, &[amount]).await;
        let output = &world.treasury.node.outputs(payee).await[0];
        assert_eq!(output["hours"], 0, "hours stay in the wallet: {output}");
    }
    let transactions = admin(&world.desk, "/api/transactions").await;
    assert_eq!(transactions["transactions"].as_array().unwrap().len(), 1, "{transactions}");
    Ok(())
}
