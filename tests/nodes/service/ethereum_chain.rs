//! Ether on both kinds of node: plain transfers, those made inside contracts, those that fail.

use serde_json::{Value, json};
use teller::types::Coin;

use super::world::{World, admin};
use crate::support::anvil::{self, Anvil};
use crate::support::contract::{self, CARELESS, FORWARDER};
use crate::support::eth::Eth;
use crate::support::geth::Geth;
use crate::support::runner::Outcome;

const ONE_SKY: u128 = 10_000_000_000_000_000;

/// Plainly, and from inside a contract.
async fn pay_both_ways(world: &World, eth: &Eth) {
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    let forwarder = eth.deploy(FORWARDER).await;
    eth.confirmed(&eth.pay(&to, ONE_SKY + 1).await).await;
    eth.confirmed(&eth.forward(&forwarder, &to, 2 * ONE_SKY).await).await;
    world.paid(&payee, &["1.000000", "2.000000"]).await;
    let deposits = admin(&world.desk, "/api/deposits").await;
    let exact = |deposit: &Value| deposit["deposit_value_exact"].as_str().unwrap().to_owned();
    let values: Vec<String> = deposits["deposits"].as_array().unwrap().iter().map(exact).collect();
    assert_eq!(values, ["10000000000000001", "20000000000000000"]);
}

pub(crate) async fn should_pay_for_ether_on_anvil() -> Outcome {
    let (mut world, anvil) = (World::new().await?, Anvil::start().await?);
    world.take_ether(anvil.eth.rpc().url(), 31337, 0);
    world.open(Coin::ETH).await;
    pay_both_ways(&world, &anvil.eth).await;
    assert_eq!(world.problems().await, [""; 0]);
    Ok(())
}

pub(crate) async fn should_pay_for_ether_on_geth() -> Outcome {
    let (mut world, geth) = (World::new().await?, Geth::start().await?);
    world.take_ether(geth.eth.rpc().url(), 1337, 1);
    world.open(Coin::ETH).await;
    pay_both_ways(&world, &geth.eth).await;
    assert_eq!(world.problems().await, [""; 0]);
    Ok(())
}

pub(crate) async fn should_not_count_what_failed() -> Outcome {
    let (mut world, anvil) = (World::new().await?, Anvil::start().await?);
    world.take_ether(anvil.eth.rpc().url(), 31337, 0);
    world.open(Coin::ETH).await;
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    // While the address has code that refuses, a payment to it fails; one from inside a contract as well, though the
    // transaction around it succeeds.
    let set_code = async |code: &str| anvil.eth.rpc().call("anvil_setCode", json!([to, code])).await;
    let careless = anvil.eth.deploy(CARELESS).await;
    set_code("0x60006000fd").await;
    let plain = anvil.eth.confirmed(&anvil.eth.pay(&to, ONE_SKY).await).await;
    let input = contract::input(&[&to]);
    let inner = anvil.eth.confirmed(&anvil.eth.submit(Some(&careless), &input, 2 * ONE_SKY).await).await;
    assert_eq!((plain.succeeded, inner.succeeded), (false, true));
    set_code("0x").await;
    anvil.eth.pay(&to, 3 * ONE_SKY).await;
    world.paid(&payee, &["3.000000"]).await;
    Ok(())
}

/// Ether that came without a transaction, as fees of a block do to its maker.
pub(crate) async fn should_show_ether_that_no_deposit_explains() -> Outcome {
    let (mut world, anvil) = (World::new().await?, Anvil::start().await?);
    world.take_ether(anvil.eth.rpc().url(), 31337, 0);
    world.open(Coin::ETH).await;
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    anvil.eth.confirmed(&anvil.eth.pay(&to, ONE_SKY).await).await;
    world.paid(&payee, &["1.000000"]).await;
    let path = format!("/api/deposit-addresses/{to}/balance");
    let told = admin(&world.desk, &path).await;
    assert_eq!(
        (&told["balance"], &told["seen"]),
        (&json!("0.010000000000000000"), &json!("0.010000000000000000"))
    );
    assert_eq!(told["unexplained"], Value::Null);
    let more = ONE_SKY + 7;
    anvil.eth.rpc().call("anvil_setBalance", json!([to, format!("{more:#x}")])).await;
    anvil.mine(1).await;
    world.followed(Coin::ETH, anvil.eth.height().await).await;
    let told = admin(&world.desk, &path).await;
    assert_eq!(told["unexplained"], "0.000000000000000007", "{told}");
    Ok(())
}

pub(crate) async fn should_wait_for_finality_where_asked_to() -> Outcome {
    let mut world = World::new().await?;
    let anvil = Anvil::start_with(anvil::Options { automine: false, slots_in_an_epoch: 2 }).await?;
    world.take_ether(anvil.eth.rpc().url(), 31337, 0);
    world.desk.set("eth_rpc.use_finalized", true);
    world.open(Coin::ETH).await;
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    anvil.eth.pay(&to, ONE_SKY).await;
    // Finalized is four below the tip here.
    anvil.mine(4).await;
    world.followed(Coin::ETH, anvil.eth.height().await).await;
    let words = "waiting for confirmations of the deposit";
    world.status(&payee, "not final", |statuses| statuses[0]["message"] == words).await;
    anvil.mine(2).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}
