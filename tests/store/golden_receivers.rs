//! Problems that are open, receivers of events, and webhooks of purchases, in the file of this schema.

use teller::store::{
    Delivery, HookCounts, HookRefusal, HookState, HookTold, Hooks, NewHook, OpenProblems, ProblemEvent,
    ReceiverEvent, Receivers, Rest, Store, Told,
};
use teller::types::{Actor, BindingNo, Coin, Hidden, UnixTime};

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
    fill_hooks(store);
}

/// A webhook that is to be told something, one that fails, and one that was given up.
fn fill_hooks(store: &Store) {
    let told = |binding, taken: &[u64], refused: Option<bool>| {
        let refused = refused.map(|is_end| HookRefusal { words: "it answers 500".to_owned(), is_end });
        HookTold { binding, taken: taken.to_vec(), refused }
    };
    store
        .write_blocking(move |tx| {
            for no in 1..=3 {
                let url = Hidden::new(format!("https://shop.example.com/{no}"));
                let new = NewHook { client: "shop".to_owned(), url, most: 3 };
                assert!(tx.add_hook(BindingNo::new(no), &new)?);
                assert!(no < 3 || !tx.add_hook(BindingNo::new(4), &new)?, "it may have three");
            }
            // Events that concern them: what is told does not matter here.
            let first = tx.counters().events;
            for _ in 0..2 {
                let why = "a reason".to_owned();
                tx.record_act(
                    Actor::operator(),
                    ReceiverEvent::HooksResumed { client: "shop".to_owned(), why },
                )?;
            }
            let due: Vec<_> = (1..=3)
                .flat_map(|no| [(BindingNo::new(no), first + 1), (BindingNo::new(no), first + 2)])
                .collect();
            tx.sort_hooks(first + 2, &due)?;
            tx.hooks_told(&[
                told(BindingNo::new(1), &[first + 1], None),
                told(BindingNo::new(2), &[], Some(false)),
                told(BindingNo::new(3), &[first + 1], Some(true)),
            ])
        })
        .unwrap();
}

fn assert_hooks_are_filled(store: &Store) {
    let snapshot = store.snapshot();
    assert_eq!(
        snapshot.hook_counts("shop").unwrap(),
        HookCounts { hooks: 3, due: 4, failing: 1, given_up: 1 }
    );
    for (no, state, due) in [(1, HookState::Due, 1), (2, HookState::Failing, 2), (3, HookState::GivenUp, 1)] {
        let no = BindingNo::new(no);
        assert_eq!(
            snapshot.hooks_in("shop", state, None, 9).unwrap().iter().map(|(_, no)| *no).collect::<Vec<_>>(),
            [no]
        );
        assert_eq!(snapshot.hook_due(no, 9).unwrap().len(), due);
        assert_eq!(
            snapshot.hook(no).unwrap().unwrap().url.expose(),
            format!("https://shop.example.com/{no}")
        );
    }
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
    assert_hooks_are_filled(store);
}
