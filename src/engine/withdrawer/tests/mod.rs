//! How often is asked what became of a withdrawal, and what is made of the answers.

pub(super) mod fakes;

use super::*;
use crate::exchange::CallError;
use fakes::{Desk, arrived, asked, held, left, missed, settings};

const FIRST: WithdrawalNo = WithdrawalNo::FIRST;

fn seconds(count: u64) -> Next {
    Next::Wait(Duration::from_secs(count))
}

#[tokio::test]
async fn should_ask_as_often_as_it_is_told_and_not_while_the_exchange_wants_to_be_left_alone() {
    let mut desk = Desk::new(settings());
    assert_eq!((desk.withdrawer.step().await.unwrap(), desk.withdrawer.name()), (seconds(60), "withdrawer"));
    desk.withdrawal(Vec::new());
    assert_eq!(
        desk.withdrawer.step().await.unwrap(),
        Next::Again,
        "it is not known whether it was asked for"
    );
    assert_eq!(desk.state(1), "unclear");
    assert_eq!((desk.withdrawer.step().await.unwrap(), desk.venue.says().asked), (seconds(15), 1));
    for (passed, asked) in [(0, 1), (14, 1), (1, 2), (14, 2)] {
        desk.clock.advance(passed);
        assert_eq!((desk.withdrawer.step().await.unwrap(), desk.venue.says().asked), (seconds(15), asked));
    }
    let after = Some(Duration::from_secs(100));
    let too_often = CallError::RateLimited { after, is_certain: true, words: "slow down".to_owned() };
    desk.venue.says().reports = Err(too_often);
    for (passed, asked) in [(1, 3), (99, 3), (1, 4)] {
        desk.clock.advance(passed);
        assert_eq!((desk.withdrawer.step().await.unwrap(), desk.venue.says().asked), (seconds(15), asked));
    }
    // What a person has to look at is asked about no more.
    desk.write(|tx| tx.record(held(1)));
    desk.clock.advance(1_000);
    assert_eq!((desk.withdrawer.step().await.unwrap(), desk.venue.says().asked), (seconds(60), 4));
}

#[tokio::test]
async fn should_believe_that_there_is_none_once_that_was_said_twice() {
    let mut desk = Desk::new(settings());
    desk.withdrawal(Vec::new());
    let now = desk.clock.moment();
    desk.withdrawer.watches.insert(FIRST, Watch::new(now));
    assert_eq!(desk.withdrawer.take_look(FIRST, Look::Absent), None, "it may be on its way");
    let twice = desk.withdrawer.take_look(FIRST, Look::Absent);
    assert!(matches!(twice, Some(WithdrawalEvent::Missed { withdrawal: FIRST, .. })), "{twice:?}");
    // What was sent once more may come to life as the first did.
    let again = Look::AskedAgain(CallError::Ambiguous("no reply".to_owned()));
    assert_eq!(desk.withdrawer.take_look(FIRST, again), None);
    assert_eq!(desk.withdrawer.take_look(FIRST, Look::Absent), None);
}

#[tokio::test]
async fn should_leave_what_a_person_has_said_meanwhile() {
    for meanwhile in [missed(1), held(1)] {
        let mut desk = Desk::new(settings());
        desk.withdrawal(vec![asked(1), meanwhile]);
        let state = desk.state(1);
        for late in [left(1), held(1), missed(1)] {
            assert!(!desk.withdrawer.record(late).await.unwrap());
            assert_eq!(desk.state(1), state);
        }
    }
}

#[test]
fn should_remember_what_the_exchange_calls_all_others() {
    let desk = Desk::new(settings());
    desk.withdrawal(vec![asked(1), left(1), arrived(1)]);
    desk.withdrawal(vec![asked(2), missed(2)]);
    desk.withdrawal(vec![missed(3)]);
    desk.withdrawal(vec![asked(4)]);
    let known = |but| desk.withdrawer.known_ids(WithdrawalNo::new(but)).unwrap();
    assert_eq!(known(4), ["w1", "w2"]);
    assert_eq!(known(1), ["w2", "w4"]);
}
