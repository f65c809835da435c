//! What final blocks pay is held against the books: what differs is told with its transaction, once it stands.

use teller::address::DepositAddress;
use teller::breaker::Breaker;
use teller::chain::{Origin, Payment};
use teller::live::SecondReading;
use teller::store::Rescan;
use teller::testing::{StepEnd, World};
use teller::types::{Coin, Height};

use crate::forks::{bound, payment, settle, world};

/// A block with these payments, as deep as required.
fn mine(world: &World, payments: Vec<Payment>) -> usize {
    world.chain.mine(payments);
    let height = usize::try_from(world.chain.height()).unwrap();
    (0..2).for_each(|_| world.chain.mine(vec![]));
    height
}

fn told(reading: &SecondReading) -> Vec<(String, u128, u128, bool)> {
    let all = reading.differences.iter();
    all.map(|found| (found.tx.clone(), found.chain.get(), found.booked.get(), found.stands)).collect()
}

fn sums(reading: &SecondReading) -> (u128, u128, u128) {
    let sums = reading.sums.first().unwrap();
    (sums.chain.get(), sums.booked.get(), sums.own.get())
}

async fn with_deposit() -> (World, DepositAddress) {
    let mut world = world();
    let address = bound(&mut world).await;
    mine(&world, vec![payment("a", address, 100_000)]);
    settle(&mut world).await;
    (world, address)
}

#[tokio::test]
async fn should_say_the_same_as_the_books_where_nothing_is_wrong() {
    let (mut world, address) = with_deposit().await;
    let own =
        Payment { origin: Origin::Outputs([("a".to_owned(), 0)].into()), ..payment("b", address, 90_000) };
    mine(&world, vec![own]);
    settle(&mut world).await;
    let reading = world.reconcile().await.unwrap();
    assert_eq!((told(&reading), sums(&reading)), (vec![], (190_000, 100_000, 90_000)));
    assert_eq!(reading.to.map(|to| to.height), Some(Height::new(world.chain.height() - 2)));
    assert_eq!(reading.blocks, world.chain.height() - 2, "all but the one that following began after");
}

#[tokio::test]
async fn should_tell_a_payment_that_the_desk_never_saw_until_it_is_taken_up() {
    let (mut world, address) = with_deposit().await;
    let height = mine(&world, vec![]);
    settle(&mut world).await;
    // As if the follower's node had hidden it.
    world.chain.amend(height, payment("hidden", address, 70_000));
    let reading = world.reconcile().await.unwrap();
    assert_eq!(told(&reading), [("hidden".to_owned(), 70_000, 0, true)]);
    assert_eq!(sums(&reading), (170_000, 100_000, 0));
    let found = &reading.differences[0];
    assert_eq!((found.block.height.get(), found.address), (u64::try_from(height).unwrap(), address));
    let range = Height::new(u64::try_from(height).unwrap());
    let rescan = Rescan { from: range, to: range, next: range, found: 0 };
    let store = world.service().unwrap().store.clone();
    store.write(move |tx| tx.set_rescan(Coin::BTC, Some(rescan))).await.unwrap();
    settle(&mut world).await;
    // The block is looked at once more by itself.
    for _ in 0..3 {
        assert!(matches!(world.reconcile_step().await, StepEnd::Done(_)));
    }
    let reading = world.reconcile().await.unwrap();
    assert_eq!((told(&reading), sums(&reading)), (vec![], (170_000, 170_000, 0)));
    // Payouts have stopped meanwhile, and go on once a person has closed the breaker.
    crate::breakers::close(&mut world, Breaker::Books(Coin::BTC)).await.unwrap();
    settle(&mut world).await;
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_tell_a_deposit_that_no_block_pays() {
    let (mut world, address) = with_deposit().await;
    let height = mine(&world, vec![payment("gone", address, 70_000)]);
    settle(&mut world).await;
    world.chain.withhold(height, "gone");
    let reading = world.reconcile().await.unwrap();
    assert_eq!(told(&reading), [("gone".to_owned(), 0, 70_000, true)]);
}

#[tokio::test]
async fn should_call_nothing_a_difference_that_was_seen_once() {
    let (mut world, address) = with_deposit().await;
    let height = mine(&world, vec![]);
    settle(&mut world).await;
    world.chain.amend(height, payment("late", address, 70_000));
    let mut first = None;
    for _ in 0..9 {
        assert!(matches!(world.reconcile_step().await, StepEnd::Done(_)));
        let reading = world.service().unwrap().live.reading(Coin::BTC);
        first = reading.as_ref().clone().filter(|reading| !reading.differences.is_empty());
        if first.is_some() {
            break;
        }
    }
    assert_eq!(told(&first.unwrap()), [("late".to_owned(), 70_000, 0, false)], "it may be a race");
    world.chain.withhold(height, "late");
    assert_eq!(told(&world.reconcile().await.unwrap()), []);
}

#[tokio::test]
async fn should_begin_anew_after_a_fork_of_what_was_final_and_after_a_restart() {
    let (mut world, address) = with_deposit().await;
    world.check_reconciled().await.unwrap();
    world.chain.unmine(3);
    mine(&world, vec![payment("b", address, 50_000)]);
    world.chain.mine(vec![]);
    settle(&mut world).await;
    let reading = world.reconcile().await.unwrap();
    assert_eq!((told(&reading), sums(&reading).0), (vec![], 50_000), "of the chain that stands");
    world.stop();
    world.start().unwrap();
    settle(&mut world).await;
    let reading = world.reconcile().await.unwrap();
    assert_eq!((told(&reading), sums(&reading).0), (vec![], 50_000));
}

#[tokio::test]
async fn should_stop_nothing_while_the_node_is_away_and_say_so() {
    let (mut world, address) = with_deposit().await;
    world.check_reconciled().await.unwrap();
    mine(&world, vec![payment("b", address, 50_000)]);
    settle(&mut world).await;
    world.chain.set_away(true);
    let reading = world.reconcile().await.unwrap();
    assert!(reading.trouble.unwrap().contains("away"));
    assert_eq!(reading.differences, [], "what is not known is no difference");
    world.chain.set_away(false);
    world.check_reconciled().await.unwrap();
}

#[tokio::test]
async fn should_read_all_that_became_final_while_the_desk_was_stopped() {
    let (mut world, address) = with_deposit().await;
    world.check_reconciled().await.unwrap();
    world.stop();
    let height = mine(&world, vec![]);
    (0..1_100).for_each(|_| world.chain.mine(vec![]));
    world.start().unwrap();
    world.reconcile_step().await;
    settle(&mut world).await;
    // As if the follower's node had hidden it: longer ago than is read after any start.
    world.chain.amend(height, payment("hidden", address, 70_000));
    let reading = world.reconcile().await.unwrap();
    assert_eq!(told(&reading), [("hidden".to_owned(), 70_000, 0, true)]);
}
