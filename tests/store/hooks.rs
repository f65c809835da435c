//! Webhooks of purchases: what each is to be told is noted once, and goes when it was taken.

use std::sync::Arc;

use teller::chain::Unvetted;
use teller::engine::{BindError, BindExtras, BindRules, bind_with};
use teller::store::{
    HookCounts, HookRefusal, HookState, HookTold, Hooks, MemoryBackend, NewHook, Store, StoreError,
};
use teller::types::{BindingNo, Coin, Hidden};

use crate::spends::now;
use crate::support::{addresses, audit, open, payee};

fn new(client: &str, most: u64) -> NewHook {
    NewHook { client: client.to_owned(), url: Hidden::new("https://shop.example.com/".to_owned()), most }
}

/// A desk with so many bindings, each with a webhook of the shop's.
fn desk(count: usize) -> Store {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    for address in addresses(count) {
        let bound = store.write_blocking(move |tx| {
            let no = tx.bind(payee(1), address)?;
            tx.add_hook(no, &new("shop", 100))
        });
        assert!(bound.unwrap());
    }
    store
}

fn sort(store: &Store, upto: u64, due: &[(u64, u64)]) {
    let due: Vec<_> = due.iter().map(|(no, event)| (BindingNo::new(*no), *event)).collect();
    store.write_blocking(move |tx| tx.sort_hooks(upto, &due)).unwrap();
}

fn told(store: &Store, no: u64, taken: &[u64], refused: Option<bool>) {
    let refused = refused.map(|is_end| HookRefusal { words: "it answers 500".to_owned(), is_end });
    let told = HookTold { binding: BindingNo::new(no), taken: taken.to_vec(), refused };
    store.write_blocking(move |tx| tx.hooks_told(std::slice::from_ref(&told))).unwrap();
}

fn in_state(store: &Store, state: HookState) -> Vec<u64> {
    let found = store.snapshot().hooks_in("shop", state, None, 99).unwrap();
    found.into_iter().map(|(_, no)| no.get()).collect()
}

fn due(store: &Store, no: u64) -> Vec<u64> {
    store.snapshot().hook_due(BindingNo::new(no), 99).unwrap()
}

#[test]
fn should_note_each_event_once_and_none_of_before_the_webhook() {
    let store = desk(3);
    assert_eq!(store.snapshot().hooks_sorted().unwrap(), 0, "the first one begins with its own binding");
    sort(&store, 2, &[(1, 1), (2, 2), (2, 1)]);
    // What was sorted is not taken up once more.
    told(&store, 1, &[1], None);
    sort(&store, 3, &[(1, 1), (2, 2), (3, 3)]);
    assert_eq!((due(&store, 1), due(&store, 2), due(&store, 3)), (vec![], vec![2], vec![3]));
    assert_eq!(in_state(&store, HookState::Due), [2, 3]);
    let counts = HookCounts { hooks: 3, due: 2, failing: 0, given_up: 0 };
    assert_eq!(store.snapshot().hook_counts("shop").unwrap(), counts);
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_keep_those_that_have_waited_longest_first_and_each_in_its_order() {
    let store = desk(3);
    sort(&store, 3, &[(1, 3), (2, 2), (3, 3)]);
    assert_eq!(in_state(&store, HookState::Due), [2, 1, 3]);
    told(&store, 2, &[2], None);
    assert_eq!(in_state(&store, HookState::Due), [1, 3]);
    let page = store.snapshot().hooks_in("shop", HookState::Due, Some((3, BindingNo::new(1))), 9).unwrap();
    assert_eq!(page, [(3, BindingNo::new(3))]);
    assert_eq!(store.snapshot().hooks_in("shop2", HookState::Due, None, 9).unwrap(), []);
    assert_eq!(store.snapshot().hooks_in("sho", HookState::Due, None, 9).unwrap(), []);
}

#[test]
fn should_keep_what_one_misses_that_fails_or_was_given_up_and_tell_it_when_a_person_wants_that() {
    let store = desk(2);
    sort(&store, 2, &[(1, 1), (2, 2)]);
    told(&store, 1, &[], Some(false));
    told(&store, 1, &[], Some(false));
    let hook = |no| store.snapshot().hook(BindingNo::new(no)).unwrap().unwrap();
    assert_eq!(hook(1).failing.unwrap().times, 2);
    assert_eq!((in_state(&store, HookState::Failing), in_state(&store, HookState::Due)), (vec![1], vec![2]));
    told(&store, 1, &[], Some(true));
    assert_eq!((in_state(&store, HookState::GivenUp), due(&store, 1)), (vec![1], vec![1]));
    assert_eq!(audit(&store), Vec::<String>::new());
    assert_eq!(store.write_blocking(|tx| tx.resume_hooks("shop", 9)).unwrap(), 1);
    assert_eq!(store.write_blocking(|tx| tx.resume_hooks("shop", 9)).unwrap(), 0);
    assert_eq!((in_state(&store, HookState::Due), hook(1).failing), (vec![1, 2], None));
    told(&store, 1, &[1], None);
    assert_eq!((hook(1).told, hook(1).due), (1, 0));
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_bind_nothing_where_a_client_has_as_many_webhooks_as_it_may_have() {
    let store = crate::pools::desk();
    let bind = |most| {
        let extras = BindExtras { hook: Some(new("shop", most)), once: None };
        let rules = BindRules { max_bound: None };
        now(bind_with(&store, rules, Unvetted::Given, (payee(1), Coin::ETH), None, extras))
    };
    let bound = bind(1).unwrap();
    assert_eq!(store.snapshot().hook(bound.no).unwrap().unwrap().begin, store.snapshot().counters().events);
    let before = store.snapshot().next_free(Coin::ETH).unwrap();
    assert_eq!(bind(1), Err(BindError::HooksFull));
    assert_eq!(
        (store.snapshot().counters().bindings, store.snapshot().next_free(Coin::ETH).unwrap()),
        (1, before)
    );
    let second = store.write_blocking(move |tx| tx.add_hook(bound.no, &new("shop", 9)));
    assert!(matches!(second, Err(StoreError::Invariant(_))), "{second:?}");
    assert_eq!(bind(2).unwrap().no.get(), 2);
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_not_tell_again_what_was_sorted_and_taken() {
    let store = desk(6);
    sort(&store, 5, &[(1, 5)]);
    told(&store, 1, &[5], None);
    sort(&store, 6, &[(1, 5), (1, 6)]);
    assert_eq!(due(&store, 1), [6]);
    // One that failed and has nothing left to be told does not fail any more.
    told(&store, 1, &[], Some(false));
    assert_eq!(in_state(&store, HookState::Failing), [1]);
    told(&store, 1, &[6], None);
    assert_eq!(in_state(&store, HookState::Failing), Vec::<u64>::new());
    assert_eq!(audit(&store), Vec::<String>::new());
}
