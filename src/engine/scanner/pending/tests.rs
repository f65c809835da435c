//! When the node is asked what waits for a block, and what is shown of its answer.

use super::*;
use crate::address::DepositAddress;
use crate::live::Sighting;
use crate::skycoin::Address;
use crate::testing::{FakeSource, ManualClock, StepEnd, World};
use crate::types::{Coin, Droplets, Units};

const PERIOD: Duration = Duration::from_secs(20);

fn seconds(seconds: u64) -> Next {
    Next::Wait(Duration::from_secs(seconds))
}

/// A desk whose chain is followed, and its watcher.
struct Desk {
    world: World,
    live: Arc<Live>,
    clock: Arc<ManualClock>,
    address: DepositAddress,
    watcher: PendingWatcher<FakeSource>,
}

impl Desk {
    async fn new() -> Desk {
        let mut world = World::new(Droplets::new(1_000_000_000), 10);
        assert_eq!(world.bind(Address::from_bytes([1; 20])).await, StepEnd::Done(None));
        let address = world.acked.binds[0].1;
        let clock = Arc::clone(&world.clock);
        let source = Arc::new(FakeSource::new(world.chain.clone(), world.fuse.clone()));
        let service = world.service().unwrap();
        let (store, live) = (service.store.clone(), Arc::clone(&service.live));
        let given = Arc::clone(&clock) as Arc<dyn Clock>;
        let watcher = PendingWatcher::new(store, source, Arc::clone(&live), given, PERIOD);
        Desk { world, live, clock, address, watcher }
    }

    async fn scan(&mut self) {
        assert!(matches!(self.world.scan().await, StepEnd::Done(_)));
    }

    async fn step(&mut self) -> Next {
        self.watcher.step().await.unwrap()
    }

    /// Another look, once it is time.
    async fn look(&mut self) -> Next {
        self.clock.advance(60);
        self.step().await
    }

    fn payment(&self, tx: &str) -> Payment {
        Payment::new(tx.to_owned(), 0, self.address, Units::new(100_000))
    }

    fn waits(&self, transactions: &[&str]) {
        let pending = transactions.iter().map(|tx| self.payment(tx)).collect();
        self.world.chain.set_pending(Some(pending));
    }

    /// What is shown, and whether it is gone.
    fn shown(&self) -> Vec<(String, bool)> {
        let sightings = self.live.sightings(Coin::BTC);
        let told = |seen: &Sighting| (seen.tx.clone(), seen.gone_at.is_some());
        sightings.at(&self.address.key()).iter().map(told).collect()
    }
}

fn shows(all: &[(&str, bool)]) -> Vec<(String, bool)> {
    all.iter().map(|(tx, is_gone)| ((*tx).to_owned(), *is_gone)).collect()
}

#[tokio::test]
async fn should_show_what_waits_and_what_does_not_any_more() {
    let mut desk = Desk::new().await;
    desk.waits(&["a"]);
    assert_eq!(desk.step().await, Next::Wait(PERIOD));
    assert_eq!(desk.shown(), [], "nobody follows the chain yet");
    desk.scan().await;
    assert_eq!(desk.look().await, Next::Wait(PERIOD));
    assert_eq!(desk.shown(), shows(&[("a", false)]));
    desk.waits(&["b"]);
    desk.look().await;
    assert_eq!(desk.shown(), shows(&[("b", false), ("a", true)]));
    desk.waits(&[]);
    desk.look().await;
    assert!(desk.shown().iter().all(|(_, is_gone)| *is_gone));
}

#[tokio::test]
async fn should_not_show_as_gone_what_a_block_has_taken_that_is_not_read_yet() {
    let mut desk = Desk::new().await;
    desk.scan().await;
    desk.waits(&["a"]);
    desk.look().await;
    desk.world.chain.mine(vec![desk.payment("a")]);
    desk.waits(&[]);
    desk.look().await;
    assert_eq!(desk.shown(), shows(&[("a", false)]));
    desk.waits(&["b"]);
    desk.look().await;
    assert_eq!(desk.shown(), shows(&[("a", false)]), "it is shown as it was");
    desk.scan().await;
    desk.look().await;
    assert_eq!(desk.shown(), shows(&[("b", false)]), "the other one is a deposit");
}

#[tokio::test]
async fn should_say_why_it_shows_nothing_new_and_keep_what_it_shows() {
    let mut desk = Desk::new().await;
    desk.scan().await;
    desk.waits(&["a"]);
    desk.look().await;
    desk.world.chain.set_away(true);
    assert_eq!(desk.look().await, Next::Wait(TRY_AGAIN));
    let words = desk.live.notes(Coin::BTC).pending_error.clone();
    assert!(words.is_some_and(|words| words.contains("away")));
    assert_eq!(desk.shown(), shows(&[("a", false)]));
    desk.world.chain.set_away(false);
    assert_eq!(desk.look().await, Next::Wait(PERIOD));
    assert_eq!(desk.live.notes(Coin::BTC).pending_error, None);
    desk.world.chain.set_pending(None);
    assert_eq!(desk.look().await, Next::Wait(TRY_AGAIN), "this node does not tell");
    assert_eq!(desk.shown(), shows(&[("a", false)]));
}

#[tokio::test]
async fn should_ask_the_node_no_more_often_than_it_is_told_to() {
    let mut desk = Desk::new().await;
    assert_eq!(desk.watcher.name(), Coin::BTC.facts().workers.pending);
    desk.scan().await;
    desk.waits(&[]);
    assert_eq!(desk.step().await, seconds(20));
    desk.waits(&["a"]);
    // Every write to the store wakes it.
    assert_eq!(desk.step().await, seconds(20));
    desk.clock.advance(19);
    assert_eq!(desk.step().await, seconds(1));
    assert_eq!(desk.shown(), []);
    // Clocks that are set make it neither look sooner nor later.
    desk.clock.set_back(-1_000);
    assert_eq!(desk.step().await, seconds(1));
    desk.clock.set_back(5_000);
    desk.clock.advance(1);
    assert_eq!(desk.step().await, seconds(20));
    assert_eq!(desk.shown(), shows(&[("a", false)]));
    // Hints shorten the rest, down to a second.
    desk.waits(&["a", "b"]);
    desk.live.hint(Coin::BTC).give();
    assert_eq!(desk.step().await, seconds(1));
    assert_eq!(desk.step().await, seconds(1), "the hint is remembered");
    assert_eq!(desk.shown(), shows(&[("a", false)]));
    desk.clock.advance(1);
    assert_eq!(desk.step().await, seconds(20));
    assert_eq!(desk.shown(), shows(&[("a", false), ("b", false)]));
    desk.clock.advance(12);
    desk.waits(&["b"]);
    desk.live.hint(Coin::BTC).give();
    assert_eq!(desk.step().await, seconds(20), "it looks at once");
    assert_eq!(desk.shown(), shows(&[("b", false), ("a", true)]));
}
