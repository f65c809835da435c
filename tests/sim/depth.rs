//! What counts on the payout chain only once it is deep: a payout that is settled, and a rival that takes its
//! place. What the desk knows to be spent is spent, whatever its node has heard.

use teller::address::DepositAddress;
use teller::engine::operator::{ActError, withdraw};
use teller::payout::{AbandonRefused, AttemptState};
use teller::rail::Wallet;
use teller::skycoin::Address;
use teller::store::{AttemptEvent, Event, Page, Tables};
use teller::testing::{Faults, StepEnd, Way, World};
use teller::types::AttemptNo;

use crate::rulings::order;
use crate::ways::{self, in_every_way};

const ANNA: Address = Address::from_bytes([1; 20]);
const DEEP: u64 = 3;

async fn world(way: Way) -> (World, DepositAddress) {
    let mut world = ways::world(way);
    world.stop();
    world.settings.payout_confirmations = DEEP;
    world.start().unwrap();
    assert_eq!(world.bind(ANNA).await, StepEnd::Done(None));
    let address = world.acked.binds[0].1;
    (world, address)
}

/// A deposit that is worth 0.5 SKY.
async fn deposit(world: &mut World, way: Way, address: DepositAddress, tx: &str) {
    let found = ways::found(way, tx, address, 100_000);
    assert_eq!(world.hand(found).await, StepEnd::Done(None));
}

/// One payout that a node has, in no block.
async fn sent(way: Way) -> World {
    let (mut world, address) = world(way).await;
    deposit(&mut world, way, address, "a").await;
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
    in_every_way(async |way| {
        let mut world = sent(way).await;
        // Offered once more, it is known already: no news, and no trouble.
        world.clock.advance(61);
        assert!(matches!(world.work().await, StepEnd::Done(_)));
        world.confirm_all();
        for _ in 1..DEEP {
            world.clock.advance(61);
            assert!(matches!(world.work().await, StepEnd::Done(_)));
            assert_eq!(state(&mut world), AttemptState::Sent);
            world.node.bury(1);
        }
        look(&mut world).await;
        assert!(matches!(state(&mut world), AttemptState::Settled { .. }));
    })
    .await;
}

#[tokio::test]
async fn should_pay_what_a_shallow_fork_of_the_payout_chain_took_back() {
    in_every_way(async |way| {
        let mut world = sent(way).await;
        world.confirm_all();
        world.node.bury(DEEP - 2);
        look(&mut world).await;
        world.node.unmine(2);
        world.node.forget(0);
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

/// The operator spends what the payout spends, and that is in the newest block.
async fn rivalled(way: Way) -> World {
    let world = sent(way).await;
    world.node.spend_as_operator(0, 0);
    world.node.mine(1);
    assert!(world.node.broadcasts().iter().all(|sent| !sent.confirmed), "the rival is in the block");
    world
}

#[tokio::test]
async fn should_not_give_up_a_payout_for_a_rival_that_is_not_deep() {
    in_every_way(async |way| {
        let mut world = rivalled(way).await;
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
    })
    .await;
}

#[tokio::test]
async fn should_let_nobody_abandon_a_payout_for_a_rival_that_is_not_deep() {
    in_every_way(async |way| {
        let mut world = rivalled(way).await;
        let store = world.service().unwrap().store.clone();
        withdraw(&store, AttemptNo::FIRST, order()).await.unwrap();
        for depth in 1..DEEP {
            let refused = world.abandon(AttemptNo::FIRST, order()).await.unwrap();
            let Err(ActError::Abandon(AbandonRefused::Shallow { confirmations, required, .. })) = refused
            else {
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
    })
    .await;
}

#[tokio::test]
async fn should_give_up_a_payout_that_a_node_still_holds_once_a_rival_is_deep() {
    in_every_way(async |way| {
        let mut world = rivalled(way).await;
        world.node.bury(DEEP - 1);
        look(&mut world).await;
        assert!(matches!(state(&mut world), AttemptState::Dead { .. }));
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_not_take_its_own_transaction_for_a_rival() {
    in_every_way(async |way| {
        let mut world = sent(way).await;
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
    })
    .await;
}

#[tokio::test]
async fn should_spend_for_the_next_payout_what_the_last_one_leaves() {
    in_every_way(async |way| {
        let (mut world, address) = world(way).await;
        deposit(&mut world, way, address, "a").await;
        world.buyer_step().await;
        world.payer_step().await;
        // The first never reaches a node, which takes its inputs for free.
        world.set_faults(Faults { lose_requests: 10, ..Faults::default() });
        deposit(&mut world, way, address, "b").await;
        world.buyer_step().await;
        world.payer_step().await;
        let snapshot = world.service().unwrap().store.snapshot();
        assert_eq!(snapshot.counters().live_attempts, 2, "both are signed");
        world.set_faults(Faults::default());
        world.clock.advance(61);
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        assert_eq!(paid(&world), 1_000_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_not_spend_again_what_a_node_that_lags_has_not_seen_spent() {
    in_every_way(async |way| {
        let mut world = sent(way).await;
        let address = world.acked.binds[0].1;
        world.confirm_all();
        world.node.bury(DEEP - 1);
        look(&mut world).await;
        assert!(matches!(state(&mut world), AttemptState::Settled { .. }));
        world.node.lag(1, usize::try_from(DEEP).unwrap());
        world.node.change_node(0, 1);
        deposit(&mut world, way, address, "b").await;
        // Nothing is signed by the word of a node that has not seen what was read before.
        assert!(!matches!(world.work().await, StepEnd::Died));
        world.node.lag(1, 0);
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        assert_eq!(paid(&world), 1_000_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_give_up_what_a_node_refuses_since_a_rival_is_deep() {
    in_every_way(async |way| {
        let mut world = rivalled(way).await;
        world.node.bury(DEEP - 1);
        // The node has it no more, and takes it no more.
        world.node.forget(0);
        look(&mut world).await;
        assert!(matches!(state(&mut world), AttemptState::Dead { .. }));
        let events = world.service().unwrap().store.snapshot().events(Page::ALL).unwrap();
        let is_refusal = |event: &Event| matches!(event, Event::Attempt(AttemptEvent::Refused { .. }));
        assert!(!events.iter().any(|(_, record)| is_refusal(&record.event)), "what is dead is not refused");
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}

#[tokio::test]
async fn should_see_that_what_is_held_back_has_died() {
    in_every_way(async |way| {
        let mut world = rivalled(way).await;
        let store = world.service().unwrap().store.clone();
        withdraw(&store, AttemptNo::FIRST, order()).await.unwrap();
        world.node.bury(DEEP - 1);
        look(&mut world).await;
        assert!(matches!(state(&mut world), AttemptState::Dead { .. }), "nobody has to give it up");
        assert!(matches!(world.rest().await, StepEnd::Done(_)));
        assert_eq!(paid(&world), 500_000);
        world.verify(true).unwrap();
    })
    .await;
}
