//! The integration checklist of the original, on real nodes.

use serde_json::json;
use teller::types::Coin;

use super::world::{address_of, admin, bitcoin_desk, btc, mine};
use crate::api::Answer;
use crate::support::runner::Outcome;
use crate::support::wait;

pub(crate) async fn should_pay_exact_and_inexact_multiples_and_nothing_for_less() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.desk.set("sky_exchanger.sky_btc_exchange_rate", "100");
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let [exact, inexact, small] = [
        world.bind(&payee, Coin::BTC).await,
        world.bind(&payee, Coin::BTC).await,
        world.bind(&payee, Coin::BTC).await,
    ];
    // 100 SKY for a bitcoin, three decimals: 1 SKY; 0.61725 SKY, of which 0.617 are paid; 0.0009 SKY, which is nothing.
    wallet.send(&address_of(&exact), btc("0.01")).await;
    wallet.send(&address_of(&inexact), btc("0.0061725")).await;
    wallet.send(&address_of(&small), btc("0.000009")).await;
    world
        .status(&payee, "all seen before they are in a block", |statuses| {
            statuses.iter().filter(|status| status["seen"][0]["state"] == "seen").count() == 3
        })
        .await;
    mine(&node, &wallet, 1).await;
    world
        .status(&payee, "waiting for confirmations", |statuses| {
            statuses.iter().all(|status| status["deposit"]["confirmations"] == 0)
        })
        .await;
    mine(&node, &wallet, 1).await;
    world.paid(&payee, &["1.000000", "0.617000", "0.000000"]).await;
    let errored = admin(&world.desk, "/api/deposits/errored").await;
    let errored = errored["deposits"].as_array().unwrap();
    assert_eq!(errored.len(), 1);
    assert_eq!(
        (&errored[0]["error"], &errored[0]["deposit_value"]),
        (&json!("Skycoin send amount is 0"), &json!(900))
    );
    Ok(())
}

pub(crate) async fn should_pay_each_of_several_deposits() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.open(Coin::BTC).await;
    let (payee, other) = (world.payee(), world.payee());
    let [first, second] = [world.bind(&payee, Coin::BTC).await, world.bind(&other, Coin::BTC).await];
    let [first, second] = [address_of(&first), address_of(&second)];
    // Two to one address in one block, in two transactions; two outputs of one transaction; one more, later.
    wallet.send(&first, btc("0.002")).await;
    wallet.send(&first, btc("0.004")).await;
    wallet.send_many(&[(first.clone(), btc("0.006")), (second, btc("0.008"))]).await;
    mine(&node, &wallet, 1).await;
    wallet.send(&first, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000", "2.000000", "3.000000", "1.000000"]).await;
    world.paid(&other, &["4.000000"]).await;
    let accounting = world.desk.api.accounting().await;
    assert_eq!((&accounting["sent"], &accounting["owed"]), (&json!("11.000000"), &json!("0.000000")));
    assert_eq!(accounting["received"]["BTC"], "0.02200000");
    Ok(())
}

pub(crate) async fn should_keep_the_rate_of_the_first_sight() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.desk.set("sky_exchanger.send_enabled", false);
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.status(&payee, "held", |statuses| statuses[0]["status"] == "waiting_send").await;
    world.desk.stop().await;
    world.desk.set("sky_exchanger.send_enabled", true).set("sky_exchanger.sky_btc_exchange_rate", "1000");
    world.open(Coin::BTC).await;
    world.paid(&payee, &["1.000000"]).await;
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000", "2.000000"]).await;
    Ok(())
}

pub(crate) async fn should_find_what_it_missed_and_pay_nothing_twice() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    let begin = node.height().await;
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 3).await;
    world.paid(&payee, &["1.000000"]).await;

    // What comes while it is down is found after the start.
    world.desk.stop().await;
    wallet.send(&address, btc("0.004")).await;
    mine(&node, &wallet, 3).await;
    world.open(Coin::BTC).await;
    world.paid(&payee, &["1.000000", "2.000000"]).await;

    // Reading everything again finds nothing new.
    let rescan = format!("/api/chains/btc/rescan?from={begin}&why=a+trial");
    let said = world.desk.api.post_admin(&rescan).await;
    assert!(matches!(&said, Answer::Refused(202, words) if words.contains("are read again")), "{said:?}");
    wait::until("the rescan does not end", async || {
        world.chain(Coin::BTC).await["rescan"].is_null().then_some(())
    })
    .await;
    mine(&node, &wallet, 2).await;
    world.followed(Coin::BTC, node.height().await).await;
    world.paid(&payee, &["1.000000", "2.000000"]).await;
    let words = match world.desk.api.post_admin("/api/chains/btc/rescan?from=9&to=99999&why=a+trial").await {
        Answer::Refused(400, words) => words,
        other => panic!("{other:?}"),
    };
    assert!(words.contains("the last block that was followed"), "{words}");
    Ok(())
}

pub(crate) async fn should_refuse_binds_beyond_limit_and_pool() -> Outcome {
    let (mut world, _node, _wallet) = bitcoin_desk(1).await?;
    world.desk.set("teller.max_bound_addrs", 8);
    world.open(Coin::BTC).await;
    let (payee, other) = (world.payee(), world.payee());
    for _ in 0..8 {
        world.bind(&payee, Coin::BTC).await;
    }
    let refused = world.desk.api.bind(&payee, Coin::BTC).await;
    let words = "The maximum number of addresses have been assigned to this SKY address";
    assert_eq!(refused, Answer::Refused(409, words.to_owned()));
    for _ in 0..4 {
        world.bind(&other, Coin::BTC).await;
    }
    let refused = world.desk.api.bind(&other, Coin::BTC).await;
    assert_eq!(refused, Answer::Refused(503, "Deposit address pool is empty".to_owned()));
    let usage = admin(&world.desk, "/api/deposit-addresses").await["BTC"].clone();
    assert_eq!((&usage["scanning_enabled"], &usage["remaining_addresses"]), (&json!(true), &json!(0)));
    assert_eq!(usage["scanning_addresses"].as_array().unwrap().len(), 12);
    assert!(
        world.problems().await.contains(&"BTC cannot be bound: no deposit addresses are left".to_owned())
    );
    Ok(())
}
