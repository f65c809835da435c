//! A drill: at some moment of a history a copy of the database is put back. What was paid since is not paid
//! again, whoever does what, and once an operator has said what the unknown spends were, everything comes to
//! rest paid once.

use teller::address::DepositAddress;
use teller::engine::operator::{ActError, Order, adopt_spend};
use teller::skycoin::Address;
use teller::store::{Reconciled, Spends};
use teller::testing::{StepEnd, World};
use teller::types::{Droplets, Hash32};

use crate::forks::payment;
use crate::random::Random;

const ANNA: Address = Address::from_bytes([1; 20]);
const BERT: Address = Address::from_bytes([2; 20]);
const CARL: Address = Address::from_bytes([3; 20]);
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

/// The pool's address for the next buyer, by the rule for those that nobody looked into.
async fn bound_next(world: &mut World, payee: Address) -> DepositAddress {
    assert_eq!(world.bind_vetted(payee).await, StepEnd::Done(None));
    world.acked.binds.last().unwrap().1
}

/// Follows the chain, and asks about the addresses that come next.
async fn look(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.vet().await, StepEnd::Done(_)));
}

#[tokio::test]
async fn should_give_nobody_an_address_that_was_paid_to_after_the_copy_was_made() {
    let (mut world, _) = world().await;
    look(&mut world).await;
    let backup = world.back_up();
    let berts = bound_next(&mut world, BERT).await;
    // He pays, and no payout is made: nothing of it is on the payout chain, so the desk is not unreconciled.
    world.chain.mine(vec![payment("b", berts, 200_000)]);
    world.put_back(&backup).unwrap();
    world.start().unwrap();
    look(&mut world).await;
    assert_eq!(unknown(&mut world), 0);
    assert_ne!(bound_next(&mut world, CARL).await, berts, "it is somebody's");
    world.verify(false).unwrap();
}

#[tokio::test]
async fn should_give_nobody_an_address_that_was_paid_to_in_blocks_that_are_not_read() {
    let (mut world, first) = world().await;
    let next = bound_next_unread(&mut world, first).await;
    assert_ne!(next.0, next.1, "it was paid to in a block that the desk never reads");
    world.verify(false).unwrap();
}

/// Starts anew, above a block that pays to the pool's second address: answers that, and what a buyer is given.
async fn bound_next_unread(world: &mut World, first: DepositAddress) -> (DepositAddress, DepositAddress) {
    let backup = world.back_up();
    let second = {
        assert_eq!(world.bind(BERT).await, StepEnd::Done(None));
        world.acked.binds.last().unwrap().1
    };
    assert_ne!(first, second);
    world.chain.mine(vec![payment("old", second, 200_000)]);
    (0..4).for_each(|_| world.chain.mine(vec![]));
    world.put_back(&backup).unwrap();
    world.settings.initial_height = world.chain.height();
    world.start().unwrap();
    // Not before the node has told.
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    let end = world.bind_vetted(CARL).await;
    assert!(matches!(&end, StepEnd::Refused(code) if code == "not_vetted"), "{end:?}");
    look(world).await;
    (second, bound_next(world, CARL).await)
}

#[tokio::test]
async fn should_give_an_address_that_was_forgotten_and_never_paid_to_to_the_next() {
    let (mut world, _) = world().await;
    look(&mut world).await;
    let backup = world.back_up();
    let berts = bound_next(&mut world, BERT).await;
    world.put_back(&backup).unwrap();
    world.start().unwrap();
    look(&mut world).await;
    // No chain knows of him: the rule is that it is the next buyer's, who is paid for all that comes to it from now on.
    assert_eq!(bound_next(&mut world, CARL).await, berts);
    world.chain.mine(vec![payment("late", berts, 200_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    let paid_to = |payee| {
        let [future, _] = world.node.futures();
        future.iter().flat_map(|sent| sent.payments.clone()).any(|(to, _)| to == payee)
    };
    assert!(paid_to(CARL) && !paid_to(BERT));
}

#[tokio::test]
async fn should_wait_for_a_node_that_fails_where_bindings_may_be_forgotten_alone() {
    let (mut world, address) = world().await;
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    // Nothing is forgotten: a node that fails to tell stops nobody.
    world.chain.set_away(true);
    assert!(matches!(world.vet().await, StepEnd::Done(_)));
    bound_next(&mut world, ANNA).await;
    world.chain.set_away(false);
    settle(&mut world).await;
    let backup = world.back_up();
    world.chain.mine(vec![payment("b", address, 200_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    world.put_back(&backup).unwrap();
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!(unknown(&mut world), 1);
    explain(&mut world).await;
    assert_eq!(unknown(&mut world), 0);
    world.chain.set_away(true);
    assert!(matches!(world.vet().await, StepEnd::Done(_)));
    let end = world.bind_vetted(CARL).await;
    assert!(matches!(&end, StepEnd::Refused(code) if code == "not_vetted"), "{end:?}");
    world.chain.set_away(false);
    world.clock.advance(60);
    look(&mut world).await;
    bound_next(&mut world, CARL).await;
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

/// Behind a balancer, the one that tells what waits for a block may be behind the one that told the blocks.
#[tokio::test]
async fn should_not_forget_a_spend_on_the_word_of_a_node_that_is_behind() {
    let (mut world, _) = world().await;
    world.node.lag(2, 3);
    world.node.spend_as_operator(1, 2);
    world.node.change_node(1, 1);
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    world.node.mine(0);
    // The blocks are asked of node 1, and then what waits of node 2, where the same spend still does.
    world.node.change_node(2, 2);
    world.node.spend_as_operator(3, 1);
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    let first = world.node.all_paid()[0].0;
    let seen = world.service().unwrap().store.snapshot().foreign_spend(first).unwrap().unwrap();
    assert!(seen.spend.block.is_some(), "{seen:?}");
    (0..3).for_each(|node| world.node.lag(node, 0));
    settle(&mut world).await;
    assert_eq!(unknown(&mut world), 2, "both of them wait for a word");
}

/// Up to where spends were looked for is of one wallet: with another, all of them are looked for.
#[tokio::test]
async fn should_look_from_the_beginning_for_what_another_wallet_has_spent() {
    for is_another in [false, true] {
        let mut world = World::new(Droplets::new(300_000), 20);
        world.payer_step().await;
        let backup = world.back_up();
        // The operator spends, and a desk that sees it comes up to there.
        world.node.spend_as_operator(1, 0);
        world.confirm_all();
        world.node.bury(2);
        world.stop();
        world.start().unwrap();
        world.payer_step().await;
        assert_eq!(unknown(&mut world), 1);
        let seen = world.service().unwrap().store.snapshot().reconciled().unwrap().unwrap();
        // A database that knows nothing of it says that it was looked up to there: with this wallet, or another.
        world.put_back(&backup).unwrap();
        world.start().unwrap();
        let wallet = if is_another { Hash32([7; 32]) } else { seen.wallet };
        let told = Reconciled { wallet, ..seen };
        let store = world.service().unwrap().store.clone();
        store.write(move |tx| tx.set_reconciled(told)).await.unwrap();
        drop(store);
        world.stop();
        world.start().unwrap();
        world.clock.advance(700);
        world.payer_step().await;
        assert_eq!(unknown(&mut world), u64::from(is_another));
    }
}
