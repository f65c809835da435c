//! Which orders are placed, and when there is something to be done at once.

use super::*;
use crate::exchange::{CallError, Refusal};
use crate::payout::PayoutState;
use crate::store::OrderEvent;
use crate::testing::Habit;

fn refused(kind: Refusal) -> CallError {
    CallError::Refused { kind, words: format!("{kind:?}") }
}

fn paused(no: u64) -> PayoutEvent {
    PayoutEvent::PurchasePaused { payout: DepositNo::new(no), why: "a person looks".to_owned() }
}

async fn pause(bench: &Bench, no: u64) {
    let write = bench.store.write(move |tx| tx.record_act(crate::types::Actor::operator(), paused(no)));
    write.await.unwrap();
}

#[tokio::test]
async fn should_ask_again_only_where_something_can_be_ordered() {
    let mut bench = Bench::of(&[SMALL, SMALL, SMALL, LARGE]).await;
    let (queue, now) = (bench.queue(), bench.moment());
    let is_worth = |bench: &Bench, waiting: &[Waiting]| {
        bench.purchaser.is_worth_asking(&market(BTC), waiting, bench.moment())
    };
    assert!(is_worth(&bench, &queue[..1]), "it is not known what an order takes");
    bench.purchaser.offers(&[market(BTC)]).await;
    assert_eq!(bench.purchaser.known_least(&market(BTC), now), Some(Units::new(204_408)));
    for (many, expected) in [(0, false), (1, false), (2, false), (3, true)] {
        assert_eq!(is_worth(&bench, &queue[..many]), expected, "{many} small ones");
    }
    assert!(is_worth(&bench, &queue[3..]));
    // What was begun is bought to its end, however little is left.
    let mut begun = queue[0].clone();
    begun.bought.spent = Units::new(1);
    assert!(is_worth(&bench, &[begun]));
}

#[tokio::test]
async fn should_go_on_at_once_after_an_order_whose_call_hangs() {
    let mut bench = Bench::of(&[LARGE]).await;
    bench.exchange.state().placing = vec![Habit::Hang];
    assert!(bench.purchaser.buy().await.unwrap());
    assert_eq!(bench.states(), ["intended"]);
    assert!(!bench.purchaser.buy().await.unwrap(), "it is under way");
}

#[tokio::test]
async fn should_go_on_at_once_after_what_was_settled_without_an_order() {
    let mut bench = Bench::with(PurchaseSettings { fallback_after: Some(seconds(10)), ..settings() });
    bench.deposit(&[SMALL]).await;
    bench.deposit_on(Coin::ETH, &[1_000_000_000_000_000]).await;
    assert!(!bench.purchaser.buy().await.unwrap());
    bench.clock.advance(9);
    assert!(!bench.purchaser.buy().await.unwrap());
    bench.asked();
    bench.clock.advance(1);
    // Nothing is asked for either of them: one is too small as far as is known, the other has no market.
    assert!(bench.purchaser.buy().await.unwrap());
    assert_eq!(bench.asked(), 0);
    for no in [1, 2] {
        assert!(matches!(bench.state_of(no), PayoutState::Owed { method: BuyMethod::Direct }), "{no}");
    }
    assert!(!bench.purchaser.buy().await.unwrap());
}

#[tokio::test]
async fn should_say_that_an_order_was_placed_and_go_on_at_once() {
    let mut bench = Bench::of(&[LARGE]).await;
    let order = bench.stored(terms("SKYBTC"), Vec::new()).await;
    bench.purchaser.place_all(vec![order]);
    assert!(bench.purchaser.take_placed().await.unwrap());
    assert_eq!(bench.states(), ["placed"]);
    assert!(!bench.purchaser.take_placed().await.unwrap());
}

#[tokio::test]
async fn should_place_so_many_orders_side_by_side_and_no_more() {
    let mut bench = Bench::of(&[LARGE; 130]).await;
    bench.exchange.state().placing = vec![Habit::Hang; 130];
    for _ in 0..2 {
        bench.purchaser.buy().await.unwrap();
        assert_eq!(bench.store.snapshot().counters().open_orders, 128);
    }
}

#[tokio::test]
async fn should_place_no_more_while_many_orders_are_open_that_no_person_looks_at() {
    let mut bench = Bench::of(&[LARGE; 513]).await;
    let write = bench.store.write(|tx| {
        for no in 1..=512 {
            let share = Share { payout: DepositNo::new(no), budget: Units::new(LARGE) };
            let order = tx.intend_order(terms("SKYBTC"), vec![share])?;
            tx.record(OrderEvent::Placed { order, id: VenueOrderId(no.to_string()) })?;
        }
        Ok(())
    });
    write.await.unwrap();
    assert!(!bench.purchaser.buy().await.unwrap());
    assert_eq!(bench.store.snapshot().counters().open_orders, 512);
    let held = OrderEvent::Held { order: OrderNo::new(1), words: "a person looks".to_owned() };
    bench.store.write(move |tx| tx.record(held.clone())).await.unwrap();
    assert!(bench.purchaser.buy().await.unwrap());
    assert_eq!(bench.store.snapshot().counters().open_orders, 513);
}

#[tokio::test]
async fn should_order_no_more_than_is_sold_and_say_so() {
    let mut bench = Bench::of(&[LARGE, LARGE]).await;
    bench.exchange.state().offered = Decimal::from(5);
    bench.purchaser.step().await.unwrap();
    assert_eq!(bench.orders().len(), 1, "the first one takes all that there is");
    assert_eq!(bench.shown(BTC).pause.as_deref(), Some("nobody sells in the market"));
    assert_eq!(bench.shown(LTC).pause, None);
}

#[tokio::test]
async fn should_order_nothing_for_what_has_changed_meanwhile() {
    let bench = Bench::of(&[LARGE, LARGE, LARGE]).await;
    pause(&bench, 2).await;
    let share = |no| Share { payout: DepositNo::new(no), budget: Units::new(LARGE) };
    let drafts = vec![
        (terms("SKYBTC"), vec![share(1), share(2)]),
        (terms("SKYBTC"), vec![share(2), share(3)]),
        (terms("SKYBTC"), vec![share(3)]),
    ];
    let orders = bench.purchaser.intend(drafts).await.unwrap();
    assert_eq!(orders.iter().map(|order| order.shares.clone()).collect::<Vec<_>>(), [[share(3)]]);
    assert_eq!(bench.states(), ["intended"]);
}

#[tokio::test]
async fn should_take_an_order_that_was_placed_for_the_end_of_its_markets_trouble_alone() {
    let mut bench = Bench::new();
    for asset in [BTC, LTC] {
        bench.purchaser.note(&market(asset), &refused(Refusal::Funds), true);
    }
    bench.purchaser.note(&market(BTC), &refused(Refusal::Credentials), true);
    bench.purchaser.note_placed(&order(placed("1")));
    let now = bench.moment();
    assert!(!bench.purchaser.standstill.is_on(now));
    let markets = &bench.purchaser.markets;
    assert!(!markets[&BTC].standstill.is_on(now) && !markets[&BTC].is_order_refused);
    assert!(markets[&LTC].standstill.is_on(now) && markets[&LTC].is_order_refused);
}

#[tokio::test]
async fn should_order_the_rest_of_what_was_begun_by_itself_and_gather_the_others() {
    let mut bench = Bench::with(PurchaseSettings { gather_count: 2, ..settings() });
    bench.deposit(&[LARGE, LARGE, LARGE]).await;
    bench.purchaser.offers(&[market(BTC)]).await;
    let mut waiting = bench.queue();
    waiting[1].bought.spent = Units::new(500_000);
    waiting[1].budget = Units::new(502_000);
    let offer = bench.purchaser.offers(&[market(BTC)]).await.remove(&BTC);
    let mut drafts = Vec::new();
    let settled = bench.purchaser.plan(&market(BTC), &waiting, offer, &mut drafts);
    assert_eq!(settled, []);
    let payouts = |shares: &[Share]| shares.iter().map(|share| share.payout.get()).collect::<Vec<_>>();
    let orders: Vec<Vec<u64>> = drafts.iter().map(|(_, shares)| payouts(shares)).collect();
    assert_eq!(orders, [vec![2], vec![1, 3]]);
}
