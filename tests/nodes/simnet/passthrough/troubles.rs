//! An exchange that does not sell now: nothing is ordered, nothing is lost, and everything is bought once it sells
//! again.

use std::time::Duration;

use rust_decimal::Decimal;
use rustix::process::Signal;
use serde_json::json;

use super::super::exchange::contract::venue::Venue;
use super::shop::{FIVE_SKY, Shop, UNLIMITED, until};
use crate::service::world::{admin, problems};
use crate::support::runner::Outcome;

/// Long enough for several tries.
const A_WHILE: Duration = Duration::from_millis(1_500);

/// Somebody has paid, and for a while nothing is bought; one of these words is told of it.
async fn in_vain(shop: &mut Shop, words: &[&str]) -> String {
    let payee = shop.sell(FIVE_SKY).await;
    still_in_vain(shop, &payee, words).await;
    payee
}

async fn still_in_vain(shop: &Shop, payee: &str, words: &[&str]) {
    until(&format!("nobody says {words:?}"), async || {
        let exchange = admin(&shop.desk, "/api/orders").await["exchange"].clone();
        let troubles = [&exchange["trouble"], &exchange["markets"][0]["trouble"]];
        let told = troubles.iter().filter_map(|told| told.as_str()).any(|told| {
            let told = told.to_lowercase();
            words.iter().any(|word| told.contains(word))
        });
        let is_ill = problems(&shop.desk).await.iter().any(|words| words.starts_with("exchange: "));
        (told && is_ill).then_some(())
    })
    .await;
    tokio::time::sleep(A_WHILE).await;
    let statuses = shop.statuses(payee).await;
    let waits = |status: &String| status.starts_with("waiting_passthrough");
    assert!(statuses.iter().all(waits), "{statuses:?}");
    shop.has_bought_nothing().await;
}

async fn ends_well(shop: &Shop, payee: String) -> Outcome {
    let received = shop.paid(&payee).await;
    assert!(received > Decimal::new(49, 1), "{received}");
    shop.judge(&[payee]).await;
    Ok(())
}

pub(super) async fn should_wait_while_the_market_is_closed(venue: Venue) -> Outcome {
    let mut shop = Shop::open(venue).await;
    let closed = ["the market takes no orders now", "trading", "closed", "nobody sells"];
    shop.market("cancel-only").await;
    let payee = in_vain(&mut shop, &closed).await;
    shop.market("gone").await;
    still_in_vain(&shop, &payee, &closed).await;
    shop.market("trading").await;
    // What was on offer has ended with the market.
    shop.offer("0.002", "1000").await;
    ends_well(&shop, payee).await
}

pub(super) async fn should_wait_for_funds(venue: Venue) -> Outcome {
    let mut shop = Shop::prepare(venue, UNLIMITED).await;
    shop.fund("0.01").await;
    shop.offer("0.002", "1000").await;
    shop.desk.go().await;
    let payee = in_vain(&mut shop, &["balance", "funds"]).await;
    shop.fund("1").await;
    ends_well(&shop, payee).await
}

pub(super) async fn should_wait_while_it_is_asked_too_often(venue: Venue) -> Outcome {
    let mut shop = Shop::open(venue).await;
    shop.trouble(json!({ "kind": "rate-limited" })).await;
    let payee = in_vain(&mut shop, &["too often", "too many"]).await;
    // Then an order alone, of which some venues do not say that it was not carried out.
    shop.clear().await;
    shop.trouble_an_order("rate-limited").await;
    ends_well(&shop, payee).await
}

pub(super) async fn should_buy_nothing_that_is_not_skycoin(venue: Venue) -> Outcome {
    // C2CX, which is no more, does not tell what its coins are.
    if venue == Venue::C2cx {
        return Ok(());
    }
    let mut shop = Shop::open(venue).await;
    shop.trouble(json!({ "kind": "other-sky" })).await;
    let payee = in_vain(&mut shop, &["another coin"]).await;
    shop.clear().await;
    ends_well(&shop, payee).await
}

/// Two of them look at the time of a request, and order nothing.
pub(super) async fn should_wait_for_the_right_time(venue: Venue) -> Outcome {
    let mut shop = Shop::open(venue).await;
    shop.trouble(json!({ "kind": "stale-clock", "millis": 600_000 })).await;
    let payee = match venue {
        Venue::Binance | Venue::Coinbase => in_vain(&mut shop, &["time", "unauthorized"]).await,
        Venue::C2cx | Venue::Kraken => shop.sell(FIVE_SKY).await,
    };
    shop.clear().await;
    ends_well(&shop, payee).await
}

pub(super) async fn should_count_each_fill_once(venue: Venue) -> Outcome {
    let mut shop = Shop::prepare(venue, UNLIMITED).await;
    shop.fund("1").await;
    shop.desk.go().await;
    let mut payees = Vec::new();
    for trouble in ["repeated-fills", "shuffled-fills", "delayed-fills"] {
        for _ in 0..3 {
            shop.offer("0.002", "2").await;
        }
        shop.trouble(json!({ "kind": trouble, "millis": 2_000 })).await;
        let payee = shop.sell(FIVE_SKY).await;
        let received = shop.paid(&payee).await;
        assert!(received > Decimal::new(49, 1), "{trouble}: {received}");
        payees.push(payee);
        shop.clear().await;
    }
    shop.judge(&payees).await;
    Ok(())
}

/// Markets are fixed while it runs: a file that names another one is refused, and nothing else of it is taken either.
pub(super) async fn should_go_on_as_it_began_where_the_file_names_another_market() -> Outcome {
    let mut shop = Shop::open(Venue::Binance).await;
    let (market, (payee, to)) = (shop.venue.names().0, shop.buyer().await);
    shop.set("markets.BTC", "SKYEUR");
    shop.desk.set("sky_exchanger.sky_btc_exchange_rate", "123");
    shop.desk.write_config();
    shop.desk.signal(Signal::HUP);
    let is_told = async || {
        let health = shop.desk.health().await;
        health["problem_codes"].to_string().contains("\"configuration\"").then_some(())
    };
    until("it is not told", is_told).await;
    let words = "sky_exchanger.exchange_client.markets: a change takes a restart";
    assert!(shop.desk.said().contains(words), "{}", shop.desk.said());
    assert!(!shop.desk.said().contains("price configured anew"), "{}", shop.desk.said());
    shop.pay(&to, FIVE_SKY).await;
    assert!(shop.paid(&payee).await > Decimal::new(495, 2), "it is bought where it was");
    shop.judge(&[payee]).await;

    shop.set("markets.BTC", market);
    shop.desk.write_config();
    shop.desk.signal(Signal::HUP);
    let is_well = async || {
        let health = shop.desk.health().await;
        (!health["problem_codes"].to_string().contains("\"configuration\"")).then_some(())
    };
    until("it is told still", is_well).await;
    Ok(())
}
