//! What looks at orders change: their state, how often they are asked for, and whether anything else is asked.

use super::*;
use crate::engine::purchase::lookup::Look;
use crate::exchange::{CallError, Refusal};
use crate::testing::Habit;

const FIRST: OrderNo = OrderNo::new(1);

fn silence() -> CallError {
    CallError::Ambiguous("no reply".to_owned())
}

/// A desk that has placed an order, which the exchange has.
async fn placed_one() -> Bench {
    let mut bench = Bench::of(&[LARGE]).await;
    bench.purchaser.step().await.unwrap();
    assert_eq!(bench.states(), ["placed"]);
    bench
}

fn unanswered(bench: &Bench) -> u64 {
    bench.live.upstream().unwrap().unanswered
}

#[tokio::test]
async fn should_say_that_an_order_has_ended_and_go_on_at_once() {
    let mut bench = placed_one().await;
    assert!(bench.purchaser.follow().await.unwrap());
    assert_eq!(bench.states(), ["closed"]);
    assert!(!bench.purchaser.follow().await.unwrap());
    // What was left is too little to be spent: that is the end of it.
    assert_eq!(bench.purchaser.step().await.unwrap(), Next::Again);
    assert_eq!(bench.store.snapshot().counters().to_buy, 0);
    assert_eq!(bench.purchaser.step().await.unwrap(), Next::Wait(IDLE));
}

#[tokio::test]
async fn should_say_that_an_order_of_another_key_is_held_and_go_on_at_once() {
    let mut bench = Bench::of(&[LARGE]).await;
    bench.stored(Terms { account: "another key".to_owned(), ..terms("SKYBTC") }, Vec::new()).await;
    assert!(bench.purchaser.follow().await.unwrap());
    assert_eq!(bench.states(), ["held"]);
    assert!(!bench.purchaser.follow().await.unwrap());
    // Nobody but a person goes on with it.
    assert_eq!(bench.purchaser.step().await.unwrap(), Next::Wait(IDLE));
    assert_eq!(bench.exchange.state().orders.len(), 0);
}

#[tokio::test]
async fn should_look_again_soon_while_an_order_is_open_or_a_deposit_waits() {
    let soon = Next::Wait(settings().check_wait);
    let mut bench = placed_one().await;
    bench.exchange.state().asking = vec![Habit::LoseReply; 9];
    assert_eq!(bench.store.snapshot().counters().to_buy, 0);
    assert_eq!(bench.purchaser.step().await.unwrap(), soon, "an order is open");
    let mut bench = Bench::of(&[SMALL]).await;
    assert_eq!(bench.purchaser.step().await.unwrap(), soon, "a deposit waits for others");
    let mut bench = Bench::new();
    assert_eq!(bench.purchaser.step().await.unwrap(), Next::Wait(IDLE));
}

#[tokio::test]
async fn should_leave_the_exchange_alone_where_it_refuses_and_not_where_it_says_nothing() {
    for (habit, is_left_alone) in [
        (Habit::Refuse(Refusal::Credentials), true),
        (Habit::Down, true),
        (Habit::TooOften, true),
        (Habit::LoseReply, false),
    ] {
        let mut bench = placed_one().await;
        bench.exchange.state().asking = vec![habit];
        assert!(!bench.purchaser.follow().await.unwrap());
        let (purchaser, now) = (&bench.purchaser, bench.moment());
        assert_eq!(purchaser.standstill.is_on(now), is_left_alone, "{habit:?}");
        assert!(!purchaser.markets[&BTC].standstill.is_on(now), "{habit:?}: the market takes orders");
    }
}

#[tokio::test]
async fn should_tell_of_orders_that_get_no_answer_again_and_again() {
    let mut bench = placed_one().await;
    for (habit, expected) in [
        (Habit::LoseReply, 0),
        (Habit::LoseReply, 0),
        (Habit::LoseReply, 1),
        (Habit::LoseReply, 1),
        // It answers, whatever it says.
        (Habit::Refuse(Refusal::Market), 0),
        (Habit::LoseReply, 0),
    ] {
        bench.exchange.state().asking = vec![habit];
        bench.purchaser.follow().await.unwrap();
        bench.exchange.state().asking = Vec::new();
        bench.purchaser.show().unwrap();
        assert_eq!((bench.states()[0], unanswered(&bench)), ("placed", expected), "{habit:?}");
        bench.clock.advance(600);
    }
}

#[test]
fn should_count_looks_without_an_answer_in_a_row() {
    let mut bench = Bench::new();
    let not_sent = CallError::NotSent("refused".to_owned());
    for (look, expected) in [
        (Look::Trouble(silence()), 3),
        (Look::PlacedAgain(silence()), 3),
        // Nothing was asked: that says nothing.
        (Look::Early, 2),
        (Look::Nothing, 0),
        (Look::Trouble(not_sent), 0),
        (Look::Absent("none".to_owned()), 0),
        (Look::Cancelled, 0),
    ] {
        let watch = Watch { unanswered: 2, is_asked: true, ..Watch::new(at(0)) };
        bench.purchaser.watches.insert(FIRST, watch);
        assert_eq!(bench.purchaser.take_look(&order(placed("1")), look.clone()), None);
        let watch = bench.purchaser.watches[&FIRST];
        assert_eq!((watch.unanswered, watch.is_asked), (expected, false), "{look:?}");
    }
}

#[test]
fn should_go_on_with_the_exchange_once_it_has_told_of_an_order() {
    let doubted = OrderEvent::Doubted { order: FIRST, words: "the service ended".to_owned() };
    let cases = [
        (placed("1"), Look::Nothing, true),
        (placed("1"), Look::Cancelled, true),
        (unclear(), Look::Absent("none".to_owned()), true),
        (placed("1"), Look::Early, false),
        (placed("1"), Look::Trouble(silence()), false),
        (unclear(), Look::PlacedAgain(silence()), false),
        // Nobody was asked about this.
        (BuyOrderState::Intended, Look::Event(doubted), false),
    ];
    for (state, look, goes_on) in cases {
        let mut bench = Bench::new();
        let (now, waits) = (bench.moment(), bench.purchaser.waits());
        bench.purchaser.standstill.begin(&CallError::NotSent("down".to_owned()), now, waits);
        bench.purchaser.watches.insert(FIRST, Watch::new(now));
        bench.purchaser.take_look(&order(state), look.clone());
        assert_eq!(!bench.purchaser.standstill.is_on(now), goes_on, "{look:?}");
    }
}

#[test]
fn should_miss_an_order_only_once_it_was_absent_twice() {
    let mut bench = Bench::new();
    bench.purchaser.watches.insert(FIRST, Watch::new(at(0)));
    let absent = || Look::Absent("none".to_owned());
    let missed = Some(OrderEvent::Missed { order: FIRST, words: "none".to_owned() });
    assert_eq!(bench.purchaser.take_look(&order(unclear()), absent()), None);
    // What was sent once more may come to life yet: what was found before counts no more.
    assert_eq!(bench.purchaser.take_look(&order(unclear()), Look::PlacedAgain(silence())), None);
    assert_eq!(bench.purchaser.take_look(&order(unclear()), absent()), None);
    assert_eq!(bench.purchaser.take_look(&order(unclear()), absent()), missed);
    // Nobody asks about one that is not watched.
    bench.purchaser.forget(FIRST);
    assert_eq!(bench.purchaser.take_look(&order(unclear()), absent()), None);
}

#[test]
fn should_take_no_look_that_was_begun_before_a_person_spoke() {
    let mut bench = Bench::new();
    let asked = Watch { is_asked: true, ..Watch::new(at(0)) };
    assert!(!bench.purchaser.is_awaited(&order(unclear()), &asked), "it is not watched any more");
    bench.purchaser.watches.insert(FIRST, asked);
    assert!(bench.purchaser.is_awaited(&order(unclear()), &asked));
    bench.purchaser.watches.insert(FIRST, Watch { since: at(1), ..asked });
    assert!(!bench.purchaser.is_awaited(&order(unclear()), &asked), "it is watched anew");
}

#[tokio::test]
async fn should_watch_an_order_anew_once_something_has_happened_to_it() {
    let mut bench = Bench::of(&[LARGE]).await;
    bench.stored(terms("SKYBTC"), Vec::new()).await;
    assert!(bench.purchaser.follow().await.unwrap());
    assert_eq!((bench.states(), bench.purchaser.watches.len()), (vec!["unclear"], 0));
    // From now on, however long it was known before.
    bench.clock.advance(600);
    for second in 0..20 {
        assert!(!bench.purchaser.follow().await.unwrap(), "{second}");
        bench.clock.advance(1);
    }
    assert_eq!(bench.asked(), 0);
    bench.purchaser.follow().await.unwrap();
    assert_eq!((bench.asked(), bench.states()), (1, vec!["unclear"]));
    bench.clock.advance(2);
    assert!(bench.purchaser.follow().await.unwrap());
    assert_eq!(bench.states(), ["missed"]);
}
