//! Answers that are written in other ways, and fills that are told badly.

use serde_json::json;
use teller::exchange::{CallError, OrderState, Refusal};

use super::venue::{Desk, Venue, decimal};
use crate::support::runner::Outcome;

pub(super) async fn should_read_answers_in_all_their_forms(desk: &Desk) -> Outcome {
    desk.world.offer("0.00201", "50").await;
    let mut number = 0;
    for trouble in ["numbers", "texts", "status-200", "other-statuses"] {
        desk.trouble(json!({ "kind": trouble })).await;
        number += 1;
        let order = desk.buy(number, "0.00201", "3.33");
        let id = desk.place(&order).await;
        let report = desk.order(&id).await;
        assert_eq!((report.state, report.filled), (OrderState::Ended, decimal("3.33")), "{trouble}");
        assert_eq!(report.cost, decimal("0.0066933"), "{trouble}");
        assert_eq!(report.client_id.as_ref(), Some(&order.client_id), "{trouble}");
        assert_eq!(desk.find(&order).await.unwrap().as_ref(), Some(&report), "{trouble}");
        let told = desk.available().await;
        desk.clear().await;
        assert_eq!(told, desk.available().await, "{trouble}");
        assert_eq!(desk.order(&id).await, report, "{trouble}");
    }
    Ok(())
}

/// Where the answer does not say whose an order is, only one that was asked for by its id is known.
pub(super) async fn should_not_guess_where_no_client_ids_are_told(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "50").await;
    let order = desk.buy(1, "0.002", "3");
    let id = desk.place(&order).await;
    desk.trouble(json!({ "kind": "null-ids" })).await;
    let report = desk.order(&id).await;
    assert_eq!((report.filled, report.client_id), (decimal("3"), None));
    let found = desk.find(&order).await;
    if desk.venue == Venue::Binance {
        assert_eq!(found.unwrap().unwrap().id, id);
    } else {
        assert!(matches!(found, Err(CallError::Untold(_))), "{found:?}");
    }
    desk.clear().await;
    assert_eq!(desk.find(&order).await.unwrap().unwrap().id, id);
    Ok(())
}

pub(super) async fn should_count_each_fill_once(desk: &Desk) -> Outcome {
    for _ in 0..3 {
        desk.world.offer("0.002", "3").await;
    }
    let id = desk.place(&desk.buy(1, "0.002", "8.5")).await;
    let report = desk.order(&id).await;
    assert_eq!((report.state, report.filled), (OrderState::Ended, decimal("8.5")));
    assert!(report.fees.as_ref().is_some_and(|fees| !fees.is_empty()), "{report:?}");
    for trouble in ["repeated-fills", "shuffled-fills"] {
        desk.trouble(json!({ "kind": trouble })).await;
        assert_eq!(desk.order(&id).await, report, "{trouble}");
        desk.clear().await;
    }
    desk.trouble(json!({ "kind": "delayed-fills" })).await;
    let early = desk.order(&id).await;
    // The others keep the fee with the order.
    let expected = if desk.venue == Venue::Binance { None } else { report.fees.clone() };
    assert_eq!((early.filled, early.fees), (report.filled, expected));
    desk.clear().await;
    assert_eq!(desk.order(&id).await, report);
    Ok(())
}

pub(super) async fn should_say_what_it_knows_of_fees(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "50").await;
    let id = desk.place(&desk.buy(1, "0.002", "10")).await;
    desk.trouble(json!({ "kind": "hidden-fees" })).await;
    let report = desk.order(&id).await;
    assert_eq!(report.filled, decimal("10"));
    // Who is known for it is not believed; of the others, what the account holds shows it.
    assert_eq!(desk.exchange.tells_fees(), desk.venue != Venue::C2cx);
    let expected = if desk.exchange.tells_fees() { Some(Vec::new()) } else { None };
    assert_eq!(report.fees, expected);
    Ok(())
}

pub(super) async fn should_look_at_clocks_as_the_venue_does(desk: &Desk) -> Outcome {
    desk.world.offer("0.002", "50").await;
    desk.trouble(json!({ "kind": "stale-clock", "millis": 600_000 })).await;
    let placed = desk.exchange.place(&desk.buy(1, "0.002", "10")).await;
    match desk.venue {
        Venue::Binance => assert_eq!(placed.unwrap_err().refusal(), Some(Refusal::Clock)),
        // It does not say why a token is no good.
        Venue::Coinbase => assert_eq!(placed.unwrap_err().refusal(), Some(Refusal::Credentials)),
        // One has no times, and to the other a deadline far ahead is one.
        Venue::C2cx | Venue::Kraken => assert!(placed.is_ok(), "{placed:?}"),
    }
    Ok(())
}
