//! Where the scanner does not go on by itself, and says so.

use teller::deposit::DepositState;
use teller::report::{Outlook, waiting_kinds};
use teller::store::{Page, Tables};
use teller::testing::{StepEnd, World};
use teller::types::{Coin, Droplets, PerCoin};

use crate::forks::{bound, payment, settle};

#[tokio::test]
async fn should_say_that_nothing_becomes_final_where_the_node_tells_nothing_of_it() {
    let mut world = World::new(Droplets::new(1_000_000_000), 10);
    world.stop();
    world.settings.use_finalized = true;
    world.start().unwrap();
    let address = bound(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..9).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    let service = world.service().unwrap();
    let blind_spot = service.live.chain(Coin::BTC).unwrap().blind_spot;
    assert_eq!(blind_spot.unwrap(), "the node does not tell what is finalized: no deposit becomes final");
    // And what waits for it is counted, where everything that waits is listed.
    let outlook = Outlook::new(true, PerCoin::new(|_| Some(2)), service.live.clone());
    let kinds = waiting_kinds(&service.store.snapshot(), &outlook).unwrap();
    let untold = kinds.iter().find(|kind| kind.code == "finality_not_told").unwrap();
    assert_eq!((untold.about, untold.count), ("chain", 1));
}

#[tokio::test]
async fn should_stop_at_a_node_of_another_chain_with_the_same_beginning() {
    let mut world = World::new(Droplets::new(1_000_000_000), 10);
    world.stop();
    world.settings.initial_height = 6;
    world.start().unwrap();
    let address = bound(&mut world).await;
    (0..5).for_each(|_| world.chain.mine(vec![]));
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..200).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    world.chain.unmine(204);
    (0..300).for_each(|_| world.chain.mine(vec![]));
    assert!(matches!(world.scan().await, StepEnd::Refused(_)));
    let service = world.service().unwrap();
    let node = service.live.chain(Coin::BTC).unwrap().node;
    assert_eq!(node.name(), "forked_too_deep", "{node:?}");
    let snapshot = service.store.snapshot();
    let no = snapshot.deposits(None, Page::ALL).unwrap()[0];
    let state = snapshot.deposit(no).unwrap().unwrap().state;
    assert!(matches!(state, DepositState::Final { .. }), "nothing is undone: {state:?}");
}
