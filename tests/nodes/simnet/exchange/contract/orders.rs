//! Orders that are filled, partly filled, refused and repeated.

use rust_decimal::Decimal;
use serde_json::json;
use teller::exchange::{Idempotency, OrderReport, OrderState, Refusal, VenueOrderId};

use super::venue::{Desk, Venue, decimal};
use crate::support::runner::Outcome;

/// What an order's fees come to in base and in quote.
fn fees(desk: &Desk, report: &OrderReport) -> (Decimal, Decimal) {
    let (_, base, quote) = desk.venue.names();
    let fees = report.fees.as_deref().unwrap();
    assert!(fees.iter().all(|fee| [base, quote].contains(&fee.asset.as_str())), "{fees:?}");
    let of = |asset: &str| fees.iter().filter(|fee| fee.asset == asset).map(|fee| fee.amount).sum();
    (of(base), of(quote))
}

/// Several prices and crooked quantities; what the account holds afterwards is what the report says.
pub(super) async fn should_fill_an_order_to_the_last_digit(desk: &Desk) -> Outcome {
    for (price, quantity) in [("0.00201", "1.11"), ("0.00203", "1.37"), ("0.00207", "9")] {
        desk.world.offer(price, quantity).await;
    }
    let before = desk.available().await;
    let order = desk.buy(1, "0.00207", "3.33");
    let id = desk.place(&order).await;
    let report = desk.order(&id).await;
    assert_eq!((report.state, report.filled), (OrderState::Ended, decimal("3.33")));
    assert_eq!(report.cost, decimal("0.0067717"), "{report:?}");
    assert_eq!((&report.id, report.client_id.as_ref()), (&id, Some(&order.client_id)));
    let (in_base, in_quote) = fees(desk, &report);
    assert!(in_base + in_quote > Decimal::ZERO, "{report:?}");
    let after = desk.available().await;
    assert_eq!(after.0 - before.0, report.filled - in_base, "{report:?}");
    assert_eq!(before.1 - after.1, report.cost + in_quote, "{report:?}");
    assert_eq!(desk.find(&order).await.unwrap(), Some(report));
    assert_eq!(desk.find(&desk.buy(2, "0.002", "1")).await.unwrap(), None);
    Ok(())
}

pub(super) async fn should_end_or_rest_what_cannot_be_bought(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "3.5").await;
    let order = desk.buy(1, "0.002", "10");
    let id = desk.place(&order).await;
    if desk.exchange.rests() {
        let open = desk.order(&id).await;
        assert_eq!((open.state, open.filled), (OrderState::Open, decimal("3.5")));
        // A cancel that is on its way is no end.
        desk.trouble(json!({ "kind": "hold-cancels" })).await;
        desk.exchange.cancel(desk.market(), &id).await.unwrap();
        assert_eq!(desk.order(&id).await.state, OrderState::Open);
        desk.clear().await;
        desk.exchange.cancel(desk.market(), &id).await.unwrap();
    }
    let ended = desk.order(&id).await;
    assert_eq!(
        (ended.state, ended.filled, ended.cost),
        (OrderState::Ended, decimal("3.5"), decimal("0.007"))
    );
    assert_eq!(desk.find(&order).await.unwrap().as_ref(), Some(&ended));
    let again = desk.exchange.cancel(desk.market(), &id).await.unwrap_err();
    assert_eq!(again.refusal(), Some(Refusal::NoSuchOrder), "{again}");

    // Nothing at all is for sale now.
    let nothing = desk.buy(2, "0.002", "10");
    let id = desk.place(&nothing).await;
    if desk.exchange.rests() {
        desk.exchange.cancel(desk.market(), &id).await.unwrap();
    }
    let ended = desk.order(&id).await;
    assert_eq!((ended.state, ended.filled, ended.cost), (OrderState::Ended, Decimal::ZERO, Decimal::ZERO));
    assert_eq!(ended.fees, Some(Vec::new()));
    Ok(())
}

pub(super) async fn should_refuse_by_kind(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "100").await;
    for status in ["as it is", "status-200"] {
        if status != "as it is" {
            desk.trouble(json!({ "kind": status })).await;
        }
        for (price, quantity, kind) in [
            ("0.002", "5000", Refusal::Funds),
            ("0.002", "0.5", Refusal::TooSmall),
            ("0.00005", "1", Refusal::TooSmall),
            ("0.0000001", "10", Refusal::Terms),
        ] {
            let refused = desk.exchange.place(&desk.buy(1, price, quantity)).await.unwrap_err();
            assert_eq!(refused.refusal(), Some(kind), "{status}: {quantity} for {price}: {refused}");
            assert!(!refused.may_have_happened());
        }
        let mut nowhere = desk.buy(1, "0.002", "10");
        nowhere.market = "NOTHERE".to_owned();
        let refused = desk.exchange.place(&nowhere).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::Market), "{status}: {refused}");
        let nobody = VenueOrderId("987654".to_owned());
        let refused = desk.exchange.order(desk.market(), &nobody).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::NoSuchOrder), "{status}: {refused}");
        let refused = desk.exchange.cancel(desk.market(), &nobody).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::NoSuchOrder), "{status}: {refused}");
    }
    assert_eq!(desk.world.held("SKY").await.0, "0.000000");
    Ok(())
}

pub(super) async fn should_believe_nobody_else(desk: &Desk) -> Outcome {
    let (key, secret) = desk.world.key(desk.venue.name());
    // Each secret is of its kind, and another one.
    let forged: String = secret.chars().rev().collect();
    let other_secret = match desk.venue {
        Venue::C2cx | Venue::Binance => forged.as_str(),
        Venue::Kraken => "AAAA",
        Venue::Coinbase => "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
    };
    for stranger in [(key, other_secret), ("nobody", secret)] {
        let exchange = desk.with_key(stranger);
        for error in [
            exchange.balances().await.unwrap_err(),
            exchange.place(&desk.buy(1, "0.002", "10")).await.unwrap_err(),
            exchange.find(desk.market(), &desk.exchange.client_id([1; 16])).await.unwrap_err(),
        ] {
            assert_eq!(error.refusal(), Some(Refusal::Credentials), "{error}");
            let told = format!("{error} {error:?} {exchange:?}");
            assert!(!told.contains(key) && !told.contains(stranger.1), "{told}");
        }
    }
    // The other kind of key.
    let other_kind = match desk.venue {
        Venue::Binance => "binance_ed25519",
        Venue::Coinbase => "coinbase_es256",
        Venue::C2cx | Venue::Kraken => return Ok(()),
    };
    desk.world.offer("0.002", "100").await;
    let exchange = desk.with_key(desk.world.key(other_kind));
    let id = exchange.place(&desk.buy(1, "0.002", "10")).await.unwrap();
    assert_eq!(exchange.order(desk.market(), &id).await.unwrap().filled, decimal("10"));
    Ok(())
}

pub(super) async fn should_treat_a_client_id_as_it_says(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "100").await;
    let order = desk.buy(1, "0.002", "10");
    let first = desk.place(&order).await;
    let again = desk.exchange.place(&order).await;
    let bought = match desk.exchange.idempotency() {
        Idempotency::SameOrder => {
            assert_eq!(again.unwrap(), first);
            "10"
        }
        Idempotency::UniqueForever => {
            assert_eq!(again.unwrap_err().refusal(), Some(Refusal::Duplicate));
            "10"
        }
        // It is not open any more: so a repeat buys twice.
        Idempotency::UniqueAmongOpen => {
            assert_ne!(again.unwrap(), first);
            "20"
        }
        Idempotency::None => unreachable!(),
    };
    let filled = desk.order(&first).await.filled;
    assert_eq!(filled, decimal("10"));
    let (_, spent) = desk.available().await;
    assert!(Decimal::ONE - spent >= decimal(bought) * decimal("0.002"), "{spent}");
    assert!(Decimal::ONE - spent < (decimal(bought) + Decimal::ONE) * decimal("0.002"), "{spent}");
    // Two keys never have the same id, and each venue takes it.
    assert_ne!(desk.exchange.client_id([1; 16]), desk.exchange.client_id([2; 16]));
    Ok(())
}
