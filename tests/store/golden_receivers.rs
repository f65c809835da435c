//! Problems that are open, and receivers of events, in the file of this schema.

use teller::store::{Delivery, OpenProblems, ProblemEvent, ReceiverEvent, Receivers, Rest, Store, Told};
use teller::types::{Actor, Coin, UnixTime};

/// A problem that is open and one that is over; a receiver that was told and paused, one that fails, and a reader.
pub(crate) fn fill(store: &Store) {
    let problem = |code: &str, coin| (code.to_owned(), coin);
    let opened = [problem("node_trouble", Some(Coin::BTC)), problem("sending_off", None)];
    for (code, coin) in opened {
        store.write_blocking(move |tx| tx.record(ProblemEvent::Opened { code: code.clone(), coin })).unwrap();
    }
    let (code, coin) = problem("sending_off", None);
    store.write_blocking(move |tx| tx.record(ProblemEvent::Closed { code: code.clone(), coin })).unwrap();
    let names = vec!["paused".to_owned(), "failing".to_owned()];
    store.write_blocking(move |tx| tx.configure_receivers(&names)).unwrap();
    store
        .write_blocking(|tx| {
            let cursor = tx.counters().events;
            tx.receiver_took("paused", &Told { turn: 0, cursor, deliveries: vec![delivery(None)] })?;
            let refused = delivery(Some("it answers 500"));
            tx.receiver_refused("failing", &Told { turn: 0, cursor, deliveries: Vec::new() }, refused)?;
            tx.reader_took("reader", 3)?;
            let receiver = "paused".to_owned();
            tx.record_act(Actor::operator(), ReceiverEvent::Paused { receiver, why: "a reason".to_owned() })
        })
        .unwrap();
}

fn delivery(refused: Option<&str>) -> Delivery {
    let refused = refused.map(str::to_owned);
    Delivery { event: 2, name: "deposit.seen".to_owned(), at: UnixTime::new(7), took_ms: 12, refused }
}

pub(crate) fn assert_is_filled(store: &Store) {
    let snapshot = store.snapshot();
    let open: Vec<_> =
        snapshot.open_problems().unwrap().into_iter().map(|(code, coin, _)| (code, coin)).collect();
    assert_eq!(open, [("node_trouble".to_owned(), Some(Coin::BTC))]);
    let of = |name| snapshot.receiver(name).unwrap().unwrap();
    assert!(matches!(of("paused").rest, Some(Rest::Paused(reason)) if reason.why == "a reason"));
    assert_eq!(of("paused").deliveries, [delivery(None)]);
    let failing = of("failing").failing.unwrap();
    assert_eq!((failing.times, failing.words.as_str()), (1, "it answers 500"));
    assert!(of("reader").is_reader && of("reader").cursor == 3);
}
