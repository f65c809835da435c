//! What the store notes once about the chains, and never takes back.

use std::sync::Arc;

use teller::deposit::BlockAt;
use teller::store::{Event, Identities, MemoryBackend, OwnMoney, OwnMoneyTable, Page, StoreError, Tables};
use teller::types::{Coin, DepositId, Height, Units};

use crate::support::{addresses, open};

#[test]
fn should_know_a_chain_by_one_name_alone() {
    let backend = Arc::new(MemoryBackend::default());
    let store = open(backend.clone()).unwrap();
    for name in ["bitcoin", "bitcoin"] {
        store.write_blocking(move |tx| tx.identify(Some(Coin::BTC), name)).unwrap();
    }
    let refused = store.write_blocking(|tx| tx.identify(Some(Coin::BTC), "another"));
    assert!(matches!(refused, Err(StoreError::Invariant(_))), "{refused:?}");
    store.write_blocking(|tx| tx.identify(None, "skycoin")).unwrap();
    drop(store);
    let store = open(backend).unwrap();
    let snapshot = store.snapshot();
    let known = [Some(Coin::BTC), Some(Coin::ETH), None].map(|of| snapshot.identity(of).unwrap());
    assert_eq!(known, [Some("bitcoin".to_owned()), None, Some("skycoin".to_owned())]);
    assert_eq!(snapshot.events(Page::ALL).unwrap().len(), 2, "each is an event");
}

#[test]
fn should_keep_own_money_beside_the_deposits() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let id = DepositId { coin: Coin::BTC, tx: "change".to_owned(), n: 7 };
    let seen = |height| {
        let block = BlockAt { height: Height::new(height), hash: None, waits: 0 };
        let own = OwnMoney { address: addresses(1)[0], amount: Units::new(5), block };
        let event = Event::OwnMoneySeen { id: id.clone(), own };
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    };
    seen(3);
    seen(4);
    let all = store.snapshot().all_own_money(9).unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0].0, all[0].1.block.height), (&id, Height::new(4)));
    assert_eq!(DepositId::from_key(&id.key()), Some(id));
}
