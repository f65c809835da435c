//! Nodes of another chain than the one that the database was made with: nothing is believed of them, nothing undone,
//! and nothing signed or sent.

use teller::live::NodeState;
use teller::store::{Identities, Tables};
use teller::testing::{Faults, StepEnd, World};
use teller::types::Coin;

use crate::forks::{bound, paid, payment, settle, world};

fn node(world: &mut World) -> NodeState {
    world.service().unwrap().live.chain(Coin::BTC).unwrap().node
}

fn known(world: &mut World) -> [Option<String>; 2] {
    let snapshot = world.service().unwrap().store.snapshot();
    [Some(Coin::BTC), None].map(|of| snapshot.identity(of).unwrap())
}

#[tokio::test]
async fn should_undo_nothing_for_a_node_of_another_chain() {
    let mut world = world();
    let address = bound(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    world.chain.mine(vec![]);
    settle(&mut world).await;
    let first = known(&mut world);
    assert!(first.iter().all(Option::is_some), "{first:?}");
    // It answers in the place of the other in the middle of a conversation, and shows another chain.
    world.chain.be_another("a chain of somebody else");
    world.chain.unmine(2);
    (0..9).for_each(|_| world.chain.mine(vec![]));
    assert!(matches!(world.scanner_step().await, StepEnd::Refused(_)));
    match node(&mut world) {
        NodeState::WrongNetwork { why } => {
            assert!(why.contains("somebody else") && why.contains("a chain in memory"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    let snapshot = world.service().unwrap().store.snapshot();
    assert!(snapshot.deposit(teller::types::DepositNo::FIRST).unwrap().unwrap().place().is_some());
    assert_eq!(known(&mut world), first);
    // Nor after a restart, nor for as long as it stays.
    world.stop();
    world.start().unwrap();
    assert!(matches!(world.scanner_step().await, StepEnd::Refused(_)));
    assert!(matches!(node(&mut world), NodeState::WrongNetwork { .. }));
}

#[tokio::test]
async fn should_sign_nothing_against_a_payout_node_of_another_chain() {
    let mut world = world();
    let address = bound(&mut world).await;
    settle(&mut world).await;
    world.set_faults(Faults { is_another: true, ..Faults::default() });
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    world.buyer_step().await;
    match world.payer_step().await {
        StepEnd::Refused(why) => assert!(why.contains("another chain"), "{why}"),
        other => panic!("{other:?}"),
    }
    let attempts = world.service().unwrap().store.snapshot().counters().attempts;
    assert_eq!((attempts, paid(&world)), (0, 0));
    world.set_faults(Faults::default());
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_follow_a_node_that_tells_less_of_the_same_chain() {
    let mut world = world();
    world.chain.be_another("a chain");
    bound(&mut world).await;
    settle(&mut world).await;
    let of_coin = |world: &mut World| known(world)[0].clone().unwrap();
    assert_eq!(of_coin(&mut world), "a chain");
    // More is told, and then less again: another one is neither.
    for told in ["a chain, first block 1", "a chain"] {
        world.chain.be_another(told);
        world.stop();
        world.start().unwrap();
        settle(&mut world).await;
        assert_eq!(
            (of_coin(&mut world).as_str(), node(&mut world)),
            ("a chain, first block 1", NodeState::Ok)
        );
    }
    world.chain.be_another("a chain, first block 2");
    world.stop();
    world.start().unwrap();
    assert!(matches!(world.scanner_step().await, StepEnd::Refused(_)));
    assert!(matches!(node(&mut world), NodeState::WrongNetwork { .. }));
}
