//! Circuit breakers: each stops what it concerns, over restarts, and lets it go on once a person has closed it.

use std::sync::Arc;

use teller::breaker::{Breaker, PayoutBudget};
use teller::engine::operator::{ActError, Order, close_breaker};
use teller::report::{Outlook, status_entries};
use teller::skycoin::Address;
use teller::store::Breakers;
use teller::testing::{StepEnd, World, WorldSettings};
use teller::types::{Actor, Coin, Droplets, PerCoin};

use crate::forks::{bound, paid, payment, settle, world};

const ANNA: Address = Address::from_bytes([1; 20]);
const CHECKED: &str = "waiting for the operator, who has to look at something before payouts go on";

fn order() -> Order {
    Order::of(Actor::operator(), "it is explained").unwrap()
}

fn budgeted(count: Option<u64>, coins: Option<u64>) -> World {
    let budget = PayoutBudget { count, coins: coins.map(Droplets::new) };
    let mut world = world();
    world.settings = WorldSettings { budget, ..world.settings.clone() };
    world.stop();
    world.start().unwrap();
    world
}

pub(crate) fn is_open(world: &mut World, breaker: Breaker) -> bool {
    world.service().unwrap().store.snapshot().is_broken(breaker).unwrap()
}

pub(crate) async fn close(world: &mut World, breaker: Breaker) -> Result<(), ActError> {
    let store = world.service().unwrap().store.clone();
    let opening = store.snapshot().breaker(breaker).unwrap().map_or(0, |state| state.times);
    close_breaker(&store, breaker, opening, order()).await
}

/// What Anna is told of each of her deposits.
pub(crate) fn messages(world: &mut World) -> Vec<String> {
    let service = world.service().unwrap();
    let outlook = Outlook::new(true, PerCoin::new(|_| Some(2)), Arc::clone(&service.live));
    let entries = status_entries(&service.store.snapshot(), &ANNA, &outlook).unwrap();
    entries.into_iter().filter(|entry| entry.is_deposit).map(|entry| entry.message).collect()
}

/// Each pays 0.5 SKY, in a block of its own that is deep enough.
async fn buy(world: &mut World, names: &[&str]) {
    for name in names {
        let address = bound(world).await;
        world.chain.mine(vec![payment(name, address, 100_000)]);
    }
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(world).await;
}

#[tokio::test]
async fn should_sign_nothing_beyond_the_budget_until_it_is_closed() {
    for mut world in [budgeted(Some(2), None), budgeted(None, Some(1_400_000))] {
        buy(&mut world, &["a", "b", "c"]).await;
        assert_eq!(paid(&world), 1_000_000, "those that fit are paid");
        assert!(is_open(&mut world, Breaker::Payouts));
        assert_eq!(messages(&mut world), ["paid", "paid", CHECKED]);
        let snapshot = world.service().unwrap().store.snapshot();
        let opened = snapshot.breaker(Breaker::Payouts).unwrap().unwrap().opened.unwrap();
        assert!(opened.evidence.contains("2 of 1.000000 SKY in all"), "{}", opened.evidence);
        // Neither time nor a restart closes it.
        world.clock.advance(7_200);
        world.stop();
        world.start().unwrap();
        settle(&mut world).await;
        assert_eq!(paid(&world), 1_000_000);
        close(&mut world, Breaker::Payouts).await.unwrap();
        settle(&mut world).await;
        assert_eq!(paid(&world), 1_500_000);
        assert!(!is_open(&mut world, Breaker::Payouts));
        assert_eq!(close(&mut world, Breaker::Payouts).await, Err(ActError::NotOpen));
        world.verify(true).unwrap();
    }
}

#[tokio::test]
async fn should_let_an_hour_pass_and_not_be_fooled_by_the_clock() {
    for set_back in [86_400, -86_400] {
        let mut world = budgeted(Some(2), None);
        buy(&mut world, &["a", "b"]).await;
        world.clock.advance(3_600);
        buy(&mut world, &["c", "d"]).await;
        assert_eq!((paid(&world), is_open(&mut world, Breaker::Payouts)), (2_000_000, false));
        // No hour has passed, whatever is shown.
        world.clock.set_back(set_back);
        buy(&mut world, &["e"]).await;
        assert_eq!((paid(&world), is_open(&mut world, Breaker::Payouts)), (2_000_000, true));
    }
    let mut world = budgeted(Some(2), None);
    buy(&mut world, &["a", "b"]).await;
    world.clock.set_back(86_400);
    world.clock.advance(3_600);
    buy(&mut world, &["c", "d"]).await;
    assert_eq!(
        (paid(&world), is_open(&mut world, Breaker::Payouts)),
        (2_000_000, false),
        "an hour has passed"
    );
}

#[tokio::test]
async fn should_count_what_was_signed_before_a_restart() {
    let mut world = budgeted(Some(2), None);
    buy(&mut world, &["a", "b"]).await;
    world.clock.set_back(7_200);
    world.stop();
    world.start().unwrap();
    buy(&mut world, &["c"]).await;
    assert_eq!(
        (paid(&world), is_open(&mut world, Breaker::Payouts)),
        (1_000_000, true),
        "it bears a time to come"
    );
}

#[tokio::test]
async fn should_pay_what_is_above_the_budget_by_itself_once_a_person_has_closed_it_over_that() {
    let mut world = budgeted(None, Some(400_000));
    buy(&mut world, &["a"]).await;
    assert_eq!((paid(&world), is_open(&mut world, Breaker::Payouts)), (0, true));
    close(&mut world, Breaker::Payouts).await.unwrap();
    buy(&mut world, &["b"]).await;
    assert_eq!(paid(&world), 500_000, "this one, and not the next");
    assert!(is_open(&mut world, Breaker::Payouts));
}

#[tokio::test]
async fn should_close_no_other_opening_than_the_one_that_was_looked_at() {
    let mut world = budgeted(None, Some(400_000));
    buy(&mut world, &["a"]).await;
    close(&mut world, Breaker::Payouts).await.unwrap();
    buy(&mut world, &["b"]).await;
    let store = world.service().unwrap().store.clone();
    assert_eq!(close_breaker(&store, Breaker::Payouts, 1, order()).await, Err(ActError::NotOpen));
    assert_eq!(close_breaker(&store, Breaker::Payouts, 2, order()).await, Ok(()));
}

/// A desk that has paid once, and whose chain pays something at this height that the books do not have.
async fn differing() -> (World, usize, teller::address::DepositAddress) {
    let mut world = world();
    buy(&mut world, &["a"]).await;
    let address = bound(&mut world).await;
    let height = usize::try_from(world.chain.height()).unwrap();
    (0..3).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    world.chain.amend(height, payment("hidden", address, 70_000));
    world.reconcile().await.unwrap();
    (world, height, address)
}

#[tokio::test]
async fn should_stop_payouts_of_a_chain_that_differs_from_the_books_and_no_others() {
    let (mut world, height, address) = differing().await;
    assert!(is_open(&mut world, Breaker::Books(Coin::BTC)));
    assert!(!is_open(&mut world, Breaker::Payouts) && !is_open(&mut world, Breaker::Books(Coin::LTC)));
    buy(&mut world, &["b"]).await;
    assert_eq!(paid(&world), 500_000, "nothing more is paid for this chain");
    assert_eq!(messages(&mut world), ["paid", CHECKED]);
    world.stop();
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000, "a restart closes nothing");
    close(&mut world, Breaker::Books(Coin::BTC)).await.unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world), 1_000_000);
    // What it was closed over does not open it again; something else does, and only that is in the evidence.
    world.reconcile().await.unwrap();
    assert!(!is_open(&mut world, Breaker::Books(Coin::BTC)));
    for (name, times) in [("another", 2), ("third", 3)] {
        world.chain.amend(height, payment(name, address, 10_000));
        for _ in 0..6 {
            assert!(matches!(world.reconcile_step().await, StepEnd::Done(_)));
        }
        let state =
            world.service().unwrap().store.snapshot().breaker(Breaker::Books(Coin::BTC)).unwrap().unwrap();
        assert_eq!(state.times, times);
        let grounds = state.opened.unwrap().grounds;
        assert!(matches!(&grounds[..], [one] if one.contains(name)), "{grounds:?}");
        close(&mut world, Breaker::Books(Coin::BTC)).await.unwrap();
        world.reconcile().await.unwrap();
        assert!(!is_open(&mut world, Breaker::Books(Coin::BTC)), "neither opens it again");
    }
}

#[tokio::test]
async fn should_hold_back_what_is_signed_for_such_a_chain_and_has_not_left() {
    let mut world = world();
    world.settings = WorldSettings { send_enabled: false, ..world.settings.clone() };
    world.stop();
    world.start().unwrap();
    let address = bound(&mut world).await;
    buy(&mut world, &["a"]).await;
    let height = usize::try_from(world.chain.height()).unwrap();
    (0..3).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    // It signs, and dies before the bytes have left.
    world.settings = WorldSettings { send_enabled: true, ..world.settings.clone() };
    world.stop();
    world.start().unwrap();
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    assert_eq!(paid(&world), 0, "signed, and not offered yet");
    world.chain.amend(height, payment("hidden", address, 70_000));
    world.reconcile().await.unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world), messages(&mut world)), (0, vec![CHECKED.to_owned()]));
    close(&mut world, Breaker::Books(Coin::BTC)).await.unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
}

#[tokio::test]
async fn should_forget_no_breaker_wherever_the_desk_dies() {
    for fuse in 1..60 {
        let mut world = budgeted(Some(1), None);
        let (one, other) = (bound(&mut world).await, bound(&mut world).await);
        world.chain.mine(vec![payment("a", one, 100_000), payment("b", other, 100_000)]);
        (0..2).for_each(|_| world.chain.mine(vec![]));
        world.fuse.set(fuse);
        let _ = world.scan().await;
        let _ = world.rest().await;
        world.cut_power(|| false);
        world.start().unwrap();
        settle(&mut world).await;
        assert_eq!((paid(&world), is_open(&mut world, Breaker::Payouts)), (500_000, true), "fuse {fuse}");
        world.verify(false).unwrap();
    }
}

#[tokio::test]
async fn should_count_all_that_was_signed_and_not_the_last_of_it_alone() {
    let mut world = budgeted(None, Some(1_400_000));
    for name in ["a", "b", "c"] {
        buy(&mut world, &[name]).await;
    }
    assert_eq!((paid(&world), is_open(&mut world, Breaker::Payouts)), (1_000_000, true));
    world.verify(false).unwrap();
}
