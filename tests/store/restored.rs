//! A database that was made of a copy signs nothing and gives nobody an address before a person has cleared it.

use std::sync::Arc;

use teller::store::kv::{Backend, Table, Verdict};
use teller::store::{Restores, Store, StoreError, WalletEvent, seal_anew};
use teller::types::{Actor, HistoryHead};

use crate::golden::fill;
use crate::support::{audit, backends, know_wallet, open, sign};

fn restored(store: &Store) {
    let from = HistoryHead::EMPTY.to_string();
    let event = WalletEvent::Restored { from };
    store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
}

fn clear(store: &Store) -> Result<(), StoreError> {
    let by = Actor::named("anna").unwrap();
    let event = WalletEvent::RestoreCleared { why: "looked".to_owned() };
    store.write_blocking(move |tx| tx.record_act(by.clone(), event.clone()))
}

fn filled(backend: &Arc<dyn Backend>) -> Store {
    let store = open(Arc::clone(backend)).unwrap();
    fill(&store);
    know_wallet(&store);
    store
}

#[test]
fn should_sign_nothing_before_it_is_cleared_also_after_a_restart() {
    for (name, backend) in backends() {
        let store = filled(&backend);
        restored(&store);
        drop(store);
        let store = open(Arc::clone(&backend)).unwrap();
        assert!(!store.snapshot().counters().is_reconciled(), "{name}");
        assert_eq!(
            store.snapshot().restored().unwrap().unwrap().from,
            HistoryHead::EMPTY.to_string(),
            "{name}"
        );
        let refused = sign(&store, 5, &[(teller::types::DepositNo::new(3), 1_000_000)]);
        assert!(matches!(refused, Err(StoreError::Invariant(_))), "{name}: {refused:?}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
        clear(&store).unwrap();
        assert_eq!(store.snapshot().restored().unwrap(), None, "{name}");
        sign(&store, 5, &[(teller::types::DepositNo::new(3), 1_000_000)]).unwrap();
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
        clear(&store).unwrap_err();
    }
}

#[test]
fn should_refuse_to_start_where_that_is_lost() {
    for (name, backend) in backends() {
        let store = filled(&backend);
        restored(&store);
        drop(store);
        backend.transact(&mut |kv| kv.delete(Table::Meta, b"restored").map(|_| Verdict::Commit)).unwrap();
        seal_anew(&*backend).unwrap();
        let Err(StoreError::Inconsistent(findings)) = open(backend) else { panic!("{name}: it starts") };
        assert!(findings.iter().any(|finding| finding.contains("the counters say")), "{name}: {findings:?}");
    }
}
