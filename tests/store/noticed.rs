//! What the store notes once about the chains, and never takes back.

use std::sync::Arc;

use teller::chain::PastUse;
use teller::deposit::BlockAt;
use teller::store::{
    AddressEvent, Event, Identities, MemoryBackend, OwnMoney, OwnMoneyTable, Page, Pool, StoreError, Tables,
    Taints,
};
use teller::testing::{Way, deposit_addresses};
use teller::types::{Actor, Coin, Height};

use crate::support::open;

#[test]
fn should_know_a_chain_by_one_name_alone() {
    for coin in Coin::all() {
        let backend = Arc::new(MemoryBackend::default());
        let store = open(backend.clone()).unwrap();
        for name in ["its name", "its name"] {
            store.write_blocking(move |tx| tx.identify(Some(coin), name)).unwrap();
        }
        let refused = store.write_blocking(move |tx| tx.identify(Some(coin), "another"));
        assert!(matches!(refused, Err(StoreError::Invariant(_))), "{coin}: {refused:?}");
        store.write_blocking(|tx| tx.identify(None, "skycoin")).unwrap();
        drop(store);
        let store = open(backend).unwrap();
        let snapshot = store.snapshot();
        for of in Coin::all() {
            let expected = (of == coin).then(|| "its name".to_owned());
            assert_eq!(snapshot.identity(Some(of)).unwrap(), expected, "{coin} has a name, {of} is asked");
        }
        assert_eq!(snapshot.identity(None).unwrap().as_deref(), Some("skycoin"), "{coin}");
        assert_eq!(snapshot.events(Page::ALL).unwrap().len(), 2, "{coin}: each is an event");
    }
}

#[test]
fn should_keep_own_money_beside_the_deposits() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let seen = |way: Way, height| {
        let block = BlockAt { height: Height::new(height), hash: None, waits: 0 };
        let own = OwnMoney { address: deposit_addresses(way.coin())[0], amount: way.units(500), block };
        let event = AddressEvent::OwnMoneySeen { id: way.id("change"), own };
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    };
    // All by transactions of one name.
    for (way, number) in Way::all().zip(1..) {
        seen(way, 3);
        seen(way, 4);
        let all = store.snapshot().all_own_money(None, 99).unwrap();
        assert_eq!(all.len(), number, "{way}");
        let own: Vec<_> = all.iter().filter(|(id, _)| *id == way.id("change")).collect();
        assert_eq!(own.len(), 1, "{way}");
        assert_eq!((own[0].1.block.height, own[0].1.amount), (Height::new(4), way.units(500)), "{way}");
    }
}

#[test]
fn should_hold_an_address_anew_for_other_coins_alone() {
    Coin::all().for_each(holds_an_address_anew);
}

fn holds_an_address_anew(coin: Coin) {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let all = deposit_addresses(coin);
    let pool = [all[0]];
    store.write_blocking(move |tx| tx.put_pool_chunk(coin, 1, 0, &pool)).unwrap();
    let used = Pool { generation: 1, total: 1, ..Pool::default() };
    store.write_blocking(move |tx| tx.switch_pool(coin, used.clone())).unwrap();
    store.watch_pool(coin, 1).unwrap();
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
    assert!(release().is_err(), "{coin}: nothing holds it");
    assert_eq!(comes(1, Some("a"), 5), (false, 0), "{coin}: it is in no pool");
    assert_eq!(comes(0, Some("a"), 5), (true, 1), "{coin}");
    assert_eq!(comes(0, Some("b"), 9), (true, 1), "{coin}: it is held already");
    release().unwrap();
    for (tx, height) in [(None, 9), (Some("a"), 9), (Some("b"), 5), (Some("b"), 4)] {
        assert_eq!(
            comes(0, tx, height),
            (false, 1),
            "{coin}: {tx:?} at {height} came before it was released"
        );
    }
    assert_eq!(comes(0, Some("b"), 6), (true, 2), "{coin}");
}
