//! Requests that are done once, whatever ends the process, and whose answers are kept for a day.

use std::sync::Arc;

use teller::store::kv::{Backend, Table};
use teller::store::{
    ANSWERS_KEPT, Answers, Before, KeptAnswer, MemoryBackend, OnceKey, Purpose, Store, StoreError,
};
use teller::testing::ManualClock;
use teller::types::{Coin, UnixTime};

use crate::support::{addresses, audit, backends, open, payee};

fn key(store: &Store, client: &str, name: &str, request: &[u8]) -> OnceKey {
    OnceKey::new(&store.snapshot().desk_secret().unwrap(), client, name, request)
}

fn answer(words: &str) -> KeptAnswer {
    KeptAnswer { status: 200, media_type: "text/plain".to_owned(), body: words.as_bytes().to_vec() }
}

fn now(store: &Store) -> UnixTime {
    store.write_blocking(|tx| Ok(tx.now())).unwrap()
}

fn before(store: &Store, key: &OnceKey) -> Before {
    store.snapshot().done_before(key, now(store)).unwrap()
}

fn blocked<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// Binds once.
fn bind_once(store: &Store, key: OnceKey, n: usize) -> Result<(), StoreError> {
    let address = addresses(9)[n];
    blocked(store.once(Some(key)).write(move |tx| tx.bind(payee(1), address).map(drop)))
}

fn rows(backend: &dyn Backend, table: Table) -> usize {
    backend.snapshot().unwrap().scan(table, &[], None).unwrap().count()
}

#[test]
fn should_do_once_what_is_asked_twice() {
    for (name, backend) in backends() {
        let store = open(Arc::clone(&backend)).unwrap();
        let once = key(&store, "one", "key", b"bind");
        assert_eq!(before(&store, &once), Before::Never, "{name}");
        bind_once(&store, once, 0).unwrap();
        assert_eq!(before(&store, &once), Before::Done(None), "{name}");
        assert_eq!(bind_once(&store, once, 1), Err(StoreError::DoneBefore), "{name}");
        assert_eq!(store.snapshot().counters().bindings, 1, "{name}");
        drop(store);
        // The process ended before it had answered.
        let store = open(backend).unwrap();
        assert_eq!(bind_once(&store, once, 1), Err(StoreError::DoneBefore), "{name}");
        store.write_blocking(move |tx| tx.keep_answer(&once, answer("bound"))).unwrap();
        store.write_blocking(move |tx| tx.keep_answer(&once, answer("another"))).unwrap();
        assert_eq!(before(&store, &once), Before::Done(Some(answer("bound"))), "{name}: the first stays");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_keep_nothing_of_what_was_refused() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let once = key(&store, "one", "key", b"bind");
    bind_once(&store, key(&store, "one", "first", b"bind"), 0).unwrap();
    assert!(bind_once(&store, once, 0).is_err(), "the address is bound");
    assert_eq!(before(&store, &once), Before::Never);
    bind_once(&store, once, 1).unwrap();
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_tell_clients_keys_and_requests_apart() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    bind_once(&store, key(&store, "one", "key", b"bind"), 0).unwrap();
    assert_eq!(before(&store, &key(&store, "one", "key", b"other")), Before::Other);
    assert_eq!(bind_once(&store, key(&store, "one", "key", b"other"), 1), Err(StoreError::DoneBefore));
    for (client, name) in [("two", "key"), ("one", "key2"), ("onek", "ey")] {
        assert_eq!(before(&store, &key(&store, client, name, b"bind")), Before::Never, "{client} {name}");
    }
}

#[test]
fn should_forget_after_a_day_a_few_at_a_time() {
    let (backend, clock) = (Arc::new(MemoryBackend::default()), Arc::new(ManualClock::default()));
    let purpose = Purpose::real(Coin::BTC.main_network());
    let store = Store::open(backend.clone(), purpose, clock.clone(), &|_| {}).unwrap();
    let keep = |name: &str| {
        let once = key(&store, "one", name, b"request");
        store.write_blocking(move |tx| tx.keep_answer(&once, answer("x"))).unwrap();
        once
    };
    let all: Vec<OnceKey> = (0..10).map(|n| keep(&n.to_string())).collect();
    clock.advance(ANSWERS_KEPT.as_secs() - 1);
    assert!(all.iter().all(|once| before(&store, once) == Before::Done(Some(answer("x")))));
    clock.advance(1);
    assert!(all.iter().all(|once| before(&store, once) == Before::Never), "a day has passed");
    assert_eq!(rows(&*backend, Table::Answers), 10, "nobody walked over them");
    keep("new");
    assert_eq!(rows(&*backend, Table::Answers), 7, "four went as one came");
    keep("9");
    keep("newer");
    assert_eq!([Table::Answers, Table::AnswersByAge].map(|table| rows(&*backend, table)), [3, 3]);
    assert_eq!(audit(&store), Vec::<String>::new());
    clock.advance(ANSWERS_KEPT.as_secs());
    store.write_blocking(|tx| tx.clear_answers(99)).unwrap();
    let tables = [Table::Answers, Table::AnswersByAge, Table::AnswerCounts];
    assert_eq!(tables.map(|table| rows(&*backend, table)), [0, 0, 0]);
}

#[test]
fn should_have_room_for_so_many_of_a_client() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    for n in 0..3 {
        let once = key(&store, "one", &n.to_string(), b"request");
        assert!(store.snapshot().has_room(&once, 3).unwrap());
        store.write_blocking(move |tx| tx.keep_answer(&once, answer("x"))).unwrap();
    }
    let snapshot = store.snapshot();
    assert!(!snapshot.has_room(&key(&store, "one", "4", b"request"), 3).unwrap());
    assert!(snapshot.has_room(&key(&store, "two", "1", b"request"), 3).unwrap());
}
