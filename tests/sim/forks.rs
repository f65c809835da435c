//! A chain that grows, forks and goes away under a desk that dies: what the best chain holds deep enough is paid once,
//! what it does not hold is not paid while it is out.

use teller::address::DepositAddress;
use teller::chain::Payment;
use teller::deposit::DepositState;
use teller::skycoin::Address;
use teller::store::{Chains, DepositEvent, Event, Page, Rescan, Tables};
use teller::testing::{StepEnd, Way, World};
use teller::types::{Coin, Droplets, Height, Units};

use crate::ways::{self, in_every_way};

const ANNA: Address = Address::from_bytes([1; 20]);

pub(crate) fn payment(tx: &str, address: DepositAddress, satoshi: u128) -> Payment {
    Payment::new(tx.to_owned(), 0, address, Units::new(satoshi))
}

/// The same, in any way; the only payment of its transaction.
pub(crate) fn pays(way: Way, tx: &str, address: DepositAddress, satoshi: u64) -> Payment {
    way.payment(tx.to_owned(), 0, address, satoshi)
}

pub(crate) fn world() -> World {
    World::new(Droplets::new(1_000_000_000), 200)
}

pub(crate) async fn bound(world: &mut World) -> DepositAddress {
    assert_eq!(world.bind(ANNA).await, StepEnd::Done(None));
    world.acked.binds.last().unwrap().1
}

/// The state of the only deposit that this transaction makes.
pub(crate) fn state_of(world: &mut World, tx: &str) -> Option<DepositState> {
    let snapshot = world.service().unwrap().store.snapshot();
    let all = snapshot.deposits(None, Page::ALL).unwrap();
    let mut of_it = all
        .into_iter()
        .map(|no| snapshot.deposit(no).unwrap().unwrap())
        .filter(|deposit| deposit.id.tx == tx);
    let state = of_it.next().map(|deposit| deposit.state);
    assert!(of_it.next().is_none(), "{tx} makes more than one deposit");
    state
}

/// Droplets that Anna has got.
pub(crate) fn paid(world: &World) -> u64 {
    world.node.broadcasts().iter().flat_map(|sent| &sent.payments).map(|(_, coins)| coins.get()).sum()
}

/// Everything goes its way until nothing moves.
pub(crate) async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
}

#[tokio::test]
async fn should_credit_a_deposit_at_the_depth_that_is_asked_for() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        world.chain.mine(vec![]);
        settle(&mut world).await;
        assert_eq!(paid(&world), 0, "one block above it, two are required");
        world.chain.mine(vec![]);
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_pay_what_it_finds_while_it_catches_up_in_many_steps() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        for height in 1..=1_700 {
            let is_paid = matches!(height, 3 | 499 | 500 | 501 | 900 | 1_001 | 1_698);
            let payments = is_paid.then(|| pays(way, &format!("at {height}"), address, 100_000));
            world.chain.mine(payments.into_iter().collect());
        }
        settle(&mut world).await;
        assert_eq!(paid(&world), 7 * 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_not_pay_an_orphan_and_pay_it_once_when_it_is_back() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        settle(&mut world).await;
        world.chain.unmine(1);
        (0..6).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
        assert_eq!(paid(&world), 0);
        world.verify(true).unwrap();
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        (0..2).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_wait_for_a_node_that_lost_its_newest_blocks() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        world.chain.mine(vec![]);
        settle(&mut world).await;
        let lost = world.chain.unmine(2);
        settle(&mut world).await;
        let state = state_of(&mut world, "a");
        assert!(matches!(state, Some(DepositState::Confirming { .. })), "nothing is undone: {state:?}");
        // It comes back on another branch.
        world.chain.mine(vec![]);
        world.chain.mine(lost);
        (0..2).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_go_on_where_the_block_before_the_first_was_abandoned() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        world.stop();
        world.settings.initial_height = 6;
        world.start().unwrap();
        let address = bound(&mut world).await;
        (0..5).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        // The block that scanning began after is another one now, and so is the one before it.
        world.chain.unmine(2);
        world.chain.mine(vec![pays(way, "before", address, 100_000)]);
        world.chain.mine(vec![pays(way, "before too", address, 100_000)]);
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        settle(&mut world).await;
        world.verify(true).unwrap();
        // Once more, with a deposit above it that is not paid yet.
        world.chain.unmine(3);
        (0..3).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        (0..2).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_not_take_a_node_that_lags_for_a_deep_fork() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        (0..5).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        // One block is replaced; who answers next, behind the same address, has not even seen the deposit.
        world.chain.unmine(1);
        world.chain.mine(vec![]);
        world.chain.after_tip(|chain| chain.lag(0));
        assert!(matches!(world.scanner_step().await, StepEnd::Refused(_)));
        settle(&mut world).await;
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Final { .. })));
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_not_count_depth_by_a_tip_that_was_abandoned() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        (0..3).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        (0..5).for_each(|_| world.chain.mine(vec![]));
        let payment = pays(way, "a", address, 100_000);
        world.chain.after_tip(move |chain| {
            chain.unmine(5);
            chain.mine(vec![payment]);
        });
        assert!(matches!(world.scanner_step().await, StepEnd::Done(_)));
        let state = state_of(&mut world, "a");
        assert!(matches!(state, Some(DepositState::Confirming { .. })), "nothing is above it: {state:?}");
        settle(&mut world).await;
        assert_eq!(paid(&world), 0);
        (0..2).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_rest_while_a_rescan_waits_for_blocks_that_the_node_lost() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        bound(&mut world).await;
        (0..10).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        let store = world.service().unwrap().store.clone();
        let rescan = Rescan { from: Height::new(1), to: Height::new(10), next: Height::new(1), found: 0 };
        let asked = store.write(move |tx| tx.set_rescan(way.coin(), Some(rescan)));
        asked.await.unwrap();
        world.chain.unmine(2);
        let rest = tokio::time::timeout(std::time::Duration::from_secs(10), settle(&mut world));
        rest.await.expect("the scanner finds no rest");
        assert_eq!(store.snapshot().rescan(way.coin()).unwrap().unwrap().next, Height::new(9));
        // Two others come in their place, and one on top.
        (0..3).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(store.snapshot().rescan(way.coin()).unwrap(), None);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_find_by_a_rescan_what_was_missed_and_pay_nothing_twice() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        // More than are read in one step.
        (0..1_200).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        // A block that holds more than was seen of it when it was followed.
        let missed = pays(way, "late", address, 20_000);
        world.chain.amend(1, missed);
        let store = world.service().unwrap().store.clone();
        let rescan = Rescan { from: Height::new(1), to: Height::new(1_201), next: Height::new(1), found: 0 };
        let asked = store.write(move |tx| tx.set_rescan(way.coin(), Some(rescan)));
        asked.await.unwrap();
        settle(&mut world).await;
        assert_eq!(store.snapshot().rescan(way.coin()).unwrap(), None);
        assert_eq!(paid(&world), 600_000);
        world.verify(true).unwrap();
    })
    .await;
}

async fn ask_again(world: &mut World, coin: Coin, to: u64) {
    let rescan = Rescan { from: Height::new(1), to: Height::new(to), next: Height::new(1), found: 0 };
    let store = world.service().unwrap().store.clone();
    let asked = store.write(move |tx| tx.set_rescan(coin, Some(rescan)));
    asked.await.unwrap();
}

#[tokio::test]
async fn should_not_look_through_everything_for_one_find_of_a_rescan() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        (0..10).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        world.chain.amend(1, pays(way, "late", address, 100_000));
        ask_again(&mut world, way.coin(), 10).await;
        assert!(matches!(world.scanner_step().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "late"), Some(DepositState::Final { .. })));
        let cursor = world.service().unwrap().store.snapshot().cursor(way.coin()).unwrap().unwrap();
        assert_eq!(cursor.finalized, Some(Height::new(8)));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_not_count_depth_of_a_find_by_a_tip_that_was_abandoned() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        (0..5).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        (0..4).for_each(|_| world.chain.mine(vec![]));
        let payment = pays(way, "late", address, 100_000);
        world.chain.after_tip(move |chain| {
            chain.unmine(4);
            chain.amend(5, payment);
        });
        ask_again(&mut world, way.coin(), 5).await;
        assert!(matches!(world.scanner_step().await, StepEnd::Done(_)));
        let state = state_of(&mut world, "late");
        assert!(matches!(state, Some(DepositState::Confirming { .. })), "nothing is above it: {state:?}");
        (0..2).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_make_final_what_a_rescan_found_while_the_chain_was_shorter() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        (0..10).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        // All up to block 8 was final; the node has lost three blocks when the missed deposit is found in 7.
        world.chain.unmine(3);
        world.chain.amend(7, pays(way, "late", address, 100_000));
        ask_again(&mut world, way.coin(), 7).await;
        settle(&mut world).await;
        let state = state_of(&mut world, "late");
        assert!(matches!(state, Some(DepositState::Confirming { .. })), "nothing is above it: {state:?}");
        assert_eq!(paid(&world), 0);
        (0..4).for_each(|_| world.chain.mine(vec![]));
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_tell_each_confirmation_on_the_way() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        // The block itself, one above it, two, which are required, and more.
        for told in [vec![], vec![(1, 2)], vec![(1, 2)], vec![(1, 2)]] {
            settle(&mut world).await;
            let events = world.service().unwrap().store.snapshot().events(Page::ALL).unwrap();
            let confirming = events.iter().filter_map(|(_, record)| match record.event {
                Event::Deposit(DepositEvent::Confirming { confirmations, required, .. }) => {
                    Some((confirmations, required))
                }
                _ => None,
            });
            assert_eq!(confirming.collect::<Vec<_>>(), told);
            world.chain.mine(vec![]);
        }
        assert_eq!(paid(&world), 500_000);
    })
    .await;
}
