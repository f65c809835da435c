//! A second node has to have a deposit's block too before a large payout is signed: what is not known is neither yes
//! nor no, and what is contradicted stops.

use teller::breaker::Breaker;
use teller::store::Breakers;
use teller::testing::{FakeChain, StepEnd, World, WorldSettings};
use teller::types::{Coin, Droplets};

use crate::breakers::{close, is_open, messages};
use crate::forks::{bound, paid, payment, settle, world};

const WAITS: &str = "waiting for a second node to have the block of the deposit as well";
const CHECKED: &str = "waiting for the operator, who has to look at something before payouts go on";

/// A desk whose payouts above 0.5 SKY wait for a second node.
fn with_second(second: impl FnOnce(&FakeChain) -> FakeChain) -> World {
    let mut world = world();
    let above = Some(Droplets::new(500_000));
    world.settings = WorldSettings { second_above: above, ..world.settings.clone() };
    world.second = Some(second(&world.chain));
    world.stop();
    world.start().unwrap();
    world
}

/// One deposit that buys 0.5 SKY, and one that buys 1 SKY, in a block of their own, both deep enough.
async fn buy_both(world: &mut World, chains: &[FakeChain]) {
    let height = world.chain.height();
    let (small, large) = (bound(world).await, bound(world).await);
    let block = vec![
        payment(&format!("small {height}"), small, 100_000),
        payment(&format!("large {height}"), large, 200_000),
    ];
    for chain in chains {
        chain.mine(block.clone());
        (0..2).for_each(|_| chain.mine(vec![]));
    }
    settle(world).await;
}

async fn look(world: &mut World, times: usize) {
    for _ in 0..times {
        assert!(matches!(world.second_look_step().await, StepEnd::Done(_)));
    }
    settle(world).await;
}

fn trouble(world: &mut World) -> Option<String> {
    let service = world.service().unwrap();
    let now = teller::types::Moment::new(teller::types::UnixTime::new(0), std::time::Duration::ZERO);
    service.live.second_node(Coin::BTC).unwrap().view(now).trouble
}

#[tokio::test]
async fn should_sign_a_large_payout_only_once_the_second_node_has_the_same_block() {
    let mut world = with_second(FakeChain::twin);
    let chains = [world.chain.clone(), world.second.clone().unwrap()];
    buy_both(&mut world, &chains).await;
    assert_eq!(paid(&world), 500_000, "the small one waits for nobody");
    assert_eq!(messages(&mut world), ["paid", WAITS]);
    look(&mut world, 1).await;
    assert_eq!((paid(&world), trouble(&mut world)), (1_500_000, None));
    world.verify(true).unwrap();
}

/// A deposit that buys 0.4 SKY, in a block of its own, deep enough.
async fn buy_a_little(world: &mut World, chains: &[FakeChain]) {
    let (height, address) = (world.chain.height(), bound(world).await);
    let block = vec![payment(&format!("little {height}"), address, 80_000)];
    for chain in chains {
        chain.mine(block.clone());
        (0..2).for_each(|_| chain.mine(vec![]));
    }
    settle(world).await;
}

#[tokio::test]
async fn should_add_up_what_the_second_node_has_not_looked_at() {
    let mut world = with_second(FakeChain::twin);
    let chains = [world.chain.clone(), world.second.clone().unwrap()];
    buy_a_little(&mut world, &chains).await;
    assert_eq!(paid(&world), 400_000, "the first little one waits for nobody");
    buy_a_little(&mut world, &chains).await;
    settle(&mut world).await;
    assert_eq!(paid(&world), 400_000, "together they are above the bound");
    assert_eq!(messages(&mut world), ["paid", WAITS]);
    // What it agrees to stands on all before it: there is room again for a little.
    look(&mut world, 1).await;
    assert_eq!(paid(&world), 800_000);
    buy_a_little(&mut world, &chains).await;
    assert_eq!(paid(&world), 1_200_000);
    buy_a_little(&mut world, &chains).await;
    assert_eq!(paid(&world), 1_200_000);
    look(&mut world, 1).await;
    assert_eq!(paid(&world), 1_600_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_add_up_the_payouts_of_one_block() {
    let mut world = with_second(FakeChain::twin);
    let chains = [world.chain.clone(), world.second.clone().unwrap()];
    let mut block = Vec::new();
    for no in 0..3 {
        block.push(payment(&format!("little {no}"), bound(&mut world).await, 80_000));
    }
    for chain in &chains {
        chain.mine(block.clone());
        (0..2).for_each(|_| chain.mine(vec![]));
    }
    settle(&mut world).await;
    assert_eq!(paid(&world), 400_000, "one of three");
    look(&mut world, 1).await;
    assert_eq!(paid(&world), 1_200_000);
}

#[tokio::test]
async fn should_take_what_was_paid_before_a_start_for_not_looked_at() {
    let mut world = with_second(FakeChain::twin);
    let chains = [world.chain.clone(), world.second.clone().unwrap()];
    buy_a_little(&mut world, &chains).await;
    world.stop();
    world.start().unwrap();
    settle(&mut world).await;
    buy_a_little(&mut world, &chains).await;
    assert_eq!(paid(&world), 400_000);
    look(&mut world, 1).await;
    assert_eq!(paid(&world), 800_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_take_a_node_that_is_behind_or_away_for_neither_yes_nor_no() {
    let mut world = with_second(FakeChain::twin);
    let (first, second) = (world.chain.clone(), world.second.clone().unwrap());
    buy_both(&mut world, std::slice::from_ref(&first)).await;
    look(&mut world, 3).await;
    assert_eq!((paid(&world), is_open(&mut world, Breaker::Nodes(Coin::BTC))), (500_000, false));
    assert!(trouble(&mut world).unwrap().contains("has no block"), "{:?}", trouble(&mut world));
    second.set_away(true);
    look(&mut world, 3).await;
    assert_eq!((paid(&world), is_open(&mut world, Breaker::Nodes(Coin::BTC))), (500_000, false));
    assert!(trouble(&mut world).unwrap().contains("away"));
    // Another block there that is not as deep as required is no contradiction yet.
    second.set_away(false);
    second.mine(vec![]);
    second.unmine(1);
    second.mine(vec![]);
    look(&mut world, 3).await;
    assert_eq!((paid(&world), is_open(&mut world, Breaker::Nodes(Coin::BTC))), (500_000, false));
    assert!(trouble(&mut world).unwrap().contains("not as deep"), "{:?}", trouble(&mut world));
    assert_eq!(messages(&mut world), ["paid", WAITS]);
    // It changes its mind.
    second.show(&first.remember());
    look(&mut world, 1).await;
    assert_eq!(paid(&world), 1_500_000);
}

#[tokio::test]
async fn should_stop_the_chain_where_both_nodes_contradict_each_other_until_a_person_has_looked() {
    let mut world = with_second(FakeChain::twin);
    let (first, second) = (world.chain.clone(), world.second.clone().unwrap());
    // From here on they are of two chains.
    second.mine(vec![]);
    second.unmine(1);
    buy_both(&mut world, std::slice::from_ref(&first)).await;
    (0..4).for_each(|_| second.mine(vec![]));
    look(&mut world, 1).await;
    assert!(!is_open(&mut world, Breaker::Nodes(Coin::BTC)), "it may be about to change its mind");
    look(&mut world, 1).await;
    assert!(is_open(&mut world, Breaker::Nodes(Coin::BTC)));
    let snapshot = world.service().unwrap().store.snapshot();
    let opened = snapshot.breaker(Breaker::Nodes(Coin::BTC)).unwrap().unwrap().opened.unwrap();
    let hashes = [first.clone(), second].map(|chain| chain.hash_of(1).unwrap().to_string());
    let ground = opened.grounds.first().unwrap();
    assert!(hashes.iter().all(|hash| ground.contains(hash)), "{ground} has not {hashes:?}");
    // The chain's other payouts stop too, over a restart.
    world.stop();
    world.start().unwrap();
    settle(&mut world).await;
    buy_both(&mut world, std::slice::from_ref(&first)).await;
    assert_eq!(paid(&world), 500_000);
    assert_eq!(messages(&mut world), ["paid", CHECKED, CHECKED, CHECKED]);
    // What a person has closed it over goes; what stands on another block waits for that.
    close(&mut world, Breaker::Nodes(Coin::BTC)).await.unwrap();
    settle(&mut world).await;
    look(&mut world, 1).await;
    assert_eq!(paid(&world), 2_000_000);
    assert!(!is_open(&mut world, Breaker::Nodes(Coin::BTC)));
}
