//! A backup is a whole and consistent database, also while binds go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use teller::store::{RedbBackend, backup_to};

use crate::support::{addresses, audit, bind, deposit, open};

#[test]
fn should_copy_one_moment_while_binds_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let backend = Arc::new(RedbBackend::open(&dir.path().join("live.db"), |_| {}).unwrap());
    let store = open(backend).unwrap();
    let all = addresses(400);
    for (index, address) in all.iter().enumerate().take(100) {
        bind(&store, u8::try_from(index % 7).unwrap(), *address).unwrap();
        deposit(&store, *address, &format!("tx{index}"), 1_000).unwrap();
    }
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for address in &all[100..] {
                if !stop.load(Ordering::Relaxed) {
                    bind(&store, 9, *address).unwrap();
                }
            }
        });
        for round in 0..3 {
            let path = dir.path().join(format!("copy{round}.db"));
            let snapshot = store.snapshot();
            backup_to(&snapshot, &path).unwrap();
            assert!(backup_to(&snapshot, &path).is_err(), "a backup never overwrites");
            let copy = open(Arc::new(RedbBackend::open(&path, |_| {}).unwrap())).unwrap();
            assert_eq!(copy.snapshot().counters(), snapshot.counters());
            assert_eq!(audit(&copy), Vec::<String>::new());
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn should_say_that_a_file_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("live.db");
    let _open = RedbBackend::open(&path, |_| {}).unwrap();
    let error = RedbBackend::open(&path, |_| {}).unwrap_err();
    assert!(error.to_string().contains("in use by another process"), "{error}");
}
