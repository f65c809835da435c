//! What becomes of deposits where the exchange behaves.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::json;

use super::super::exchange::contract::venue::Venue;
use super::shop::{FIVE_SKY, Shop, cut, until};
use crate::once;
use crate::support::runner::Outcome;

/// The order of a purchase. Those of the third line take turns until everything is bought.
const STATUSES: [&[&str]; 6] = [
    &["waiting_deposit"],
    &["waiting_decide"],
    &["waiting_passthrough", "waiting_passthrough_order_complete"],
    &["waiting_send"],
    &["waiting_confirm"],
    &["done"],
];
/// More than a venue takes at once that counts its calls.
const MANY: usize = 15;

pub(super) async fn should_pay_what_was_bought(venue: Venue) -> Outcome {
    let mut shop = Shop::prepare(venue, &[]).await;
    shop.fund("1").await;
    shop.desk.go().await;
    // Nobody sells yet.
    let payee = shop.sell(FIVE_SKY).await;
    shop.stands(&payee, "waiting_passthrough").await;
    shop.has_bought_nothing().await;
    // It looks again once both are there: with the first alone, the order would be bounded by that one's price.
    shop.trouble(json!({ "kind": "unreachable" })).await;
    shop.offer("0.00201", "2.5").await;
    shop.offer("0.00202", "100").await;
    shop.clear().await;
    let mut reached = 0;
    until("it is not done", async || {
        let status = shop.statuses(&payee).await.remove(0);
        let now = STATUSES.iter().position(|known| known.contains(&status.as_str())).unwrap();
        assert!(now >= reached, "{status} after {:?}", STATUSES[reached]);
        reached = now;
        (status == "done").then_some(())
    })
    .await;
    // Two and a half of it are cheaper.
    let (bought, received) = (shop.held("SKY").await, shop.received(&payee).await);
    assert!(bought > Decimal::new(495, 2) && bought < Decimal::new(506, 2), "{bought}");
    assert_eq!(received, cut(bought, 3));
    shop.judge(&[payee]).await;
    shop.desk.stop().await;
    shop.desk.assert_consistent().await;
    Ok(())
}

pub(super) async fn should_gather_deposits_into_one_order(venue: Venue) -> Outcome {
    let mut shop = Shop::prepare(venue, &[]).await;
    shop.set("gather_count", 8);
    shop.set("gather_time", "1h");
    shop.fund("1").await;
    shop.offer("0.002", "1000").await;
    shop.desk.go().await;
    let mut payees = Vec::new();
    for number in 0..7 {
        // Each by itself is less than the smallest order.
        payees.push(shop.sell(100_000 + 1_111 * number).await);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    shop.has_bought_nothing().await;
    payees.push(shop.sell(100_000).await);
    for payee in &payees {
        let received = shop.paid(payee).await;
        assert!(received > Decimal::new(48, 2) && received < Decimal::new(54, 2), "{received}");
    }
    shop.judge(&payees).await;
    Ok(())
}

/// What it takes to know an order, a venue allows for many more than these; what it takes to look all the time, not.
pub(super) async fn should_keep_within_the_limits_of_the_venue(venue: Venue) -> Outcome {
    let mut shop = Shop::prepare(venue, &[]).await;
    shop.fund("1").await;
    shop.offer("0.002", "1000").await;
    shop.desk.go().await;
    let mut buyers = Vec::new();
    for _ in 0..MANY {
        buyers.push(shop.buyer().await);
    }
    for (_, to) in &buyers {
        shop.simnet.deposit("btc", json!({ "address": to, "amount": FIVE_SKY, "pool_only": true })).await;
    }
    shop.simnet.mine("btc", 2).await;
    let payees: Vec<String> = buyers.into_iter().map(|(payee, _)| payee).collect();
    for payee in &payees {
        assert!(shop.paid(payee).await > Decimal::new(49, 1));
    }
    shop.judge(&payees).await;
    Ok(())
}

pub(super) async fn should_go_on_with_what_was_not_bought(venue: Venue) -> Outcome {
    let mut shop = Shop::prepare(venue, super::shop::UNLIMITED).await;
    shop.set("order_patience", "300ms");
    shop.fund("1").await;
    shop.offer("0.002", "3").await;
    shop.desk.go().await;
    let payee = shop.sell(FIVE_SKY).await;
    until("nothing is bought", async || {
        let state = shop.simnet.state("exchange").await;
        let account = &state["standing"]["accounts"][0];
        let free: Decimal = account["balances"]["SKY"]["free"].as_str().unwrap().parse().unwrap();
        (!free.is_zero() && account["open_orders"] == 0).then_some(())
    })
    .await;
    shop.stands(&payee, "waiting_passthrough").await;
    shop.offer("0.002", "1.5").await;
    shop.offer("0.00201", "10").await;
    let received = shop.paid(&payee).await;
    assert!(received > Decimal::new(49, 1), "{received}");
    shop.judge(&[payee]).await;
    Ok(())
}

/// An order whose end was asked for still trades, and is not given up for that.
pub(super) async fn should_wait_for_the_end_of_a_resting_order() -> Outcome {
    let mut shop = Shop::prepare(Venue::C2cx, super::shop::UNLIMITED).await;
    shop.set("order_patience", "300ms");
    shop.fund("1").await;
    shop.offer("0.002", "3").await;
    shop.trouble(json!({ "kind": "hold-cancels" })).await;
    shop.desk.go().await;
    let payee = shop.sell(FIVE_SKY).await;
    let open = async || shop.simnet.state("exchange").await["standing"]["accounts"][0]["open_orders"].clone();
    until("nothing rests", async || (open().await == 1).then_some(())).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(open().await, 1);
    shop.stands(&payee, "waiting_passthrough_order_complete").await;
    shop.offer("0.002", "1").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(open().await, 1);
    // Asked again, it ends; the rest is bought by another.
    shop.clear().await;
    until("it rests for ever", async || (open().await == 0).then_some(())).await;
    shop.offer("0.002", "10").await;
    let received = shop.paid(&payee).await;
    assert!(received > Decimal::new(49, 1), "{received}");
    shop.judge(&[payee]).await;
    Ok(())
}

/// What waits to be bought for is bought and paid by a desk that is started on a copy: a drill tells it.
pub(super) async fn should_tell_in_a_drill_what_would_be_bought() -> Outcome {
    let mut shop = Shop::prepare(Venue::Binance, &[]).await;
    shop.fund("1").await;
    shop.desk.go().await;
    // Nobody sells.
    let payee = shop.sell(FIVE_SKY).await;
    shop.stands(&payee, "waiting_passthrough").await;
    shop.desk.stop().await;
    let copy = shop.desk.path("copy.db");
    std::fs::copy(shop.desk.database(), &copy).unwrap();
    let config = shop.desk.write_config();
    for more in [vec![], vec!["-c".into(), config.into_os_string()]] {
        let arguments = ["db".into(), "drill".into(), copy.clone().into_os_string()];
        let arguments: Vec<std::ffi::OsString> = arguments.into_iter().chain(more).collect();
        let told = once::run(&once::tool(), &arguments, &shop.desk.path("cwd")).await;
        assert_eq!(told.code, Some(1), "{told:#?}");
        let words = [
            format!("would be bought for, and paid: SKY to {payee} for deposit 1"),
            "coins for 1 deposit(s)".into(),
        ];
        assert!(words.iter().all(|words| told.out.contains(words)), "{told:#?}");
        assert!(!told.out.contains("nothing would be paid"), "{told:#?}");
    }
    Ok(())
}
