//! What is asked of markets and of the account, how often, and what is shown of it.

use super::*;
use crate::exchange::{CallError, MarketState as Trading, Refusal};
use crate::testing::Habit;

/// Calls about a market whose rules are known, and whose are not.
const BOOK: u64 = 1;
const ALL: u64 = 3;

impl Bench {
    /// The assets that something can be bought with now, and how many calls that took.
    async fn offers(&mut self) -> (Vec<Asset>, u64) {
        let offers = self.purchaser.offers(&[market(BTC)]).await;
        (offers.into_keys().collect(), self.asked())
    }
}

fn refused(kind: Refusal) -> CallError {
    CallError::Refused { kind, words: format!("{kind:?}") }
}

#[tokio::test]
async fn should_ask_for_the_rules_of_a_market_once_a_minute() {
    let mut bench = Bench::new();
    assert_eq!(bench.offers().await, (vec![BTC], ALL));
    bench.clock.advance(59);
    assert_eq!(bench.offers().await, (vec![BTC], BOOK));
    bench.clock.advance(1);
    assert_eq!(bench.offers().await, (vec![BTC], ALL));
    assert_eq!(bench.offers().await, (vec![BTC], BOOK));
}

#[tokio::test]
async fn should_ask_nothing_during_a_standstill_of_the_exchange_or_of_the_market() {
    for error in [refused(Refusal::Credentials), refused(Refusal::Market)] {
        let mut bench = Bench::new();
        bench.purchaser.note(&market(BTC), &error, false);
        assert_eq!(bench.offers().await, (vec![], 0), "{error}");
        bench.clock.advance(9);
        assert_eq!(bench.offers().await, (vec![], 0), "{error}");
        bench.clock.advance(1);
        assert_eq!(bench.offers().await.0, [BTC], "{error}");
        assert_eq!(bench.purchaser.standstill.words(), None, "it answered");
    }
    // Another market's standstill is its own.
    let mut bench = Bench::new();
    bench.purchaser.note(&market(LTC), &refused(Refusal::Market), false);
    assert_eq!(bench.offers().await.0, [BTC]);
}

#[tokio::test]
async fn should_not_take_an_answer_of_a_market_for_the_end_of_what_its_orders_are_refused_for() {
    let silence = CallError::Ambiguous("no reply".to_owned());
    for (error, is_order, is_over) in [
        (refused(Refusal::Funds), true, false),
        (refused(Refusal::Market), false, true),
        // No answer is no refusal: it is over once there is one.
        (silence.clone(), true, true),
        (silence, false, true),
    ] {
        let mut bench = Bench::new();
        bench.purchaser.note(&market(BTC), &error, is_order);
        bench.clock.advance(10);
        assert_eq!(bench.offers().await.0, [BTC], "{error}");
        bench.purchaser.show().unwrap();
        assert_eq!(bench.shown(BTC).pause.is_none(), is_over, "{error}, {is_order}");
    }
}

#[tokio::test]
async fn should_know_what_an_order_takes_at_least_for_a_while() {
    let mut bench = Bench::new();
    let least = |bench: &Bench| bench.purchaser.known_least(&market(BTC), bench.moment());
    assert_eq!(least(&bench), None);
    bench.offers().await;
    // One SKY at 0.00204, with a fee of two in a thousand.
    assert_eq!(least(&bench), Some(Units::new(204_408)));
    bench.clock.advance(14);
    assert_eq!(least(&bench), Some(Units::new(204_408)));
    bench.clock.advance(1);
    assert_eq!(least(&bench), None);
}

#[tokio::test]
async fn should_show_each_market_as_it_was_seen() {
    let mut bench = Bench::of(&[SMALL]).await;
    bench.purchaser.step().await.unwrap();
    let seen = UpstreamMarket {
        asset: "BTC".to_owned(),
        market: "SKYBTC".to_owned(),
        pause: None,
        asks: Some("0.002".to_owned()),
        least: Some("0.00204408".to_owned()),
    };
    assert_eq!(bench.shown(BTC), seen);
    let unseen = UpstreamMarket {
        asset: "LTC".to_owned(),
        market: "SKYLTC".to_owned(),
        pause: None,
        asks: None,
        least: None,
    };
    assert_eq!(bench.shown(LTC), unseen);
    bench.exchange.state().state = Trading::Closed;
    bench.clock.advance(60);
    bench.purchaser.step().await.unwrap();
    assert_eq!(bench.shown(BTC).pause.as_deref(), Some("the market takes no orders now"));
    bench.exchange.state().asking = vec![Habit::Refuse(Refusal::Market)];
    bench.clock.advance(60);
    bench.purchaser.step().await.unwrap();
    assert_eq!(bench.shown(BTC).pause.as_deref(), Some("refused: Market"));
}

/// How many orders there are once an answer is taken that came so many seconds before.
async fn bought_late(bench: &mut Bench, age: u64) -> usize {
    bench.exchange.state().hangs = vec!["SKYBTC".to_owned()];
    bench.purchaser.step().await.unwrap();
    assert_eq!(bench.orders().len(), 0);
    bench.exchange.release();
    // It answers while nobody waits, and wakes who has to take that.
    assert!(Arc::ptr_eq(&bench.purchaser.nudge(), &bench.purchaser.late));
    bench.purchaser.nudge().notified().await;
    bench.clock.advance(age);
    bench.purchaser.step().await.unwrap();
    bench.orders().len()
}

#[tokio::test]
async fn should_buy_at_what_was_answered_late() {
    let mut bench = Bench::of(&[LARGE]).await;
    assert_eq!(bought_late(&mut bench, 4).await, 1);
}

#[tokio::test]
async fn should_not_buy_at_what_was_answered_long_ago() {
    let mut bench = Bench::of(&[LARGE]).await;
    assert_eq!(bought_late(&mut bench, 5).await, 0);
    bench.purchaser.step().await.unwrap();
    assert_eq!(bench.orders().len(), 1, "it is asked anew");
}

#[tokio::test]
async fn should_look_at_the_account_once_a_minute_and_not_during_a_standstill() {
    let mut bench = Bench::new();
    let shown = |bench: &Bench| {
        let of =
            |asset: &str| bench.live.upstream().unwrap().stock.into_iter().find(|one| one.asset == asset);
        of("BTC").map(|stock| stock.available)
    };
    bench.purchaser.step().await.unwrap();
    assert_eq!((shown(&bench).as_deref(), bench.asked()), (Some("1000000"), 1));
    bench.exchange.state().funds = Decimal::ONE;
    bench.clock.advance(59);
    bench.purchaser.step().await.unwrap();
    assert_eq!((shown(&bench).as_deref(), bench.asked()), (Some("1000000"), 0));
    bench.clock.advance(1);
    bench.purchaser.step().await.unwrap();
    assert_eq!((shown(&bench).as_deref(), bench.asked()), (Some("1"), 1));
    bench.clock.advance(60);
    bench.purchaser.note(&market(BTC), &refused(Refusal::Credentials), false);
    bench.purchaser.step().await.unwrap();
    assert_eq!(bench.asked(), 0, "it is left alone");
    bench.clock.advance(10);
    bench.exchange.state().asking = vec![Habit::Down];
    bench.purchaser.step().await.unwrap();
    // What was seen before stays, with why it is not newer.
    assert_eq!((shown(&bench).as_deref(), bench.asked()), (Some("1"), 1));
    let trouble = bench.live.upstream().unwrap().stock_trouble;
    assert_eq!(trouble.as_deref(), Some("not sent: connection refused"));
}

#[tokio::test]
async fn should_tell_how_long_the_account_lasts_by_what_orders_spent_within_a_day() {
    let mut bench = Bench::of(&[LARGE]).await;
    bench.exchange.state().funds = Decimal::new(2, 2);
    for _ in 0..3 {
        bench.purchaser.step().await.unwrap();
    }
    assert_eq!(bench.states(), ["closed"]);
    let lasts = async |bench: &mut Bench, after: u64| {
        bench.clock.advance(after);
        bench.purchaser.step().await.unwrap();
        let stock = bench.live.upstream().unwrap().stock;
        let of = |asset: &str| stock.iter().find(|one| one.asset == asset).and_then(|one| one.lasts);
        assert_eq!(of("SKY"), None, "nothing is sold");
        of("BTC")
    };
    assert_eq!(lasts(&mut bench, 599).await, None, "too short for a pace");
    // 0.01 BTC in 2,000 seconds, and 0.01 BTC are left.
    assert_eq!(lasts(&mut bench, 1_401).await, Some(seconds(2_000)));
    // Two orders: 0.0149 BTC by now, the first of them a day ago.
    bench.deposit(&[490_980]).await;
    for _ in 0..3 {
        bench.purchaser.step().await.unwrap();
    }
    assert_eq!(bench.states(), ["closed", "closed"]);
    let spent = |bench: &Bench| bench.orders()[1].outcome().unwrap().cost.get();
    let (left, second) = (bench.exchange.state().funds, spent(&bench));
    let whole = (left * Decimal::from(86_000) / (Decimal::new(1, 2) + second)).trunc();
    let told = lasts(&mut bench, 84_000).await.unwrap();
    assert_eq!(Decimal::from(told.as_secs()), whole);
    // Only the second one is of the last day, all of which it had to last for.
    let whole = (left * Decimal::from(86_400) / second).trunc();
    let told = lasts(&mut bench, 401).await.unwrap();
    assert_eq!(Decimal::from(told.as_secs()), whole);
    assert_eq!(lasts(&mut bench, 86_400).await, None, "nothing was spent within a day");
}
