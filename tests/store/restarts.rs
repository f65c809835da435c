//! What is kept in memory beside the tables is the same after a start.

use std::sync::Arc;

use teller::store::kv::Backend;
use teller::store::{MemoryBackend, Store, StoreError};

use crate::support::{addresses, bind, deposit, open, payee};

/// How many addresses each of two payees has, and the number that comes next in their status.
fn payees(store: &Store) -> Vec<(u32, u32)> {
    let of = |n| {
        store.write_blocking(move |tx| Ok((tx.bindings_count(&payee(n))?, tx.next_payee_seq(&payee(n))?)))
    };
    [1, 2, 3].map(|n| of(n).map_err(|error: StoreError| error).unwrap()).to_vec()
}

#[test]
fn should_know_after_a_start_what_each_payee_has() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
    let store = open(Arc::clone(&backend)).unwrap();
    let all = addresses(3);
    bind(&store, 1, all[0]).unwrap();
    bind(&store, 1, all[1]).unwrap();
    bind(&store, 2, all[2]).unwrap();
    // The first one to each address has the number of that, each further one its own.
    for (address, tx) in [(0, "a"), (0, "b"), (1, "c"), (0, "d"), (2, "e"), (2, "f")] {
        deposit(&store, all[address], tx, 200_000).unwrap();
    }
    let expected = [(2, 5), (1, 3), (0, 1)];
    assert_eq!(payees(&store), expected);
    drop(store);
    let store = open(Arc::clone(&backend)).unwrap();
    assert_eq!(payees(&store), expected);
    deposit(&store, all[0], "g", 200_000).unwrap();
    assert_eq!(payees(&store), [(2, 6), (1, 3), (0, 1)]);
}
