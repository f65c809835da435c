//! What a pool gives out next, and what becomes of pools once bindings may be forgotten.

use std::sync::Arc;

use teller::address::DepositAddress;
use teller::chain::{PastUse, Unvetted};
use teller::skycoin::Address;
use teller::store::{BoundRun, HandOut, MemoryBackend, Pool, Store, StoreError, WriteTx};
use teller::types::{Actor, Coin, Height};

use crate::spends::{block, sky, take};
use crate::support::{audit, bind, foreign_spend, open};

const SIZE: u32 = 1_100;

fn account(n: u32) -> DepositAddress {
    let mut account = [9; 20];
    account[..4].copy_from_slice(&n.to_be_bytes());
    DepositAddress::of_account(account)
}

/// A desk whose pool for ether has more addresses than a chunk.
pub(crate) fn desk() -> Store {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let all: Vec<DepositAddress> = (0..SIZE).map(account).collect();
    let filled = store.write_blocking(move |tx| {
        for (number, chunk) in (0..).zip(all.chunks(1_024)) {
            tx.put_pool_chunk(Coin::ETH, 1, number, chunk)?;
        }
        tx.switch_pool(Coin::ETH, Pool { generation: 1, total: SIZE.into(), ..Pool::default() })
    });
    filled.unwrap();
    store.watch_pool(Coin::ETH, 1).unwrap();
    store
}

fn next_free(store: &Store) -> u64 {
    store.snapshot().next_free(Coin::ETH).unwrap()
}

fn taint(tx: &mut WriteTx<'_>, n: u32) -> Result<(), StoreError> {
    let (address, height) = (account(n), Height::new(1));
    tx.taint(PastUse { address, tx: Some("aa".to_owned()), amount: None, height })
}

/// What is given out next, by the pool itself.
fn given(store: &Store) -> Option<DepositAddress> {
    let given = store.write_blocking(|tx| {
        let out = tx.take_address(Coin::ETH, Unvetted::Given)?;
        let HandOut::Address(offer) = out else { return Ok(None) };
        tx.bind_offer(Address::from_bytes([1; 20]), offer).map(|_| Some(offer.address))
    });
    given.unwrap()
}

#[test]
fn should_know_the_place_of_what_is_given_out_next() {
    let store = desk();
    assert_eq!(next_free(&store), 0);
    bind(&store, 1, account(0)).unwrap();
    store.write_blocking(|tx| taint(tx, 1)).unwrap();
    assert_eq!(next_free(&store), 2);
    store.write_blocking(|tx| taint(tx, 2)).unwrap();
    bind(&store, 1, account(3)).unwrap();
    assert_eq!(next_free(&store), 4);
    // Back in the pool.
    let released = store.write_blocking(|tx| tx.untaint(account(1), Actor::operator(), "ours".to_owned()));
    assert_eq!((released, next_free(&store)), (Ok::<_, StoreError>(()), 1));
    assert_eq!(given(&store), Some(account(1)));
    assert_eq!(next_free(&store), 4);
    // Over a chunk's end, and up to the last one.
    (4..1_030).for_each(|n| bind(&store, 1, account(n)).unwrap());
    assert_eq!(next_free(&store), 1_030);
    assert_eq!(given(&store), Some(account(1_030)));
    assert_eq!(next_free(&store), 1_031);
    (1_031..SIZE - 1).for_each(|n| bind(&store, 1, account(n)).unwrap());
    assert_eq!(next_free(&store), u64::from(SIZE) - 1);
    bind(&store, 1, account(SIZE - 1)).unwrap();
    assert_eq!((next_free(&store), given(&store)), (SIZE.into(), None));
}

#[test]
fn should_know_what_comes_after_a_run_of_bound_addresses() {
    let store = desk();
    (0..100).for_each(|n| bind(&store, 1, account(n)).unwrap());
    let run = BoundRun { from: 0, count: 100 };
    let pool = Pool { generation: 1, total: SIZE.into(), bound_ahead: 100, ..Pool::default() };
    let pool = Pool { bound_runs: vec![run], ..pool };
    let switched = store.write_blocking(move |tx| tx.switch_pool(Coin::ETH, pool.clone()));
    switched.unwrap();
    assert_eq!((next_free(&store), given(&store)), (100, Some(account(100))));
}

#[test]
fn should_doubt_every_pool_once_a_spend_is_not_known() {
    let store = desk();
    let vetted = store.write_blocking(|tx| tx.set_vetted(Coin::ETH, 1, 50));
    vetted.unwrap();
    let pool = |coin: Coin| store.snapshot().pool(coin).clone();
    assert_eq!((pool(Coin::ETH).vetted, pool(Coin::ETH).may_have_forgotten), (50, false));
    take(&store, &[foreign_spend(1, &[(Address::from_bytes([77; 20]), sky(1))], block(5))]);
    assert_eq!((pool(Coin::ETH).vetted, pool(Coin::ETH).may_have_forgotten), (0, true));
    // There is nothing to doubt where there are no addresses.
    assert_eq!(pool(Coin::BTC), Pool::default());
    // What is known already is no reason to ask once more.
    let vetted = store.write_blocking(|tx| tx.set_vetted(Coin::ETH, 1, 60));
    vetted.unwrap();
    take(&store, &[foreign_spend(1, &[(Address::from_bytes([77; 20]), sky(1))], block(6))]);
    assert_eq!(pool(Coin::ETH).vetted, 60);
    assert_eq!(audit(&store), Vec::<String>::new());
}
