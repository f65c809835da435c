//! What a scanner and its helpers show and find.

use super::*;
use crate::engine::BuyMethods;
use crate::skycoin::Address;
use crate::store::Rescan;
use crate::testing::{FakeSource, StepEnd, World, memory_store};
use crate::types::{Droplets, PerCoin, Rate};

fn world(initial_height: u64) -> World {
    let mut world = World::new(Droplets::new(1_000_000_000), 10);
    world.stop();
    world.settings.initial_height = initial_height;
    world.start().unwrap();
    world
}

fn view(world: &mut World) -> ChainView {
    world.service().unwrap().live.chain(Coin::BTC).unwrap()
}

#[test]
fn should_find_every_bound_address_among_others() {
    let store = memory_store();
    let address = |n: u8| DepositAddress::of_account([n; 20]);
    let all: Vec<DepositAddress> = (0..6).map(address).collect();
    let watch = bound(&store);
    assert_eq!(watch.watched_among(&all), Vec::<usize>::new());
    assert!(!watch.may_be_watched(&address(4)));
    store
        .write_blocking(move |tx| {
            [0, 2, 4]
                .into_iter()
                .try_for_each(|n| tx.bind(Address::from_bytes([1; 20]), address(n)).map(drop))
        })
        .unwrap();
    let found = watch.watched_among(&all);
    assert!([0, 2, 4].iter().all(|n| found.contains(n)), "{found:?}");
    assert!([0, 2, 4].iter().all(|n| watch.may_be_watched(&address(*n))));
}

#[tokio::test]
async fn should_wait_for_the_block_to_begin_with_and_say_so() {
    let mut world = world(5);
    for height in 0..4 {
        assert_eq!(world.chain.height(), height);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        let view = view(&mut world);
        assert_eq!((view.waits_for, view.scanned), (Some(Height::new(5)), None), "{height}");
        assert_eq!(view.node, NodeState::Ok);
        world.chain.mine(vec![]);
    }
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    let view = view(&mut world);
    assert_eq!((view.waits_for, view.scanned.map(|block| block.height)), (None, Some(Height::new(4))));
}

#[tokio::test]
async fn should_call_finality_untold_only_where_it_counts() {
    for use_finalized in [false, true] {
        let mut world = world(1);
        world.stop();
        world.settings.use_finalized = use_finalized;
        world.start().unwrap();
        world.chain.mine(vec![]);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        let view = view(&mut world);
        assert_eq!(view.is_finality_untold, use_finalized);
        assert_eq!(view.blind_spot.is_some_and(|words| words.contains("finalized")), use_finalized);
    }
}

#[tokio::test]
async fn should_tell_a_node_that_was_never_reached_from_one_that_went_away() {
    let mut world = world(1);
    world.chain.set_away(true);
    assert!(matches!(world.scan().await, StepEnd::Refused(_)));
    assert!(matches!(view(&mut world).node, NodeState::NotYetReached { why } if why.contains("away")));
    world.chain.set_away(false);
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    world.chain.set_away(true);
    assert!(matches!(world.scan().await, StepEnd::Refused(_)));
    assert!(matches!(view(&mut world).node, NodeState::Unreachable { why } if why.contains("away")));
}

#[tokio::test]
async fn should_rest_where_the_blocks_to_be_read_again_are_others_than_were_followed() {
    let mut world = world(1);
    (0..6).for_each(|_| world.chain.mine(vec![]));
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    let (store, live) = {
        let service = world.service().unwrap();
        (service.store.clone(), Arc::clone(&service.live))
    };
    let rescan = Rescan { from: Height::new(1), to: Height::new(6), next: Height::new(1), found: 0 };
    let asked = store.write(move |tx| tx.set_rescan(Coin::BTC, Some(rescan)));
    asked.await.unwrap();
    let followed = world.chain.remember();
    world.chain.unmine(6);
    (0..6).for_each(|_| world.chain.mine(vec![]));
    let rates = PerCoin::new(|_| Rate::parse("500").unwrap());
    let settings = ScannerSettings {
        initial_height: Height::new(1),
        confirmations: 2,
        use_finalized: false,
        scan_period: Duration::from_secs(5),
        shorter_chain_wait: Duration::from_secs(600),
        limits: ChainLimits { max_tip_age: None, max_silence: Duration::from_secs(300) },
    };
    let source = Arc::new(FakeSource::new(world.chain.clone(), world.fuse.clone()));
    let intake = Intake::fixed(&rates, &[], 3, BuyMethods::default());
    let mut rescanner = Rescanner::new(store.clone(), source, intake, settings, live);
    assert_eq!(rescanner.step().await.unwrap(), Next::Wait(Duration::from_secs(5)));
    assert_eq!(store.snapshot().rescan(Coin::BTC).unwrap(), Some(rescan), "following comes first");
    world.chain.show(&followed);
    assert_eq!(rescanner.step().await.unwrap(), Next::Again);
    assert_eq!(store.snapshot().rescan(Coin::BTC).unwrap(), None);
}

#[test]
fn should_have_every_worker_known_by_its_name() {
    let store = memory_store();
    let (chain, fuse) = (crate::testing::FakeChain::default(), crate::testing::Fuse::default());
    let source = Arc::new(FakeSource::new(chain, fuse));
    let live = Arc::<Live>::default();
    let checker = BalanceChecker::new(store, source, live);
    assert_eq!(checker.name(), Coin::BTC.facts().workers.balance_checker);
}
