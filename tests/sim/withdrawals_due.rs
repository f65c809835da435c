//! When something is withdrawn at all, and when nobody is asked for it.

use teller::clock::Clock;
use teller::exchange::WithdrawalTrace;
use teller::testing::{StepEnd, UpstreamSettings, World};

use crate::withdrawals::{buy, states, world};

/// Some minutes pass, in which the withdrawer does what it can.
async fn wait(world: &mut World) {
    for _ in 0..5 {
        assert!(matches!(world.withdrawer_step().await, StepEnd::Done(_)));
        world.clock.advance(61);
    }
}

#[tokio::test]
async fn should_withdraw_nothing_while_that_is_off_or_the_exchange_has_no_call_for_it() {
    for is_off in [true, false] {
        let mut world = world(WithdrawalTrace::ById);
        world.stop();
        world.settings.upstream =
            Some(UpstreamSettings { withdraws: !is_off, ..UpstreamSettings::default() });
        world.start().unwrap();
        if !is_off {
            world.exchange.change(|state| state.vault.trace = None);
        }
        buy(&mut world, "aa", 1_002_000).await;
        wait(&mut world).await;
        assert_eq!((states(&mut world).len(), world.exchange.state().vault.all.len()), (0, 0), "{is_off}");
    }
}

#[tokio::test]
async fn should_ask_nobody_for_less_than_the_least_and_call_that_no_trouble() {
    let mut world = world(WithdrawalTrace::ById);
    // One SKY less the fee of its order, of which two are the least.
    buy(&mut world, "aa", 200_400).await;
    let asked = world.exchange.state().asked;
    wait(&mut world).await;
    assert_eq!((states(&mut world).len(), world.exchange.state().asked), (0, asked));
    assert_eq!(world.service().unwrap().live.withdrawals().unwrap().trouble, None);
}

#[tokio::test]
async fn should_let_time_pass_between_two() {
    let mut world = world(WithdrawalTrace::ById);
    buy(&mut world, "aa", 1_002_000).await;
    assert!(matches!(world.withdrawer_step().await, StepEnd::Done(_)));
    assert_eq!(states(&mut world), ["asked"]);
    let began = world.clock.now().get();
    buy(&mut world, "bb", 1_002_000).await;
    while states(&mut world).len() < 2 {
        world.clock.advance(5);
        assert!(matches!(world.withdrawer_step().await, StepEnd::Done(_)));
        assert!(world.clock.now().get() - began < 200, "{:?}", states(&mut world));
    }
    assert!(world.clock.now().get() - began >= 120, "as the world's desk is told");
}
