//! Deposits that are bought for at an exchange: what becomes of orders whatever the exchange answers.

use std::time::Duration;

use rust_decimal::Decimal;
use teller::config::PartialFills;
use teller::engine::operator::{Order, PurchaseAct, decide_purchase, rule};
use teller::exchange::{Idempotency, MarketState, Refusal};
use teller::ledger::{Account, Asset};
use teller::payout::{Payout, PayoutState, Verdict};
use teller::skycoin::Address;
use teller::store::{Books, Orders, Remainders, Tables};
use teller::testing::{Habit, StepEnd, UpstreamSettings, World};
use teller::types::{Coin, DepositNo, Droplets, OrderNo};
use teller::upstream::BuyOrder;

use crate::forks::payment;

const ANNA: Address = Address::from_bytes([1; 20]);
const BERT: Address = Address::from_bytes([2; 20]);

/// A world that buys upstream. SKY costs 0.002 BTC, and a fee of two in a thousand is taken of what was bought.
pub(crate) fn world(settings: UpstreamSettings) -> World {
    let mut world = World::new(Droplets::new(100_000_000_000), 16);
    world.settings.upstream = Some(settings);
    world.stop();
    world.start().unwrap();
    world
}

/// A bind, and a deposit of so many satoshi.
pub(crate) async fn deposit(world: &mut World, payee: Address, tx: &str, satoshi: u64) -> DepositNo {
    assert!(matches!(world.bind(payee).await, StepEnd::Done(_)));
    let address = world.acked.binds.last().unwrap().1;
    assert!(matches!(world.deposit(address, tx, 0, satoshi).await, StepEnd::Done(_)));
    DepositNo::new(world.service().unwrap().store.snapshot().counters().deposits)
}

pub(crate) async fn rest(world: &mut World) {
    for _ in 0..50 {
        let end = world.rest().await;
        world.verify(false).unwrap();
        if !matches!(end, StepEnd::Done(_)) {
            panic!("no rest: {end:?}");
        }
    }
    world.verify(true).unwrap();
}

pub(crate) fn payout(world: &mut World, no: DepositNo) -> Payout {
    world.service().unwrap().store.snapshot().payout(no).unwrap().unwrap()
}

fn orders(world: &mut World) -> Vec<BuyOrder> {
    world.service().unwrap().store.snapshot().orders(OrderNo::new(0), usize::MAX).unwrap()
}

pub(crate) fn states(world: &mut World) -> Vec<&'static str> {
    orders(world).iter().map(|order| order.state.name()).collect()
}

pub(crate) fn is_settled(world: &mut World, no: DepositNo) -> bool {
    matches!(payout(world, no).state, PayoutState::Settled { .. })
}

#[tokio::test]
async fn should_buy_and_pay_what_was_bought_less_the_fee() {
    let mut world = world(UpstreamSettings::default());
    // 0.01002 BTC are 5 SKY at 0.002 with a fee of 0.2 % on top; the fee is taken of the SKY.
    let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    rest(&mut world).await;
    let paid = payout(&mut world, no);
    let bought = paid.bought.unwrap();
    assert!(matches!(paid.state, PayoutState::Settled { .. }), "{paid:?}");
    assert_eq!((paid.amount, bought.coins), (Droplets::new(4_990_000), Droplets::new(4_990_000)));
    // What was set aside for the fee was not needed: it stays with the payee.
    assert_eq!((bought.spent.get(), bought.left.get()), (1_000_000, 2_000));
    let snapshot = world.service().unwrap().store.snapshot();
    assert_eq!(snapshot.remainder(&ANNA, Asset::Coin(Coin::BTC)).unwrap().get(), 2_000);
    drop(snapshot);
    // It comes with their next deposit: 0.010 BTC and 0.00002 BTC buy 4.99 SKY and a bit.
    let next = deposit(&mut world, ANNA, "bb", 1_000_000).await;
    rest(&mut world).await;
    let bought = payout(&mut world, next).bought.unwrap();
    assert_eq!(bought.carried.get(), 2_000);
    assert_eq!(bought.spent.get() + bought.left.get(), 1_002_000);
}

#[tokio::test]
async fn should_pay_with_the_next_payout_what_is_too_little_now() {
    let mut world = world(UpstreamSettings::default());
    let (mut paid, mut bought) = (0, 0);
    for tx in ["aa", "bb", "cc", "dd"] {
        // 3.33 SKY less 0.2 % are 3.32334 SKY: the chain takes three decimal places.
        let no = deposit(&mut world, ANNA, tx, 667_332).await;
        rest(&mut world).await;
        let payout = payout(&mut world, no);
        paid += payout.amount.get();
        bought += payout.bought.unwrap().coins.get();
        assert_eq!(payout.amount.get() % 1_000, 0);
        let kept = world.service().unwrap().store.snapshot().remainder(&ANNA, Asset::of_payouts());
        assert_eq!(paid + u64::try_from(kept.unwrap().get()).unwrap(), bought);
    }
}

#[tokio::test]
async fn should_buy_once_whatever_becomes_of_the_reply() {
    let classes = [Idempotency::SameOrder, Idempotency::UniqueForever, Idempotency::UniqueAmongOpen];
    let habits = [Habit::LoseReply, Habit::LoseRequest, Habit::Late, Habit::TooOften, Habit::Down];
    for idempotency in classes {
        for habit in habits {
            for then in [Habit::Fine, Habit::Down, Habit::LoseReply] {
                let mut world = world(UpstreamSettings::default());
                world.exchange.state().idempotency = idempotency;
                world.exchange.state().placing = vec![habit];
                let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
                assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
                world.exchange.state().asking = vec![Habit::Fine, Habit::Fine, then, then];
                rest(&mut world).await;
                assert!(is_settled(&mut world, no), "{idempotency:?} {habit:?} {then:?}");
                let executed = world.exchange.state().orders.len();
                assert_eq!(executed, 1, "{idempotency:?} {habit:?} {then:?}: {:?}", states(&mut world));
            }
        }
    }
}

#[tokio::test]
async fn should_not_buy_again_what_a_refused_repeat_says_nothing_of() {
    for kind in [Refusal::Credentials, Refusal::Clock, Refusal::Market, Refusal::Other] {
        let mut world = world(UpstreamSettings::default());
        let mut habits = vec![Habit::Refuse(kind); 500];
        habits.insert(0, Habit::LoseReply);
        world.exchange.change(|state| {
            state.idempotency = Idempotency::SameOrder;
            state.placing = habits;
        });
        let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
        for _ in 0..20 {
            world.rest().await;
        }
        assert_eq!(states(&mut world), ["held"], "{kind:?}: a person looks");
        world.exchange.change(|state| state.placing = Vec::new());
        for _ in 0..20 {
            world.rest().await;
        }
        assert_eq!(world.exchange.state().orders.len(), 1, "{kind:?}: bought once");
        assert!(matches!(payout(&mut world, no).state, PayoutState::Buying { .. }));
        world.verify(false).unwrap();
    }
}

#[tokio::test]
async fn should_have_a_person_look_where_nobody_can_tell() {
    for (idempotency, tells_ids) in [(Idempotency::None, true), (Idempotency::UniqueForever, false)] {
        let mut world = world(UpstreamSettings::default());
        world.exchange.change(|state| {
            (state.idempotency, state.tells_ids) = (idempotency, tells_ids);
            state.placing = vec![Habit::LoseReply];
        });
        let stuck = deposit(&mut world, ANNA, "aa", 1_002_000).await;
        let other = deposit(&mut world, BERT, "bb", 1_002_000).await;
        for _ in 0..20 {
            world.rest().await;
        }
        world.verify(false).unwrap();
        // The other one's deposit goes its way.
        assert_eq!(states(&mut world), ["held", "closed"], "{idempotency:?}");
        assert!(is_settled(&mut world, other));
        assert!(matches!(payout(&mut world, stuck).state, PayoutState::Buying { .. }));
        assert_eq!(world.exchange.state().orders.len(), 2);
    }
}

#[tokio::test]
async fn should_go_on_with_what_was_not_bought() {
    for rests in [false, true] {
        let mut world = world(UpstreamSettings::default());
        world.exchange.state().rests = rests;
        world.exchange.state().tenths = vec![3, 0, 5];
        let no = deposit(&mut world, ANNA, "aa", 10_020_000).await;
        rest(&mut world).await;
        assert!(is_settled(&mut world, no));
        assert_eq!(states(&mut world).len(), 4);
        let bought = payout(&mut world, no).bought.unwrap();
        assert!(bought.left.get() < 200_400, "{bought:?}");
    }
}

#[tokio::test]
async fn should_sell_the_rest_from_stock_or_ask_a_person() {
    let stock = UpstreamSettings { partial_fills: PartialFills::Stock, ..UpstreamSettings::default() };
    let mut desk = world(stock);
    desk.exchange.state().tenths = vec![5];
    let no = deposit(&mut desk, ANNA, "aa", 1_002_000).await;
    rest(&mut desk).await;
    let bought = payout(&mut desk, no).bought.unwrap();
    // 2.5 SKY less the fee, and 500 SKY a bitcoin for the rest.
    assert_eq!(bought.coins, Droplets::new(2_495_000));
    let stock = bought.stock.unwrap();
    assert_eq!((stock.paid.get(), stock.given), (502_000, Droplets::new(2_510_000)));
    assert_eq!(payout(&mut desk, no).amount, Droplets::new(5_005_000));

    let hold = UpstreamSettings { partial_fills: PartialFills::Hold, ..UpstreamSettings::default() };
    let mut desk = world(hold);
    desk.exchange.state().tenths = vec![5];
    let no = deposit(&mut desk, ANNA, "aa", 1_002_000).await;
    for _ in 0..5 {
        desk.rest().await;
    }
    assert!(matches!(payout(&mut desk, no).state, PayoutState::ToBuy { paused: Some(_) }));
    // Somebody wants the rest bought: it is, and where it is bought in part again, they are asked again.
    let resume = async |desk: &mut World| {
        let store = desk.service().unwrap().store.clone();
        let order = Order::new("anna", "go on").unwrap();
        decide_purchase(&store, no, PurchaseAct::Resume, order).await.unwrap();
        desk.rest().await;
    };
    desk.exchange.change(|state| state.tenths = vec![5]);
    resume(&mut desk).await;
    assert_eq!(states(&mut desk), ["closed", "closed"]);
    assert!(matches!(payout(&mut desk, no).state, PayoutState::ToBuy { paused: Some(_) }));
    resume(&mut desk).await;
    rest(&mut desk).await;
    assert!(is_settled(&mut desk, no));
}

#[tokio::test]
async fn should_wait_for_more_where_it_is_less_than_the_smallest_order() {
    let mut world = world(UpstreamSettings::default());
    // One SKY is the least: 0.0020441 BTC with the slippage that is allowed, and the fee.
    let first = deposit(&mut world, ANNA, "aa", 100_000).await;
    rest(&mut world).await;
    assert!(matches!(payout(&mut world, first).state, PayoutState::ToBuy { paused: None }));
    assert_eq!(orders(&mut world).len(), 0);
    // The exchange is not asked again whenever somebody wakes the worker.
    world.exchange.change(|state| state.asked = 0);
    for _ in 0..50 {
        world.buyer_step().await;
    }
    assert!(world.exchange.state().asked <= 4, "{}", world.exchange.state().asked);
    let second = deposit(&mut world, BERT, "bb", 300_000).await;
    rest(&mut world).await;
    assert!(is_settled(&mut world, second));
    let third = deposit(&mut world, BERT, "cc", 200_000).await;
    rest(&mut world).await;
    // Together they are enough, and share by what they brought.
    let [order] = &orders(&mut world)[1..] else { panic!("one order for two") };
    assert_eq!(order.shares.len(), 2);
    let (one, two) = (payout(&mut world, first), payout(&mut world, third));
    assert!(is_settled(&mut world, first) && is_settled(&mut world, third), "{one:?} {two:?}");
    // 100,000 satoshi, and 200,000 with the 2,000 that were left of the second deposit.
    let (one, two) = (one.bought.unwrap(), two.bought.unwrap());
    assert_eq!(two.carried.get(), 2_000);
    let (one, two) = (one.coins.get() * 202, two.coins.get() * 100);
    assert!(two.abs_diff(one) <= 202, "{one} {two}");
}

#[tokio::test]
async fn should_gather_small_deposits_into_one_order() {
    let gather = UpstreamSettings { gather_count: 4, ..UpstreamSettings::default() };
    let mut world = world(gather);
    let mut all = Vec::new();
    for tx in ["aa", "bb", "cc", "dd", "ee"] {
        all.push(deposit(&mut world, ANNA, tx, 333_333).await);
    }
    world.payer_step().await;
    world.buyer_step().await;
    world.buyer_step().await;
    let sizes: Vec<usize> = orders(&mut world).iter().map(|order| order.shares.len()).collect();
    assert_eq!(sizes, [4]);
    rest(&mut world).await;
    let sizes: Vec<usize> = orders(&mut world).iter().map(|order| order.shares.len()).collect();
    assert_eq!(sizes, [4, 1]);
    for no in all {
        assert!(is_settled(&mut world, no));
    }
}

#[tokio::test]
async fn should_wait_rather_than_buy_dear_or_where_nothing_is_sold() {
    let ceiling = Some(Decimal::new(19, 4));
    let dear = UpstreamSettings { ceiling, ..UpstreamSettings::default() };
    let mut desk = world(dear);
    let no = deposit(&mut desk, ANNA, "aa", 1_002_000).await;
    for _ in 0..3 {
        desk.rest().await;
    }
    assert_eq!(orders(&mut desk).len(), 0);
    let pause = desk.service().unwrap().live.upstream().unwrap().pause_of("BTC").map(str::to_owned);
    assert_eq!(pause.unwrap(), "the market asks 0.002, and the operator buys at no more than 0.0019");
    desk.exchange.state().asks = Decimal::new(18, 4);
    rest(&mut desk).await;
    assert!(is_settled(&mut desk, no));

    let mut desk = world(UpstreamSettings::default());
    desk.exchange.state().state = MarketState::Closed;
    let no = deposit(&mut desk, ANNA, "aa", 1_002_000).await;
    for _ in 0..3 {
        desk.rest().await;
    }
    let pause = desk.service().unwrap().live.upstream().unwrap().pause_of("BTC").map(str::to_owned);
    assert_eq!(pause.unwrap(), "the market takes no orders now");
    desk.exchange.state().state = MarketState::Trading;
    rest(&mut desk).await;
    assert!(is_settled(&mut desk, no));
}

#[tokio::test]
async fn should_fall_back_to_the_configured_rate_where_that_is_wanted() {
    let fallback_after = Some(Duration::from_secs(600));
    let mut world = world(UpstreamSettings { fallback_after, ..UpstreamSettings::default() });
    world.exchange.state().state = MarketState::Closed;
    let no = deposit(&mut world, ANNA, "aa", 1_000_000).await;
    world.rest().await;
    assert!(matches!(payout(&mut world, no).state, PayoutState::ToBuy { .. }));
    world.clock.advance(600);
    rest(&mut world).await;
    // 500 SKY a bitcoin.
    assert_eq!(payout(&mut world, no).amount, Droplets::new(5_000_000));
    assert!(is_settled(&mut world, no));
    assert_eq!(payout(&mut world, no).bought, None);
}

#[tokio::test]
async fn should_wait_where_the_account_has_no_funds() {
    let mut world = world(UpstreamSettings::default());
    world.exchange.state().funds = Decimal::ZERO;
    let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    for _ in 0..10 {
        world.rest().await;
    }
    let pause = world.service().unwrap().live.upstream().unwrap().pause_of("BTC").map(str::to_owned);
    assert!(pause.unwrap().contains("insufficient balance"));
    // It is tried again at longer intervals: not once a round.
    assert!(orders(&mut world).len() < 10, "{}", orders(&mut world).len());
    world.exchange.state().funds = Decimal::ONE;
    world.clock.advance(600);
    rest(&mut world).await;
    assert!(is_settled(&mut world, no));
}

#[tokio::test]
async fn should_keep_what_the_books_say_when_nothing_is_left_open() {
    let mut world = world(UpstreamSettings::default());
    world.exchange.state().tenths = vec![7, 3, 9, 1];
    for (payee, tx, satoshi) in [(ANNA, "aa", 5_000_001), (BERT, "bb", 777_777), (ANNA, "cc", 1_234_567)] {
        deposit(&mut world, payee, tx, satoshi).await;
    }
    rest(&mut world).await;
    let snapshot = world.service().unwrap().store.snapshot();
    let books = snapshot.balances().unwrap();
    let on = |account| books.amount(Asset::of_payouts(), account).get();
    assert_eq!(on(Account::Upstream), on(Account::Paid) + on(Account::Remainders));
}

#[tokio::test]
async fn should_give_back_what_a_void_payout_brought_from_the_account() {
    let mut world = world(UpstreamSettings::default());
    deposit(&mut world, ANNA, "aa", 1_002_000).await;
    rest(&mut world).await;
    world.exchange.state().state = MarketState::Closed;
    assert!(matches!(world.bind(ANNA).await, StepEnd::Done(_)));
    let address = world.acked.binds.last().unwrap().1;
    world.chain.mine(vec![payment("bb", address, 1_000_000)]);
    (0..3).for_each(|_| world.chain.mine(Vec::new()));
    world.scan().await;
    world.rest().await;
    let no = DepositNo::new(2);
    let kept = |world: &mut World| {
        let snapshot = world.service().unwrap().store.snapshot();
        snapshot.remainder(&ANNA, Asset::Coin(Coin::BTC)).unwrap().get()
    };
    assert_eq!((payout(&mut world, no).bought.unwrap().carried.get(), kept(&mut world)), (2_000, 0));
    // A fork takes the deposit back, and somebody rules that it is never paid.
    world.chain.unmine(4);
    (0..6).for_each(|_| world.chain.mine(Vec::new()));
    world.scan().await;
    let store = world.service().unwrap().store.clone();
    rule(&store, no, Verdict::Void, Order::new("anna", "double spent").unwrap()).await.unwrap();
    assert_eq!((payout(&mut world, no).bought.unwrap().carried.get(), kept(&mut world)), (0, 2_000));
    world.verify(false).unwrap();
}

#[tokio::test]
async fn should_believe_no_other_account_on_an_order() {
    let mut world = world(UpstreamSettings::default());
    world.exchange.change(|state| state.placing = vec![Habit::LoseReply]);
    let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    for _ in 0..2 {
        assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
    }
    assert_eq!(states(&mut world), ["unclear"]);
    // The operator takes another key: to that one there never was such an order.
    world.stop();
    world.settings.upstream =
        Some(UpstreamSettings { account: "another".to_owned(), ..UpstreamSettings::default() });
    world.start().unwrap();
    for _ in 0..5 {
        world.rest().await;
    }
    assert_eq!(states(&mut world), ["held"]);
    assert!(matches!(payout(&mut world, no).state, PayoutState::Buying { .. }));
    assert_eq!(world.exchange.state().orders.len(), 1);
}

#[tokio::test]
async fn should_wait_for_a_repeat_as_for_the_first_call() {
    for idempotency in [Idempotency::SameOrder, Idempotency::UniqueForever] {
        let mut world = world(UpstreamSettings::default());
        world.exchange.change(|state| {
            state.idempotency = idempotency;
            // Where ids are not told, one that can be used once for ever is repeated as well.
            state.tells_ids = idempotency == Idempotency::SameOrder;
            state.placing = vec![Habit::LoseRequest, Habit::LoseRequest, Habit::Late];
            // Longer than the pause after calls that fail.
            (state.late, state.settling) = (Duration::from_secs(55), Duration::from_secs(60));
        });
        let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
        // The repeat is late, and until it comes to life the market takes nothing.
        for second in 0..400 {
            let is_repeated = !world.exchange.state().orders.is_empty();
            let state = if is_repeated && second < 300 { MarketState::Closed } else { MarketState::Trading };
            world.exchange.change(|exchange| exchange.state = state);
            assert!(!matches!(world.buyer_step().await, StepEnd::Died));
            world.clock.advance(1);
        }
        world.exchange.change(|state| state.state = MarketState::Trading);
        for _ in 0..5 {
            world.clock.advance(600);
            world.rest().await;
        }
        world.verify(false).unwrap();
        // Where nobody tells which order it is, a person looks.
        match idempotency {
            Idempotency::SameOrder => assert!(is_settled(&mut world, no), "{:?}", states(&mut world)),
            _ => assert_eq!(states(&mut world), ["held"]),
        }
        let executed = world.exchange.state().orders.len();
        assert_eq!(executed, 1, "{idempotency:?}: {:?}", states(&mut world));
    }
}
