//! Calls to an exchange that hang: what they are about waits, and nothing else does.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use teller::deposit::BlockAt;
use teller::engine::{BuyMethods, FoundDeposit, Intake, PriceVenue, Pricer, PricerSettings};
use teller::exchange::{AssetNetwork, Exchange};
use teller::ledger::Asset;
use teller::live::{PricedAsset, Prices};
use teller::payout::PayoutState;
use teller::price::{Guards, PriceSource, Promised};
use teller::skycoin::Address;
use teller::store::{MemoryBackend, Orders, Purpose, Store, Tables};
use teller::task::Worker;
use teller::testing::{FakeExchange, Fuse, Habit, ManualClock, StepEnd, UpstreamSettings, Way, World};
use teller::types::{Coin, DepositId, DepositNo, Droplets, Height, OrderNo, Rate, UnixTime};

use crate::passthrough::{deposit, states, world};

const ANNA: Address = Address::from_bytes([1; 20]);
const BERT: Address = Address::from_bytes([2; 20]);
/// Far more than all that does not hang takes together.
const PATIENCE: Duration = Duration::from_secs(10);

fn is_settled(world: &mut World, no: DepositNo) -> bool {
    let payout = world.service().unwrap().store.snapshot().payout(no).unwrap();
    matches!(payout.map(|payout| payout.state), Some(PayoutState::Settled { .. }))
}

/// Everybody works, until this deposit is paid.
async fn until_settled(world: &mut World, no: DepositNo) {
    let paid = async {
        while !is_settled(world, no) {
            assert_ne!(world.work().await, StepEnd::Died);
            world.clock.advance(3);
            world.confirm_all();
        }
    };
    tokio::time::timeout(PATIENCE, paid).await.expect("nothing that hangs stops it");
    world.verify(false).unwrap();
}

#[tokio::test]
async fn should_buy_for_others_while_a_look_at_an_order_hangs() {
    let mut world = world(UpstreamSettings::default());
    world.exchange.state().hangs = vec!["1".to_owned()];
    let stuck = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    for _ in 0..2 {
        assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
    }
    assert_eq!(states(&mut world), ["placed"]);
    for tx in ["bb", "cc"] {
        let other = deposit(&mut world, BERT, tx, 1_002_000).await;
        until_settled(&mut world, other).await;
    }
    assert!(!is_settled(&mut world, stuck));
    assert_eq!(states(&mut world), ["placed", "closed", "closed"]);
    // The next process asks anew.
    world.exchange.state().hangs.clear();
    world.stop();
    world.start().unwrap();
    until_settled(&mut world, stuck).await;
    assert_eq!(world.exchange.state().orders.len(), 3);
}

#[tokio::test]
async fn should_buy_for_others_while_a_call_that_places_an_order_hangs() {
    let mut world = world(UpstreamSettings::default());
    world.exchange.state().placing = vec![Habit::Hang];
    let stuck = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    for _ in 0..2 {
        assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
    }
    assert_eq!(states(&mut world), ["intended"]);
    let other = deposit(&mut world, BERT, "bb", 1_002_000).await;
    until_settled(&mut world, other).await;
    // Its call is under way: it is neither placed again nor looked up.
    assert_eq!(states(&mut world), ["intended", "closed"]);
    assert!(!is_settled(&mut world, stuck));
    // Died in it: the next process finds out what became of it.
    world.stop();
    world.start().unwrap();
    until_settled(&mut world, stuck).await;
    assert_eq!(states(&mut world)[0], "missed");
    assert_eq!(world.exchange.state().orders.len(), 2);
}

#[tokio::test]
async fn should_buy_in_other_markets_while_one_hangs() {
    let mut world = World::on(Coin::ETH, Droplets::new(100_000_000_000), 16);
    world.settings.upstream = Some(UpstreamSettings::default());
    world.stop();
    world.start().unwrap();
    let way = Way::on(Coin::ETH).last().unwrap();
    let token = way.token().expect("the last way is by a token");
    world.exchange.state().hangs = vec![format!("SKY{}", Coin::ETH.code())];
    let stuck = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    assert!(matches!(world.bind(BERT).await, StepEnd::Done(_)));
    let address = world.acked.binds.last().unwrap().1;
    let found = FoundDeposit {
        id: DepositId { coin: Coin::ETH, tx: "bb".to_owned(), n: 0, token: Some(token.contract) },
        token: Some(token),
        address,
        amount: way.units(1_002_000),
        block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
        is_final: true,
    };
    assert!(matches!(world.hand(found).await, StepEnd::Done(_)));
    until_settled(&mut world, DepositNo::new(2)).await;
    assert!(!is_settled(&mut world, stuck));
    let snapshot = world.service().unwrap().store.snapshot();
    assert_eq!(snapshot.orders(OrderNo::new(0), 9).unwrap().len(), 1);
}

/// Prices of two coins, each on a market of an exchange of its own.
fn pricer(clock: &Arc<ManualClock>, exchanges: &[FakeExchange; 2]) -> (Pricer, Arc<Prices>) {
    let purpose = Purpose::real(Coin::BTC.main_network());
    let store = Store::open(Arc::new(MemoryBackend::default()), purpose, clock.clone(), &|_| {}).unwrap();
    let exact = |text: &str| text.parse().unwrap();
    let guards = Guards {
        max_age: Duration::from_secs(120),
        spread: exact("0.01"),
        band: exact("0.2"),
        disagree: exact("0.05"),
    };
    let own = Some(Rate::parse("500").unwrap());
    let listed = [(Coin::BTC, "one:SKYBTC"), (Coin::LTC, "two:SKYLTC")].map(|(coin, source)| PricedAsset {
        asset: Asset::Coin(coin),
        source: PriceSource::parse(source).unwrap(),
        own: own.clone(),
    });
    let prices = Arc::new(Prices::new(listed.to_vec(), guards, UnixTime::new(0)));
    let (promised, methods) = (Promised::Seen, BuyMethods::default());
    let intake = Intake { prices: Arc::clone(&prices), promised, max_decimals: 3, methods };
    let venue = |exchange: &FakeExchange| {
        exchange.state().networks = Some(vec![AssetNetwork { name: "SKY".into(), contract: None }]);
        let exchange: Arc<dyn Exchange> = Arc::new(exchange.clone());
        PriceVenue { exchange, has_key: true }
    };
    let [one, two] = exchanges;
    let venues = HashMap::from([("one".to_owned(), venue(one)), ("two".to_owned(), venue(two))]);
    let settings = PricerSettings { poll: Duration::from_secs(15), venues, vouched: Vec::new() };
    (Pricer::new(store, clock.clone(), intake, settings), prices)
}

#[tokio::test]
async fn should_hear_other_prices_while_one_source_hangs() {
    let clock = Arc::new(ManualClock::default());
    let exchanges = [(); 2].map(|()| FakeExchange::new(Arc::clone(&clock), Fuse::default()));
    let (mut pricer, prices) = pricer(&clock, &exchanges);
    exchanges[0].state().hangs = vec!["SKYBTC".to_owned()];
    let promise = |coin| prices.promise(coin, None, teller::clock::Clock::now(&*clock));
    for _ in 0..3 {
        clock.advance(15);
        tokio::time::timeout(PATIENCE, pricer.step()).await.expect("nothing that hangs stops it").unwrap();
        assert!(promise(Coin::LTC).is_ok() && promise(Coin::BTC).is_err());
    }
    // However often its time has come, one question is under way.
    assert_eq!(exchanges[0].state().asked, 0);
}
