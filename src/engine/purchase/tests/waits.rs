//! What waits to be bought, and what is done with it without an order.

use super::*;
use crate::deposit::{Deposit, DepositState};
use crate::engine::purchase::markets::Offer;
use crate::engine::purchase::queue::{Settled, is_still_ready, ready};
use crate::exchange::{Book, Market, MarketState};
use crate::payout::{Payout, PayoutState, Reason};
use crate::types::{Actor, Droplets};

/// What an order takes at least.
const LEAST: u128 = 1_000;

fn offer() -> Offer {
    let market = Market {
        name: "SKYBTC".to_owned(),
        base: "SKY".to_owned(),
        quote: "BTC".to_owned(),
        state: MarketState::Trading,
        price_step: Decimal::new(1, 5),
        quantity_step: Decimal::new(1, 2),
        least_quantity: Decimal::ONE,
        least_cost: Decimal::ZERO,
    };
    Offer { market, book: Book::default(), least: Units::new(LEAST) }
}

/// What is done with one that has spent, bought and has left so much.
fn word(settled: Option<Settled>) -> &'static str {
    match settled {
        None => "waits",
        Some(Settled::Event(PayoutEvent::PurchaseEnded { stock: None, .. })) => "ended",
        Some(Settled::Event(PayoutEvent::PurchaseEnded { stock: Some(_), .. })) => "from stock",
        Some(Settled::Event(PayoutEvent::PaidDirect { .. })) => "direct",
        Some(Settled::Act(PayoutEvent::PurchasePaused { .. })) => "paused",
        Some(_) => "another",
    }
}

async fn one(bench: &mut Bench) -> Waiting {
    bench.deposit(&[LARGE]).await;
    bench.queue().remove(0)
}

fn begun(waiting: &Waiting, spent: u128, coins: u64, budget: u128) -> Waiting {
    let mut waiting = Waiting { budget: Units::new(budget), ..waiting.clone() };
    (waiting.bought.spent, waiting.bought.coins) = (Units::new(spent), Droplets::new(coins));
    waiting
}

fn pair(bench: &Bench) -> (Deposit, Payout) {
    let purchase = bench.store.snapshot().purchase(DepositNo::FIRST).unwrap().unwrap();
    (purchase.deposit, purchase.payout.unwrap())
}

#[tokio::test]
async fn should_look_at_all_that_waits_in_turns() {
    let mut bench = Bench::of(&[SMALL; 1_025]).await;
    let numbers = |bench: &mut Bench| {
        let numbers: Vec<u64> = bench.queue().iter().map(|one| one.payout.no.get()).collect();
        (numbers.first().copied(), numbers.len())
    };
    assert_eq!(numbers(&mut bench), (Some(1), 1_024));
    assert_eq!(numbers(&mut bench), (Some(1_025), 1));
    assert_eq!(numbers(&mut bench), (Some(1), 1_024));
    // As few as there are, each time.
    let mut bench = Bench::of(&[SMALL; 2]).await;
    for _ in 0..3 {
        assert_eq!(numbers(&mut bench), (Some(1), 2));
    }
}

#[tokio::test]
async fn should_know_for_how_long_each_has_waited_since_it_was_seen() {
    let mut bench = Bench::of(&[SMALL]).await;
    let waits = |bench: &mut Bench| bench.queue().iter().map(|one| one.waits.as_secs()).collect::<Vec<_>>();
    assert_eq!(waits(&mut bench), [0]);
    bench.clock.advance(7);
    bench.deposit(&[SMALL]).await;
    assert_eq!(waits(&mut bench), [7, 0]);
    // Whatever clocks show.
    bench.clock.set_back(3_600);
    bench.clock.advance(3);
    assert_eq!(waits(&mut bench), [10, 3]);
}

#[tokio::test]
async fn should_end_wait_or_go_on_by_what_is_left() {
    let mut bench = Bench::new();
    let fresh = one(&mut bench).await;
    let cases = [
        (0, 0, LARGE, "waits"),
        (0, 0, 1, "waits"),
        (LARGE, 5_000_000, 0, "ended"),
        (0, 0, 0, "ended"),
        // Begun, and the rest is as much as an order takes, or less.
        (500, 2, LEAST, "waits"),
        (500, 2, LEAST - 1, "ended"),
        // It can be begun with coins that cost nothing, and with a cost that bought nothing.
        (0, 2, LEAST - 1, "ended"),
        (500, 0, LEAST - 1, "ended"),
        (0, 2, LEAST, "waits"),
    ];
    for (spent, coins, left, expected) in cases {
        let waiting = begun(&fresh, spent, coins, left);
        let settled = word(bench.purchaser.settled(&waiting, Some(&offer())));
        assert_eq!(settled, expected, "{spent} spent, {coins} bought, {left} left");
    }
    // Without an offer it is not known what is too little.
    let waiting = begun(&fresh, 500, 2, 1);
    assert_eq!(word(bench.purchaser.settled(&waiting, None)), "waits");
}

#[tokio::test]
async fn should_do_with_the_rest_of_an_order_as_it_is_configured() {
    for (partial_fills, expected) in [
        (PartialFills::Reorder, "waits"),
        (PartialFills::Stock, "from stock"),
        (PartialFills::Hold, "paused"),
    ] {
        let mut bench = Bench::with(PurchaseSettings { partial_fills, ..settings() });
        let fresh = one(&mut bench).await;
        for (spent, coins) in [(500, 2), (500, 0), (0, 2)] {
            let waiting = begun(&fresh, spent, coins, LEAST);
            assert_eq!(
                word(bench.purchaser.settled(&waiting, Some(&offer()))),
                expected,
                "{partial_fills:?}"
            );
        }
        let waiting = begun(&fresh, 0, 0, LEAST);
        assert_eq!(word(bench.purchaser.settled(&waiting, Some(&offer()))), "waits", "nothing is begun");
        // A person wants the rest bought.
        let mut waiting = begun(&fresh, 500, 2, LEAST);
        waiting.bought.is_resumed = true;
        let expected = if partial_fills == PartialFills::Hold { "waits" } else { expected };
        assert_eq!(word(bench.purchaser.settled(&waiting, Some(&offer()))), expected, "{partial_fills:?}");
    }
}

#[tokio::test]
async fn should_pay_from_stock_what_could_not_be_bought_for_long_enough() {
    let mut bench = Bench::with(PurchaseSettings { fallback_after: Some(seconds(600)), ..settings() });
    let fresh = one(&mut bench).await;
    for (waits, spent, coins, expected) in [
        (599, 0, 0, "waits"),
        (600, 0, 0, "direct"),
        (599, 500, 2, "waits"),
        (600, 500, 2, "from stock"),
        // What was begun is never paid for from the beginning.
        (600, 0, 2, "from stock"),
        (600, 500, 0, "from stock"),
    ] {
        let waiting = Waiting { waits: seconds(waits), ..begun(&fresh, spent, coins, LEAST) };
        for offer in [None, Some(&offer())] {
            assert_eq!(word(bench.purchaser.settled(&waiting, offer)), expected, "{waits}, {spent}, {coins}");
        }
    }
}

#[tokio::test]
async fn should_buy_only_for_what_is_there_and_is_to_be_bought() {
    let mut bench = Bench::new();
    one(&mut bench).await;
    let (deposit, payout) = pair(&bench);
    assert_eq!(ready(deposit.clone(), payout.clone()).unwrap().budget, Units::new(LARGE));
    let out = Deposit { state: DepositState::Orphaned { was: deposit.block() }, ..deposit.clone() };
    assert!(ready(out, payout.clone()).is_none(), "its block is gone");
    let reason = Reason { by: Actor::operator(), why: "a person looks".to_owned(), at: bench.clock.now() };
    let paused = Payout { state: PayoutState::ToBuy { paused: Some(reason) }, ..payout };
    assert!(ready(deposit, paused).is_none(), "a person wants that it waits");
}

#[tokio::test]
async fn should_settle_nothing_that_has_changed_meanwhile() {
    let mut bench = Bench::new();
    one(&mut bench).await;
    let is_ready = |bench: &Bench| is_still_ready(&*bench.store.snapshot(), DepositNo::FIRST).unwrap();
    assert!(is_ready(&bench) && !is_still_ready(&*bench.store.snapshot(), DepositNo::new(9)).unwrap());
    let pause = PayoutEvent::PurchasePaused { payout: DepositNo::FIRST, why: "a person looks".to_owned() };
    bench.store.write(move |tx| tx.record_act(Actor::operator(), pause.clone())).await.unwrap();
    assert!(!is_ready(&bench));
    let direct = PayoutEvent::PaidDirect { payout: DepositNo::FIRST, why: "fallback_after".to_owned() };
    bench.purchaser.settle(vec![Settled::Event(direct)]).await.unwrap();
    assert!(matches!(bench.state_of(1), PayoutState::ToBuy { paused: Some(_) }));
}
