//! How far receivers of events are: the cursor moves when they acknowledge, and never by itself.

use std::sync::Arc;

use teller::store::{
    DELIVERIES_KEPT, Delivery, MemoryBackend, ReceiverEvent, ReceiverRow, Receivers, Rest, Store, Told,
};
use teller::types::{Actor, UnixTime};

use crate::support::{addresses, audit, bind, open};

const NAME: &str = "shop";

fn desk() -> Store {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    configure(&store, &[NAME]);
    for address in addresses(3) {
        bind(&store, 1, address).unwrap();
    }
    store
}

fn configure(store: &Store, names: &[&str]) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    store.write_blocking(move |tx| tx.configure_receivers(&names)).unwrap();
}

fn row(store: &Store, name: &str) -> ReceiverRow {
    store.snapshot().receiver(name).unwrap().unwrap()
}

fn delivery(event: u64) -> Delivery {
    Delivery { event, name: "binding.made".to_owned(), at: UnixTime::new(1), took_ms: 1, refused: None }
}

fn took(store: &Store, turn: u64, cursor: u64) {
    let told = Told { turn, cursor, deliveries: vec![delivery(cursor)] };
    store.write_blocking(move |tx| tx.receiver_took(NAME, &told)).unwrap();
}

fn rewind(store: &Store, after: u64) {
    let event = ReceiverEvent::Rewound { receiver: NAME.to_owned(), after, why: "a reason".to_owned() };
    store.write_blocking(move |tx| tx.record_act(Actor::operator(), event.clone())).unwrap();
}

#[test]
fn should_begin_with_what_happens_after_a_receiver_is_configured() {
    let store = desk();
    assert_eq!(row(&store, NAME).cursor, 0);
    configure(&store, &[NAME, "late"]);
    assert_eq!(row(&store, "late").cursor, 3);
    assert_eq!(row(&store, NAME).cursor, 0, "a restart moves nothing");
}

#[test]
fn should_keep_how_far_a_receiver_is_that_the_configuration_lost_for_a_while() {
    let store = desk();
    took(&store, 0, 2);
    configure(&store, &[]);
    assert!(!row(&store, NAME).is_configured);
    configure(&store, &[NAME]);
    assert!(row(&store, NAME).is_configured && row(&store, NAME).cursor == 2);
}

#[test]
fn should_move_on_when_it_is_acknowledged_and_back_only_by_a_person() {
    let store = desk();
    took(&store, 0, 2);
    took(&store, 0, 1);
    assert_eq!(row(&store, NAME).cursor, 2);
    rewind(&store, 1);
    let back = row(&store, NAME);
    assert_eq!((back.cursor, back.turn), (1, 1));
    // What was on its way when it was sent back moves nothing.
    took(&store, 0, 3);
    assert_eq!(row(&store, NAME).cursor, 1);
    took(&store, 1, 3);
    assert_eq!(row(&store, NAME).cursor, 3);
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_count_refusals_until_one_is_acknowledged() {
    let store = desk();
    for _ in 0..3 {
        let refused = Delivery { refused: Some("it answers 500".to_owned()), ..delivery(1) };
        let told = Told { turn: 0, cursor: 0, deliveries: Vec::new() };
        store.write_blocking(move |tx| tx.receiver_refused(NAME, &told, refused.clone())).unwrap();
    }
    let failing = row(&store, NAME).failing.unwrap();
    assert_eq!((failing.times, failing.words.as_str()), (3, "it answers 500"));
    assert_eq!((row(&store, NAME).cursor, row(&store, NAME).acked_at), (0, None));
    took(&store, 0, 1);
    assert_eq!(row(&store, NAME).failing, None);
    assert!(row(&store, NAME).acked_at.is_some());
    assert_eq!(row(&store, NAME).deliveries.len(), 4);
}

#[test]
fn should_keep_the_last_deliveries_alone() {
    let store = desk();
    let many = (0..200).map(delivery).collect();
    let told = Told { turn: 0, cursor: 3, deliveries: many };
    store.write_blocking(move |tx| tx.receiver_took(NAME, &told)).unwrap();
    let kept = row(&store, NAME).deliveries;
    assert_eq!((kept.len(), kept.last().unwrap().event), (DELIVERIES_KEPT, 199));
}

#[test]
fn should_tell_nothing_to_one_that_wants_nothing_until_a_person_resumes_it() {
    let store = desk();
    let stopped = ReceiverEvent::Stopped { receiver: NAME.to_owned(), why: "it answers 410".to_owned() };
    store.write_blocking(move |tx| tx.record(stopped.clone())).unwrap();
    assert!(matches!(row(&store, NAME).rest, Some(Rest::Stopped { why, .. }) if why == "it answers 410"));
    let resumed = ReceiverEvent::Resumed { receiver: NAME.to_owned(), why: "a reason".to_owned() };
    store.write_blocking(move |tx| tx.record_act(Actor::operator(), resumed.clone())).unwrap();
    assert_eq!(row(&store, NAME).rest, None);
}

#[test]
fn should_keep_readers_apart_and_never_send_them_back() {
    let store = desk();
    let ack = |upto| store.write_blocking(move |tx| tx.reader_took("books", upto)).unwrap();
    assert_eq!((ack(2), ack(1), ack(3)), (2, 2, 3));
    configure(&store, &[NAME]);
    assert!(row(&store, "books").is_configured, "readers are not configured");
    assert!(!store.write_blocking(|tx| tx.forget_reader(NAME)).unwrap(), "that is no reader");
    assert!(store.write_blocking(|tx| tx.forget_reader("books")).unwrap());
    assert_eq!(store.snapshot().receiver("books").unwrap(), None);
}

#[test]
fn should_keep_the_place_of_a_reader_that_becomes_a_receiver() {
    let store = desk();
    assert_eq!(store.write_blocking(|tx| tx.reader_took("books", 2)).unwrap(), 2);
    let read = row(&store, "books");
    assert!(read.is_reader && read.acked_at.is_some());
    configure(&store, &[NAME, "books"]);
    let told = row(&store, "books");
    assert_eq!((told.is_reader, told.is_configured, told.cursor), (false, true, 2));
}

#[test]
fn should_forget_what_was_refused_where_it_begins_anew() {
    let store = desk();
    let refuse = || {
        let turn = row(&store, NAME).turn;
        let told = Told { turn, cursor: 0, deliveries: Vec::new() };
        let refused = Delivery { refused: Some("it answers 500".to_owned()), ..delivery(1) };
        store.write_blocking(move |tx| tx.receiver_refused(NAME, &told, refused.clone())).unwrap();
        assert!(row(&store, NAME).failing.is_some());
    };
    let act = |event: ReceiverEvent| {
        store.write_blocking(move |tx| tx.record_act(Actor::operator(), event.clone())).unwrap();
        assert_eq!(row(&store, NAME).failing, None);
    };
    refuse();
    rewind(&store, 0);
    assert_eq!(row(&store, NAME).failing, None);
    refuse();
    act(ReceiverEvent::Resumed { receiver: NAME.to_owned(), why: "it is well".to_owned() });
    refuse();
    configure(&store, &[]);
    assert_eq!(row(&store, NAME).failing, None, "one that is gone is not waited for");
}

#[test]
fn should_log_a_test_and_move_nothing() {
    let store = desk();
    let before = row(&store, NAME);
    store.write_blocking(|tx| tx.receiver_tested(NAME, delivery(7))).unwrap();
    let after = row(&store, NAME);
    assert_eq!((after.cursor, after.acked_at), (before.cursor, before.acked_at));
    assert_eq!(after.deliveries.last(), Some(&delivery(7)));
}
