//! Group commit: many writers, one writing thread, and no job that spoils another's.

use std::sync::Arc;

use teller::store::{DepositEvent, Store, StoreError};
use teller::types::DepositNo;

use crate::support::{addresses, audit, backends, bind, open, payee};

/// Many jobs at once, some of which refuse after they have recorded something.
fn storm(store: &Store, count: usize) -> Vec<Result<(), StoreError>> {
    let all = addresses(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = all
            .into_iter()
            .enumerate()
            .map(|(index, address)| {
                let store = store.clone();
                scope.spawn(move || {
                    store.write_blocking(move |tx| {
                        tx.bind(payee(1), address)?;
                        match index % 5 {
                            0 => Err(StoreError::Invariant("this one thinks better of it".into())),
                            _ => Ok(()),
                        }
                    })
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn should_undo_a_refused_job_and_keep_its_neighbours() {
    for (name, backend) in backends() {
        let store = open(backend).unwrap();
        let results = storm(&store, 50);
        let kept = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!(kept, 40, "{name}");
        let snapshot = store.snapshot();
        assert_eq!(snapshot.counters().bindings, 40, "{name}");
        let bindings = snapshot.bindings_of(&payee(1)).unwrap();
        let seqs: Vec<u32> = bindings.iter().map(|binding| binding.payee_seq).collect();
        assert_eq!(seqs, (1..=40).collect::<Vec<u32>>(), "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_answer_a_broken_invariant_and_go_on() {
    for (name, backend) in backends() {
        let store = open(backend).unwrap();
        let unknown = DepositNo::new(9);
        let refused = store.write_blocking(move |tx| tx.record(DepositEvent::Finalized { deposit: unknown }));
        assert!(matches!(refused, Err(StoreError::Invariant(_))), "{name}: {refused:?}");
        bind(&store, 1, addresses(1)[0]).unwrap();
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
        assert!(!store.has_failed(), "{name}");
    }
}

#[test]
fn should_end_with_the_words_of_a_panic() {
    for (name, backend) in backends() {
        let store = open(Arc::clone(&backend)).unwrap();
        bind(&store, 1, addresses(1)[0]).unwrap();
        let panicked: Result<(), StoreError> = store.write_blocking(|tx| {
            tx.bind(payee(2), addresses(2)[1])?;
            panic!("a job's own defect")
        });
        let expected = StoreError::Panicked("a job's own defect".into());
        assert_eq!(panicked, Err(expected.clone()), "{name}");
        assert_eq!(*store.failed().borrow(), Some(expected.clone()), "{name}");
        assert_eq!(bind(&store, 2, addresses(3)[2]), Err(expected), "{name}: it goes on");
        drop(store);
        // Nothing of it was kept.
        assert_eq!(open(backend).unwrap().snapshot().counters().bindings, 1, "{name}");
    }
}

#[test]
fn should_refuse_writes_once_it_is_closed() {
    for (name, backend) in backends() {
        let store = open(backend).unwrap();
        bind(&store, 1, addresses(1)[0]).unwrap();
        store.close();
        assert_eq!(bind(&store, 2, addresses(2)[1]), Err(StoreError::Closed), "{name}");
        assert_eq!(store.snapshot().counters().bindings, 1, "{name}");
    }
}

#[test]
fn should_be_the_same_when_opened_again() {
    for (name, backend) in backends() {
        let store = open(Arc::clone(&backend)).unwrap();
        storm(&store, 20);
        let before = store.snapshot().counters().clone();
        drop(store);
        let again = open(backend).unwrap();
        assert_eq!(*again.snapshot().counters(), before, "{name}");
        assert_eq!(again.snapshot().bindings_of(&payee(1)).unwrap().len(), 16, "{name}");
        assert!(again.snapshot().find_address(&addresses(2)[1]).unwrap().is_some(), "{name}");
    }
}
