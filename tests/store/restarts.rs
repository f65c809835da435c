//! What is kept in memory beside the tables is the same after a start.

use std::sync::Arc;

use teller::store::kv::Backend;
use teller::store::{MemoryBackend, Pool, Store};
use teller::testing::{Way, deposit_addresses};
use teller::types::Coin;

use crate::support::{bind, deposit_by, open, payee};

/// How many addresses each of two payees has, and the number that comes next in their status.
fn payees(store: &Store) -> Vec<(u32, u32)> {
    let of = |n| {
        store.write_blocking(move |tx| Ok((tx.bindings_count(&payee(n))?, tx.next_payee_seq(&payee(n))?)))
    };
    [1, 2, 3].map(|n| of(n).unwrap()).to_vec()
}

#[test]
fn should_know_after_a_start_what_each_payee_has() {
    for way in Way::all() {
        let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
        let store = open(Arc::clone(&backend)).unwrap();
        let all = deposit_addresses(way.coin());
        bind(&store, 1, all[0]).unwrap();
        bind(&store, 1, all[1]).unwrap();
        bind(&store, 2, all[2]).unwrap();
        // The first one to each address has the number of that, each further one its own.
        for (address, tx) in [(0, "a"), (0, "b"), (1, "c"), (0, "d"), (2, "e"), (2, "f")] {
            deposit_by(&store, way, all[address], tx, 200_000).unwrap();
        }
        let expected = [(2, 5), (1, 3), (0, 1)];
        assert_eq!(payees(&store), expected, "{way}");
        drop(store);
        let store = open(Arc::clone(&backend)).unwrap();
        assert_eq!(payees(&store), expected, "{way}");
        deposit_by(&store, way, all[0], "g", 200_000).unwrap();
        assert_eq!(payees(&store), [(2, 6), (1, 3), (0, 1)], "{way}");
    }
}

#[test]
fn should_find_among_many_addresses_those_that_are_bound_or_in_a_pool() {
    for coin in Coin::all() {
        let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
        let store = open(Arc::clone(&backend)).unwrap();
        let all = &deposit_addresses(coin)[..40];
        let pool = [all[7], all[30]];
        store.write_blocking(move |tx| tx.put_pool_chunk(coin, 1, 0, &pool)).unwrap();
        let used = Pool { generation: 1, total: 2, ..Pool::default() };
        store.write_blocking(move |tx| tx.switch_pool(coin, used.clone())).unwrap();
        store.watch_pool(coin, 1).unwrap();
        // One of them is in the pool as well: it is named once.
        [30, 2, 19].into_iter().for_each(|bound| bind(&store, 1, all[bound]).unwrap());
        let is_ours = |position: &usize| [2, 7, 19, 30].contains(position);
        for store in [store, open(backend).unwrap()] {
            let found = store.which_may_be_bound(all);
            assert_eq!(found.iter().copied().filter(is_ours).collect::<Vec<_>>(), [2, 7, 19, 30], "{coin}");
            // Seldom is one of them none of ours.
            assert!(found.len() < 8 && found.is_sorted(), "{coin}: {found:?}");
            for (position, address) in all.iter().enumerate() {
                assert_eq!(store.may_be_bound(address), found.contains(&position), "{coin}, {position}");
            }
        }
    }
}

#[test]
fn should_derive_what_nobody_can_guess_from_its_secret() {
    let (one, other): (Arc<dyn Backend>, Arc<dyn Backend>) =
        (Arc::new(MemoryBackend::default()), Arc::new(MemoryBackend::default()));
    let derived = |backend: &Arc<dyn Backend>, purpose: &str, about: &[u8]| {
        open(Arc::clone(backend)).unwrap().snapshot().desk_secret().unwrap().derive(purpose, about)
    };
    let first = derived(&one, "link", b"anna");
    assert_eq!(derived(&one, "link", b"anna"), first, "the same after a start");
    for different in
        [derived(&one, "link", b"bert"), derived(&one, "form", b"anna"), derived(&other, "link", b"anna")]
    {
        assert_ne!(different, first);
    }
}
