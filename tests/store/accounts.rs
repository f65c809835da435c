//! Pools whose addresses follow from the public key of an account: on every backend, over starts and changes of key.

use std::sync::Arc;

use teller::address::{AccountXpub, DepositAddress};
use teller::chain::{PastUse, Unvetted};
use teller::store::kv::Backend;
use teller::store::{
    Account, Accounts, AddressEvent, Derivation, HandOut, MemoryBackend, Offer, POOL_CHUNK, Page, Pool,
    Store, StoreError, Tables, Taints, check_derivations,
};
use teller::types::{Coin, Height, Units};

use crate::support::{audit, backends, deposit, open, payee};

/// Accounts 0 of BIP-84's and of SLIP-132's vectors.
const ONE: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE\
                   3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";
const OTHER: &str = "ypub6Ww3ibxVfGzLrAH1PNcjyAWenMTbbAosGNB6VvmSEgytSER9azLDW\
                     CxoJwW7Ke7icmizBMXrzBx9979FfaHxHcrArf3zbeJJJUZPf663zsP";

fn key(text: &str) -> AccountXpub {
    AccountXpub::parse(Coin::BTC.main_network(), text).unwrap()
}

fn address(key: &AccountXpub, index: u32) -> DepositAddress {
    key.derive(index).unwrap()
}

/// Binds the next address of the pool to payee `n`.
fn bind(store: &Store, n: u8) -> Result<Option<Offer>, StoreError> {
    store.write_blocking(move |tx| {
        let HandOut::Address(offer) = tx.take_address(Coin::BTC, Unvetted::Given)? else { return Ok(None) };
        tx.bind_offer(payee(n), offer)?;
        Ok::<_, StoreError>(Some(offer))
    })
}

fn bind_many(store: &Store, count: u8) -> Vec<(DepositAddress, Option<Derivation>)> {
    (0..count)
        .map(|n| bind(store, n).unwrap().map(|offer| (offer.address, offer.derivation)).unwrap())
        .collect()
}

/// What the indexes of an account are expected to be handed out as.
fn derived(
    key: &AccountXpub,
    account: u64,
    indexes: impl Iterator<Item = u32>,
) -> Vec<(DepositAddress, Option<Derivation>)> {
    indexes.map(|index| (address(key, index), Some(Derivation { account, index }))).collect()
}

fn account(store: &Store, no: u64) -> Account {
    store.snapshot().account(no).unwrap().unwrap()
}

/// Runs a test on every backend; `reopen` gives the same store after another start.
fn on_each(test: impl Fn(&dyn Fn() -> Store)) {
    for (_, backend) in backends() {
        let backend: Arc<dyn Backend> = backend;
        test(&|| open(Arc::clone(&backend)).unwrap());
    }
}

#[test]
fn should_hand_out_the_indexes_of_an_account_in_order_and_go_on_after_a_start() {
    on_each(|start| {
        let one = key(ONE);
        let store = start();
        assert_eq!(bind(&store, 1).unwrap(), None, "there is no pool yet");
        store.use_account(&one).unwrap();
        assert_eq!(bind_many(&store, 3), derived(&one, 1, 0..3));
        assert_eq!(store.snapshot().pool(Coin::BTC).remaining(), u64::from(AccountXpub::END) - 3);
        drop(store);
        let store = start();
        // The database has no key: without it nothing is handed out, and nothing wrong either.
        assert!(matches!(bind(&store, 1), Err(StoreError::Invariant(_))));
        store.use_account(&one).unwrap();
        assert_eq!(bind_many(&store, 2), derived(&one, 1, 3..5));
        assert_eq!((account(&store, 1).next, audit(&store)), (5, Vec::new()));
        let bound = store.snapshot().find_address(&address(&one, 4)).unwrap().unwrap();
        assert_eq!(bound.derivation, Some(Derivation { account: 1, index: 4 }));
    });
}

#[test]
fn should_keep_what_another_key_gave_out_and_go_on_where_a_key_had_come_to() {
    on_each(|start| {
        let (one, other) = (key(ONE), key(OTHER));
        let store = start();
        store.use_account(&one).unwrap();
        bind_many(&store, 2);
        store.use_account(&other).unwrap();
        assert_eq!(bind_many(&store, 3), derived(&other, 2, 0..3));
        drop(store);
        let store = start();
        store.use_account(&one).unwrap();
        assert_eq!(bind_many(&store, 2), derived(&one, 1, 2..4));
        for (key, index) in [(&one, 0), (&one, 1), (&other, 0), (&other, 2)] {
            assert!(store.snapshot().find_address(&address(key, index)).unwrap().is_some());
        }
        let known = store.snapshot().accounts().unwrap();
        let known: Vec<_> =
            known.into_iter().map(|account| (account.no, account.identity, account.next)).collect();
        assert_eq!(known, [(1, one.identity(), 4), (2, other.identity(), 3)]);
        assert_eq!(audit(&store), Vec::<String>::new());
    });
}

/// Somebody gave a file that was derived from the key, and now gives the key.
#[test]
fn should_pass_over_what_came_from_a_file_and_go_back_to_a_file() {
    on_each(|start| {
        let (one, store) = (key(ONE), start());
        let file: Vec<_> = (0..5).map(|index| address(&one, index)).collect();
        let total = u64::try_from(file.len()).unwrap();
        let chunk = file.clone();
        store.write_blocking(move |tx| tx.put_pool_chunk(Coin::BTC, 1, 0, &chunk)).unwrap();
        let pool = Pool { generation: 1, digest: [1; 32], total, ..Pool::default() };
        store.write_blocking(move |tx| tx.switch_pool(Coin::BTC, pool.clone())).unwrap();
        let from_file: Vec<_> = file[..4].iter().map(|address| (*address, None)).collect();
        assert_eq!(bind_many(&store, 4), from_file);
        store.use_account(&one).unwrap();
        assert_eq!(bind_many(&store, 2), derived(&one, 1, 4..6));
        let pool = Pool { generation: 3, digest: [1; 32], total, ..Pool::default() };
        let chunk = file.clone();
        store.write_blocking(move |tx| tx.put_pool_chunk(Coin::BTC, 3, 0, &chunk)).unwrap();
        store.write_blocking(move |tx| tx.switch_pool(Coin::BTC, pool.clone())).unwrap();
        assert_eq!(bind(&store, 9).unwrap(), None, "all five are bound");
        assert_eq!(audit(&store), Vec::<String>::new());
    });
}

#[test]
fn should_give_to_nobody_what_received_coins_before_it_was_given_out() {
    on_each(|start| {
        let (one, store) = (key(ONE), start());
        store.use_account(&one).unwrap();
        let taint = |index: u32| {
            let address = address(&one, index);
            let (tx, amount, height) = (Some("early".to_owned()), Some(Units::new(7)), Height::new(5));
            let past = PastUse { address, tx, amount, height };
            store.write_blocking(move |tx| tx.taint(past.clone())).unwrap();
            store.snapshot().tainted(&address).unwrap().is_some()
        };
        let far = u32::try_from(POOL_CHUNK * 16).unwrap();
        assert!(taint(1) && !taint(far), "the first chunk is watched at once, and not all that there are");
        while store.look_ahead(Coin::BTC).unwrap() {}
        assert!(store.is_ahead(Coin::BTC) && taint(far - 1) && !taint(far));
        assert_eq!(bind_many(&store, 2), derived(&one, 1, [0, 2].into_iter()));
        assert!(store.may_be_bound(&address(&one, 3)) && !store.may_be_bound(&address(&one, far)));
        assert_eq!(store.snapshot().pool_chunk(Coin::BTC, 16).unwrap(), None);
        assert_eq!(audit(&store), Vec::<String>::new());
    });
}

/// What is derived ahead is what is derived where nothing is ahead.
#[test]
fn should_hand_out_the_same_whether_it_was_derived_ahead_or_not() {
    on_each(|start| {
        let (one, store) = (key(ONE), start());
        store.use_account(&one).unwrap();
        let chunk = u32::try_from(POOL_CHUNK).unwrap();
        let at = Offer {
            address: address(&one, chunk - 2),
            derivation: Some(Derivation { account: 1, index: chunk - 2 }),
        };
        store.write_blocking(move |tx| tx.bind_offer(payee(7), at).map(drop)).unwrap();
        drop(store);
        let store = start();
        store.use_account(&one).unwrap();
        // Over the end of the one chunk that is at hand.
        assert_eq!(bind_many(&store, 4), derived(&one, 1, chunk - 1..chunk + 3));
        while store.look_ahead(Coin::BTC).unwrap() {}
        assert_eq!(bind_many(&store, 2), derived(&one, 1, chunk + 3..chunk + 5));
        assert_eq!(audit(&store), Vec::<String>::new());
    });
}

#[test]
fn should_know_how_far_a_wallet_has_to_look() {
    on_each(|start| {
        let (one, store) = (key(ONE), start());
        store.use_account(&one).unwrap();
        bind_many(&store, 30);
        assert_eq!(account(&store, 1).gap_limit(), 30);
        deposit(&store, address(&one, 25), "first", 200_000).unwrap();
        assert_eq!((account(&store, 1).received, account(&store, 1).gap_limit()), (26, 26));
        deposit(&store, address(&one, 3), "later", 200_000).unwrap();
        deposit(&store, address(&one, 25), "again", 200_000).unwrap();
        assert_eq!((account(&store, 1).received, account(&store, 1).gap_limit()), (26, 26));
        assert_eq!(audit(&store), Vec::<String>::new());
    });
}

#[test]
fn should_refuse_a_key_that_gives_other_addresses_than_were_handed_out() {
    on_each(|start| {
        let (one, other, store) = (key(ONE), key(OTHER), start());
        store.use_account(&one).unwrap();
        bind_many(&store, 2);
        let wrong =
            Offer { address: address(&other, 2), derivation: Some(Derivation { account: 1, index: 2 }) };
        store.write_blocking(move |tx| tx.bind_offer(payee(7), wrong).map(drop)).unwrap();
        let (found, count) = check_derivations(&*store.snapshot(), &one, 0).unwrap();
        assert_eq!((found.len(), count), (1, 3));
        assert!(found[0].starts_with(&format!("binding 3 has {}, ", address(&other, 2))), "{found:?}");
        drop(store);
        assert!(matches!(start().use_account(&one), Err(StoreError::Inconsistent(_))));
    });
}

#[test]
fn should_hand_out_no_index_twice() {
    on_each(|start| {
        let (one, store) = (key(ONE), start());
        store.use_account(&one).unwrap();
        bind_many(&store, 3);
        for (account, index) in [(1, 1), (2, 5)] {
            let again = Offer { address: address(&one, 9), derivation: Some(Derivation { account, index }) };
            let refused = store.write_blocking(move |tx| tx.bind_offer(payee(7), again).map(drop));
            assert!(matches!(refused, Err(StoreError::Invariant(_))), "{refused:?}");
        }
        assert_eq!(store.snapshot().bindings(Page::ALL).unwrap().len(), 3);
        assert_eq!(audit(&store), Vec::<String>::new());
    });
}

#[test]
fn should_note_a_deposit_to_each_index_in_turn() {
    on_each(|start| {
        let store = start();
        store.use_account(&key(ONE)).unwrap();
        let bound = bind_many(&store, 3);
        for (index, received) in [(0, 1), (0, 1), (1, 2), (2, 3), (1, 3)] {
            let id = format!("to {index}, then {received}");
            deposit(&store, bound[index].0, &id, 200_000 + received).ok();
            assert_eq!((account(&store, 1).received, account(&store, 1).longest_gap), (received, 0), "{id}");
        }
        assert_eq!(audit(&store), Vec::<String>::new());
    });
}

#[test]
fn should_know_an_account_once() {
    on_each(|start| {
        let (one, store) = (key(ONE), start());
        store.use_account(&one).unwrap();
        bind_many(&store, 1);
        let known = account(&store, 1);
        for (account, identity, is_new) in
            [(2, known.identity, false), (1, [9; 32], false), (2, [9; 32], true)]
        {
            let event = AddressEvent::AccountUsed { account, coin: known.coin, identity };
            let told: Result<(), StoreError> = store.write_blocking(move |tx| tx.record(event.clone()));
            assert_eq!(told.is_ok(), is_new, "{account}: {told:?}");
        }
    });
}

#[test]
fn should_put_an_account_in_use_as_another_generation_and_forget_no_doubt() {
    let (one, other) = (key(ONE), key(OTHER));
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let pool = || store.snapshot().pool(Coin::BTC).clone();
    // A file had given out the first two.
    for index in 0..2 {
        let given = address(&one, index);
        store.write_blocking(move |tx| tx.bind(payee(1), given).map(drop)).unwrap();
    }
    store.use_account(&one).unwrap();
    assert_eq!(
        (pool().generation, pool().digest, pool().next),
        (1, one.identity(), 2),
        "they are passed over"
    );
    assert_eq!(bind_many(&store, 3), derived(&one, 1, 2..5));
    store.use_account(&one).unwrap();
    assert_eq!((pool().generation, pool().next), (1, 5), "it is in use already");
    let before = Pool { may_have_forgotten: true, ..pool() };
    store.use_account(&other).unwrap();
    assert_eq!((pool().generation, pool().digest, pool().next), (2, other.identity(), 0));
    assert_eq!((pool().account, pool().may_have_forgotten), (Some(2), false));
    // Bindings may be forgotten: that is not known better for another key.
    store.write_blocking(move |tx| tx.switch_pool(Coin::BTC, before.clone())).unwrap();
    store.use_account(&other).unwrap();
    assert!(pool().may_have_forgotten);
    store.use_account(&one).unwrap();
    assert_eq!((pool().next, pool().may_have_forgotten), (5, true), "it goes on where it had come to");
}

#[test]
fn should_derive_ahead_until_it_is_ahead() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    assert!(store.is_ahead(Coin::BTC), "a file needs no deriving");
    store.use_account(&key(ONE)).unwrap();
    assert!(!store.is_ahead(Coin::BTC));
    while store.look_ahead(Coin::BTC).unwrap() {}
    assert!(store.is_ahead(Coin::BTC));
}
