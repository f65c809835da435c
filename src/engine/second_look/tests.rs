//! What is asked of a second node, how often, and what counts as a contradiction.

use std::sync::{Mutex, PoisonError};

use super::*;
use crate::address::DepositAddress;
use crate::chain::{Block, Past, Payment, SourceError, Watcher};
use crate::testing::{ManualClock, memory_store};
use crate::types::{BlockRef, Droplets, Height, UnixTime};

const CONFIRMATIONS: u64 = 6;
const OURS: BlockHash = BlockHash([1; 32]);
const THEIRS: BlockHash = BlockHash([2; 32]);
const ANOTHER: BlockHash = BlockHash([3; 32]);

type Meanwhile = Box<dyn FnOnce() + Send>;

/// A node whose blocks all have one hash, or that has none.
#[derive(Default)]
struct Node {
    hash: Mutex<Option<BlockHash>>,
    height: Mutex<u64>,
    is_syncing: Mutex<bool>,
    is_of_another_network: Mutex<bool>,
    /// Heights that it was asked about.
    asked: Mutex<Vec<u64>>,
    /// What happens once while it is asked.
    meanwhile: Mutex<Option<Meanwhile>>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").finish_non_exhaustive()
    }
}

fn set<T>(place: &Mutex<T>, value: T) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

fn get<T: Clone>(place: &Mutex<T>) -> T {
    place.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl ChainSource for Node {
    fn coin(&self) -> Coin {
        Coin::BTC
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        if get(&self.is_of_another_network) {
            return Err(SourceError::WrongNetwork("it is of another network".to_owned()));
        }
        Ok("a chain that nobody follows".to_owned())
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        let block = BlockRef { height: Height::new(get(&self.height)), hash: BlockHash([9; 32]) };
        Ok(Tip { block, time: UnixTime::new(0), finalized: None, is_syncing: get(&self.is_syncing) })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<BlockHash>, SourceError> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(height.get());
        let meanwhile = self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        Ok(get(&self.hash))
    }

    async fn block(&self, _: Height, _: &Watcher) -> Result<Option<Block>, SourceError> {
        Ok(None)
    }

    async fn pending(&self, _: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        Ok(None)
    }

    async fn past(&self, _: &[DepositAddress]) -> Result<Past, SourceError> {
        Ok(Past::Told(Vec::new()))
    }
}

struct Desk {
    worker: SecondLook<Node>,
    second: Arc<Node>,
    board: Arc<SecondNode>,
    clock: Arc<ManualClock>,
    store: Store,
}

fn block(height: u64) -> AskedBlock {
    AskedBlock { height: Height::new(height), hash: Some(OURS) }
}

/// A second node with this hash at all heights, that is asked about the first blocks.
fn desk(hash: Option<BlockHash>, blocks: u64) -> Desk {
    let (store, clock) = (memory_store(), Arc::new(ManualClock::default()));
    let (first, second) = (Arc::new(Node::default()), Arc::new(Node::default()));
    let board = Arc::new(SecondNode::new(Droplets::ZERO));
    set(&second.hash, hash);
    set(&second.height, 1_000);
    board.ask((1..=blocks).map(block).collect());
    let at = Arc::clone(&clock) as Arc<dyn Clock>;
    let nodes = (first, Arc::clone(&second));
    let worker = SecondLook::new(store.clone(), nodes, Arc::clone(&board), at, CONFIRMATIONS);
    Desk { worker, second, board, clock, store }
}

impl Desk {
    async fn step(&mut self) -> Next {
        self.worker.step().await.unwrap()
    }

    /// The heights that were asked about since this was asked last.
    fn asked(&self) -> Vec<u64> {
        std::mem::take(&mut *self.second.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn open(&self) -> usize {
        self.board.open(self.clock.moment()).len()
    }

    fn is_stopped(&self) -> bool {
        self.store.snapshot().is_broken(Breaker::Nodes(Coin::BTC)).unwrap()
    }

    /// What is told at a block, after so many seconds more.
    async fn told(&mut self, passed: u64, theirs: BlockHash) -> bool {
        self.clock.advance(passed);
        let told = self.worker.contradicted(block(1), (OURS, theirs)).await.unwrap();
        assert_eq!(told, Some("its block 1 is another one".to_owned()));
        self.is_stopped()
    }
}

#[tokio::test]
async fn should_ask_about_each_in_its_turn_though_none_is_agreed_to() {
    let mut desk = desk(None, 10);
    assert_eq!(desk.worker.name(), Coin::BTC.facts().workers.second_look);
    assert_eq!((desk.step().await, desk.asked()), (Next::Wait(PAUSE), (1..=8).collect()));
    desk.clock.advance(1);
    assert_eq!((desk.step().await, desk.asked()), (Next::Wait(PAUSE), vec![9, 10, 1, 2, 3, 4, 5, 6]));
}

#[tokio::test]
async fn should_pause_where_blocks_are_left_and_rest_where_it_is_not_agreed_with() {
    for (blocks, wait) in [(1, TRY_AGAIN), (8, TRY_AGAIN), (9, PAUSE), (20, PAUSE)] {
        assert_eq!(desk(None, blocks).step().await, Next::Wait(wait), "{blocks} blocks");
    }
    for (blocks, wait) in [(0, IDLE), (1, IDLE), (8, IDLE), (9, PAUSE)] {
        assert_eq!(desk(Some(OURS), blocks).step().await, Next::Wait(wait), "{blocks} blocks");
    }
    let mut desk = desk(None, 1);
    assert_eq!((desk.step().await, desk.asked()), (Next::Wait(TRY_AGAIN), vec![1]));
    // Whoever wakes it meanwhile has it asked no more often.
    desk.clock.advance(9);
    assert_eq!((desk.step().await, desk.asked()), (Next::Wait(Duration::from_secs(1)), vec![]));
    set(&desk.second.hash, Some(OURS));
    desk.clock.advance(1);
    assert_eq!((desk.step().await, desk.asked(), desk.open()), (Next::Wait(IDLE), vec![1], 0));
    // One that idles is woken at once.
    desk.board.ask([block(2)].into());
    assert_eq!((desk.step().await, desk.open()), (Next::Wait(IDLE), 0));
}

#[tokio::test]
async fn should_go_on_at_once_with_what_it_was_asked_meanwhile() {
    let mut desk = desk(Some(OURS), 1);
    let board = Arc::clone(&desk.board);
    let more: Meanwhile = Box::new(move || board.ask([block(1), block(2)].into()));
    set(&desk.second.meanwhile, Some(more));
    assert_eq!((desk.step().await, desk.open()), (Next::Wait(PAUSE), 1));
}

#[tokio::test]
async fn should_believe_no_node_of_another_network() {
    let mut desk = desk(Some(OURS), 1);
    set(&desk.second.is_of_another_network, true);
    assert_eq!((desk.step().await, desk.open()), (Next::Wait(TRY_AGAIN), 1));
    let trouble = desk.board.view(desk.clock.moment()).trouble.unwrap();
    assert!(trouble.contains("another network"), "{trouble}");
    set(&desk.second.is_of_another_network, false);
    desk.clock.advance(10);
    assert_eq!((desk.step().await, desk.open()), (Next::Wait(IDLE), 0));
}

#[tokio::test]
async fn should_stop_for_another_block_that_is_deep_alone_and_of_a_node_that_has_caught_up() {
    for (height, is_syncing, stops) in
        [(1 + CONFIRMATIONS, false, true), (CONFIRMATIONS, false, false), (1_000, true, false)]
    {
        let mut desk = desk(Some(THEIRS), 1);
        set(&desk.second.height, height);
        set(&desk.second.is_syncing, is_syncing);
        for _ in 0..3 {
            assert_eq!((desk.step().await, desk.open()), (Next::Wait(TRY_AGAIN), 1));
            desk.clock.advance(10);
        }
        assert_eq!(desk.is_stopped(), stops, "a tip at {height}");
    }
}

#[tokio::test]
async fn should_stop_once_the_same_was_said_twice_with_time_between() {
    let mut twice = desk(Some(THEIRS), 1);
    assert!(!twice.told(0, THEIRS).await);
    // The first time counts, however often it is said before the time has passed.
    assert!(!twice.told(5, THEIRS).await);
    assert!(!twice.told(4, THEIRS).await);
    assert!(twice.told(1, THEIRS).await);
    // A node that changes its mind has said nothing twice.
    let mut changing = desk(Some(THEIRS), 1);
    assert!(!changing.told(0, THEIRS).await);
    assert!(!changing.told(20, ANOTHER).await);
    assert!(!changing.told(9, ANOTHER).await);
    assert!(changing.told(1, ANOTHER).await);
}
