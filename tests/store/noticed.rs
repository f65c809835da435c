//! What the store notes once about the chains, and never takes back.

use std::sync::Arc;

use teller::chain::PastUse;
use teller::deposit::BlockAt;
use teller::store::{
    AddressEvent, Event, Identities, MemoryBackend, OwnMoney, OwnMoneyTable, Page, Pool, StoreError, Tables,
    Taints,
};
use teller::types::{Actor, Coin, DepositId, Height, Units};

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
    let id = DepositId { coin: Coin::BTC, tx: "change".to_owned(), n: 7, token: None };
    let seen = |height| {
        let block = BlockAt { height: Height::new(height), hash: None, waits: 0 };
        let own = OwnMoney { address: addresses(1)[0], amount: Units::new(5), block };
        let event = AddressEvent::OwnMoneySeen { id: id.clone(), own };
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    };
    seen(3);
    seen(4);
    let all = store.snapshot().all_own_money(None, 9).unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0].0, all[0].1.block.height), (&id, Height::new(4)));
    assert_eq!(DepositId::from_key(&id.key()), Some(id));
}

#[test]
fn should_hold_an_address_anew_for_other_coins_alone() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let all = addresses(2);
    let pool = [all[0]];
    store.write_blocking(move |tx| tx.put_pool_chunk(Coin::BTC, 1, 0, &pool)).unwrap();
    let used = Pool { generation: 1, total: 1, ..Pool::default() };
    store.write_blocking(move |tx| tx.switch_pool(Coin::BTC, used.clone())).unwrap();
    store.watch_pool(Coin::BTC, 1).unwrap();
    // Whether it is held after these coins came, and how often it was written down so far.
    let comes = |position: usize, tx: Option<&str>, height| {
        let (address, tx) = (all[position], tx.map(str::to_owned));
        let past = PastUse { address, tx, amount: None, height: Height::new(height) };
        store.write_blocking(move |tx| tx.taint(past.clone())).unwrap();
        let snapshot = store.snapshot();
        let is_taint = |event: &Event| matches!(event, Event::Address(AddressEvent::Tainted { .. }));
        let events = snapshot.events(Page::ALL).unwrap();
        (
            snapshot.tainted(&address).unwrap().is_some(),
            events.iter().filter(|(_, record)| is_taint(&record.event)).count(),
        )
    };
    let held = all[0];
    let release = || store.write_blocking(move |tx| tx.untaint(held, Actor::operator(), "mine".into()));
    assert!(release().is_err(), "nothing holds it");
    assert_eq!(comes(1, Some("a"), 5), (false, 0), "it is in no pool");
    assert_eq!(comes(0, Some("a"), 5), (true, 1));
    assert_eq!(comes(0, Some("b"), 9), (true, 1), "it is held already");
    release().unwrap();
    for (tx, height) in [(None, 9), (Some("a"), 9), (Some("b"), 5), (Some("b"), 4)] {
        assert_eq!(comes(0, tx, height), (false, 1), "{tx:?} at {height} came before it was released");
    }
    assert_eq!(comes(0, Some("b"), 6), (true, 2));
}
