//! Calls that have no answer, and what becomes of their orders.

use std::time::{Duration, Instant};

use serde_json::json;
use teller::exchange::{CallError, Idempotency, NewOrder, Refusal, VenueOrderId};

use super::venue::{Desk, Venue, decimal};
use crate::support::runner::Outcome;
use crate::support::wait;

/// Places an order again where that cannot buy twice; its id where that is told.
async fn again(desk: &Desk, order: &NewOrder) -> Option<VenueOrderId> {
    match desk.exchange.idempotency() {
        Idempotency::SameOrder => Some(desk.place(order).await),
        Idempotency::UniqueForever => {
            let refused = desk.exchange.place(order).await.unwrap_err();
            assert_eq!(refused.refusal(), Some(Refusal::Duplicate), "{refused}");
            None
        }
        Idempotency::UniqueAmongOpen | Idempotency::None => None,
    }
}

/// The order is there each time, and is found once.
pub(super) async fn should_never_deny_an_order_that_may_be_there(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "100").await;
    let troubles = ["unknown-replies", "xml", "garbage", "drop-replies"];
    for (number, trouble) in (1..).zip(troubles) {
        let order = desk.buy(number, "0.002", "3");
        desk.trouble_once(trouble, desk.venue.placing()).await;
        let error = desk.exchange.place(&order).await.unwrap_err();
        assert!(matches!(error, CallError::Ambiguous(_)), "{trouble}: {error:?}");
        let repeated = again(desk, &order).await;
        let found = desk.find(&order).await.unwrap().unwrap();
        assert_eq!(found.filled, decimal("3"), "{trouble}");
        assert!(repeated.is_none_or(|id| id == found.id), "{trouble}");
        let bought: u8 = number * 3;
        let (free, _) = desk.available().await;
        // Less a fee of 0.2 % at most.
        assert!(
            free <= bought.into() && free > decimal("2.99") * decimal(&number.to_string()),
            "{trouble}: {free}"
        );
    }
    // While lists cannot be read, nothing is denied.
    let order = desk.buy(1, "0.002", "3");
    for trouble in ["xml", "unknown-replies", "drop-replies", "errors"] {
        desk.trouble(json!({ "kind": trouble })).await;
        let error = desk.find(&order).await.unwrap_err();
        assert!(matches!(error, CallError::Ambiguous(_)), "{trouble}: {error:?}");
        desk.clear().await;
    }
    Ok(())
}

pub(super) async fn should_find_an_order_that_comes_late(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "100").await;
    let order = desk.buy(1, "0.002", "3");
    desk.trouble(json!({ "kind": "late-orders", "millis": 1_500, "count": 1, "only": desk.venue.placing() }))
        .await;
    let error = desk.exchange.place(&order).await.unwrap_err();
    assert!(matches!(error, CallError::Ambiguous(_)), "{error:?}");
    assert_eq!(desk.find(&order).await.unwrap(), None, "not yet");
    assert!(desk.exchange.settling_time() >= Duration::from_secs(5));
    let found = wait::until("the order does not come", async || desk.find(&order).await.unwrap()).await;
    assert_eq!(found.filled, decimal("3"));
    // What is too late for window or deadline never comes: then, a look-up that finds nothing is the truth.
    if desk.exchange.idempotency() == Idempotency::UniqueAmongOpen {
        let order = desk.buy(2, "0.002", "3");
        desk.trouble(
            json!({ "kind": "late-orders", "millis": 6_500, "count": 1, "only": desk.venue.placing() }),
        )
        .await;
        assert!(desk.exchange.place(&order).await.unwrap_err().may_have_happened());
        tokio::time::sleep(Duration::from_millis(7_000)).await;
        assert_eq!(desk.find(&order).await.unwrap(), None);
    }
    Ok(())
}

pub(super) async fn should_say_what_was_not_done(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "100").await;
    let order = desk.buy(1, "0.002", "3");
    desk.trouble_once("rate-limited", desk.venue.placing()).await;
    let limited = desk.exchange.place(&order).await.unwrap_err();
    let CallError::RateLimited { after, is_certain, .. } = &limited else { panic!("{limited:?}") };
    assert_eq!(*is_certain, desk.venue == Venue::Kraken, "{limited}");
    assert_eq!(after.is_some(), desk.venue == Venue::Binance, "{limited}");
    // Its own machines broke down: how far it got is not said.
    desk.trouble_once("errors", desk.venue.placing()).await;
    let broken = desk.exchange.place(&order).await.unwrap_err();
    assert!(matches!(broken, CallError::Ambiguous(_)), "{broken:?}");
    desk.trouble_once("forbidden", desk.venue.placing()).await;
    let forbidden = desk.exchange.place(&order).await.unwrap_err();
    assert!(matches!(forbidden, CallError::Ambiguous(_)), "{forbidden:?}");
    assert_eq!(desk.find(&order).await.unwrap(), None);

    desk.trouble(json!({ "kind": "unreachable" })).await;
    wait::until("it can be reached", async || {
        matches!(desk.find(&order).await, Err(CallError::NotSent(_))).then_some(())
    })
    .await;
    let unsent = desk.exchange.place(&order).await.unwrap_err();
    assert!(matches!(unsent, CallError::NotSent(_)), "{unsent:?}");
    desk.clear().await;
    wait::until("it cannot be reached", async || desk.find(&order).await.ok()).await;
    assert_eq!(desk.world.held("SKY").await.0, "0.000000");
    desk.place(&order).await;
    Ok(())
}

/// Venues give up after ten seconds themselves: who waits no longer than that hears less than they say.
pub(super) async fn should_not_wait_for_ever(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "100").await;
    let order = desk.buy(1, "0.002", "3");
    desk.trouble_once("stall-replies", desk.venue.placing()).await;
    let begun = Instant::now();
    let error = desk.exchange.place(&order).await.unwrap_err();
    assert!(matches!(error, CallError::Ambiguous(_)), "{error:?}");
    assert!((10..60).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    desk.clear().await;
    assert_eq!(desk.find(&order).await.unwrap().unwrap().filled, decimal("3"));
    Ok(())
}

/// Also where each call has to come after the one before.
pub(super) async fn should_answer_calls_that_are_made_at_once(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "100").await;
    let [one, other] = [1, 2].map(|number| desk.buy(number, "0.002", "3"));
    let balances = || desk.exchange.balances();
    let (one, other, first, second, third) = tokio::join!(
        desk.exchange.place(&one),
        desk.exchange.place(&other),
        balances(),
        balances(),
        balances()
    );
    assert_ne!(one.unwrap(), other.unwrap());
    for told in [first, second, third] {
        assert!(told.is_ok(), "{told:?}");
    }
    Ok(())
}
