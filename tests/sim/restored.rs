//! A drill: at some moment of a history a copy of the database is put back. What was paid since is not paid
//! again, whoever does what, and once an operator has said what the unknown spends were, everything comes to
//! rest paid once.

use teller::address::DepositAddress;
use teller::engine::operator::{ActError, Order, adopt_spend};
use teller::skycoin::Address;
use teller::store::Spends;
use teller::testing::{StepEnd, World};
use teller::types::Droplets;

use crate::forks::payment;
use crate::random::Random;

const ANNA: Address = Address::from_bytes([1; 20]);
const SEEDS: u64 = 8;
const STEPS: u64 = 60;

async fn world() -> (World, DepositAddress) {
    let mut world = World::new(Droplets::new(10_000_000_000), 20);
    assert_eq!(world.bind(ANNA).await, StepEnd::Done(None));
    let address = world.acked.binds[0].1;
    (world, address)
}

fn paid(world: &World) -> u64 {
    let [future, _] = world.node.futures();
    future.iter().flat_map(|sent| &sent.payments).map(|(_, coins)| coins.get()).sum()
}

fn unknown(world: &mut World) -> u64 {
    world.service().unwrap().store.snapshot().counters().unknown_spends
}

async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
}

/// The operator says that each unknown spend paid the deposits that it fits.
async fn explain(world: &mut World) {
    let store = world.service().unwrap().store.clone();
    for known in store.snapshot().foreign_spends(true, None, usize::MAX).unwrap() {
        let order = Order::new("anna", "it was this desk, before the copy was put back").unwrap();
        match adopt_spend(&store, known.spend.txid, Vec::new(), false, order).await {
            // Its deposits may not be found again yet.
            Ok(_) | Err(ActError::Spend(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn should_not_pay_again_what_was_paid_after_the_copy_was_made() {
    let (mut world, address) = world().await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    let backup = world.back_up();
    world.chain.mine(vec![payment("b", address, 200_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 1_500_000);
    world.put_back(&backup).unwrap();
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world), unknown(&mut world)), (1_500_000, 1), "b is owed by the copy, and was paid");
    world.verify(false).unwrap();
    explain(&mut world).await;
    settle(&mut world).await;
    assert_eq!((paid(&world), unknown(&mut world)), (1_500_000, 0));
    world.verify(true).unwrap();
}

async fn step(world: &mut World, address: DepositAddress, random: &mut Random, number: u64) {
    match random.below(6) {
        0 => {
            let satoshi = 1_000 * (1 + random.below(90));
            world.chain.mine(vec![payment(&format!("tx{number}"), address, satoshi.into())]);
        }
        1 => world.chain.mine(vec![]),
        2 => drop(world.scanner_step().await),
        3 => drop(world.buyer_step().await),
        4 => world.node.mine(random.next()),
        _ => drop(world.payer_step().await),
    }
    world.clock.advance(random.below(70));
}

#[tokio::test]
async fn should_pay_everything_once_whenever_a_copy_is_put_back() {
    for seed in 0..SEEDS {
        let mut random = Random::new(seed);
        let (mut world, address) = world().await;
        let made = random.below(STEPS / 2);
        let put_back = made + 1 + random.below(STEPS / 2);
        let mut backup = None;
        for number in 0..STEPS {
            if number == made {
                backup = Some(world.back_up());
            }
            if let Some(backup) = backup.as_ref().filter(|_| number == put_back) {
                world.put_back(backup).unwrap();
                world.start().unwrap();
            }
            step(&mut world, address, &mut random, number).await;
            world.verify(false).unwrap_or_else(|why| panic!("seed {seed}, step {number}: {why}"));
        }
        (0..4).for_each(|_| world.chain.mine(vec![]));
        for _ in 0..3 {
            settle(&mut world).await;
            explain(&mut world).await;
        }
        settle(&mut world).await;
        world.verify(true).unwrap_or_else(|why| panic!("seed {seed}, at rest: {why}"));
    }
}
