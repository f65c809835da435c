//! Acts on what is stored, and what they are refused for.

use std::time::Duration;

use super::*;
use crate::address::DepositAddress;
use crate::chain::PastUse;
use crate::skycoin::Address;
use crate::store::{
    ActEntry, ActLog, ActOutcome, Chains, People, Pool, Rescan, Session, Sessions, Store, Taints, WriteTx,
};
use crate::testing::{deposit_addresses, memory_store};
use crate::types::{Actor, Coin, Hash32, Height, Hidden, Role, UnixTime};

const ANNA: Address = Address::from_bytes([1; 20]);

fn actor(name: &str) -> Actor {
    Actor::parse(name).unwrap()
}

fn order() -> Order {
    Order::new("anna", "it is ours").unwrap()
}

fn address(n: usize) -> DepositAddress {
    deposit_addresses(Coin::BTC)[n]
}

/// A pool of one address, to which coins came.
fn taint(store: &Store) {
    let tx = Some("aa".to_owned());
    let past = PastUse { address: address(0), tx, amount: None, height: Height::new(1) };
    let fill = |tx: &mut WriteTx<'_>| {
        tx.put_pool_chunk(Coin::BTC, 1, 0, &[address(0)])?;
        tx.switch_pool(Coin::BTC, Pool { generation: 1, total: 1, ..Pool::default() })
    };
    store.write_blocking(fill).unwrap();
    store.watch_pool(Coin::BTC, 1).unwrap();
    store.write_blocking(move |tx| tx.taint(past.clone())).unwrap();
    assert!(store.snapshot().tainted(&address(0)).unwrap().is_some());
}

/// Waits for what only looks as if it took time: the store's writer has a thread of its own.
fn done<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(act)
}

#[test]
fn should_decide_about_tainted_addresses_alone() {
    let store = memory_store();
    let unknown = |outcome| assert!(matches!(outcome, Err(ActError::Unknown)), "{outcome:?}");
    unknown(done(release_address(&store, address(0), order())));
    unknown(done(give_back_address(&store, address(0), ANNA, order())));
    assert_eq!(store.snapshot().find_address(&address(0)).unwrap(), None, "nothing is bound");
    taint(&store);
    done(release_address(&store, address(0), order())).unwrap();
    assert_eq!(store.snapshot().tainted(&address(0)).unwrap(), None);
    unknown(done(release_address(&store, address(0), order())));
}

#[test]
fn should_give_an_address_back_to_whom_it_belonged() {
    let store = memory_store();
    taint(&store);
    // A payee that is an address of this desk: what is paid to it would count as a deposit.
    let own = Address::from_bytes([7; 20]);
    store.write_blocking(move |tx| tx.bind(ANNA, DepositAddress::of_skycoin(own)).map(drop)).unwrap();
    let refused = done(give_back_address(&store, address(0), own, order()));
    assert!(matches!(refused, Err(ActError::PayeeIsOurs)), "{refused:?}");
    assert!(store.snapshot().tainted(&address(0)).unwrap().is_some());
    done(give_back_address(&store, address(0), ANNA, order())).unwrap();
    let snapshot = store.snapshot();
    assert_eq!(snapshot.find_address(&address(0)).unwrap().map(|bound| bound.payee), Some(ANNA));
    assert_eq!(snapshot.tainted(&address(0)).unwrap(), None);
}

fn add(store: &Store, name: &str, role: Role) -> Result<(), PersonError> {
    done(add_person(store, actor("tool"), actor(name), role, Hidden::new("hash".to_owned())))
}

fn remove(store: &Store, name: &str, last: LastApprover) -> Result<(), PersonError> {
    done(remove_person(store, actor("anna"), actor(name), last))
}

#[test]
fn should_leave_somebody_who_approves() {
    let store = memory_store();
    add(&store, "carl", Role::View).unwrap();
    add(&store, "dora", Role::View).unwrap();
    remove(&store, "dora", LastApprover::Stays).unwrap();
    add(&store, "anna", Role::Approve).unwrap();
    let refused = remove(&store, "anna", LastApprover::Stays);
    assert!(matches!(refused, Err(PersonError::LastApprover)), "{refused:?}");
    let role = set_role(&store, actor("anna"), actor("anna"), Role::View, LastApprover::Stays);
    assert!(matches!(done(role), Err(PersonError::LastApprover)));
    remove(&store, "carl", LastApprover::Stays).unwrap();
    add(&store, "berta", Role::Approve).unwrap();
    remove(&store, "anna", LastApprover::Stays).unwrap();
    remove(&store, "berta", LastApprover::MayGo).unwrap();
    assert_eq!(store.snapshot().people().unwrap(), []);
}

#[test]
fn should_keep_names_that_stand_for_something_else() {
    let store = memory_store();
    for name in ["operator", "Desk", "TOKEN", "tool", "nobody", "program x", "Program x"] {
        let refused = add(&store, name, Role::View);
        assert!(matches!(refused, Err(PersonError::Reserved(_))), "{name}: {refused:?}");
    }
    add(&store, "programmer", Role::View).unwrap();
    assert!(matches!(add(&store, "programmer", Role::View), Err(PersonError::Taken)));
}

#[test]
fn should_end_the_token_that_is_named() {
    let store = memory_store();
    for (name, byte) in [("shop", 1), ("till", 2), ("books", 3)] {
        let token = NewToken {
            name: actor(name),
            hash: Hash32([byte; 32]),
            role: Role::View,
            paths: Vec::new(),
            ends_at: UnixTime::new(2_000_000_000),
        };
        done(make_token(&store, actor("anna"), token.clone())).unwrap();
        assert!(matches!(done(make_token(&store, actor("anna"), token)), Err(PersonError::Taken)));
    }
    done(end_token(&store, actor("anna"), actor("till"))).unwrap();
    assert!(matches!(done(end_token(&store, actor("anna"), actor("till"))), Err(PersonError::Unknown)));
    let left = store.snapshot().access_tokens().unwrap();
    let mut left: Vec<_> = left.into_iter().map(|(_, token)| token.name.as_str().to_owned()).collect();
    left.sort();
    assert_eq!(left, ["books", "shop"]);
}

#[test]
fn should_keep_how_far_a_reader_is() {
    let store = memory_store();
    store.write_blocking(|tx| tx.configure_receivers(&["shop".to_owned()])).unwrap();
    add(&store, "anna", Role::Approve).unwrap();
    let newest = store.snapshot().counters().events;
    let read = |name: &str, upto| done(acknowledge_reader(&store, name, upto));
    assert!(matches!(read("shop", 0), Err(ReaderError::IsReceiver)));
    assert!(matches!(read("Books", 0), Err(ReaderError::Name)));
    assert!(matches!(read("books", newest + 1), Err(ReaderError::Beyond(most)) if most == newest));
    assert_eq!(read("books", 0).unwrap(), 0);
    assert_eq!(read("books", newest).unwrap(), newest, "all of them may be read");
    assert_eq!(read("books", 0).unwrap(), newest, "never back");
}

#[test]
fn should_set_and_end_what_is_read_again() {
    let store = memory_store();
    let rescan = Rescan { from: Height::new(5), to: Height::new(9), next: Height::new(5), found: 0 };
    done(set_rescan(&store, Coin::BTC, Some(rescan), order())).unwrap();
    assert_eq!(store.snapshot().rescan(Coin::BTC).unwrap(), Some(rescan));
    done(set_rescan(&store, Coin::BTC, None, order())).unwrap();
    assert_eq!(store.snapshot().rescan(Coin::BTC).unwrap(), None);
}

#[test]
fn should_number_what_was_asked() {
    let store = memory_store();
    let entry = |act: &str| ActEntry {
        at: UnixTime::new(1),
        last_at: UnixTime::new(1),
        times: 1,
        who: None,
        via: "nothing".to_owned(),
        from: "127.0.0.1".to_owned(),
        act: act.to_owned(),
        target: "/".to_owned(),
        why: None,
        outcome: ActOutcome::Forbidden,
        status: 403,
        words: None,
        moved: None,
    };
    let numbers = ["a", "b", "c"].map(|act| done(log_act(&store, entry(act))).unwrap());
    done(log_again(&store, numbers[1], 7, UnixTime::new(9))).unwrap();
    let all = store.snapshot().acts_before(None, 9).unwrap();
    let told: Vec<_> = all.iter().map(|(no, entry)| (*no, entry.act.as_str(), entry.times)).collect();
    assert_eq!(told, [(numbers[2], "c", 1), (numbers[1], "b", 7), (numbers[0], "a", 1)]);
}

#[test]
fn should_note_that_a_session_is_used_and_wake_none_that_ended() {
    let store = memory_store();
    let (hash, hour) = (Hash32([7; 32]), Duration::from_secs(3_600));
    let session = |seen_at| Session {
        person: actor("anna"),
        from: "127.0.0.1".to_owned(),
        since: UnixTime::new(1_700_000_000),
        seen_at: UnixTime::new(seen_at),
        ends_at: UnixTime::new(1_700_009_000),
    };
    let seen = || store.snapshot().session(hash).unwrap().map(|session| session.seen_at.get());
    done(use_session(&store, hash, session(1_700_000_060), hour)).unwrap();
    assert_eq!(seen(), None, "there is none");
    let begun = session(1_700_000_000);
    store.write_blocking(move |tx| tx.put_session(hash, &begun, hour)).unwrap();
    done(use_session(&store, hash, session(1_700_000_060), hour)).unwrap();
    assert_eq!(seen(), Some(1_700_000_060));
    done(end_session(&store, hash)).unwrap();
    done(use_session(&store, hash, session(1_700_000_120), hour)).unwrap();
    assert_eq!(seen(), None, "it stays ended");
}
