//! A history that proves itself: whatever is done to its events, it is found, and it is said where.

use std::sync::Arc;

use teller::store::kv::{Backend, Pair, Table, Verdict};
use teller::store::{
    Audit, History, HistoryProof, MemoryBackend, RedbBackend, Store, StoreError, Tables, backup_to,
    chain_anew, prove_history, seal_anew,
};
use teller::types::{Hash32, HistoryHead};

use crate::golden::fill;
use crate::support::{addresses, backends, bind, open};

/// With a history of many events.
fn filled() -> Arc<dyn Backend> {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
    let store = open(Arc::clone(&backend)).unwrap();
    fill(&store);
    backend
}

fn prove(backend: &dyn Backend, earlier: &[HistoryHead]) -> HistoryProof {
    prove_history(&*backend.snapshot().unwrap(), earlier, &|_| {}).unwrap()
}

fn events(backend: &dyn Backend) -> Vec<Pair> {
    let snapshot = backend.snapshot().unwrap();
    snapshot.scan(Table::Events, &[], None).unwrap().map(|row| row.unwrap()).collect()
}

/// Puts other rows in the place of all events.
fn replace(backend: &dyn Backend, rows: &[Pair]) {
    let old = events(backend);
    let work = &mut |kv: &mut dyn teller::store::kv::Write| {
        old.iter().try_for_each(|(key, _)| kv.delete(Table::Events, key).map(drop))?;
        rows.iter().try_for_each(|(key, value)| kv.put(Table::Events, key, value))?;
        Ok(Verdict::Commit)
    };
    backend.transact(work).unwrap();
    seal_anew(backend).unwrap();
}

/// What somebody may do to the event at a position, by name, and the first event that does not follow any more.
fn forgeries(rows: &[Pair], at: usize) -> Vec<(&'static str, Vec<Pair>, usize)> {
    let mut all = Vec::new();
    let mut changed = rows.to_vec();
    changed[at].1[40] ^= 1;
    all.push(("changed", changed, at));
    let mut other_hash = rows.to_vec();
    other_hash[at].1[0] ^= 1;
    all.push(("another hash", other_hash, at));
    if at + 1 < rows.len() {
        let mut dropped = rows.to_vec();
        dropped.remove(at);
        all.push(("dropped", dropped, at + 1));
        let mut closed = rows.to_vec();
        closed.remove(at);
        (0..closed.len()).for_each(|position| closed[position].0 = rows[position].0.clone());
        all.push(("dropped, and the rest moved up", closed, at));
        let mut swapped = rows.to_vec();
        (swapped[at].1, swapped[at + 1].1) = (rows[at + 1].1.clone(), rows[at].1.clone());
        all.push(("swapped", swapped, at));
    }
    all
}

#[test]
fn should_say_of_any_event_that_it_was_changed_dropped_or_swapped() {
    let backend = filled();
    let rows = events(&*backend);
    let head = prove(&*backend, &[]).head;
    for at in 0..rows.len() {
        for (what, forged, first) in forgeries(&rows, at) {
            replace(&*backend, &forged);
            let proof = prove(&*backend, &[]);
            let place = format!("event {} ", first + 1);
            assert!(
                proof.breaks.first().is_some_and(|told| told.starts_with(&place)),
                "{what} {at}: {proof:#?}"
            );
            let refused = open(Arc::clone(&backend));
            let Err(StoreError::Inconsistent(findings)) = refused else { panic!("{what} {at}: it starts") };
            assert!(findings.iter().any(|found| found.contains(&place)), "{what} {at}: {findings:#?}");
        }
    }
    replace(&*backend, &rows);
    assert_eq!((prove(&*backend, &[]).breaks, prove(&*backend, &[]).head), (Vec::new(), head));
    open(backend).unwrap();
}

#[test]
fn should_find_by_an_earlier_head_what_was_rewritten_from_end_to_end() {
    let backend = filled();
    let rows = events(&*backend);
    let store = open(Arc::clone(&backend)).unwrap();
    let told: Vec<HistoryHead> = (1..=store.snapshot().head().number)
        .map(|number| store.snapshot().head_at(number).unwrap().unwrap())
        .collect();
    drop(store);
    for at in [0, 5, rows.len() - 1] {
        let mut forged = rows.clone();
        forged[at].1[40] ^= 1;
        replace(&*backend, &forged);
        chain_anew(&*backend).unwrap();
        seal_anew(&*backend).unwrap();
        // Every hash follows, and nothing but what was told before shows it.
        assert!(prove(&*backend, &[]).holds(), "{at}");
        let number = u64::try_from(at).unwrap() + 1;
        let proof = prove(&*backend, &told);
        assert!(proof.breaks.is_empty() && !proof.holds(), "{at}: {proof:#?}");
        assert_eq!(proof.rewritten(), Some((number - 1, number)));
        let last = *told.last().unwrap();
        assert_eq!(prove(&*backend, &[last]).rewritten(), Some((0, last.number)), "{at}");
        if at > 0 {
            assert!(prove(&*backend, &told[..at]).holds(), "{at}: what was told before it still holds");
        }
    }
}

#[test]
fn should_find_by_an_earlier_head_that_the_last_events_were_cut_off() {
    let backend = filled();
    let head = prove(&*backend, &[]).head;
    let mut rows = events(&*backend);
    rows.truncate(rows.len() - 3);
    replace(&*backend, &rows);
    let told = &prove(&*backend, &[]).breaks;
    assert!(told.len() == 1 && told[0].contains("the database says that they end with"), "{told:?}");
    chain_anew(&*backend).unwrap();
    assert!(prove(&*backend, &[]).holds());
    let proof = prove(&*backend, &[HistoryHead::EMPTY, head]);
    assert_eq!((proof.kept, proof.broken), (vec![HistoryHead::EMPTY], vec![head]));
}

#[test]
fn should_keep_the_head_at_hand_over_commits_restarts_and_copies() {
    for (name, backend) in backends() {
        let store = open(Arc::clone(&backend)).unwrap();
        let mut heads = vec![store.snapshot().head()];
        for (number, address) in (1..).zip(addresses(3)) {
            bind(&store, number, address).unwrap();
            heads.push(store.snapshot().head());
        }
        assert!(heads.is_sorted_by_key(|head| head.number) && heads[0] == HistoryHead::EMPTY, "{name}");
        let snapshot = store.snapshot();
        for head in &heads {
            assert_eq!(snapshot.head_at(head.number).unwrap(), Some(*head), "{name}");
        }
        let last = *heads.last().unwrap();
        assert_eq!(snapshot.head_at(last.number + 1).unwrap(), None, "{name}");
        assert!(prove_history(snapshot.kv(), &heads, &|_| {}).unwrap().holds(), "{name}");
        let inside = store.write_blocking(|tx| Ok(tx.head())).unwrap();
        assert_eq!(inside, last, "{name}");

        let dir = tempfile::tempdir().unwrap();
        let copy = dir.path().join("copy.db");
        backup_to(&snapshot, &copy).unwrap();
        drop((snapshot, store));
        assert_eq!(open(backend).unwrap().snapshot().head(), last, "{name}");
        let copy: Arc<dyn Backend> = Arc::new(RedbBackend::open(&copy, |_| {}).unwrap());
        assert_eq!(open(copy).unwrap().snapshot().head(), last, "{name}");
    }
}

#[test]
fn should_take_no_event_of_a_job_that_was_undone_into_the_history() {
    let store: Store = open(Arc::new(MemoryBackend::default())).unwrap();
    let all = addresses(2);
    bind(&store, 1, all[0]).unwrap();
    let before = store.snapshot().head();
    bind(&store, 2, all[0]).unwrap_err();
    assert_eq!(store.snapshot().head(), before);
    bind(&store, 2, all[1]).unwrap();
    let snapshot = store.snapshot();
    assert!(prove_history(snapshot.kv(), &[before], &|_| {}).unwrap().holds());
    assert_eq!(Audit::new(snapshot.kv(), &|_| {}).run_full().unwrap().messages(), Vec::<String>::new());
}

/// The way that a hash is made is part of the stored form: what was told of a history holds for good.
#[test]
fn should_hash_as_it_is_written_down() {
    use bitcoin::hashes::{Hash, sha256};
    let backend = filled();
    let mut hash = [0; 32];
    for (key, value) in events(&*backend) {
        let all = [&b"teller/history/1"[..], &hash, &key, &value[32..]].concat();
        hash = sha256::Hash::hash(&all).to_byte_array();
        assert_eq!(value[..32], hash);
    }
    assert_eq!(prove(&*backend, &[]).head.hash, Hash32(hash));
}
