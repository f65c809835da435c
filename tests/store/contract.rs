//! The contract of the `Backend` port.

use proptest::prelude::*;
use teller::store::StoreError;
use teller::store::kv::{Backend, Read, Table, Verdict, Write};

use crate::support::backends;

fn put(backend: &dyn Backend, pairs: &[(&[u8], &[u8])]) {
    backend
        .transact(&mut |kv| {
            pairs.iter().try_for_each(|(key, value)| kv.put(Table::Events, key, value))?;
            Ok(Verdict::Commit)
        })
        .unwrap();
}

fn all(kv: &dyn Read, from: &[u8], to: Option<&[u8]>) -> Vec<Vec<u8>> {
    kv.scan(Table::Events, from, to).unwrap().map(|pair| pair.unwrap().0).collect()
}

#[test]
fn should_keep_what_was_committed_and_nothing_else() {
    for (name, backend) in backends() {
        put(&*backend, &[(b"a", b"1")]);
        let write = |kv: &mut dyn Write| kv.put(Table::Events, b"b", b"2");
        backend.transact(&mut |kv| write(kv).map(|()| Verdict::Abort)).unwrap();
        let failed = backend.transact(&mut |kv| {
            write(kv)?;
            Err(StoreError::Closed)
        });
        assert_eq!(failed, Err(StoreError::Closed), "{name}");
        let snapshot = backend.snapshot().unwrap();
        assert_eq!(snapshot.get(Table::Events, b"a").unwrap().as_deref(), Some(&b"1"[..]), "{name}");
        assert_eq!(snapshot.get(Table::Events, b"b").unwrap(), None, "{name}");
        assert_eq!(
            (shown(&*snapshot, b"a"), shown(&*snapshot, b"b")),
            (vec![b"1".to_vec()], vec![]),
            "{name}"
        );
    }
}

/// Every value that is shown for a key.
fn shown(kv: &dyn Read, key: &[u8]) -> Vec<Vec<u8>> {
    let mut shown = Vec::new();
    kv.show(Table::Events, key, &mut |value| shown.push(value.to_vec())).unwrap();
    shown
}

#[test]
fn should_show_a_write_its_own_changes() {
    for (name, backend) in backends() {
        backend
            .transact(&mut |kv| {
                kv.put(Table::Events, b"a", b"1")?;
                kv.put(Table::Events, b"a", b"2")?;
                assert_eq!(kv.get(Table::Events, b"a")?.as_deref(), Some(&b"2"[..]), "{name}");
                assert_eq!(shown(kv, b"a"), [b"2"], "{name}");
                assert_eq!(all(kv, b"", None), [b"a"], "{name}");
                assert!(kv.delete(Table::Events, b"a")?, "{name}");
                assert!(!kv.delete(Table::Events, b"a")?, "{name}");
                assert_eq!(kv.last(Table::Events)?, None, "{name}");
                Ok(Verdict::Commit)
            })
            .unwrap();
    }
}

#[test]
fn should_never_change_a_snapshot() {
    for (name, backend) in backends() {
        put(&*backend, &[(b"a", b"1")]);
        let before = backend.snapshot().unwrap();
        put(&*backend, &[(b"a", b"2"), (b"b", b"3")]);
        assert_eq!(before.get(Table::Events, b"a").unwrap().as_deref(), Some(&b"1"[..]), "{name}");
        assert_eq!(all(&*before, b"", None), [b"a"], "{name}");
        assert_eq!(all(&*backend.snapshot().unwrap(), b"", None), [b"a", b"b"], "{name}");
    }
}

#[test]
fn should_keep_tables_apart() {
    for (name, backend) in backends() {
        put(&*backend, &[(b"a", b"1")]);
        let snapshot = backend.snapshot().unwrap();
        for table in Table::ALL.into_iter().filter(|table| *table != Table::Events) {
            assert_eq!(snapshot.get(table, b"a").unwrap(), None, "{name} {table:?}");
            assert_eq!(snapshot.last(table).unwrap(), None, "{name} {table:?}");
        }
    }
}

#[test]
fn should_name_every_table_once() {
    let mut names: Vec<&str> = Table::ALL.iter().map(|table| table.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Table::ALL.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every backend answers every range as a sorted map would.
    #[test]
    fn should_scan_in_the_order_of_bytes(
        keys in prop::collection::btree_set(prop::collection::vec(any::<u8>(), 1..4), 0..40),
        from in prop::collection::vec(any::<u8>(), 0..4),
        to in prop::option::of(prop::collection::vec(any::<u8>(), 0..4)),
    ) {
        for (name, backend) in backends() {
            let mut shuffled: Vec<&Vec<u8>> = keys.iter().collect();
            shuffled.reverse();
            let pairs: Vec<(&[u8], &[u8])> = shuffled.iter().map(|key| (key.as_slice(), &b"v"[..])).collect();
            put(&*backend, &pairs);
            let in_range = |key: &&Vec<u8>| **key >= from && to.as_ref().is_none_or(|to| *key < to);
            let expected: Vec<Vec<u8>> = keys.iter().filter(in_range).cloned().collect();
            let snapshot = backend.snapshot().unwrap();
            prop_assert_eq!(&all(&*snapshot, &from, to.as_deref()), &expected, "{}", name);
            let last = snapshot.last(Table::Events).unwrap().map(|(key, _)| key);
            prop_assert_eq!(last.as_ref(), keys.last(), "{}", name);
        }
    }
}
