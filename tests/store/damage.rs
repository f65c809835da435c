//! Data that makes no sense aborts the start; nothing is skipped, repaired on a guess, or dropped.

use std::sync::Arc;

use teller::clock::SystemClock;
use teller::rail::SignedTransaction;
use teller::store::kv::{Backend, Table, Verdict};
use teller::store::{Binding, PayoutEvent, Purchase, Purpose, Store, StoreError};
use teller::types::{BuyMethod, Claim, Coin, DepositNo, Droplets};

use crate::support::{addresses, backends, bind, deposit, open};

/// What the start reads.
const STORED: [Table; 7] = [
    Table::Events,
    Table::Bindings,
    Table::Deposits,
    Table::Attempts,
    Table::SignedTransactions,
    Table::Counters,
    Table::Balances,
];

/// Pays the first deposit in a transaction.
fn sign(store: &Store) {
    let payout = DepositNo::FIRST;
    store
        .write_blocking(move |tx| tx.record(PayoutEvent::Decided { payout, method: BuyMethod::Direct }))
        .unwrap();
    crate::support::sign(store, 2, &[(payout, 1_000_000)]).unwrap();
}

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
    sign(&store);
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
    for table in STORED {
        for (name, backend) in backends() {
            let error = spoiled(&backend, table, |_| Some(vec![9, 9, 9])).unwrap();
            assert!(matches!(error, StoreError::Undecodable { .. }), "{name} {table:?}: {error}");
            assert!(error.to_string().contains(table.name()), "{error}");
        }
    }
}

#[test]
fn should_refuse_to_start_on_rows_that_are_gone() {
    for table in STORED {
        for (name, backend) in backends() {
            let error = spoiled(&backend, table, |_| None).unwrap();
            assert!(matches!(error, StoreError::Inconsistent(_)), "{name} {table:?}: {error}");
        }
    }
}

#[test]
fn should_refuse_to_start_where_nothing_is_owed_for_a_final_deposit() {
    for (name, backend) in backends() {
        let error = spoiled(&backend, Table::Deposits, |row| {
            let (version, body) = row.split_first().unwrap();
            let purchase = Purchase { payout: None, ..minicbor::decode(body).unwrap() };
            Some([vec![*version], minicbor::to_vec(&purchase).unwrap()].concat())
        });
        let StoreError::Inconsistent(findings) = error.unwrap() else { panic!("{name}") };
        assert!(findings.iter().any(|what| what == "deposit 1 has no payout"), "{name}: {findings:?}");
    }
}

#[test]
fn should_refuse_to_start_where_an_address_has_lost_its_deposits() {
    for (name, backend) in backends() {
        // The last binding is given the first one's deposit.
        let error = spoiled(&backend, Table::Bindings, |row| {
            let (version, body) = row.split_first().unwrap();
            let binding: Binding = minicbor::decode(body).unwrap();
            assert_eq!(binding.last_deposit, None, "{name}");
            let binding = Binding { last_deposit: Some(DepositNo::FIRST), ..binding };
            Some([vec![*version], minicbor::to_vec(&binding).unwrap()].concat())
        });
        let StoreError::Inconsistent(findings) = error.unwrap() else { panic!("{name}") };
        assert!(
            findings.iter().any(|what| what.starts_with("2 bindings name a deposit")),
            "{name}: {findings:?}"
        );
    }
}

#[test]
fn should_refuse_to_start_where_a_transaction_is_not_what_its_bytes_are() {
    let lies: [fn(SignedTransaction) -> SignedTransaction; 3] = [
        |stored| SignedTransaction { raw: signed_for_a_stranger(), ..stored },
        |stored| SignedTransaction { inputs: vec![], ..stored },
        |stored| SignedTransaction { change: crate::support::payee(77), ..stored },
    ];
    for lie in lies {
        for (name, backend) in backends() {
            let error = spoiled(&backend, Table::SignedTransactions, |row| {
                let (version, body) = row.split_first().unwrap();
                let spoilt = lie(minicbor::decode(body).unwrap());
                Some([vec![*version], minicbor::to_vec(&spoilt).unwrap()].concat())
            });
            let StoreError::Inconsistent(findings) = error.unwrap() else { panic!("{name}") };
            assert!(findings[0].starts_with("transaction 1"), "{name}: {findings:?}");
        }
    }
}

/// A transaction that gives 77 SKY to somebody who is owed nothing.
fn signed_for_a_stranger() -> Vec<u8> {
    let outputs = [(crate::support::payee(77), Droplets::new(77_000_000))];
    teller::testing::signed(Claim([2; 32]), &outputs).encode()
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
            Purpose::real(Coin::BTC.network("regtest").unwrap()),
            Arc::new(SystemClock),
            &|_| {},
        )
        .unwrap_err();
        assert!(matches!(error, StoreError::OtherNetwork { .. }), "{name}: {error}");
        // Play money and real coins never share a database.
        let play = Purpose { dummy_scanner: true, ..Purpose::real(Coin::BTC.main_network()) };
        let error = Store::open(backend, play, Arc::new(SystemClock), &|_| {}).unwrap_err();
        assert!(matches!(error, StoreError::OtherMoney { .. }), "{name}: {error}");
    }
}
