//! What is believed of a withdrawal, by what is said of it and how long it was waited for.

use rust_decimal::Decimal;

use super::*;
use crate::engine::withdrawer::tests::fakes::{Node, Venue, departure};
use crate::rail::NodeError;
use crate::types::UnixTime;
use crate::upstream::withdrawal_tests::one_of_each;

const AT: UnixTime = UnixTime::new(7);
const TXID: &str = "00000000000000000000000000000000000000000000000000000000000000ab";

/// One that was asked for, and one that nobody knows of.
fn known() -> (Withdrawal, Withdrawal) {
    let mut all = one_of_each();
    (all.remove(1), all.remove(1))
}

fn on_its_way(txid: Option<&str>) -> Withdrawal {
    known().0.leave(departure(), txid.map(str::to_owned), AT).unwrap()
}

fn report(state: Told) -> WithdrawalReport {
    WithdrawalReport {
        id: "id".to_owned(),
        client_id: Some(known().0.terms.wanted.client_id),
        amount: Decimal::from(5),
        fee: Decimal::new(1, 1),
        address: None,
        at: None,
        state,
    }
}

fn refused(kind: Refusal) -> CallError {
    CallError::Refused { kind, words: "no".to_owned() }
}

fn ambiguous() -> CallError {
    CallError::Ambiguous("no reply".to_owned())
}

fn untold() -> CallError {
    CallError::Untold("not in the list".to_owned())
}

fn down() -> CallError {
    CallError::NotSent("connection refused".to_owned())
}

fn limited(is_certain: bool) -> CallError {
    CallError::RateLimited { after: None, is_certain, words: "slow down".to_owned() }
}

fn name(event: &WithdrawalEvent) -> &'static str {
    match event {
        WithdrawalEvent::Asked { .. } => "asked",
        WithdrawalEvent::Doubted { .. } => "doubted",
        WithdrawalEvent::Left { .. } => "left",
        WithdrawalEvent::Missed { .. } => "missed",
        WithdrawalEvent::Held { .. } => "held",
        WithdrawalEvent::Arrived { .. } => "arrived",
        _ => "another",
    }
}

/// What a look brings, this long after it was begun to look and after its state has changed.
async fn looked(
    withdrawal: &Withdrawal,
    (venue, node): (&Venue, &Node),
    (waited, stood): (u64, u64),
    trace: WithdrawalTrace,
) -> &'static str {
    let moment = |running| Moment::new(UnixTime::new(AT.get() + stood), Duration::from_secs(running));
    let watch = Watch::new(moment(0));
    let asked = Asked { withdrawal, watch, now: moment(waited), confirmations: 3 };
    match look(venue, node, asked, trace, &[]).await {
        Look::Event(event) => name(&event),
        Look::Nothing => "nothing",
        Look::Waiting(_) => "waiting",
        Look::Early => "early",
        Look::Absent => "absent",
        Look::Trouble(_) => "trouble",
        Look::AskedAgain(_) => "again",
    }
}

fn blind() -> Node {
    Node::new(Err(NodeError("the node is away".to_owned())))
}

#[tokio::test]
async fn should_believe_a_repeat_that_is_refused_of_its_terms_alone() {
    let venue = Venue::default();
    let unclear = known().1;
    for (answer, waited, expected) in [
        (Ok("id".to_owned()), 0, "asked"),
        (Err(refused(Refusal::Funds)), 19, "trouble"),
        (Err(refused(Refusal::Funds)), 20, "absent"),
        (Err(refused(Refusal::Funds)), 900, "absent"),
        (Err(refused(Refusal::Clock)), 20, "trouble"),
        (Err(refused(Refusal::Clock)), 899, "trouble"),
        (Err(refused(Refusal::Clock)), 900, "held"),
        (Err(ambiguous()), 900, "again"),
        (Err(limited(false)), 900, "again"),
        (Err(limited(true)), 900, "trouble"),
        (Err(down()), 900, "trouble"),
    ] {
        venue.says().withdraw = answer.clone();
        let trace = WithdrawalTrace::Repeat;
        let look = looked(&unclear, (&venue, &blind()), (waited, 0), trace).await;
        assert_eq!(look, expected, "{answer:?} after {waited}");
    }
}

#[tokio::test]
async fn should_have_a_person_look_where_a_list_does_not_say_for_a_quarter_of_an_hour() {
    let venue = Venue::default();
    let (asked, unclear) = known();
    let sent = |txid: Option<&str>| report(Told::Sent { txid: txid.map(str::to_owned) });
    for (withdrawal, reports, waited, expected) in [
        (&unclear, Err(untold()), 899, "trouble"),
        (&unclear, Err(untold()), 900, "held"),
        (&unclear, Err(down()), 900, "trouble"),
        (&unclear, Ok(vec![]), 19, "nothing"),
        (&unclear, Ok(vec![]), 20, "absent"),
        (&unclear, Ok(vec![report(Told::Pending)]), 0, "asked"),
        (&unclear, Ok(vec![report(Told::Pending); 2]), 19, "nothing"),
        (&unclear, Ok(vec![report(Told::Pending); 2]), 20, "held"),
        (&asked, Err(untold()), 899, "trouble"),
        (&asked, Err(untold()), 900, "held"),
        (&asked, Err(down()), 900, "trouble"),
        (&asked, Ok(vec![]), 899, "nothing"),
        (&asked, Ok(vec![]), 900, "held"),
        (&asked, Ok(vec![report(Told::Pending)]), 900, "nothing"),
        (&asked, Ok(vec![report(Told::Failed)]), 0, "missed"),
        (&asked, Ok(vec![sent(None)]), 0, "left"),
        (&on_its_way(None), Ok(vec![sent(None)]), 899, "nothing"),
        (&on_its_way(None), Ok(vec![sent(None)]), 900, "held"),
        (&on_its_way(None), Ok(vec![sent(Some(TXID))]), 900, "left"),
    ] {
        venue.says().reports = reports.clone();
        let look = looked(withdrawal, (&venue, &blind()), (waited, 0), WithdrawalTrace::ById).await;
        assert_eq!(look, expected, "{} after {waited}: {reports:?}", withdrawal.state.name());
    }
}

#[tokio::test]
async fn should_tell_once_one_is_late() {
    let venue = Venue::default();
    venue.says().reports = Ok(vec![report(Told::Pending)]);
    for (stood, expected) in [(0, "nothing"), (3 * 3_600 - 1, "nothing"), (3 * 3_600, "waiting")] {
        let look = looked(&known().0, (&venue, &blind()), (0, stood), WithdrawalTrace::ById).await;
        assert_eq!(look, expected, "after {stood}");
    }
}

#[tokio::test]
async fn should_believe_the_chain_alone_that_it_has_arrived() {
    let venue = Venue::default();
    let withdrawal = on_its_way(Some(TXID));
    let confirmed = |coins, confirmations| Receipt::Confirmed { coins: Droplets::new(coins), confirmations };
    let sent = || Ok(vec![report(Told::Sent { txid: Some(TXID.to_owned()) })]);
    let hours = 6 * 3_600;
    for (receipt, reports, waited, expected) in [
        (confirmed(4_900_000, 3), sent(), 0, "arrived"),
        (confirmed(4_900_000, 4), sent(), 0, "arrived"),
        (confirmed(4_900_000, 2), sent(), hours, "nothing"),
        (confirmed(4_899_999, 3), sent(), 0, "held"),
        (confirmed(4_900_001, 3), sent(), 0, "held"),
        (Receipt::Unconfirmed, sent(), hours, "nothing"),
        (Receipt::Absent, sent(), hours - 1, "nothing"),
        (Receipt::Absent, sent(), hours, "held"),
        (Receipt::Absent, Ok(vec![report(Told::Failed)]), 0, "missed"),
        (Receipt::Absent, Ok(vec![report(Told::Failed)]), hours, "missed"),
        (Receipt::Absent, Err(down()), hours, "trouble"),
        (Receipt::Absent, Err(untold()), 900, "held"),
    ] {
        venue.says().reports = reports.clone();
        let node = Node::new(Ok(receipt));
        let look = looked(&withdrawal, (&venue, &node), (waited, 0), WithdrawalTrace::ById).await;
        assert_eq!(look, expected, "{receipt:?} after {waited}: {reports:?}");
    }
}

#[test]
fn should_take_an_answer_for_no_more_than_it_says() {
    let withdrawal = one_of_each().remove(0);
    for (answer, expected) in [
        (Ok("id".to_owned()), "asked"),
        (Err(ambiguous()), "doubted"),
        (Err(untold()), "doubted"),
        (Err(limited(false)), "doubted"),
        (Err(refused(Refusal::Duplicate)), "doubted"),
        (Err(refused(Refusal::Funds)), "missed"),
        (Err(refused(Refusal::Other)), "missed"),
        (Err(limited(true)), "missed"),
        (Err(down()), "missed"),
    ] {
        assert_eq!(name(&asked_event(&withdrawal, answer.clone())), expected, "{answer:?}");
    }
}
