//! What was bought comes to the hot wallet: a transaction on Skycoin's chain, once, although the reply was lost.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::exchange::contract::venue::Venue;
use super::super::exchange::contract::withdrawals::withdrawing;
use super::shop::{FIVE_SKY, Shop, UNLIMITED, until};
use crate::service::world::admin;
use crate::support::runner::Outcome;

async fn open(venue: Venue) -> Shop {
    let mut shop = Shop::prepare(venue, UNLIMITED).await;
    if venue != Venue::C2cx {
        shop.set("withdraw.enabled", true);
    }
    for (key, value) in [("least", "1"), ("max_fee", "0.5"), ("every", "1s"), ("check_wait", "100ms")] {
        shop.set(&format!("withdraw.{key}"), value);
    }
    if venue == Venue::Kraken {
        shop.set("withdraw.address_name", "hot wallet");
    }
    shop.fund("1").await;
    shop.offer("0.002", "1000").await;
    shop.desk.go().await;
    shop
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

pub(super) async fn should_bring_what_was_bought_to_the_wallet(venue: Venue) -> Outcome {
    let mut shop = open(venue).await;
    if venue != Venue::C2cx {
        let trouble = json!({ "kind": "drop-replies", "only": withdrawing(venue), "count": 1 });
        shop.trouble(trouble).await;
    }
    let payee = shop.sell(FIVE_SKY).await;
    let paid = shop.paid(&payee).await;
    if venue == Venue::C2cx {
        let told = admin(&shop.desk, "/api/withdrawals").await;
        assert!(number(&told["due"]) >= paid && told["is_on"] == false, "{told}");
        return Ok(());
    }
    let told = until("nothing arrives", async || {
        let told = admin(&shop.desk, "/api/withdrawals").await;
        let is_there = told["withdrawals"].as_array().unwrap().iter().any(|one| one["state"] == "arrived");
        is_there.then_some(told)
    })
    .await;
    let withdrawals = told["withdrawals"].as_array().unwrap();
    assert_eq!(withdrawals.len(), 1, "{told}");
    let (arrived, fee) = (number(&told["arrived"]), number(&withdrawals[0]["fee"]));
    assert_eq!((fee, told["on_the_way"].as_str()), (Decimal::new(1, 1), Some("0")), "{told}");
    // Bought = in the wallet, at the exchange, and what it cost, to the last digit.
    let books = shop.books().await;
    let at = |account: &str| {
        let asset = format!("{} at the exchange", venue.names().1.to_uppercase());
        books.get(&(asset, account.to_owned())).copied().unwrap_or_default()
    };
    assert_eq!(number(&told["due"]), shop.held("SKY").await.normalize(), "{books:#?}");
    assert_eq!(at("at_exchange") + arrived + fee, -at("for_payouts") - at("dust"), "{books:#?}");
    // It is on the chain, to an address of the wallet, and nothing was withdrawn twice.
    let state = shop.simnet.state("exchange").await;
    let theirs = state["standing"]["withdrawals"].as_array().unwrap();
    assert_eq!(theirs.len(), 1, "{theirs:?}");
    assert_eq!((&theirs[0]["to"], &theirs[0]["txid"]), (&told["to"], &withdrawals[0]["txid"]));
    shop.desk.stop().await;
    shop.desk.assert_consistent().await;
    Ok(())
}
