//! What a step takes up, makes final and undoes, and what it says of that.

use super::*;
use crate::address::DepositAddress;
use crate::chain::{Gaps, Payment};
use crate::deposit::DepositState;
use crate::engine::intake::BuyMethods;
use crate::skycoin::Address;
use crate::store::{Page, Store};
use crate::task::Next;
use crate::testing::{Faults, StepEnd, World, deposit_addresses, memory_store};
use crate::types::{BlockHash, DepositNo, Droplets, PerCoin, Rate, Units, Work};

const BTC: Coin = Coin::BTC;
const ANNA: Address = Address::from_bytes([1; 20]);

fn address() -> DepositAddress {
    deposit_addresses(BTC)[0]
}

fn at(height: u8) -> BlockRef {
    BlockRef { height: Height::new(height.into()), hash: BlockHash([height; 32]) }
}

/// A block that pays once for each of these names.
fn block(height: u8, names: &[&str]) -> Block {
    let pays = |name: &&str| Payment::new((*name).to_owned(), 0, address(), Units::new(100_000));
    Block {
        at: at(height),
        parent: at(height - 1).hash,
        work: Work::BLOCK,
        payments: names.iter().map(pays).collect(),
        gaps: Gaps::default(),
    }
}

fn intake() -> Intake {
    let rate = Rate::parse("500").unwrap();
    Intake::fixed(&PerCoin::new(|_| rate.clone()), &[], 3, BuyMethods::default())
}

/// A desk that follows a chain from its first block on.
fn store() -> Store {
    let store = memory_store();
    let begin = |tx: &mut WriteTx<'_>| {
        tx.bind(ANNA, address())?;
        tx.start_chain(BTC, at(0))
    };
    store.write_blocking(begin).unwrap();
    store
}

fn step(ours: u8, blocks: Vec<Block>, final_height: Option<u64>) -> BlocksStep {
    let final_height = final_height.map(Height::new);
    BlocksStep { coin: BTC, ours: at(ours), blocks, final_height, required: Some(2), intake: intake() }
}

fn take(store: &Store, step: &BlocksStep) -> StepReport {
    let step = step.clone();
    store.write_blocking(move |tx| take_blocks(tx, &step)).unwrap()
}

fn is_nothing(store: &Store, step: &BlocksStep) -> bool {
    step.is_nothing(&store.snapshot()).unwrap()
}

fn states(store: &Store) -> Vec<&'static str> {
    let snapshot = store.snapshot();
    let all = snapshot.deposits(None, Page::ALL).unwrap();
    let state = |no: DepositNo| match snapshot.deposit(no).unwrap().unwrap().state {
        DepositState::Confirming { .. } => "confirming",
        DepositState::Final { .. } => "final",
        DepositState::Orphaned { .. } => "orphaned",
        DepositState::Quarantined { .. } => "quarantined",
    };
    all.into_iter().map(state).collect()
}

#[test]
fn should_count_what_it_takes_up_and_what_it_makes_final() {
    let store = store();
    let first = step(0, vec![block(1, &["a", "b"]), block(2, &["c"]), block(3, &[])], Some(1));
    let StepReport { tip, found, finalized } = take(&store, &first);
    assert_eq!((tip, found, finalized), (at(3), 3, 2));
    assert_eq!(states(&store), ["final", "final", "confirming"]);
    // The same deposits are no new ones; what is final already is not made final once more.
    let second = step(3, vec![block(4, &["d"])], Some(2));
    let StepReport { found, finalized, .. } = take(&store, &second);
    assert_eq!((found, finalized), (1, 1));
    assert_eq!(states(&store), ["final", "final", "final", "confirming"]);
}

#[test]
fn should_write_nothing_where_there_is_nothing_new() {
    let store = store();
    assert!(is_nothing(&store, &step(0, vec![], None)));
    assert!(!is_nothing(&store, &step(0, vec![block(1, &[])], None)), "there are blocks");
    take(&store, &step(0, vec![block(1, &["a"]), block(2, &["b"]), block(3, &[])], Some(1)));
    assert!(is_nothing(&store, &step(3, vec![], Some(1))));
    assert!(is_nothing(&store, &step(3, vec![], Some(0))), "what is final stays so");
    assert!(is_nothing(&store, &step(3, vec![], None)));
    assert!(!is_nothing(&store, &step(3, vec![], Some(2))), "more is final now");
    // What is final for the node and was not read is final once it is read.
    take(&store, &step(3, vec![], Some(9)));
    assert!(is_nothing(&store, &step(3, vec![], Some(10))));
}

#[test]
fn should_make_nothing_final_in_a_rescan_that_is_not_deep_enough() {
    let store = store();
    take(&store, &step(0, vec![block(1, &[]), block(2, &[]), block(3, &[])], Some(1)));
    let rescan = Rescan { from: Height::new(1), to: Height::new(3), next: Height::new(1), found: 0 };
    store.write_blocking(move |tx| tx.set_rescan(BTC, Some(rescan))).unwrap();
    // They were missed. Two of the blocks are final to the node by now, and one to the desk.
    let blocks = vec![block(1, &["a"]), block(2, &["b"]), block(3, &["c"])];
    let read = store.write_blocking(move |tx| {
        take_again(tx, BTC, &blocks, Some(Height::new(2)), &intake(), rescan, Height::new(3))
    });
    assert_eq!(read.unwrap(), None);
    assert_eq!(states(&store), ["final", "confirming", "confirming"]);
    let StepReport { finalized, .. } = take(&store, &step(3, vec![], Some(2)));
    assert_eq!((finalized, states(&store)), (1, vec!["final", "final", "confirming"]));
}

/// Everybody works until nobody has anything to do at once.
async fn work(world: &mut World) {
    world.scan().await;
    world.buyer_step().await;
    while world.payer_step().await == StepEnd::Done(Some(Next::Again)) {}
}

#[tokio::test]
async fn should_tell_apart_what_has_left_and_what_has_not_where_a_fork_undoes_it() {
    let mut world = World::new(Droplets::new(1_000_000_000), 200);
    assert_eq!(world.bind(ANNA).await, StepEnd::Done(None));
    let address = world.acked.binds[0].1;
    let pays = |name: &str| Payment::new(name.to_owned(), 0, address, Units::new(100_000));
    world.chain.mine(vec![]);
    let mine = |world: &World, names: &[&str]| {
        world.chain.mine(names.iter().map(|name| pays(name)).collect());
        (0..2).for_each(|_| world.chain.mine(vec![]));
    };
    mine(&world, &["a", "b"]);
    work(&mut world).await;
    world.rest().await;
    // What is signed for this one does not reach the network.
    world.set_faults(Faults { lose_requests: 1_000, ..Faults::default() });
    mine(&world, &["c"]);
    work(&mut world).await;
    world.chain.mine(["d", "e", "f"].map(pays).to_vec());
    world.scan().await;
    let store = world.service().unwrap().store.clone();
    let snapshot = store.snapshot();
    let tip = snapshot.cursor(BTC).unwrap().unwrap().tip;
    let first = snapshot.deposit(DepositNo::FIRST).unwrap().unwrap().block().height.prev().unwrap();
    let back = BlockRef { height: first, hash: snapshot.block_hash(BTC, first).unwrap().unwrap() };
    let fork = ForkPoint { to: back, is_anew: false };
    let undone = store.write(move |tx| undo_blocks(tx, BTC, fork, tip)).await.unwrap();
    assert_eq!((undone.sent, undone.unsent, undone.orphaned), (2, 1, 3));
    assert_eq!(undone.quarantined(), 3);
    let expected = ["quarantined", "quarantined", "quarantined", "orphaned", "orphaned", "orphaned"];
    assert_eq!(states(&store), expected);
}
