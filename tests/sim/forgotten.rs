//! A database that may have forgotten what happened buys and withdraws nothing: it may have been done before.

use teller::engine::operator::{Order, clear_restored};
use teller::exchange::WithdrawalTrace;
use teller::payout::PayoutState;
use teller::skycoin::Address;
use teller::store::WalletEvent;
use teller::testing::{StepEnd, UpstreamSettings, World};

use crate::passthrough::{self, deposit, is_settled, payout, rest, states};
use crate::withdrawals;

const ANNA: Address = Address::from_bytes([1; 20]);

/// Has the database be one that was made of a copy: whatever was bought since, it does not know.
async fn restore(world: &mut World) {
    let store = world.service().unwrap().store.clone();
    let event = WalletEvent::Restored { from: store.snapshot().head().to_string() };
    store.write(move |tx| tx.record(event.clone())).await.unwrap();
}

/// Nothing is left to be done without a person.
async fn waits(world: &mut World) {
    for _ in 0..10 {
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        world.verify(false).unwrap();
        world.clock.advance(700);
    }
}

/// Has a person say that they have looked.
async fn clear(world: &mut World) {
    let store = world.service().unwrap().store.clone();
    clear_restored(&store, Order::new("anna", "looked at the account").unwrap()).await.unwrap();
}

#[tokio::test]
async fn should_buy_nothing_that_may_have_been_bought_after_the_copy_was_made() {
    let mut world = passthrough::world(UpstreamSettings::default());
    let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    restore(&mut world).await;
    waits(&mut world).await;
    assert_eq!(states(&mut world), Vec::<&str>::new());
    assert!(matches!(payout(&mut world, no).state, PayoutState::ToBuy { .. }));
    // A desk that is started again knows no more.
    world.stop();
    world.start().unwrap();
    waits(&mut world).await;
    assert_eq!(states(&mut world), Vec::<&str>::new());
    clear(&mut world).await;
    rest(&mut world).await;
    assert!(is_settled(&mut world, no));
    assert_eq!(states(&mut world), ["closed"]);
}

#[tokio::test]
async fn should_buy_nothing_before_it_was_looked_what_left_the_wallet() {
    let mut world = passthrough::world(UpstreamSettings::default());
    let no = deposit(&mut world, ANNA, "aa", 1_002_000).await;
    for _ in 0..5 {
        assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
        world.clock.advance(60);
    }
    assert_eq!(states(&mut world), Vec::<&str>::new());
    rest(&mut world).await;
    assert!(is_settled(&mut world, no));
}

#[tokio::test]
async fn should_withdraw_nothing_that_may_have_been_withdrawn_after_the_copy_was_made() {
    let mut world = withdrawals::world(WithdrawalTrace::ById);
    withdrawals::buy(&mut world, "aa", 1_002_000).await;
    restore(&mut world).await;
    waits(&mut world).await;
    assert_eq!(withdrawals::states(&mut world), Vec::<&str>::new());
    clear(&mut world).await;
    withdrawals::rest(&mut world).await;
    assert_eq!(withdrawals::states(&mut world), ["arrived"]);
}
