//! Transfers from inside contracts that come to something else when another block executes them.

use teller::address::DepositAddress;
use teller::chain::Payment;
use teller::deposit::{Deposit, DepositState};
use teller::skycoin::Address;
use teller::store::{Chains, Page, Rescan, StoreError, Tables};
use teller::testing::{StepEnd, World};
use teller::types::{Coin, Droplets, Height, Units};

const ANNA: Address = Address::from_bytes([1; 20]);
const WEI: u128 = 200_000_000_000_000;

/// A world whose chain is Ethereum's, with an address of Anna's.
async fn world() -> (World, DepositAddress) {
    let mut world = World::new(Droplets::new(1_000_000_000), 10);
    world.chain.be(Coin::Eth);
    let address = DepositAddress::of_account([7; 20]);
    let store = world.service().unwrap().store.clone();
    let bound = store.write(move |tx| tx.bind(ANNA, address).map(drop));
    bound.await.map_err(|error: StoreError| error).unwrap();
    (world, address)
}

fn passed_on(n: u32, address: DepositAddress, wei: u128) -> Payment {
    Payment::new("0xaa".to_owned(), n, address, Units::new(wei))
}

async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
}

fn deposits(world: &mut World) -> Vec<Deposit> {
    let snapshot = world.service().unwrap().store.snapshot();
    let all = snapshot.deposits(None, Page::ALL).unwrap();
    all.into_iter().map(|no| snapshot.deposit(no).unwrap().unwrap()).collect()
}

fn standing(world: &mut World) -> Vec<Units> {
    let is_standing = |deposit: &Deposit| !matches!(deposit.state, DepositState::Orphaned { .. });
    deposits(world).into_iter().filter(is_standing).map(|deposit| deposit.amount).collect()
}

async fn rescan(world: &mut World) {
    let (store, top) = (world.service().unwrap().store.clone(), Height::new(world.chain.height()));
    let rescan = Rescan { from: Height::new(1), to: top, next: Height::new(1), found: 0 };
    let asked = store.write(move |tx| tx.set_rescan(Coin::Eth, Some(rescan)));
    asked.await.map_err(|error: StoreError| error).unwrap();
    settle(world).await;
    assert_eq!(store.snapshot().rescan(Coin::Eth).unwrap(), None);
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
    world.chain.amend(1, passed_on(1, address, WEI * 2));
    rescan(&mut world).await;
    assert_eq!(standing(&mut world), [Units::new(WEI); 2]);
    // What the transaction itself pays is part of its hash: no fork changes it.
    world.chain.unmine(1);
    world.chain.mine(vec![passed_on(0, address, WEI * 2)]);
    settle(&mut world).await;
    assert_eq!(standing(&mut world), []);
    world.verify(true).unwrap();
}
