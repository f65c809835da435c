//! What counts on the payout chain only once it is deep: a payout that is settled, and a rival that takes its
//! place. What the desk knows to be spent is spent, whatever its node has heard.

use teller::address::DepositAddress;
use teller::engine::operator::{ActError, withdraw};
use teller::payout::{AbandonRefused, AttemptState};
use teller::rail::Wallet;
use teller::skycoin::Address;
use teller::store::Tables;
use teller::testing::{Faults, StepEnd, World};
use teller::types::{AttemptNo, Droplets};

use crate::rulings::order;

const ANNA: Address = Address::from_bytes([1; 20]);
const DEEP: u64 = 3;

async fn world() -> (World, DepositAddress) {
    let mut world = World::new(Droplets::new(1_000_000_000), 20);
    world.stop();
    world.settings.payout_confirmations = DEEP;
    world.start().unwrap();
    assert_eq!(world.bind(ANNA).await, StepEnd::Done(None));
    let address = world.acked.binds[0].1;
    (world, address)
}

/// One payout that a node has, in no block.
async fn sent() -> World {
    let (mut world, address) = world().await;
    world.deposit(address, "a", 0, 100_000).await;
    assert!(matches!(world.work().await, StepEnd::Done(_)));
    assert_eq!(world.node.broadcasts().len(), 1);
    world
}

fn state(world: &mut World) -> AttemptState {
    let snapshot = world.service().unwrap().store.snapshot();
    snapshot.attempt(AttemptNo::FIRST).unwrap().unwrap().state
}

/// The payer looks again, after it has waited long enough to offer what is unconfirmed.
async fn look(world: &mut World) {
    world.clock.advance(61);
    assert!(!matches!(world.work().await, StepEnd::Died));
}

fn paid(world: &World) -> u64 {
    let [future, _] = world.node.futures();
    future.iter().flat_map(|sent| &sent.payments).map(|(_, coins)| coins.get()).sum()
}

#[tokio::test]
async fn should_settle_a_payout_once_it_is_deep() {
    let mut world = sent().await;
    world.confirm_all();
    for _ in 1..DEEP {
        look(&mut world).await;
        assert_eq!(state(&mut world), AttemptState::Sent);
        world.node.bury(1);
    }
    look(&mut world).await;
    assert!(matches!(state(&mut world), AttemptState::Settled { .. }));
}

#[tokio::test]
async fn should_pay_what_a_shallow_fork_of_the_payout_chain_took_back() {
    let mut world = sent().await;
    world.confirm_all();
    world.node.bury(DEEP - 2);
    look(&mut world).await;
    world.node.unmine(2);
    world.node.forget(0);
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

/// The operator spends what the payout spends, and that is in the newest block.
async fn rivalled() -> World {
    let world = sent().await;
    world.node.spend_as_operator(0, 0);
    world.node.mine(1);
    assert!(world.node.broadcasts().iter().all(|sent| !sent.confirmed), "the rival is in the block");
    world
}

#[tokio::test]
async fn should_not_give_up_a_payout_for_a_rival_that_is_not_deep() {
    let mut world = rivalled().await;
    for _ in 1..DEEP {
        look(&mut world).await;
        assert_eq!(state(&mut world), AttemptState::Sent);
        world.node.bury(1);
    }
    // It comes to nothing: the payout that it stood against is in a block in its place.
    world.node.unmine(usize::try_from(DEEP).unwrap());
    world.node.mine(0);
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert!(matches!(state(&mut world), AttemptState::Settled { .. }));
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_let_nobody_abandon_a_payout_for_a_rival_that_is_not_deep() {
    let mut world = rivalled().await;
    let store = world.service().unwrap().store.clone();
    withdraw(&store, AttemptNo::FIRST, order()).await.unwrap();
    for depth in 1..DEEP {
        let refused = world.abandon(AttemptNo::FIRST, order()).await.unwrap();
        let Err(ActError::Abandon(AbandonRefused::Shallow { confirmations, required, .. })) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((confirmations, required), (depth, DEEP));
        world.node.bury(1);
    }
    let found = world.abandon(AttemptNo::FIRST, order()).await.unwrap().unwrap();
    assert!(found.contains("was spent by transaction"), "{found}");
    assert!(matches!(state(&mut world), AttemptState::Dead { .. }));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_give_up_a_payout_that_a_node_still_holds_once_a_rival_is_deep() {
    let mut world = rivalled().await;
    world.node.bury(DEEP - 1);
    look(&mut world).await;
    assert!(matches!(state(&mut world), AttemptState::Dead { .. }));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_take_its_own_transaction_for_a_rival() {
    let mut world = sent().await;
    world.node.gossip();
    world.confirm_all();
    world.node.bury(DEEP - 1);
    // A node that has not seen these blocks tells of the transaction, one that has tells who spent its input.
    world.node.lag(1, usize::try_from(DEEP).unwrap());
    world.node.change_node(0, 1);
    world.node.funds().await.unwrap();
    world.node.change_node(1, 0);
    world.clock.advance(61);
    world.payer_step().await;
    assert!(!matches!(state(&mut world), AttemptState::Dead { .. }));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert_eq!((paid(&world), world.node.broadcasts().len()), (500_000, 1));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_spend_for_the_next_payout_what_the_last_one_leaves() {
    let (mut world, address) = world().await;
    world.deposit(address, "a", 0, 100_000).await;
    world.buyer_step().await;
    world.payer_step().await;
    // The first never reaches a node, which takes its inputs for free.
    world.set_faults(Faults { lose_requests: 10, ..Faults::default() });
    world.deposit(address, "b", 0, 100_000).await;
    world.buyer_step().await;
    world.payer_step().await;
    let snapshot = world.service().unwrap().store.snapshot();
    assert_eq!(snapshot.counters().live_attempts, 2, "both are signed");
    world.set_faults(Faults::default());
    world.clock.advance(61);
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert_eq!(paid(&world), 1_000_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_spend_again_what_a_node_that_lags_has_not_seen_spent() {
    let mut world = sent().await;
    let address = world.acked.binds[0].1;
    world.confirm_all();
    world.node.bury(DEEP - 1);
    look(&mut world).await;
    assert!(matches!(state(&mut world), AttemptState::Settled { .. }));
    world.node.lag(1, usize::try_from(DEEP).unwrap());
    world.node.change_node(0, 1);
    world.deposit(address, "b", 0, 100_000).await;
    // Nothing is signed by the word of a node that has not seen what was read before.
    assert!(!matches!(world.work().await, StepEnd::Died));
    world.node.lag(1, 0);
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert_eq!(paid(&world), 1_000_000);
    world.verify(true).unwrap();
}
