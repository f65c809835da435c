//! Whatever row is lost, changed, moved or added, in whatever table: the next start refuses.

use std::sync::Arc;

use teller::store::kv::{Backend, Pair, Table, Verdict};
use teller::store::{MemoryBackend, Store, StoreError, seal_anew};
use teller::testing::{Way, deposit_addresses};
use teller::types::{BlockHash, BlockRef, Coin, Height};

use crate::golden::fill;
use crate::support::{bind, deposit_by, open};

/// What follows from other tables, or from its own rows: a defect of the program itself that leaves too many or too
/// few rows is found as well.
const FOLLOWING: [Table; 27] = [
    Table::Events,
    Table::Counters,
    Table::Accounts,
    Table::DepositIds,
    Table::DepositsByStatus,
    Table::DepositsByHeight,
    Table::DepositsErrored,
    Table::DepositsUnpriced,
    Table::PayoutsOpen,
    Table::AttemptsLive,
    Table::AttemptTxids,
    Table::Claimed,
    Table::Waiting,
    Table::Balances,
    Table::Days,
    Table::Strays,
    Table::OrdersOpen,
    Table::WithdrawalsOpen,
    Table::Remainders,
    Table::AnswersByAge,
    Table::AnswerCounts,
    Table::Unlocated,
    Table::PaidBefore,
    Table::TaintedOpen,
    Table::OwnMoneyByAddress,
    Table::HooksByState,
    Table::HookCounts,
];

fn filled() -> Arc<dyn Backend> {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
    let store = open(Arc::clone(&backend)).unwrap();
    fill(&store);
    fill_with_others(&store);
    drop(store);
    backend
}

/// What no golden file has: an address of every coin, a deposit in each way, and every chain as far as those.
fn fill_with_others(store: &Store) {
    let at = BlockRef { height: Height::new(5), hash: BlockHash([5; 32]) };
    for coin in Coin::all() {
        bind(store, 1, deposit_addresses(coin)[0]).unwrap();
    }
    for way in Way::all() {
        deposit_by(store, way, deposit_addresses(way.coin())[0], "one of each", 200_000).unwrap();
    }
    // Those of the file stand in blocks that nobody followed.
    for coin in [Coin::LTC, Coin::DOGE] {
        store.write_blocking(move |tx| tx.start_chain(coin, at)).unwrap();
    }
}

fn rows(backend: &dyn Backend, table: Table) -> Vec<Pair> {
    let snapshot = backend.snapshot().unwrap();
    let rows: Vec<Pair> = snapshot.scan(table, &[], None).unwrap().map(|pair| pair.unwrap()).collect();
    assert!(!rows.is_empty(), "{}: let `fill` put something there", table.name());
    rows
}

fn write(backend: &dyn Backend, table: Table, old: &Pair, new: Option<&Pair>, is_back: bool) {
    let (gone, come) = if is_back { (new, Some(old)) } else { (Some(old), new) };
    backend
        .transact(&mut |kv| {
            if let Some((key, _)) = gone {
                kv.delete(table, key)?;
            }
            if let Some((key, value)) = come {
                kv.put(table, key, value)?;
            }
            Ok(Verdict::Commit)
        })
        .unwrap();
}

fn changed(bytes: &[u8]) -> Vec<u8> {
    let mut other = bytes.to_vec();
    match other.last_mut() {
        Some(last) => *last ^= 1,
        None => other.push(1),
    }
    other
}

/// What can happen to a row, by name: what stands in its place afterwards.
fn accidents((key, value): &Pair) -> [(&'static str, Option<Pair>); 3] {
    [
        ("lost", None),
        ("changed", Some((key.clone(), changed(value)))),
        ("moved", Some((changed(key), value.clone()))),
    ]
}

/// Rows whose loss, change or move a start does not mind, although the tables are sealed anew after it where `reseals`.
fn unnoticed(backend: &Arc<dyn Backend>, tables: &[Table], reseals: bool) -> Vec<String> {
    let mut unnoticed = Vec::new();
    for &table in tables {
        let all = rows(&**backend, table);
        for row in &all {
            for (what, new) in accidents(row) {
                if new.as_ref().is_some_and(|new| new.0 != row.0 && all.iter().any(|(key, _)| *key == new.0))
                {
                    continue;
                }
                write(&**backend, table, row, new.as_ref(), false);
                if reseals {
                    seal_anew(&**backend).unwrap();
                }
                if open(Arc::clone(backend)).is_ok() {
                    unnoticed.push(format!("{} {:02x?} {what}", table.name(), row.0));
                }
                write(&**backend, table, row, new.as_ref(), true);
            }
        }
    }
    unnoticed
}

#[test]
fn should_refuse_to_start_whatever_row_is_lost_changed_or_moved() {
    let backend = filled();
    assert_eq!(unnoticed(&backend, &Table::ALL, false), Vec::<String>::new());
    open(backend).unwrap();
}

#[test]
fn should_refuse_to_start_on_an_index_that_a_defect_has_left_wrong() {
    let backend = filled();
    assert_eq!(unnoticed(&backend, &FOLLOWING, true), Vec::<String>::new());
    seal_anew(&*backend).unwrap();
    open(backend).unwrap();
}

#[test]
fn should_refuse_to_start_whatever_row_is_added() {
    let backend = filled();
    for table in Table::ALL {
        let (mut key, value) = rows(&*backend, table).pop().unwrap();
        key.push(0);
        backend.transact(&mut |kv| kv.put(table, &key, &value).map(|()| Verdict::Commit)).unwrap();
        assert!(open(Arc::clone(&backend)).is_err(), "{}", table.name());
        backend.transact(&mut |kv| kv.delete(table, &key).map(|_| Verdict::Commit)).unwrap();
    }
    open(backend).unwrap();
}

#[test]
fn should_never_found_a_database_where_the_version_was_lost() {
    let backend = filled();
    backend.transact(&mut |kv| kv.delete(Table::Meta, b"schema_version").map(|_| Verdict::Commit)).unwrap();
    let Err(StoreError::Inconsistent(findings)) = open(Arc::clone(&backend)) else { panic!("it started") };
    assert!(findings[0].contains("no schema version"), "{findings:?}");
    let meta = backend.snapshot().unwrap().get(Table::Meta, b"schema_version").unwrap();
    assert_eq!(meta, None, "it was written to");
}
