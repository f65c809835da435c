//! Another, lighter chain, or a shorter one: a backend of a balancer that is a few blocks behind, on a stale
//! one, more often than a network that has lost blocks.

use teller::deposit::DepositState;
use teller::testing::{StepEnd, Way, World};
use teller::types::{Height, Work};

use crate::forks::{bound, paid, pays, settle, state_of};
use crate::ways::{self, in_every_way};

/// A deposit in block 1 that is paid, with three blocks above it; the chain as it was after the first block.
async fn paid_world(way: Way) -> World {
    let mut world = ways::world(way);
    let address = bound(&mut world).await;
    world.chain.mine(vec![pays(way, "a", address, 100_000)]);
    (0..3).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world
}

fn doubted_from(world: &mut World) -> Option<Height> {
    let coin = world.coin();
    world.service().unwrap().live.doubted_from(coin)
}

#[tokio::test]
async fn should_undo_nothing_for_a_shorter_chain_that_goes_away() {
    in_every_way(async |way| {
        let mut world = paid_world(way).await;
        let good = world.chain.remember();
        for stale in 0..3 {
            // Down to the deposit's own block, and one stale block in place of it.
            world.chain.unmine(4);
            (0..=stale).for_each(|_| world.chain.mine(vec![]));
            world.clock.advance(200);
            assert!(matches!(world.scan().await, StepEnd::Done(_)));
            assert_eq!(doubted_from(&mut world), Some(Height::new(1)));
            assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Final { .. })));
            world.chain.show(&good);
            world.clock.advance(200);
            assert!(matches!(world.scan().await, StepEnd::Done(_)));
            assert_eq!(doubted_from(&mut world), None);
        }
        settle(&mut world).await;
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Final { .. })));
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_follow_a_shorter_chain_that_stays() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        world.chain.mine(vec![]);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        world.chain.unmine(2);
        world.chain.mine(vec![]);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Confirming { .. })));
        world.clock.advance(599);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Confirming { .. })));
        world.clock.advance(1);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
        assert_eq!(doubted_from(&mut world), None);
        world.verify(false).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_follow_at_once_what_is_as_long() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        world.chain.mine(vec![]);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        world.chain.unmine(2);
        (0..2).for_each(|_| world.chain.mine(vec![]));
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
        world.verify(false).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_pay_nothing_new_for_blocks_that_are_in_doubt() {
    in_every_way(async |way| {
        let mut world = ways::world(way);
        let address = bound(&mut world).await;
        world.chain.mine(vec![pays(way, "a", address, 100_000)]);
        (0..3).for_each(|_| world.chain.mine(vec![]));
        // Final, and not paid yet.
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        let good = world.chain.remember();
        world.chain.unmine(4);
        world.chain.mine(vec![]);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        assert_eq!(paid(&world), 0);
        world.chain.show(&good);
        settle(&mut world).await;
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

/// A deposit in the first of two blocks that cost ten each.
async fn heavy_world(way: Way) -> World {
    let mut world = ways::world(way);
    let address = bound(&mut world).await;
    world.chain.mine_with(vec![pays(way, "a", address, 100_000)], Work::new(10));
    world.chain.mine_with(vec![], Work::new(10));
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    world.chain.unmine(2);
    world
}

#[tokio::test]
async fn should_not_follow_at_once_what_is_longer_and_lighter() {
    in_every_way(async |way| {
        let mut world = heavy_world(way).await;
        // Four blocks with the work of one and a half.
        (0..3).for_each(|_| world.chain.mine_with(vec![], Work::new(4)));
        world.chain.mine_with(vec![], Work::new(3));
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Confirming { .. })));
        assert_eq!(doubted_from(&mut world), Some(Height::new(1)));
        // It is remembered over a restart what the blocks cost that were followed.
        world.stop();
        world.start().unwrap();
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Confirming { .. })));
        // One more makes it heavy enough.
        world.chain.mine_with(vec![], Work::new(5));
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
        assert_eq!(doubted_from(&mut world), None);
        world.verify(false).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_follow_a_longer_and_lighter_chain_that_stays() {
    in_every_way(async |way| {
        let mut world = heavy_world(way).await;
        (0..4).for_each(|_| world.chain.mine_with(vec![], Work::new(4)));
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        world.clock.advance(599);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Confirming { .. })));
        world.clock.advance(1);
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
        world.verify(false).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_follow_at_once_what_is_heavier_and_shorter() {
    in_every_way(async |way| {
        let mut world = heavy_world(way).await;
        world.chain.mine_with(vec![], Work::new(21));
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
        assert_eq!(doubted_from(&mut world), None);
        world.verify(false).unwrap();
    })
    .await;
}
