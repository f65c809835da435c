//! Transfers from inside contracts that come to something else when another block executes them.

use teller::address::DepositAddress;
use teller::chain::Payment;
use teller::deposit::{Deposit, DepositState};
use teller::skycoin::Address;
use teller::store::{Chains, GapEffect, Page, Passes, Rescan, Tables};
use teller::testing::{StepEnd, World};
use teller::types::{Coin, DepositNo, Droplets, Height, Units};

const ANNA: Address = Address::from_bytes([1; 20]);
pub(super) const WEI: u128 = 200_000_000_000_000;

/// A world whose chain is Ethereum's, with an address of Anna's.
pub(super) async fn world() -> (World, DepositAddress) {
    let mut world = World::new(Droplets::new(1_000_000_000), 10);
    world.chain.be(Coin::ETH);
    let address = DepositAddress::of_account([7; 20]);
    let store = world.service().unwrap().store.clone();
    let bound = store.write(move |tx| tx.bind(ANNA, address).map(drop));
    bound.await.unwrap();
    (world, address)
}

pub(super) fn passed_on(n: u32, address: DepositAddress, wei: u128) -> Payment {
    Payment::new("0xaa".to_owned(), n, address, Units::new(wei))
}

pub(super) async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
}

fn deposits(world: &mut World) -> Vec<Deposit> {
    let snapshot = world.service().unwrap().store.snapshot();
    let all = snapshot.deposits(None, Page::ALL).unwrap();
    all.into_iter().map(|no| snapshot.deposit(no).unwrap().unwrap()).collect()
}

pub(super) fn standing(world: &mut World) -> Vec<Units> {
    let is_standing = |deposit: &Deposit| !matches!(deposit.state, DepositState::Orphaned { .. });
    deposits(world).into_iter().filter(is_standing).map(|deposit| deposit.amount).collect()
}

pub(super) async fn rescan(world: &mut World) {
    let (store, top) = (world.service().unwrap().store.clone(), Height::new(world.chain.height()));
    let rescan = Rescan { from: Height::new(1), to: top, next: Height::new(1), found: 0 };
    let asked = store.write(move |tx| tx.set_rescan(Coin::ETH, Some(rescan)));
    asked.await.unwrap();
    settle(world).await;
    assert_eq!(store.snapshot().rescan(Coin::ETH).unwrap(), None);
}

#[tokio::test]
async fn should_pay_what_a_contract_passes_on_in_the_block_that_stands() {
    let (mut world, address) = world().await;
    world.chain.mine(vec![passed_on(1, address, WEI)]);
    settle(&mut world).await;
    // Each branch gives another price; the third gives that of the first.
    for wei in [WEI * 2, WEI * 3, WEI] {
        world.chain.unmine(1);
        world.chain.mine(vec![passed_on(1, address, wei)]);
        settle(&mut world).await;
        assert_eq!(standing(&mut world), [Units::new(wei)]);
        rescan(&mut world).await;
        assert_eq!(standing(&mut world), [Units::new(wei)]);
    }
    assert_eq!(deposits(&mut world).len(), 3);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    rescan(&mut world).await;
    let paid: u64 =
        world.node.broadcasts().iter().flat_map(|sent| &sent.payments).map(|(_, coins)| coins.get()).sum();
    assert_eq!(paid, 100_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_see_through_a_second_word_on_what_stands() {
    let (mut world, address) = world().await;
    world.chain.mine(vec![passed_on(0, address, WEI), passed_on(1, address, WEI)]);
    settle(&mut world).await;
    // The same transfer told twice is one; a second equal one, which was overlooked, is another.
    world.chain.amend(1, passed_on(1, address, WEI));
    rescan(&mut world).await;
    assert_eq!(standing(&mut world), [Units::new(WEI); 2]);
    world.chain.amend(1, passed_on(2, address, WEI));
    rescan(&mut world).await;
    assert_eq!(standing(&mut world), [Units::new(WEI); 3]);
    // What the transaction itself pays is part of its hash: no fork changes it.
    world.chain.unmine(1);
    world.chain.mine(vec![passed_on(0, address, WEI * 2)]);
    world.chain.mine(vec![]);
    settle(&mut world).await;
    assert_eq!(standing(&mut world), []);
    world.verify(true).unwrap();
}

/// Pays for this transfer, and takes its block away again.
async fn paid_and_gone(world: &mut World, transfer: Payment) {
    world.chain.mine(vec![transfer]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(world).await;
    assert_eq!(world.node.broadcasts().len(), 1);
    world.chain.unmine(3);
}

fn passed_over(world: &mut World) -> Vec<GapEffect> {
    let snapshot = world.service().unwrap().store.snapshot();
    let all = snapshot.passed_over_from(Coin::ETH, Height::new(0), 10).unwrap();
    all.into_iter().map(|passed| passed.effect).collect()
}

#[tokio::test]
async fn should_know_a_transfer_again_whatever_comes_before_it() {
    let (mut world, address) = world().await;
    paid_and_gone(&mut world, passed_on(1, address, WEI)).await;
    // Something else is paid to the same address first, in the block that stands.
    world.chain.mine(vec![passed_on(1, address, 1), passed_on(1, address, WEI)]);
    (0..4).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(standing(&mut world), [Units::new(WEI), Units::new(1)]);
    assert_eq!(passed_over(&mut world), []);
    assert_eq!(world.node.broadcasts().len(), 1, "paid once");
}

#[tokio::test]
async fn should_not_pay_for_what_comes_in_place_of_what_was_paid() {
    let (mut world, address) = world().await;
    paid_and_gone(&mut world, passed_on(1, address, WEI)).await;
    let other = passed_on(1, address, WEI * 2);
    world.chain.mine(vec![other.clone()]);
    (0..4).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    rescan(&mut world).await;
    assert_eq!(standing(&mut world), [Units::new(WEI)], "quarantined");
    let expected = GapEffect::Rival { deposit: DepositNo::FIRST, address, amount: other.amount, token: None };
    assert_eq!(passed_over(&mut world), [expected]);
    assert_eq!(world.node.broadcasts().len(), 1);
    // Another fork brings the first back: what stands is paid for already, and nothing is left to decide.
    world.chain.unmine(5);
    world.chain.mine(vec![passed_on(1, address, WEI)]);
    (0..5).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(standing(&mut world), [Units::new(WEI)]);
    assert_eq!(passed_over(&mut world), []);
    assert_eq!(world.node.broadcasts().len(), 1);
    world.verify(true).unwrap();
}
