//! Second factors and sessions.

use crate::store::{FactorUsed, People, PersonEvent, SecondFactor, Session, Sessions};
use crate::testing::memory_store;
use crate::types::{Actor, Hash32, Hidden, Role, UnixTime};
use std::time::Duration;

const ANNA: &str = "anna";
const HOUR: Duration = Duration::from_secs(3_600);

fn actor(name: &str) -> Actor {
    Actor::parse(name).unwrap()
}

fn factor() -> SecondFactor {
    let recovery = vec![Hash32([1; 32]), Hash32([2; 32])];
    SecondFactor { key: Hidden::new("key".to_owned()), last_step: 5, recovery }
}

#[test]
fn should_take_a_code_once_and_none_that_is_unknown() {
    let mut factor = factor();
    assert!(!factor.use_up(FactorUsed::None));
    assert!(!factor.use_up(FactorUsed::Step(5)), "it was used");
    assert!(factor.use_up(FactorUsed::Step(6)));
    assert!(!factor.use_up(FactorUsed::Step(6)) && !factor.use_up(FactorUsed::Step(4)));
    assert!(factor.use_up(FactorUsed::Step(7)), "one that was wrong moves nothing back");
    assert!(!factor.use_up(FactorUsed::Recovery(Hash32([3; 32]))), "nobody has that code");
    assert!(factor.use_up(FactorUsed::Recovery(Hash32([1; 32]))));
    assert!(!factor.use_up(FactorUsed::Recovery(Hash32([1; 32]))));
    assert_eq!(factor.recovery, [Hash32([2; 32])]);
}

#[test]
fn should_need_no_code_once_the_second_factor_is_cleared() {
    let store = memory_store();
    let write = |event: PersonEvent| {
        store.write_blocking(move |tx| tx.record_act(actor("tool"), event.clone())).unwrap();
    };
    let password = Hidden::new("hash".to_owned());
    write(PersonEvent::Added { name: actor(ANNA), role: Role::View, password });
    let SecondFactor { key, last_step, recovery } = factor();
    write(PersonEvent::SecondFactorSet { name: actor(ANNA), key, step: last_step, recovery });
    let accepts = |factor| store.snapshot().person(&actor(ANNA)).unwrap().unwrap().accepts(factor);
    assert!(!accepts(FactorUsed::None) && accepts(FactorUsed::Step(6)));
    write(PersonEvent::SecondFactorCleared { name: actor(ANNA) });
    assert!(accepts(FactorUsed::None) && !accepts(FactorUsed::Step(6)));
}

#[test]
fn should_make_room_among_the_sessions_of_one_person() {
    let store = memory_store();
    let now = 1_700_000_000;
    let begin = |name: &'static str, byte: u8, seen_at: u64| {
        let (since, ends_at) = (UnixTime::new(now - 600), UnixTime::new(now + 3_600));
        let seen_at = UnixTime::new(now - 600 + seen_at);
        let session = Session { person: actor(name), from: "127.0.0.1".to_owned(), since, seen_at, ends_at };
        store.write_blocking(move |tx| tx.put_session(Hash32([byte; 32]), &session, HOUR)).unwrap();
    };
    let is_there = |byte: u8| store.snapshot().session(Hash32([byte; 32])).unwrap().is_some();
    begin("berta", 100, 0);
    (0..20).for_each(|n| begin(ANNA, n, u64::from(n) + 1));
    begin(ANNA, 3, 50);
    assert!((0..20).all(is_there) && is_there(100), "one that is used again takes no other's place");
    begin(ANNA, 20, 60);
    assert!(!is_there(0) && (1..=20).all(is_there), "the one that was used longest ago makes room");
    assert!(is_there(100), "another person's stays");
}
