use super::*;
use crate::types::{BlockRef, Hash32, Height};

const NOW: UnixTime = UnixTime::new(5);

fn payout(amount: u64) -> Payout {
    let payee = Address::from_bytes([1; 20]);
    Payout::undecided(DepositNo::FIRST, payee, Droplets::new(amount), UnixTime::new(1))
}

fn owed() -> Payout {
    payout(1_000).decide(BuyMethod::Direct, true, NOW).unwrap()
}

#[test]
fn should_walk_from_undecided_to_settled() {
    let sent = owed().sign(AttemptNo::FIRST, NOW).unwrap().send(NOW).unwrap();
    assert_eq!(sent.sent_amount(), Droplets::new(1_000));
    let settled = sent.settle(NOW).unwrap();
    assert_eq!(settled.attempt(), Some(AttemptNo::FIRST));
    assert_eq!(settled.updated_at, NOW);
}

#[test]
fn should_end_void_where_nothing_is_to_be_paid() {
    let unpayable = payout(0).decide(BuyMethod::Direct, false, NOW).unwrap();
    let held = PayoutState::Held { method: BuyMethod::Direct, why: HoldReason::Unpayable };
    assert_eq!(unpayable.state, held, "what has no price is not worth nothing");
    let void = payout(0).decide(BuyMethod::Direct, true, NOW).unwrap();
    assert_eq!(void.state, PayoutState::Void);
    assert!(void.sign(AttemptNo::FIRST, NOW).is_err());
}

#[test]
fn should_never_be_signed_twice() {
    let signed = owed().sign(AttemptNo::FIRST, NOW).unwrap();
    for step in [signed.clone(), signed.clone().send(NOW).unwrap(), signed.settle(NOW).unwrap()] {
        assert!(step.clone().sign(AttemptNo::new(2), NOW).is_err());
        assert!(step.clone().decide(BuyMethod::Direct, true, NOW).is_err());
        assert!(step.clone().hold(HoldReason::NotEnoughHours, NOW).is_err());
        assert!(step.release(NOW).is_err());
    }
}

#[test]
fn should_be_owed_again_only_while_not_settled() {
    let signed = owed().sign(AttemptNo::FIRST, NOW).unwrap();
    assert_eq!(
        signed.clone().detach(true, NOW).unwrap().state,
        PayoutState::Owed { method: BuyMethod::Direct }
    );
    assert!(signed.settle(NOW).unwrap().detach(true, NOW).is_err());
    assert!(owed().detach(true, NOW).is_err());
}

#[test]
fn should_be_held_and_released() {
    let held = owed().hold(HoldReason::NotEnoughCoins { spendable: Droplets::ZERO }, NOW).unwrap();
    assert_eq!(held.clone().release(NOW).unwrap().state, PayoutState::Owed { method: BuyMethod::Direct });
    assert!(held.clone().sign(AttemptNo::FIRST, NOW).is_ok());
    assert!(held.settle(NOW).is_err());
}

#[test]
fn should_offer_a_transaction_until_it_is_settled_or_dead() {
    let attempt = Attempt::signed(AttemptNo::FIRST, Hash32([1; 32]), Purpose::Payouts, NOW);
    let refused = attempt.clone().refuse("no".into(), NOW).unwrap();
    assert!(refused.is_live());
    let sent = refused.send(NOW).unwrap();
    assert!(sent.is_live() && sent.clone().send(NOW).is_err() && sent.refusal.is_none());
    let block = BlockRef { height: Height::new(1), hash: Hash32([3; 32]) };
    let settled = sent.clone().settle(block, NOW).unwrap();
    assert!(!settled.is_live() && settled.clone().kill("x".into(), NOW).is_err());
    assert!(!sent.kill("spent".into(), NOW).unwrap().is_live());
    let bytes = minicbor::to_vec(&settled).unwrap();
    assert_eq!(minicbor::decode::<Attempt>(&bytes).unwrap(), settled);
}

#[test]
fn should_name_every_status_as_the_original_does() {
    for status in PublicStatus::ALL {
        assert_eq!(PublicStatus::from_name(status.name()), Some(status));
        assert_eq!(PublicStatus::ALL[usize::from(status.tag())], status);
    }
    assert_eq!(PublicStatus::from_name("unknown"), None);
}

#[test]
fn should_remember_since_when_a_transaction_is_refused_until_a_node_has_it() {
    let refused = |attempt: Attempt, at| attempt.refuse("no".into(), UnixTime::new(at)).unwrap();
    let signed = Attempt::signed(AttemptNo::FIRST, Hash32([1; 32]), Purpose::Payouts, NOW);
    let sent = signed.send(NOW).unwrap();
    assert!(sent.clone().take().is_err() && sent.clone().retry() == Err(CourseRefused::NotRefused));
    assert_eq!(sent.abandonable(), Err(CourseRefused::NotStuck));
    let twice = refused(refused(sent, 7), 9);
    assert_eq!(twice.refusal, Some(Refusal { words: "no".into(), since: UnixTime::new(7) }));
    assert_eq!(
        Stuck::of(&twice).map(|code| (code, code.since(&twice))),
        Some((Stuck::Refused, UnixTime::new(7)))
    );
    assert_eq!((twice.abandonable(), twice.clone().retry().unwrap().retries), (Ok(()), 1));
    let taken = twice.clone().take().unwrap();
    assert_eq!((Stuck::of(&taken), taken.state), (None, AttemptState::Sent));
    let dead = twice.kill("spent".into(), NOW).unwrap();
    assert_eq!((dead.refusal.clone(), dead.abandonable()), (None, Err(CourseRefused::Dead)));
    assert_eq!(dead.retry(), Err(CourseRefused::Dead));
}
