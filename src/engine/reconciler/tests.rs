//! When blocks are compared, where that begins, and what it stops.

use super::*;
use crate::address::DepositAddress;
use crate::chain::Payment;
use crate::live::NodeState;
use crate::skycoin::Address;
use crate::store::Rescan;
use crate::testing::{FakeChain, FakeSource, ManualClock, StepEnd, World};
use crate::types::{Droplets, Units};

/// A desk that has followed its chain, and a worker that compares.
pub(super) struct Desk {
    world: World,
    live: Arc<Live>,
    store: Store,
    address: DepositAddress,
    pub(super) reconciler: Reconciler<FakeSource>,
}

impl Desk {
    /// With so many blocks, all but the newest two of which are final.
    pub(super) async fn with_blocks(blocks: u64) -> Desk {
        let mut world = World::new(Droplets::new(1_000_000_000), 10);
        assert_eq!(world.bind(Address::from_bytes([1; 20])).await, StepEnd::Done(None));
        let address = world.acked.binds[0].1;
        (0..blocks).for_each(|_| world.chain.mine(vec![]));
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        let (live, store) = {
            let service = world.service().unwrap();
            (Arc::clone(&service.live), service.store.clone())
        };
        let reconciler = reconciler(&world, &store, &live, true);
        Desk { world, live, store, address, reconciler }
    }

    pub(super) fn clock(&self) -> Arc<ManualClock> {
        Arc::clone(&self.world.clock)
    }

    pub(super) fn chain(&self) -> FakeChain {
        self.world.chain.clone()
    }

    pub(super) fn reading(&self) -> Option<SecondReading> {
        self.live.reading(Coin::BTC).as_ref().clone()
    }

    /// Puts payments into a block that the follower was not told of.
    pub(super) fn hider(&self, height: usize) -> impl Fn(&str) + use<> {
        let (chain, address) = (self.chain(), self.address);
        move |tx| chain.amend(height, Payment::new(tx.to_owned(), 0, address, Units::new(70_000)))
    }

    pub(super) fn hide(&self, height: usize, tx: &str) {
        self.hider(height)(tx);
    }

    /// A step, once it is time; answers how long it rests then.
    async fn step(&mut self) -> Duration {
        self.world.clock.advance(11);
        self.step_now().await
    }

    async fn step_now(&mut self) -> Duration {
        match self.reconciler.step().await.unwrap() {
            Next::Wait(rest) => rest,
            Next::Again => panic!("it never rests"),
        }
    }

    /// Steps until there is nothing to do.
    async fn rest(&mut self) {
        for _ in 0..400 {
            if self.step().await == IDLE {
                return;
            }
        }
        panic!("it does not come to rest");
    }

    fn compared(&self) -> Option<u64> {
        self.reading().map(|reading| reading.blocks)
    }
}

fn reconciler(world: &World, store: &Store, live: &Arc<Live>, stops: bool) -> Reconciler<FakeSource> {
    let source = Arc::new(FakeSource::new(world.chain.clone(), world.fuse.clone()));
    let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
    Reconciler::new(store.clone(), source, Arc::clone(live), clock, stops)
}

#[tokio::test]
async fn should_rest_between_two_steps_whoever_wakes_it() {
    let mut desk = Desk::with_blocks(20).await;
    assert_eq!(desk.reconciler.name(), Coin::BTC.facts().workers.reconciler);
    assert_eq!((desk.step().await, desk.compared()), (PAUSE, Some(8)));
    assert_eq!((desk.step_now().await, desk.compared()), (PAUSE, Some(8)));
    desk.world.clock.advance(1);
    assert_eq!((desk.step_now().await, desk.compared()), (PAUSE, Some(16)));
    desk.rest().await;
    desk.world.clock.advance(4);
    assert_eq!(desk.step_now().await, Duration::from_secs(6));
    // With nothing to read there is no trouble.
    assert_eq!((desk.step().await, desk.compared()), (IDLE, Some(18)));
    assert_eq!(desk.reading().unwrap().trouble, None);
}

#[tokio::test]
async fn should_leave_the_turn_to_following_and_to_reading_again() {
    let mut desk = Desk::with_blocks(20).await;
    let one = Height::new(1);
    let rescan = Rescan { from: one, to: one, next: one, found: 0 };
    let set = |rescan| desk.store.write(move |tx| tx.set_rescan(Coin::BTC, rescan));
    set(Some(rescan)).await.unwrap();
    assert_eq!(desk.step().await, IDLE);
    assert_eq!(desk.compared(), Some(0));
    let set = |rescan| desk.store.write(move |tx| tx.set_rescan(Coin::BTC, rescan));
    set(None).await.unwrap();
    let view = desk.live.chain(Coin::BTC).unwrap();
    let away = NodeState::Unreachable { why: "away".to_owned() };
    desk.live.set_chain(Coin::BTC, crate::live::ChainView { node: away, ..view.clone() });
    assert_eq!(desk.step().await, IDLE);
    assert_eq!(desk.compared(), Some(0));
    desk.live.set_chain(Coin::BTC, view);
    assert_eq!((desk.step().await, desk.compared()), (PAUSE, Some(8)));
}

#[tokio::test]
async fn should_begin_where_it_is_told_once_that_is_final() {
    for (from, first, compared) in [(5, Some(5), 14), (18, Some(18), 1), (19, None, 0), (25, None, 0)] {
        let mut desk = Desk::with_blocks(20).await;
        desk.reconciler =
            reconciler(&desk.world, &desk.store, &desk.live, true).beginning_at(Height::new(from));
        desk.rest().await;
        let reading = desk.reading().unwrap();
        assert_eq!((reading.from, reading.blocks), (first.map(Height::new), compared), "{from}");
    }
}

#[tokio::test]
async fn should_compare_no_more_where_too_many_blocks_differ() {
    let mut desk = Desk::with_blocks(130).await;
    (1..=120).for_each(|height| desk.hide(height, &format!("at {height}")));
    for _ in 0..60 {
        desk.step().await;
    }
    let reading = desk.reading().unwrap();
    assert_eq!(reading.blocks, 104, "it has them in eights");
    assert!(reading.trouble.is_some_and(|words| words.contains("too many blocks")));
}

#[tokio::test]
async fn should_open_the_breaker_only_where_it_is_to_stop_payouts() {
    for stops in [false, true] {
        let mut desk = Desk::with_blocks(12).await;
        desk.reconciler = reconciler(&desk.world, &desk.store, &desk.live, stops);
        desk.hide(5, "hidden");
        for _ in 0..9 {
            desk.step().await;
        }
        assert_eq!(desk.reading().unwrap().standing().count(), 1);
        let breaker = desk.store.snapshot().breaker(Breaker::Books(Coin::BTC)).unwrap();
        assert_eq!(breaker.is_some_and(|state| state.is_open()), stops);
    }
}

#[tokio::test]
async fn should_compare_no_other_block_than_the_one_that_was_followed() {
    let mut desk = Desk::with_blocks(12).await;
    // The node shows another chain, and nobody has followed it.
    let good = desk.chain().remember();
    desk.chain().unmine(9);
    (0..9).for_each(|_| desk.chain().mine(vec![]));
    desk.hide(6, "there");
    assert_eq!(desk.step().await, TRY_AGAIN);
    let reading = desk.reading().unwrap();
    assert!(reading.trouble.as_ref().is_some_and(|words| words.contains("was followed")), "{reading:?}");
    assert_eq!(reading.differences, []);
    desk.chain().show(&good);
    desk.rest().await;
    let reading = desk.reading().unwrap();
    assert_eq!((reading.blocks, reading.trouble), (10, None));
}
