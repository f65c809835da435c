//! What single rows say.

use crate::breaker::Breaker;
use crate::payout::Reason;
use crate::store::{
    BalanceCheck, BreakerEvent, Breakers, CheckEnd, Deed, GapEffect, HistoryProof, MemoryBackend, PassedOver,
    Proposal, ProposalState, Purpose, Store,
};
use crate::testing::{ManualClock, memory_store};
use crate::types::{
    Actor, BlockHash, BlockRef, Coin, DepositNo, Hash32, Height, HistoryHead, ProposalNo, UnixTime,
};
use std::sync::Arc;

#[test]
fn should_compare_balances_of_what_nothing_else_tells() {
    let passed = |effect: GapEffect, is_read: bool, end: Option<CheckEnd>| {
        let at = BlockRef { height: Height::new(5), hash: BlockHash([5; 32]) };
        let check = Some(BalanceCheck { up_to: None, grew: Vec::new(), end });
        let (tx, why) = ("aa".to_owned(), "it cannot be traced".to_owned());
        let row =
            PassedOver { at, tx, why, effect, noted_at: UnixTime::new(1), is_read, seen: None, check, n: 0 };
        row.wants_balance_check()
    };
    let unknown = || GapEffect::Unknown("nothing tells".to_owned());
    assert!(passed(unknown(), false, None));
    assert!(!passed(GapEffect::Grew(Vec::new()), false, None), "that was credited");
    assert!(!passed(unknown(), true, None), "it was read since");
    assert!(!passed(unknown(), false, Some(CheckEnd::Done)));
}

#[test]
fn should_confirm_a_proposal_before_it_ends() {
    let reason = Reason { by: Actor::operator(), why: "so be it".to_owned(), at: UnixTime::new(1) };
    let proposal = Proposal {
        no: ProposalNo::FIRST,
        deed: Deed::Pay(DepositNo::FIRST),
        words: String::new(),
        coins: None,
        reason,
        ends_at: UnixTime::new(100),
        state: ProposalState::Waiting,
    };
    assert!(proposal.is_open(UnixTime::new(99)));
    assert!(!proposal.is_open(UnixTime::new(100)));
    let by = Actor::operator();
    let confirmed = Proposal { state: ProposalState::Confirmed { by, at: UnixTime::new(9) }, ..proposal };
    assert!(!confirmed.is_open(UnixTime::new(99)));
}

#[test]
fn should_tell_since_when_a_breaker_is_open() {
    let clock = Arc::new(ManualClock::default());
    let purpose = Purpose::real(Coin::BTC.main_network());
    let told = Arc::<ManualClock>::clone(&clock);
    let store = Store::open(Arc::new(MemoryBackend::default()), purpose, told, &|_| {}).unwrap();
    let open = |evidence: &'static str| {
        let (evidence, grounds) = (evidence.to_owned(), vec![evidence.to_owned()]);
        let event = BreakerEvent::Opened { breaker: Breaker::Payouts, evidence, grounds };
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
        store.snapshot().breaker(Breaker::Payouts).unwrap().unwrap().opened.unwrap()
    };
    let first = open("much");
    clock.advance(60);
    let second = open("more");
    assert_eq!((second.at, second.evidence.as_str()), (first.at, "more"));
}

#[test]
fn should_tell_among_which_events_the_history_was_rewritten() {
    let head = |number, byte| HistoryHead { number, hash: Hash32([byte; 32]) };
    let rewritten = |kept: &[u64], broken: &[u64]| {
        let kept = kept.iter().map(|number| head(*number, 1)).collect();
        let broken = broken.iter().map(|number| head(*number, 2)).collect();
        HistoryProof { head: HistoryHead::EMPTY, breaks: Vec::new(), kept, broken }.rewritten()
    };
    assert_eq!(rewritten(&[3, 5], &[]), None);
    assert_eq!(rewritten(&[], &[9, 7]), Some((0, 7)));
    assert_eq!(rewritten(&[3, 5, 8], &[7]), Some((5, 7)));
    // Of two that were told of one event, one is wrong.
    assert_eq!(rewritten(&[3, 7], &[7]), Some((3, 7)));
}

#[test]
fn should_reserve_no_number_twice() {
    let store = memory_store();
    let reserve = |least, count| store.write_blocking(move |tx| tx.reserve_nonces(least, count));
    assert_eq!(reserve(100, 10).unwrap(), 100);
    assert_eq!(reserve(100, 10).unwrap(), 110, "those were reserved");
    assert_eq!(reserve(0, 1).unwrap(), 120, "a clock that was set back begins nowhere else");
    assert_eq!(reserve(500, 1).unwrap(), 500);
    assert!(reserve(0, u64::MAX).is_err(), "none are left");
    assert_eq!(reserve(0, 1).unwrap(), 501);
}
