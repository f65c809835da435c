//! What a restart does not forget of prices, and what those that wait for one cost.

use std::time::Duration;

use rust_decimal::Decimal;
use teller::engine::push_price;
use teller::ledger::Asset;
use teller::price::{JumpBound, NoPrice, Promised};
use teller::store::{Page, PricesHeard, Standing, Tables};
use teller::task::{Next, Worker};
use teller::types::{Coin, DepositNo, Rate, UnixTime};

use crate::prices::{Desk, MARKET, exact};

const FIRST: DepositNo = DepositNo::FIRST;
const SECOND: DepositNo = DepositNo::new(2);

async fn push(desk: &Desk, rate: &str) {
    push_price(&desk.store, &desk.prices, "BTC", Rate::parse(rate).unwrap()).await.unwrap();
}

#[tokio::test]
async fn should_go_on_with_what_was_pushed_before_a_restart_until_it_is_too_old() {
    let mut desk = Desk::new("push", Promised::Seen).await;
    push(&desk, "490").await;
    push(&desk, "500").await;
    desk.clock.advance(100);
    desk = desk.restart();
    desk.deposit("a", true).await;
    desk.assert_paid_at(FIRST, "495", 990_000);
    let priced = desk.of(FIRST).priced.unwrap();
    assert_eq!(
        (priced.source.as_str(), priced.at),
        ("push at 500 SKY for one", UnixTime::new(1_700_000_000))
    );
    // Its age goes on counting: two minutes from when it was pushed.
    desk.clock.advance(21);
    desk = desk.restart();
    desk.deposit("b", true).await;
    desk.assert_waits(SECOND);
    assert!(matches!(desk.why(), NoPrice::TooOld(_)), "{}", desk.why());
    push(&desk, "510").await;
    desk.work().await;
    assert_eq!(desk.of(SECOND).rate, "5049/10");
    desk.assert_consistent();
}

#[tokio::test]
async fn should_take_up_nothing_that_is_not_pushed_any_more() {
    let desk = Desk::new("push", Promised::Seen).await;
    push(&desk, "500").await;
    let desk = desk.with_source(MARKET).restart();
    assert!(matches!(desk.why(), NoPrice::NoReading(_)), "{}", desk.why());
}

#[tokio::test]
async fn should_measure_a_jump_from_before_a_restart() {
    for (away, has_jumped) in [(30, true), (700, false)] {
        let desk = Desk::new(MARKET, Promised::Seen).await;
        let bound = JumpBound { part: exact("0.05"), within: Duration::from_secs(600) };
        let mut desk = desk.bounded(bound).restart();
        desk.work().await;
        desk.clock.advance(away);
        desk = desk.restart();
        desk.asks(0, Decimal::new(22, 4));
        desk.work().await;
        desk.deposit("a", true).await;
        match has_jumped {
            true => {
                desk.assert_waits(FIRST);
                assert!(matches!(desk.why(), NoPrice::Jumped { .. }), "{}", desk.why());
            }
            false => desk.assert_paid_at(FIRST, "450", 900_000),
        }
    }
}

#[tokio::test]
async fn should_store_what_jumps_are_measured_from_no_more_often_than_it_changes() {
    let desk = Desk::new(MARKET, Promised::Seen).await;
    let bound = JumpBound { part: exact("0.05"), within: Duration::from_secs(600) };
    let mut desk = desk.bounded(bound).restart();
    desk.work().await;
    let committed = desk.store.committed();
    desk.work().await;
    desk.work().await;
    assert_eq!(desk.store.committed(), committed, "the price is as it was");
    // But how long it was so is not forgotten for longer than a minute.
    for _ in 0..3 {
        desk.work().await;
    }
    assert_eq!(desk.store.committed(), committed + 1);
    desk.asks(0, Decimal::new(201, 5));
    desk.work().await;
    let [(code, seen)] = &desk.store.snapshot().prices_seen().unwrap()[..] else { panic!("of one coin") };
    assert_eq!((code.as_str(), seen.len()), ("BTC", 2));
}

#[tokio::test]
async fn should_price_so_many_in_a_step_and_all_of_them_in_the_end() {
    const ALL: u64 = 1_500;
    let mut desk = Desk::new("push", Promised::Final).await;
    for number in 0..ALL {
        desk.deposit(&format!("tx{number}"), true).await;
    }
    // One that is not due waits beside them.
    desk.deposit("early", false).await;
    let waiting = |desk: &Desk, standing| {
        desk.store.snapshot().unpriced(Asset::Coin(Coin::BTC), standing, Page::ALL).unwrap().len()
    };
    assert_eq!(waiting(&desk, Standing::Final), 1_500);
    assert!(matches!(desk.pricer.step().await.unwrap(), Next::Wait(_)), "there is no price");
    push(&desk, "500").await;
    let (mut before, mut steps) = (1_500, 0);
    while desk.pricer.step().await.unwrap() == Next::Again {
        let left = waiting(&desk, Standing::Final);
        assert!(left < before && before - left <= 1_024, "{before} {left}");
        (before, steps) = (left, steps + 1);
    }
    assert!(steps > 0 && waiting(&desk, Standing::Final) == 0);
    assert_eq!(
        (waiting(&desk, Standing::Confirming), desk.of(DepositNo::new(ALL + 1)).rate),
        (1, String::new())
    );
    desk.assert_consistent();
}
