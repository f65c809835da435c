//! Orders whose reply is lost: nobody knows whether the exchange has them, and it is found out.

use super::super::exchange::contract::venue::Venue;
use super::shop::{FIVE_SKY, Shop, until};
use crate::support::runner::Outcome;

pub(super) async fn should_buy_once_where_replies_are_lost(venue: Venue) -> Outcome {
    let mut shop = Shop::open(venue).await;
    let mut payees = Vec::new();
    // The last one is not carried out at all.
    for kind in ["unknown-replies", "drop-replies", "xml", "garbage", "late-orders", "errors"] {
        shop.trouble_an_order(kind).await;
        payees.push(shop.sell(FIVE_SKY).await);
        until(&format!("nothing is ordered under {kind}"), async || {
            let path = format!("/control/{}/trouble", venue.name());
            let (_, left) = shop.simnet.raw(reqwest::Method::GET, &path, "").await;
            (!left.contains(kind)).then_some(())
        })
        .await;
    }
    for payee in &payees {
        let received = shop.paid(payee).await;
        assert!(received > rust_decimal::Decimal::new(49, 1), "{received}");
    }
    shop.judge(&payees).await;
    Ok(())
}
