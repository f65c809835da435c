//! Orders and withdrawals at an exchange that is not configured any more.

use std::time::Duration;

use teller::engine::UnaskedWithdrawals;
use teller::engine::operator::{Order, WithdrawalAct, decide_withdrawal};
use teller::exchange::WithdrawalTrace;
use teller::skycoin::Address;
use teller::task::{Next, Worker};
use teller::testing::{Habit, StepEnd, UpstreamSettings};
use teller::types::WithdrawalNo;

use crate::{passthrough, withdrawals};

const ANNA: Address = Address::from_bytes([1; 20]);

#[tokio::test]
async fn should_leave_to_a_person_orders_that_no_exchange_is_asked_about() {
    let mut world = passthrough::world(UpstreamSettings::default());
    world.exchange.change(|state| state.placing = vec![Habit::LoseReply]);
    passthrough::deposit(&mut world, ANNA, "aa", 1_002_000).await;
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    for _ in 0..5 {
        if passthrough::states(&mut world).is_empty() {
            assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
        }
    }
    assert_eq!(passthrough::states(&mut world), ["unclear"]);
    world.stop();
    world.settings.upstream = None;
    world.start().unwrap();
    assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
    assert_eq!(passthrough::states(&mut world), ["held"]);
    // Nothing is bought again, and the deposit is not paid: a person says what became of it.
    for _ in 0..5 {
        world.clock.advance(700);
        assert!(matches!(world.work().await, StepEnd::Done(_)));
    }
    assert_eq!((passthrough::states(&mut world), world.exchange.state().orders.len()), (vec!["held"], 1));
}

#[tokio::test]
async fn should_leave_to_a_person_withdrawals_that_no_exchange_is_asked_about() {
    let mut world = withdrawals::world(WithdrawalTrace::ById);
    world.exchange.change(|state| state.vault.pending = Duration::from_secs(100_000));
    withdrawals::buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    world.withdrawer_step().await;
    assert_eq!(withdrawals::states(&mut world), ["asked"]);
    let store = world.service().unwrap().store.clone();
    let mut unasked = UnaskedWithdrawals::new(store.clone());
    while matches!(unasked.step().await.unwrap(), Next::Again) {}
    assert_eq!(withdrawals::states(&mut world), ["held"]);
    // It is known where it stands: the exchange is asked for that again, once it is there.
    let order = Order::new("anna", "configured again").unwrap();
    decide_withdrawal(&store, WithdrawalNo::FIRST, WithdrawalAct::Look, order).await.unwrap();
    assert_eq!(withdrawals::states(&mut world), ["asked"]);
    world.clock.advance(100_000);
    withdrawals::rest(&mut world).await;
    assert_eq!(
        (withdrawals::states(&mut world), world.exchange.state().vault.all.len()),
        (vec!["arrived"], 1)
    );
}
