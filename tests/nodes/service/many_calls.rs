//! A transaction of 480 thousand gas that no tracer finishes in time: the service on geth gets past it.

use serde_json::json;
use teller::types::Coin;

use super::world::{World, admin};
use crate::inside::{MANY_CALLS, words};
use crate::support::geth::Geth;
use crate::support::runner::Outcome;
use crate::support::wait;

const ONE_SKY: u128 = 10_000_000_000_000_000;
/// Calls of nobody, and bytes of input that each has.
const CALLS: u64 = 3_000;
const INPUT: u64 = 0x8000;
/// MiB that geth may hold: one trace of these calls takes two thousand.
const MOST_MEMORY: u64 = 4_096;

pub(crate) async fn should_get_past_three_thousand_calls_on_geth() -> Outcome {
    let (mut world, geth) = (World::new().await?, Geth::start().await?);
    world.take_ether(geth.eth.rpc().url(), 1337, 1);
    world.open(Coin::ETH).await;
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    let many = geth.eth.deploy(MANY_CALLS.trim()).await;
    let input = format!("0x{}", words(&[INPUT, CALLS]));
    let tx = geth.eth.submit_with_gas(&many, &input, 0, 1_000_000).await;
    let bomb = geth.eth.confirmed(&tx).await;
    assert!(bomb.succeeded);
    // What comes after it is credited and paid.
    geth.eth.confirmed(&geth.eth.pay(&to, ONE_SKY).await).await;
    world.paid(&payee, &["1.000000"]).await;
    // Asked again and again it would have grown to more than that.
    let most = geth.most_memory();
    assert!(most < MOST_MEMORY, "geth held {most} MiB");
    let listed = admin(&world.desk, "/api/chains/eth/passed-over").await["passed_over"].clone();
    assert_eq!((&listed[0]["tx"], &listed[0]["height"]), (&json!(tx), &json!(bomb.block_number)), "{listed}");
    // The balances that it changed are told all the same, at once or by the job beside following.
    wait::until("nobody knows what it did", async || {
        let listed = admin(&world.desk, "/api/chains/eth/passed-over").await;
        (listed["passed_over"][0]["state"] == "known").then_some(())
    })
    .await;
    world.bind(&world.payee(), Coin::ETH).await;
    Ok(())
}
