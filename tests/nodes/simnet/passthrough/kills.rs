//! `kill -9` at random moments while the exchange loses replies and goes away.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::json;

use super::super::exchange::contract::venue::Venue;
use super::shop::{FIVE_SKY, Shop};
use crate::rng::Rng;
use crate::support::runner::Outcome;

/// Lives of the service, and deposits in each.
const LIVES: usize = 10;
const DEPOSITS: usize = 2;
/// The longest life, in milliseconds.
const LONGEST: u64 = 1_200;

pub(super) async fn should_buy_and_pay_once_however_often_it_is_killed(venue: Venue) -> Outcome {
    let mut shop = Shop::open(venue).await;
    let mut rng = Rng::seeded(&format!("killed while it buys at {}", venue.name()));
    let mut buyers = Vec::new();
    for _ in 0..LIVES * DEPOSITS {
        buyers.push(shop.buyer().await);
    }
    for deposits in buyers.chunks(DEPOSITS) {
        // What it is in the middle of when it is killed differs from life to life.
        match rng.below(4) {
            0 => shop.trouble_an_order("drop-replies").await,
            1 => shop.trouble_an_order("unknown-replies").await,
            2 => shop.trouble_an_order("late-orders").await,
            _ => {}
        }
        for (_, to) in deposits {
            tokio::time::sleep(Duration::from_millis(rng.below(LONGEST / 2))).await;
            shop.pay(to, FIVE_SKY + rng.below(1_000)).await;
        }
        if rng.below(3) == 0 {
            // It comes back with all that it knew.
            shop.trouble(json!({ "kind": "unreachable" })).await;
            tokio::time::sleep(Duration::from_millis(rng.below(LONGEST / 2))).await;
        }
        shop.desk.kill();
        shop.simnet.clear_kind(venue.name(), "unreachable").await;
        shop.desk.go().await;
    }
    shop.clear().await;
    let payees: Vec<String> = buyers.into_iter().map(|(payee, _)| payee).collect();
    for payee in &payees {
        let received = shop.paid(payee).await;
        assert!(received > Decimal::new(49, 1) && received < Decimal::new(52, 1), "{received}");
    }
    shop.judge(&payees).await;
    shop.desk.stop().await;
    shop.desk.assert_consistent().await;
    Ok(())
}
