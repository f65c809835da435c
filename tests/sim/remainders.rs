//! What is too little to be spent or paid stays the payee's, and comes with their next payout, however that is come by.

use std::time::Duration;

use teller::engine::operator::{Order, PurchaseAct, decide_purchase, rule};
use teller::exchange::MarketState;
use teller::ledger::{Account, Asset};
use teller::payout::{Payout, PayoutState, Verdict};
use teller::skycoin::Address;
use teller::store::{Books, Page, Remainders, Tables};
use teller::testing::{StepEnd, UpstreamSettings, World};
use teller::types::{BuyMethod, Coin, DepositNo, Droplets};

use crate::forks::payment;
use crate::passthrough::{deposit, world};

const ANNA: Address = Address::from_bytes([1; 20]);
const BERT: Address = Address::from_bytes([2; 20]);
const BTC: Asset = Asset::Coin(Coin::BTC);

fn payout(world: &mut World, no: DepositNo) -> Payout {
    world.service().unwrap().store.snapshot().payout(no).unwrap().unwrap()
}

fn kept(world: &mut World, payee: &Address, asset: Asset) -> u128 {
    world.service().unwrap().store.snapshot().remainder(payee, asset).unwrap().get()
}

async fn rest(world: &mut World) {
    for _ in 0..20 {
        let end = world.rest().await;
        assert!(matches!(end, StepEnd::Done(_)), "{end:?}");
        world.verify(false).unwrap();
    }
}

/// The desk pays directly from now on, at 500 SKY for one.
fn pay_directly(world: &mut World) {
    world.stop();
    world.settings.upstream = None;
    world.start().unwrap();
}

/// To the last digit: what was bought and what the desk gave from its stock was paid, or is kept for payees; and what
/// was deposited was spent, sold to the desk, or is kept for payees.
fn assert_balanced(world: &mut World) {
    let snapshot = world.service().unwrap().store.snapshot();
    let books = snapshot.balances().unwrap();
    let (mut given, mut used) = (0, 0);
    for no in snapshot.deposits(None, Page::ALL).unwrap() {
        let purchase = snapshot.purchase(no).unwrap().unwrap();
        let payout = purchase.payout.unwrap();
        match payout.bought {
            Some(bought) => {
                let stock = bought.stock;
                given += stock.map_or(0, |stock| u128::from(stock.given.get()));
                used += bought.spent.get() + stock.map_or(0, |stock| stock.paid.get());
            }
            None => {
                given += u128::from(payout.amount.get());
                used += purchase.deposit.amount.get();
            }
        }
    }
    let sky = |account| books.amount(Asset::of_payouts(), account).get();
    assert_eq!(sky(Account::Upstream) + given, sky(Account::Paid) + sky(Account::Remainders), "{books:?}");
    let btc = |account| books.amount(BTC, account).get();
    assert_eq!(btc(Account::Received), used + btc(Account::Remainders), "{books:?}");
    assert!(books.all().check().is_ok());
}

/// A desk at which 2,000 satoshi are kept for Anna, and a little SKY.
async fn with_a_remainder(settings: UpstreamSettings) -> World {
    let mut world = world(settings);
    let first = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    rest(&mut world).await;
    assert!(matches!(payout(&mut world, first).state, PayoutState::Settled { .. }));
    assert_eq!(kept(&mut world, &ANNA, BTC), 2_000);
    world
}

#[tokio::test]
async fn should_come_with_a_payout_of_an_asset_that_is_paid_directly() {
    let mut world = with_a_remainder(UpstreamSettings::default()).await;
    pay_directly(&mut world);
    let other = deposit(&mut world, BERT, "bb", 1_000_000).await;
    let next = deposit(&mut world, ANNA, "cc", 1_000_000).await;
    let later = deposit(&mut world, ANNA, "dd", 1_000_000).await;
    rest(&mut world).await;
    // 0.01 BTC are 5 SKY, and the 2,000 satoshi 0.01 SKY.
    let paid = payout(&mut world, next);
    assert_eq!((paid.amount, kept(&mut world, &ANNA, BTC)), (Droplets::new(5_010_000), 0));
    for no in [other, later] {
        let alone = payout(&mut world, no);
        assert_eq!((alone.amount, alone.bought), (Droplets::new(5_000_000), None), "it comes once");
    }
    assert!(matches!(paid.state, PayoutState::Settled { method: BuyMethod::Direct, .. }), "{paid:?}");
    world.verify(true).unwrap();
    assert_balanced(&mut world);
}

#[tokio::test]
async fn should_pay_in_whole_steps_and_keep_the_rest() {
    let mut world = world(UpstreamSettings::default());
    // 3.33 SKY less 0.2 % are 3.32334 SKY, of which 0.00034 are too little for the chain.
    deposit(&mut world, ANNA, "aa", 667_332).await;
    rest(&mut world).await;
    let (coins, units) = (kept(&mut world, &ANNA, Asset::of_payouts()), kept(&mut world, &ANNA, BTC));
    assert!(coins > 0 && units > 0, "{coins} {units}");
    pay_directly(&mut world);
    let next = deposit(&mut world, ANNA, "bb", 200_000).await;
    rest(&mut world).await;
    let paid = payout(&mut world, next);
    // A satoshi is worth five droplets.
    let all = 1_000_000 + coins + units * 5;
    let left = kept(&mut world, &ANNA, Asset::of_payouts());
    assert_eq!(u128::from(paid.amount.get()) + left, all);
    assert!(paid.amount.get().is_multiple_of(1_000) && left < 1_000, "{paid:?} {left}");
    world.verify(true).unwrap();
    assert_balanced(&mut world);
}

#[tokio::test]
async fn should_come_with_what_is_paid_directly_in_place_of_being_bought() {
    let fallback_after = Some(Duration::from_secs(600));
    for by_person in [false, true] {
        let settings = UpstreamSettings { fallback_after, ..UpstreamSettings::default() };
        let mut world = with_a_remainder(settings).await;
        world.exchange.state().state = MarketState::Closed;
        let next = deposit(&mut world, ANNA, "bb", 1_000_000).await;
        world.work().await;
        assert_eq!(kept(&mut world, &ANNA, BTC), 0, "it was to be spent with it");
        if by_person {
            let store = world.service().unwrap().store.clone();
            let order = Order::new("anna", "they ask for it").unwrap();
            decide_purchase(&store, next, PurchaseAct::Direct, order).await.unwrap();
        } else {
            world.clock.advance(600);
        }
        rest(&mut world).await;
        let paid = payout(&mut world, next);
        assert_eq!((paid.amount, kept(&mut world, &ANNA, BTC)), (Droplets::new(5_010_000), 0));
        world.verify(true).unwrap();
        assert_balanced(&mut world);
    }
}

#[tokio::test]
async fn should_keep_what_is_too_little_to_be_paid_directly_either() {
    let fallback_after = Some(Duration::from_secs(600));
    let mut world = world(UpstreamSettings { fallback_after, ..UpstreamSettings::default() });
    world.exchange.state().state = MarketState::Closed;
    // 100 satoshi are 0.0005 SKY.
    let dust = deposit(&mut world, ANNA, "aa", 100).await;
    world.work().await;
    world.clock.advance(600);
    rest(&mut world).await;
    assert_eq!(payout(&mut world, dust).state, PayoutState::Void);
    assert_eq!(kept(&mut world, &ANNA, BTC), 100);
    let next = deposit(&mut world, ANNA, "bb", 1_000_100).await;
    world.work().await;
    world.clock.advance(600);
    rest(&mut world).await;
    // 5.0005 SKY, with the 0.0005 that were kept: of what was to be bought for no digit is lost.
    let paid = payout(&mut world, next);
    assert_eq!(paid.amount, Droplets::new(5_001_000));
    assert_eq!(kept(&mut world, &ANNA, Asset::of_payouts()), 0);
    world.verify(true).unwrap();
    assert_balanced(&mut world);
}

#[tokio::test]
async fn should_go_back_where_a_payout_that_it_came_with_is_void() {
    let mut world = with_a_remainder(UpstreamSettings::default()).await;
    pay_directly(&mut world);
    world.settings.send_enabled = false;
    pay_directly(&mut world);
    assert!(matches!(world.bind(ANNA).await, StepEnd::Done(_)));
    let address = world.acked.binds.last().unwrap().1;
    world.chain.mine(vec![payment("bb", address, 1_000_000)]);
    (0..3).for_each(|_| world.chain.mine(Vec::new()));
    world.scan().await;
    world.work().await;
    let no = DepositNo::new(2);
    assert_eq!((payout(&mut world, no).amount, kept(&mut world, &ANNA, BTC)), (Droplets::new(5_010_000), 0));
    let before = kept(&mut world, &ANNA, Asset::of_payouts());
    // A fork takes the deposit back, and somebody rules that it is never paid, and then that it is all the same.
    world.chain.unmine(4);
    (0..6).for_each(|_| world.chain.mine(Vec::new()));
    world.scan().await;
    let store = world.service().unwrap().store.clone();
    let by = || Order::new("anna", "double spent").unwrap();
    rule(&store, no, Verdict::Void, by()).await.unwrap();
    // The coin was sold at the price of that deposit.
    assert_eq!(kept(&mut world, &ANNA, Asset::of_payouts()), before + 10_000);
    world.verify(false).unwrap();
    rule(&store, no, Verdict::Pay, by()).await.unwrap();
    world.settings.send_enabled = true;
    pay_directly(&mut world);
    world.work().await;
    assert_eq!(payout(&mut world, no).amount, Droplets::new(5_000_000));
    assert_eq!(kept(&mut world, &ANNA, Asset::of_payouts()), before + 10_000);
    world.verify(false).unwrap();
}
