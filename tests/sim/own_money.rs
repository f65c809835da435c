//! Coins that come home are no deposit, and a block's reward is none before it can be spent.

use teller::address::DepositAddress;
use teller::chain::{Origin, Payment};
use teller::deposit::DepositState;
use teller::engine::operator::{Order, release_address};
use teller::store::{Chains, OwnMoneyTable, Rescan, Taints};
use teller::testing::World;
use teller::types::{Actor, Coin, Height};

use crate::forks::{bound, paid, payment, settle, state_of, world};

fn spending(outputs: &[(&str, u32)], payment: Payment) -> Payment {
    let outputs = outputs.iter().map(|(tx, n)| ((*tx).to_owned(), *n)).collect();
    Payment { origin: Origin::Outputs(outputs), ..payment }
}

fn own(world: &mut World) -> Vec<String> {
    let snapshot = world.service().unwrap().store.snapshot();
    snapshot.all_own_money(None, 9).unwrap().into_iter().map(|(id, _)| id.to_string()).collect()
}

fn mine(world: &World, payments: Vec<Payment>) {
    world.chain.mine(payments);
    (0..2).for_each(|_| world.chain.mine(vec![]));
}

#[tokio::test]
async fn should_not_pay_for_the_change_of_a_spent_deposit() {
    let mut world = world();
    let (address, other) = (bound(&mut world).await, bound(&mut world).await);
    mine(&world, vec![payment("a", address, 100_000)]);
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    // It is spent, with change to itself and something to another address, and the change is spent again.
    mine(&world, vec![spending(&[("x", 5), ("a", 0)], payment("b", address, 90_000))]);
    mine(&world, vec![spending(&[("b", 0)], payment("c", other, 80_000))]);
    // What merely looks like it is a deposit: another output of that transaction, or a stranger's.
    mine(&world, vec![spending(&[("a", 1)], payment("d", address, 20_000))]);
    settle(&mut world).await;
    assert_eq!(paid(&world), 600_000);
    assert_eq!(own(&mut world), ["b:0", "c:0"]);
    assert!(state_of(&mut world, "b").is_none() && state_of(&mut world, "d").is_some());
}

#[tokio::test]
async fn should_know_own_money_by_who_sent_it() {
    let mut world = world();
    let (address, other) = (bound(&mut world).await, bound(&mut world).await);
    let from = |senders: Vec<DepositAddress>, payment| Payment {
        origin: Origin::Addresses(senders.into()),
        ..payment
    };
    let stranger =
        DepositAddress::parse(Coin::BTC.main_network(), "1PZ63K3G4gZP6A6E2TTbBwxT5bFQGL2TLB").unwrap();
    mine(&world, vec![from(vec![other], payment("a", address, 100_000))]);
    mine(&world, vec![from(vec![stranger], payment("b", address, 100_000))]);
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    assert_eq!(own(&mut world), ["a:0"]);
}

#[tokio::test]
async fn should_take_own_money_for_own_again_after_a_fork() {
    let mut world = world();
    let address = bound(&mut world).await;
    mine(&world, vec![payment("a", address, 100_000)]);
    settle(&mut world).await;
    let change = || spending(&[("a", 0)], payment("b", address, 90_000));
    world.chain.mine(vec![change()]);
    settle(&mut world).await;
    world.chain.unmine(1);
    world.chain.mine(vec![]);
    mine(&world, vec![change()]);
    settle(&mut world).await;
    assert_eq!((paid(&world), own(&mut world)), (500_000, vec!["b:0".to_owned()]));
    let snapshot = world.service().unwrap().store.snapshot();
    let block = snapshot.all_own_money(None, 1).unwrap()[0].1.block;
    assert_eq!(block.height, Height::new(world.chain.height() - 2), "where it stands now");
}

#[tokio::test]
async fn should_leave_a_deposit_one_whose_sender_became_ours_later() {
    let mut world = world();
    let address = bound(&mut world).await;
    let next = {
        // The address that will be bound next pays before it is.
        let mut other = self::world();
        bound(&mut other).await;
        bound(&mut other).await
    };
    let origin = Origin::Addresses([next].into());
    mine(&world, vec![Payment { origin, ..payment("a", address, 100_000) }]);
    settle(&mut world).await;
    assert_eq!(bound(&mut world).await, next);
    let store = world.service().unwrap().store.clone();
    let (from, to) = (Height::new(1), Height::new(3));
    let rescan = Rescan { from, to, next: from, found: 0 };
    let write = store.write(move |tx| tx.set_rescan(Coin::BTC, Some(rescan)));
    write.await.unwrap();
    settle(&mut world).await;
    assert_eq!(store.snapshot().rescan(Coin::BTC).unwrap(), None);
    assert_eq!((paid(&world), own(&mut world)), (500_000, Vec::new()));
}

#[tokio::test]
async fn should_credit_nobody_with_what_came_before_an_address_was_released() {
    let mut world = world();
    let _first = bound(&mut world).await;
    let next = {
        let mut other = self::world();
        bound(&mut other).await;
        bound(&mut other).await
    };
    world.service().unwrap().store.watch_pool(Coin::BTC, 1).unwrap();
    // Somebody who is forgotten is paid for, twice.
    mine(&world, vec![payment("a", next, 100_000)]);
    mine(&world, vec![payment("b", next, 100_000)]);
    settle(&mut world).await;
    let store = world.service().unwrap().store.clone();
    assert!(store.snapshot().tainted(&next).unwrap().is_some());
    let order = Order::of(Actor::operator(), "a test of mine").unwrap();
    release_address(&store, next, order).await.unwrap();
    assert_eq!(bound(&mut world).await, next, "it is given out again");
    let (from, to) = (Height::new(1), Height::new(world.chain.height()));
    let rescan = Rescan { from, to, next: from, found: 0 };
    store.write(move |tx| tx.set_rescan(Coin::BTC, Some(rescan))).await.unwrap();
    settle(&mut world).await;
    assert_eq!(store.snapshot().rescan(Coin::BTC).unwrap(), None);
    assert_eq!((paid(&world), own(&mut world)), (0, vec!["a:0".to_owned(), "b:0".to_owned()]));
    mine(&world, vec![payment("c", next, 100_000)]);
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000, "what comes from then on is the new buyer's");
}

fn reward(tx: &str, address: DepositAddress) -> Payment {
    Payment { waits: 99, ..payment(tx, address, 100_000) }
}

#[tokio::test]
async fn should_wait_until_a_reward_can_be_spent() {
    let mut world = world();
    let address = bound(&mut world).await;
    world.chain.mine(vec![reward("a", address)]);
    (0..60).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    // A fork above its block does not concern it.
    world.chain.unmine(20);
    (0..60).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Confirming { .. })));
    assert_eq!((paid(&world), world.chain.height()), (0, 101));
    world.chain.mine(vec![]);
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000, "a hundred blocks and one are on top of it");
}

#[tokio::test]
async fn should_find_a_reward_that_was_overlooked_and_wait_for_it() {
    let mut world = world();
    let address = bound(&mut world).await;
    (0..50).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    world.chain.amend(10, reward("a", address));
    let store = world.service().unwrap().store.clone();
    let (from, to) = (Height::new(1), Height::new(40));
    let rescan = Rescan { from, to, next: from, found: 0 };
    let write = store.write(move |tx| tx.set_rescan(Coin::BTC, Some(rescan)));
    write.await.unwrap();
    settle(&mut world).await;
    assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Confirming { .. })));
    (0..62).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
}
