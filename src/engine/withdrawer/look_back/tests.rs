//! What is looked at again, how often, and what is made of it.

use super::*;
use crate::engine::withdrawer::tests::fakes::{Desk, arrived, asked, held, left, missed, settings};

fn numbers(desk: &Desk) -> Vec<u64> {
    let all = desk.withdrawer.to_look_back_at(desk.withdrawer.clock.moment()).unwrap();
    all.iter().map(|known| known.no.get()).collect()
}

#[test]
fn should_look_at_what_arrived_within_a_day_and_at_what_was_taken_back() {
    let desk = Desk::new(settings());
    desk.withdrawal(vec![asked(1), left(1), arrived(1)]);
    desk.withdrawal(vec![asked(2), left(2), missed(2)]);
    // A person looks at this one, and no fork took it back.
    desk.withdrawal(vec![asked(3), left(3), held(3)]);
    assert_eq!(numbers(&desk), [1]);
    desk.clock.advance(24 * 3_600 - 1);
    assert_eq!(numbers(&desk), [1]);
    desk.clock.advance(1);
    assert_eq!(numbers(&desk), [0; 0]);
    let withdrawal = WithdrawalNo::FIRST;
    desk.write(|tx| tx.record(missed(3)));
    desk.write(move |tx| tx.record(WithdrawalEvent::TakenBack { withdrawal, words: "gone".to_owned() }));
    assert_eq!(numbers(&desk), [1], "however long ago");
}

#[tokio::test]
async fn should_look_once_a_minute_and_believe_it_gone_once_three_looks_said_so() {
    let mut desk = Desk::new(settings());
    desk.withdrawal(vec![asked(1), left(1), arrived(1)]);
    for (passed, looks) in [(0, 1), (0, 1), (59, 1), (1, 2)] {
        desk.clock.advance(passed);
        assert!(!desk.withdrawer.look_back().await.unwrap());
        assert_eq!(desk.node.asked(), looks, "after {passed}");
    }
    let coins = "4.9".parse::<crate::types::Exact>().unwrap();
    assert_eq!(departure_of(&desk), coins);
    // It is there again, so that nothing of before counts.
    desk.clock.advance(60);
    desk.node.set(Receipt::Confirmed { coins: crate::types::Droplets::new(4_900_000), confirmations: 1 });
    assert!(!desk.withdrawer.look_back().await.unwrap());
    desk.node.set(Receipt::Absent);
    for passed in [60, 600] {
        desk.clock.advance(passed);
        assert!(!desk.withdrawer.look_back().await.unwrap());
        assert_eq!(desk.state(1), "arrived", "ten minutes, in two looks");
    }
    desk.clock.advance(60);
    assert!(desk.withdrawer.look_back().await.unwrap(), "that is news");
    assert_eq!(desk.state(1), "held");
}

fn departure_of(desk: &Desk) -> crate::types::Exact {
    let known = desk.store.snapshot().withdrawal(WithdrawalNo::FIRST).unwrap().unwrap();
    known.departure().unwrap().net().unwrap()
}
