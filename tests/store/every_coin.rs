//! What is kept of one coin stands beside that of all others, whatever looks alike.

use std::collections::BTreeSet;
use std::sync::Arc;

use teller::address::DepositAddress;
use teller::deposit::DepositState;
use teller::engine::{IntakeError, IntakeOutcome};
use teller::ledger::Account;
use teller::store::{Books, Chains, DepositEvent, Page, Pool, Rescan, Store, StoreError, Tables};
use teller::testing::{Way, deposit_addresses};
use teller::types::{BlockHash, BlockRef, Coin, DepositId, DepositNo, Height, Work};

use crate::support::{audit, backends, bind, deposit_by, open, payee};

fn first_address(coin: Coin) -> DepositAddress {
    deposit_addresses(coin)[0]
}

/// The deposits of one transaction's name, one in each way, by number.
fn deposits(store: &Store) -> Vec<(Way, DepositNo)> {
    Way::all()
        .zip(1..)
        .map(|(way, no)| {
            let taken = deposit_by(store, way, first_address(way.coin()), "aa", 200_000);
            assert_eq!(taken, Ok(IntakeOutcome::New(DepositNo::new(no))), "{way}");
            (way, DepositNo::new(no))
        })
        .collect()
}

/// One payee has an address of each coin. That of one key is written differently on each chain.
fn bound(store: &Store) {
    let written: BTreeSet<String> = Coin::all().map(|coin| first_address(coin).to_string()).collect();
    assert_eq!(written.len(), Coin::all().len());
    Coin::all().for_each(|coin| bind(store, 1, first_address(coin)).unwrap());
}

#[test]
fn should_know_the_owner_of_an_address_of_every_kind() {
    for (name, backend) in backends() {
        let store = open(Arc::clone(&backend)).unwrap();
        bound(&store);
        drop(store);
        let store = open(backend).unwrap();
        let snapshot = store.snapshot();
        let all = snapshot.bindings_of(&payee(1)).unwrap();
        assert_eq!(all.len(), Coin::all().len(), "{name}");
        for (coin, binding) in Coin::all().zip(&all) {
            let [ours, other] = [0, 1].map(|which| deposit_addresses(coin)[which]);
            assert_eq!((binding.address.coin(), binding.address), (coin, ours), "{name}");
            assert_eq!(snapshot.find_address(&ours).unwrap().as_ref(), Some(binding), "{name}, {coin}");
            assert_eq!(snapshot.find_address(&other).unwrap(), None, "{name}, {coin}");
            assert!(store.may_be_bound(&ours), "{name}, {coin}");
            let again = bind(&store, 2, ours);
            assert!(matches!(again, Err(StoreError::Invariant(_))), "{name}, {coin}: {again:?}");
        }
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_keep_deposits_apart_that_differ_by_their_coin_alone() {
    for (name, backend) in backends() {
        let store = open(Arc::clone(&backend)).unwrap();
        bound(&store);
        let all = deposits(&store);
        drop(store);
        let store = open(backend).unwrap();
        for &(way, no) in &all {
            let address = first_address(way.coin());
            assert_eq!(
                deposit_by(&store, way, address, "aa", 200_000),
                Ok(IntakeOutcome::Known(no)),
                "{name}, {way}"
            );
            let lie = deposit_by(&store, way, address, "aa", 100_000);
            assert!(matches!(lie, Err(IntakeError::Contradiction(_))), "{name}, {way}: {lie:?}");
            let snapshot = store.snapshot();
            let id = way.id("aa");
            assert_eq!(DepositId::from_key(&id.key()), Some(id.clone()), "{way}");
            assert_eq!(snapshot.deposit_no(&id).unwrap(), Some(no), "{name}, {way}");
            let deposit = snapshot.deposit(no).unwrap().unwrap();
            assert_eq!((deposit.id, deposit.token), (id, way.token()), "{name}");
            assert_eq!(deposit.amount, way.units(200_000), "{name}, {way}");
        }
        let snapshot = store.snapshot();
        assert_eq!(snapshot.deposits(None, Page::ALL).unwrap().len(), all.len(), "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_take_back_one_deposit_and_none_that_differs_by_its_coin_alone() {
    for (name, backend) in backends() {
        let store = open(backend).unwrap();
        bound(&store);
        let all = deposits(&store);
        for (position, &(way, deposit)) in all.iter().enumerate() {
            store.write_blocking(move |tx| tx.record(DepositEvent::Orphaned { deposit })).unwrap();
            let snapshot = store.snapshot();
            let gone = |no: DepositNo| {
                let state = snapshot.deposit(no).unwrap().unwrap().state;
                matches!(state, DepositState::Orphaned { .. })
            };
            let taken_back = all.iter().filter(|(_, no)| gone(*no)).count();
            assert_eq!((taken_back, gone(deposit)), (position + 1, true), "{name}, {way}");
            // What came in another way to the same address is on the books still.
            let left = all[position + 1..].iter().filter(|(other, _)| other.asset() == way.asset()).count();
            let received = snapshot.balances().unwrap().amount(way.asset(), Account::Received);
            let expected = 200_000 * u64::try_from(left).unwrap();
            assert_eq!(received, way.units(expected), "{name}, {way}");
            assert_eq!(audit(&store), Vec::<String>::new(), "{name}, {way}");
        }
    }
}

/// A block that looks the same on all chains.
fn at(height: u8) -> BlockRef {
    BlockRef { height: Height::new(height.into()), hash: BlockHash([height; 32]) }
}

/// Every chain is followed to block 4, and looked through again.
fn followed(store: &Store) {
    let rescan = Rescan { from: Height::new(1), to: Height::new(4), next: Height::new(2), found: 0 };
    for coin in Coin::all() {
        store.write_blocking(move |tx| tx.start_chain(coin, at(1))).unwrap();
        let blocks = [2, 3, 4].map(|height| (at(height), Work::new(1)));
        store.write_blocking(move |tx| tx.extend_chain(coin, at(1), &blocks)).unwrap();
        store.write_blocking(move |tx| tx.set_rescan(coin, Some(rescan))).unwrap();
        let pool = [deposit_addresses(coin)[3]];
        store.write_blocking(move |tx| tx.put_pool_chunk(coin, 1, 0, &pool)).unwrap();
        let pool = Pool { generation: 1, total: 1, ..Pool::default() };
        store.write_blocking(move |tx| tx.switch_pool(coin, pool.clone())).unwrap();
    }
}

#[test]
fn should_follow_each_chain_by_itself() {
    for (name, backend) in backends() {
        let store = open(Arc::clone(&backend)).unwrap();
        followed(&store);
        for coin in Coin::all() {
            // Blocks go from this chain alone, and it alone is read no more.
            store.write_blocking(move |tx| tx.rewind_chain(coin, at(2))).unwrap();
            store.write_blocking(move |tx| tx.set_rescan(coin, None)).unwrap();
            let snapshot = store.snapshot();
            for other in Coin::all() {
                let height = if other <= coin { 2 } else { 4 };
                let cursor = snapshot.cursor(other).unwrap().unwrap();
                assert_eq!(cursor.tip, at(height), "{name}: {coin} went back, {other} is asked");
                let hash = snapshot.block_hash(other, Height::new(3)).unwrap();
                assert_eq!(hash.is_some(), other > coin, "{name}: {coin} went back, {other} is asked");
                assert_eq!(snapshot.rescan(other).unwrap().is_some(), other > coin, "{name}, {other}");
            }
        }
        drop(store);
        let store = open(backend).unwrap();
        for coin in Coin::all() {
            assert_eq!(store.snapshot().cursor(coin).unwrap().unwrap().tip, at(2), "{name}, {coin}");
            let [pooled, other] = [3, 4].map(|which| deposit_addresses(coin)[which]);
            store.watch_pool(coin, 1).unwrap();
            assert!(store.may_be_bound(&pooled) && !store.may_be_bound(&other), "{name}, {coin}");
        }
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}
