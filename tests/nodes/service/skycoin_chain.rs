//! SKY as a deposit coin, on the node that pays as well.

use teller::types::{Coin, Droplets};

use super::treasury::pay_all;
use super::world::World;
use crate::support::runner::Outcome;

pub(crate) async fn should_pay_for_sky() -> Outcome {
    let mut world = World::new().await?;
    world.take_sky(1).await;
    world.desk.set("sky_exchanger.sky_sky_exchange_rate", "1/10");
    world.open(Coin::SKY).await;
    let payee = world.payee();
    let [first, second] = [world.bind(&payee, Coin::SKY).await, world.bind(&payee, Coin::SKY).await];
    let [first, second] = [&first, &second].map(|text| teller::skycoin::Address::decode(text).unwrap());
    let buyer = world.treasury.take();
    // Two outputs of one transaction to the same address, and one to another.
    let coins = |sky: u64| Droplets::new(sky * 1_000_000);
    let to = [(first, coins(1_000)), (first, coins(2_000)), (second, coins(1_000))];
    pay_all(&world.treasury.node, &buyer.wallet, &to).await;
    // The deposit needs a block on top, which comes with whatever is sent next.
    world
        .status(&payee, "seen in a block", |statuses| {
            statuses.iter().filter(|status| !status["deposit"].is_null()).count() == 3
        })
        .await;
    world.treasury.refill(world.purse.addresses()[0]).await;
    world.paid(&payee, &["100.000000", "200.000000", "100.000000"]).await;
    Ok(())
}

pub(crate) async fn should_not_give_out_addresses_of_its_wallet() -> Outcome {
    let mut world = World::new().await?;
    world.take_sky(0).await;
    let own = world.purse.addresses()[1].to_string();
    world.desk.write_pool(Coin::SKY, &[world.payee(), own.clone()]);
    world.desk.go_wrong().await.assert_refused(&[&own, "is an address of the hot wallet"]);
    world.desk.write_pool(Coin::SKY, &[world.payee()]);
    world.open(Coin::SKY).await;
    let refused = world.desk.api.bind(&own, Coin::SKY).await;
    let words = "Invalid skycoin address: it belongs to this service".to_owned();
    assert_eq!(refused, crate::api::Answer::Refused(400, words));
    Ok(())
}
