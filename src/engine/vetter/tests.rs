//! How much is asked about at a time, and of which addresses.

use std::sync::{Mutex, PoisonError};

use super::*;
use crate::chain::{Block, Payment, Tip, Unvetted, Watcher};
use crate::live::{ChainLimits, ChainView};
use crate::skycoin::Address;
use crate::store::{HandOut, Pool, WriteTx};
use crate::testing::{ManualClock, memory_store};
use crate::types::{Actor, BlockHash, Height};

const MOST: usize = 10;
const ANNA: Address = Address::from_bytes([1; 20]);

fn address(n: usize) -> DepositAddress {
    let mut account = [9; 20];
    account[..8].copy_from_slice(&n.to_be_bytes());
    DepositAddress::of_account(account)
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap()
}

fn write(store: &Store, work: impl Fn(&mut WriteTx<'_>) -> Result<(), StoreError> + Send + 'static) {
    store.write_blocking(work).unwrap();
}

/// Puts a pool in use, a chunk for each of these.
fn fill(store: &Store, chunks: Vec<Vec<DepositAddress>>) {
    let total = count(chunks.iter().map(Vec::len).sum());
    write(store, move |tx| {
        for (number, chunk) in (0..).zip(&chunks) {
            tx.put_pool_chunk(Coin::ETH, 1, number, chunk)?;
        }
        tx.switch_pool(Coin::ETH, Pool { generation: 1, total, ..Pool::default() })
    });
    store.watch_pool(Coin::ETH, 1).unwrap();
}

fn first(n: usize) -> Vec<Vec<DepositAddress>> {
    let all: Vec<DepositAddress> = (0..n).map(address).collect();
    all.chunks(POOL_CHUNK).map(<[DepositAddress]>::to_vec).collect()
}

fn taint(tx: &mut WriteTx<'_>, n: usize) -> Result<(), StoreError> {
    tx.taint(PastUse { address: address(n), tx: Some("aa".to_owned()), amount: None, height: Height::new(1) })
}

#[test]
fn should_ask_about_whoever_nothing_is_known_of() {
    let store = memory_store();
    fill(&store, first(POOL_CHUNK + 20));
    write(&store, |tx| {
        tx.bind(ANNA, address(1_001))?;
        taint(tx, 1_002)?;
        taint(tx, 1_003)?;
        tx.untaint(address(1_003), Actor::operator(), "it is ours".to_owned())
    });
    let snapshot = store.snapshot();
    let asked = |begin: usize, most: usize| {
        let Stretch { generation, end, addresses } =
            stretch(&snapshot, count(begin), Coin::ETH, most).unwrap();
        assert_eq!(generation, 1);
        (addresses, end)
    };
    let all = |places: Vec<usize>| places.into_iter().map(address).collect::<Vec<_>>();
    assert_eq!(asked(0, 3), (all(vec![0, 1, 2]), 3));
    assert_eq!(asked(1_000, 3), (all(vec![1_000, 1_004, 1_005]), 1_006));
    assert_eq!(asked(1_001, 1), (all(vec![1_004]), 1_005));
    // Over a chunk's end, from the next one on, and to the end of the pool.
    assert_eq!(asked(1_022, 4), (all((1_022..1_026).collect()), 1_026));
    assert_eq!(asked(1_030, 2), (all(vec![1_030, 1_031]), 1_032));
    assert_eq!(asked(1_040, 9), (all((1_040..1_044).collect()), 1_044));
    assert_eq!(asked(1_044, 9), (vec![], 1_044));
}

#[test]
fn should_pass_over_so_many_bound_addresses_at_a_time() {
    let store = memory_store();
    let chunks = usize::try_from(CHUNKS).unwrap();
    fill(&store, vec![vec![address(7); POOL_CHUNK]; chunks + 2]);
    write(&store, |tx| tx.bind(ANNA, address(7)).map(drop));
    for (begin, ends) in [(0, chunks), (10, chunks), (POOL_CHUNK + 10, chunks + 1)] {
        let passed = stretch(&store.snapshot(), count(begin), Coin::ETH, MOST).unwrap();
        assert_eq!((passed.end, passed.addresses), (count(ends * POOL_CHUNK), vec![]));
    }
}

/// A node that is asked about a few addresses at a time, and has seen none of them.
#[derive(Debug, Default)]
struct Node {
    asked: Mutex<Vec<Vec<DepositAddress>>>,
}

impl Node {
    fn asked(&self) -> Vec<Vec<DepositAddress>> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ChainSource for Node {
    fn coin(&self) -> Coin {
        Coin::ETH
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        Ok("a chain that nobody follows".to_owned())
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        Err(SourceError::Starting("it has no blocks".to_owned()))
    }

    async fn hash_at(&self, _: Height) -> Result<Option<BlockHash>, SourceError> {
        Ok(None)
    }

    async fn block(&self, _: Height, _: &Watcher) -> Result<Option<Block>, SourceError> {
        Ok(None)
    }

    async fn pending(&self, _: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        Ok(None)
    }

    async fn past(&self, addresses: &[DepositAddress]) -> Result<Past, SourceError> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(addresses.to_vec());
        Ok(Past::Told(Vec::new()))
    }

    fn stretch(&self) -> usize {
        MOST
    }
}

/// A vetter, and the node that it asks.
fn vetter(store: &Store) -> (Vetter<Node>, Arc<Node>) {
    let (clock, live, node) =
        (Arc::new(ManualClock::default()), Arc::new(Live::default()), Arc::new(Node::default()));
    let limits = ChainLimits { max_tip_age: None, max_silence: Duration::from_secs(60) };
    let view = ChainView::new(limits, clock.moment());
    live.set_chain(Coin::ETH, ChainView { node: NodeState::Ok, ..view });
    (Vetter::new(store.clone(), Arc::clone(&node), live, clock), node)
}

/// Lets it go on until it has nothing to do now: what it asked about.
fn asked(vetter: &mut Vetter<Node>, node: &Node) -> Vec<Vec<DepositAddress>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { while vetter.step().await.unwrap() == Next::Again {} });
    node.asked()
}

fn hand_out(store: &Store, many: usize) {
    write(store, move |tx| {
        for _ in 0..many {
            let out = tx.take_address(Coin::ETH, Unvetted::Withheld)?;
            let HandOut::Address(offer) = out else { panic!("{out:?}") };
            tx.bind_offer(ANNA, offer)?;
        }
        Ok(())
    });
}

#[test]
fn should_ask_again_once_half_of_what_was_asked_about_is_given_out() {
    let store = memory_store();
    fill(&store, first(25));
    let (mut vetter, node) = vetter(&store);
    let nothing: [Vec<DepositAddress>; 0] = [];
    let stretch = |places: std::ops::Range<usize>| places.map(address).collect::<Vec<_>>();
    assert_eq!(asked(&mut vetter, &node), [stretch(0..10)]);
    hand_out(&store, 5);
    assert_eq!(asked(&mut vetter, &node), nothing);
    hand_out(&store, 1);
    assert_eq!(asked(&mut vetter, &node), [stretch(10..20)]);
    assert_eq!(store.snapshot().pool(Coin::ETH).vetted, 20);
    hand_out(&store, 10);
    assert_eq!(asked(&mut vetter, &node), [stretch(20..25)]);
    hand_out(&store, 9);
    assert_eq!(asked(&mut vetter, &node), nothing, "the pool ends here");
}

fn is_open(vetter: &Vetter<Node>) -> bool {
    vetter.live.vetting(Coin::ETH).is_open
}

#[test]
fn should_say_whether_an_address_can_be_given_out() {
    let store = memory_store();
    let (mut vetter, node) = vetter(&store);
    // An empty pool is another trouble.
    vetter.show(Some(VettingState::Asking));
    assert!(is_open(&vetter));
    fill(&store, first(25));
    vetter.show(Some(VettingState::Asking));
    assert!(!is_open(&vetter), "nobody has told of the next one");
    vetter.show(Some(VettingState::Untold("it keeps no such list".to_owned())));
    assert!(is_open(&vetter), "nobody will");
    asked(&mut vetter, &node);
    assert!(is_open(&vetter), "it was asked about");
    hand_out(&store, 10);
    vetter.show(Some(VettingState::Asking));
    assert!(!is_open(&vetter), "the eleventh was not");
    asked(&mut vetter, &node);
    hand_out(&store, 10);
    asked(&mut vetter, &node);
    hand_out(&store, 5);
    vetter.show(Some(VettingState::Asking));
    assert!(is_open(&vetter), "all are given out");
}

#[test]
fn should_rest_for_as_long_as_it_is_to() {
    let store = memory_store();
    fill(&store, first(25));
    let (mut vetter, node) = vetter(&store);
    let clock = Arc::new(ManualClock::default());
    vetter.clock = clock.clone();
    vetter.rest(VettingState::Failing("no reply".to_owned()), TRY_AGAIN);
    clock.advance(29);
    assert_eq!(asked(&mut vetter, &node).len(), 0);
    clock.advance(1);
    assert_eq!(asked(&mut vetter, &node).len(), 1);
    assert_eq!(vetter.name(), Coin::ETH.facts().workers.vetter);
}
