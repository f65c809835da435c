//! Data that makes no sense aborts the start; nothing is skipped, repaired on a guess, or dropped.

use std::sync::Arc;

use teller::address::Network;
use teller::clock::SystemClock;
use teller::store::kv::{Backend, Table, Verdict};
use teller::store::{Purpose, Store, StoreError};

use crate::support::{addresses, backends, bind, deposit, open};

/// Opens a store with some content, spoils one row, and answers what the next start says.
fn spoiled(
    backend: &Arc<dyn Backend>,
    table: Table,
    spoil: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Option<StoreError> {
    let store = open(Arc::clone(backend)).unwrap();
    let all = addresses(2);
    bind(&store, 1, all[0]).unwrap();
    bind(&store, 2, all[1]).unwrap();
    deposit(&store, all[0], "aa", 200_000).unwrap();
    drop(store);
    backend
        .transact(&mut |kv| {
            let (key, value) = kv.last(table)?.unwrap();
            match spoil(&value) {
                Some(other) => kv.put(table, &key, &other)?,
                None => drop(kv.delete(table, &key)?),
            }
            Ok(Verdict::Commit)
        })
        .unwrap();
    open(Arc::clone(backend)).err()
}

#[test]
fn should_refuse_to_start_on_values_that_cannot_be_decoded() {
    for table in [Table::Bindings, Table::Deposits, Table::Payouts, Table::Counters] {
        for (name, backend) in backends() {
            let error = spoiled(&backend, table, |_| Some(vec![9, 9, 9])).unwrap();
            assert!(matches!(error, StoreError::Undecodable { .. }), "{name} {table:?}: {error}");
            assert!(error.to_string().contains(table.name()), "{error}");
        }
    }
}

#[test]
fn should_refuse_to_start_on_rows_that_are_gone() {
    for table in [Table::Bindings, Table::Deposits, Table::Payouts, Table::Events, Table::Counters] {
        for (name, backend) in backends() {
            let error = spoiled(&backend, table, |_| None).unwrap();
            assert!(matches!(error, StoreError::Inconsistent(_)), "{name} {table:?}: {error}");
        }
    }
}

#[test]
fn should_refuse_a_newer_schema_and_leave_it_alone() {
    for (name, backend) in backends() {
        drop(open(Arc::clone(&backend)).unwrap());
        let mut newer = Vec::new();
        backend
            .transact(&mut |kv| {
                newer = kv.get(Table::Meta, b"schema_version")?.unwrap();
                *newer.last_mut().unwrap() = 23;
                kv.put(Table::Meta, b"schema_version", &newer)?;
                Ok(Verdict::Commit)
            })
            .unwrap();
        let error = open(Arc::clone(&backend)).unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 23, .. }), "{name}: {error}");
        let stored = backend.snapshot().unwrap().get(Table::Meta, b"schema_version").unwrap();
        assert_eq!(stored.as_ref(), Some(&newer), "{name}");
    }
}

#[test]
fn should_refuse_another_network() {
    for (name, backend) in backends() {
        drop(open(Arc::clone(&backend)).unwrap());
        let error = Store::open(
            Arc::clone(&backend),
            Purpose::real(Network::Regtest),
            Arc::new(SystemClock),
            &|_| {},
        )
        .unwrap_err();
        assert!(matches!(error, StoreError::OtherNetwork { .. }), "{name}: {error}");
        // Play money and real coins never share a database.
        let play = Purpose { dummy_scanner: true, ..Purpose::real(Network::Bitcoin) };
        let error = Store::open(backend, play, Arc::new(SystemClock), &|_| {}).unwrap_err();
        assert!(matches!(error, StoreError::OtherMoney { .. }), "{name}: {error}");
    }
}
