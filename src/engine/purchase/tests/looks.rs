//! What a look at an order comes to, by what the exchange guarantees and what it says.

use super::*;
use crate::engine::purchase::lookup::{Look, Terms as How, look, placed_event};
use crate::engine::purchase::outcome::FeeRule;
use crate::exchange::{CallError, Idempotency, NewOrder, Refusal};
use crate::testing::{FakeState, Habit};

/// How long an exchange is given before a person has to look.
const LONG: u64 = 900;
/// After which an order that was sent cannot come to life any more.
const SETTLING: u64 = 20;

fn how(now: u64) -> How {
    How { fees: FeeRule { is_told: true, usual: Decimal::ZERO }, patience: seconds(30), now: at(now) }
}

/// A word for what a look brought.
fn word(look: &Look) -> &'static str {
    match look {
        Look::Event(OrderEvent::Placed { .. }) => "placed",
        Look::Event(OrderEvent::Doubted { .. }) => "doubted",
        Look::Event(OrderEvent::Missed { .. }) => "missed",
        Look::Event(OrderEvent::Held { .. }) => "held",
        Look::Event(OrderEvent::Closed { .. }) => "closed",
        Look::Event(_) => "another event",
        Look::Nothing => "nothing",
        Look::Early => "early",
        Look::Absent(_) => "absent",
        Look::Cancelled => "cancelled",
        Look::Trouble(_) => "trouble",
        Look::PlacedAgain(_) => "placed again",
    }
}

/// What a look says so many seconds after the first, and how many calls it made that change nothing.
async fn looked(
    state: BuyOrderState,
    after: u64,
    change: impl FnOnce(&mut FakeState),
) -> (&'static str, u64) {
    watched(state, Watch::new(at(0)), after, change).await
}

async fn watched(
    state: BuyOrderState,
    watch: Watch,
    after: u64,
    change: impl FnOnce(&mut FakeState),
) -> (&'static str, u64) {
    let (_, exchange) = exchange();
    exchange.change(change);
    let look = look(&exchange, &order(state), watch, how(after)).await;
    let asked = exchange.state().asked;
    (word(&look), asked)
}

/// An exchange that has the order, whatever came of it.
async fn at_exchange(change: impl FnOnce(&mut FakeState)) -> FakeExchange {
    let (_, exchange) = exchange();
    exchange.change(change);
    let Terms { market, client_id, price, quantity, .. } = terms("SKYBTC");
    let new = NewOrder { market, client_id, price: price.get(), quantity: quantity.get() };
    crate::exchange::Exchange::place(&exchange, &new).await.unwrap();
    exchange
}

#[test]
fn should_ask_about_an_order_less_and_less_often_while_there_is_no_answer() {
    let every = seconds(2);
    let watch = Watch::new(at(0));
    assert!(watch.is_due(at(0), every), "it was never looked at");
    let looked = Watch { looked: Some(at(100)), ..watch };
    for (unanswered, wait) in [(0, 2), (1, 4), (3, 16), (7, 256), (8, 300), (1_000, 300)] {
        let watch = Watch { unanswered, ..looked };
        assert!(!watch.is_due(at(100 + wait - 1), every), "{unanswered}");
        assert!(watch.is_due(at(100 + wait), every), "{unanswered}");
    }
    // Never more often than is configured.
    let watch = Watch { unanswered: 3, ..looked };
    assert!(!watch.is_due(at(699), seconds(600)) && watch.is_due(at(700), seconds(600)));
    for watch in [watch, looked, Watch::new(at(0))] {
        assert!(!Watch { is_asked: true, ..watch }.is_due(at(10_000), every), "its look is under way");
    }
}

#[test]
fn should_take_no_order_for_missed_that_may_be_there() {
    let refused = |kind| CallError::Refused { kind, words: String::new() };
    let limited = |is_certain| CallError::RateLimited { after: None, is_certain, words: String::new() };
    let event = |answer| word(&Look::Event(placed_event(OrderNo::new(1), answer)));
    assert_eq!(event(Ok(VenueOrderId("7".to_owned()))), "placed");
    for error in [
        CallError::Ambiguous(String::new()),
        CallError::Untold(String::new()),
        limited(false),
        // The one that has its id may be itself.
        refused(Refusal::Duplicate),
    ] {
        assert_eq!(event(Err(error.clone())), "doubted", "{error}");
    }
    for error in [
        CallError::NotSent(String::new()),
        limited(true),
        refused(Refusal::Funds),
        refused(Refusal::Market),
        refused(Refusal::TooSmall),
        refused(Refusal::Credentials),
        refused(Refusal::Other),
    ] {
        assert_eq!(event(Err(error.clone())), "missed", "{error}");
    }
}

#[tokio::test]
async fn should_believe_no_search_before_all_that_was_sent_has_come_to_life() {
    for idempotency in [Idempotency::UniqueAmongOpen, Idempotency::UniqueForever] {
        let set = |state: &mut FakeState| state.idempotency = idempotency;
        assert_eq!(looked(unclear(), SETTLING - 1, set).await, ("early", 0), "{idempotency:?}");
        // One look that finds none is not enough to say that there is none.
        assert_eq!(looked(unclear(), SETTLING, set).await, ("absent", 1), "{idempotency:?}");
    }
    let set = |state: &mut FakeState| state.asking = vec![Habit::LoseReply];
    assert_eq!(looked(unclear(), SETTLING, set).await, ("trouble", 1));
    assert_eq!(looked(BuyOrderState::Intended, 0, |_| ()).await, ("doubted", 0));
}

#[tokio::test]
async fn should_have_a_person_look_where_a_search_does_not_tell_for_long() {
    let untold = |state: &mut FakeState| state.tells_ids = false;
    for (after, expected) in [(SETTLING, "nothing"), (LONG - 1, "nothing"), (LONG, "held")] {
        assert_eq!(looked(unclear(), after, untold).await.0, expected, "{after}");
    }
    let none = |state: &mut FakeState| state.idempotency = Idempotency::None;
    assert_eq!(looked(unclear(), 0, none).await, ("held", 0));
    // No answer is another thing than one that does not tell.
    let lost = |state: &mut FakeState| state.asking = vec![Habit::LoseReply];
    assert_eq!(looked(unclear(), LONG, lost).await.0, "trouble");
}

#[tokio::test]
async fn should_take_from_a_repeat_what_it_says_of_the_first() {
    let cases = [
        (Habit::Fine, SETTLING, "placed"),
        // It speaks of the terms: it has looked for one with this id. One that is on its way it does not know yet.
        (Habit::Refuse(Refusal::Funds), SETTLING - 1, "trouble"),
        (Habit::Refuse(Refusal::Funds), SETTLING, "absent"),
        (Habit::Refuse(Refusal::TooSmall), LONG, "absent"),
        // It says nothing of the first.
        (Habit::Refuse(Refusal::Credentials), SETTLING, "trouble"),
        (Habit::Refuse(Refusal::Market), LONG - 1, "trouble"),
        (Habit::Refuse(Refusal::Market), LONG, "held"),
        (Habit::Refuse(Refusal::Credentials), LONG, "held"),
        (Habit::Down, LONG, "trouble"),
        (Habit::LoseReply, LONG, "placed again"),
        (Habit::TooOften, SETTLING, "placed again"),
    ];
    for (habit, after, expected) in cases {
        let set = |state: &mut FakeState| {
            (state.idempotency, state.placing) = (Idempotency::SameOrder, vec![habit]);
        };
        assert_eq!(looked(unclear(), after, set).await.0, expected, "{habit:?} after {after}");
    }
}

#[tokio::test]
async fn should_repeat_an_order_whose_id_counts_once_where_ids_are_not_told() {
    let cases = [
        (Habit::Fine, "placed"),
        (Habit::Refuse(Refusal::Duplicate), "held"),
        (Habit::Refuse(Refusal::Funds), "trouble"),
        (Habit::Down, "trouble"),
        (Habit::LoseReply, "placed again"),
    ];
    for (habit, expected) in cases {
        let set = |state: &mut FakeState| {
            (state.idempotency, state.tells_ids, state.placing) =
                (Idempotency::UniqueForever, false, vec![habit]);
        };
        assert_eq!(looked(unclear(), SETTLING, set).await.0, expected, "{habit:?}");
    }
}

#[tokio::test]
async fn should_have_a_person_look_at_an_order_that_the_exchange_has_forgotten() {
    let cases = [
        (Habit::Fine, LONG - 1, "trouble"),
        (Habit::Fine, LONG, "held"),
        // That it does not answer is not to say that it has forgotten it.
        (Habit::Refuse(Refusal::Credentials), LONG, "trouble"),
        (Habit::Down, LONG, "trouble"),
        (Habit::LoseReply, LONG, "trouble"),
    ];
    for (habit, after, expected) in cases {
        let set = |state: &mut FakeState| state.asking = vec![habit];
        assert_eq!(looked(placed("9"), after, set).await.0, expected, "{habit:?} after {after}");
    }
}

#[tokio::test]
async fn should_wait_for_the_fees_of_an_order_and_not_for_ever() {
    for (tells_fees, after, expected) in [
        (true, 0, "closed"),
        (true, LONG, "closed"),
        (false, 0, "nothing"),
        (false, LONG - 1, "nothing"),
        (false, LONG, "held"),
    ] {
        let exchange = at_exchange(|state| state.tells_fees = tells_fees).await;
        let look = look(&exchange, &order(placed("1")), Watch::new(at(0)), how(after)).await;
        assert_eq!(word(&look), expected, "{tells_fees} after {after}");
    }
}

#[tokio::test]
async fn should_end_an_order_that_rests_once_it_has_done_so_for_long_enough() {
    let cases = [
        (true, 29, None, "nothing"),
        (true, 30, None, "cancelled"),
        // It may have been forgotten that its end was asked for: but that takes a while.
        (true, 60, Some(31), "nothing"),
        (true, 60, Some(30), "cancelled"),
        // What cannot rest ends by itself, and is never cancelled.
        (false, 29, None, "nothing"),
        (false, 10_000, None, "nothing"),
    ];
    for (rests, after, cancelled, expected) in cases {
        let exchange = at_exchange(|state| (state.rests, state.tenths) = (true, vec![3])).await;
        exchange.change(|state| state.rests = rests);
        let watch = Watch { cancelled: cancelled.map(at), ..Watch::new(at(0)) };
        let look = look(&exchange, &order(placed("1")), watch, how(after)).await;
        assert_eq!(word(&look), expected, "{rests} after {after}, cancelled at {cancelled:?}");
        assert_eq!(exchange.state().orders[0].is_open, expected != "cancelled");
    }
}
