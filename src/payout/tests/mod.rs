//! The steps of a payout, one by one.

mod account;
mod bought;

use super::*;
use crate::deposit::{BlockAt, Deposit, DepositState, Worth};
use crate::rail::{Hold, Paid, Purpose};
use crate::skycoin::CoinHours;
use crate::types::{Actor, BindingNo, BlockHash, BlockRef, BuyMethod, Coin, DepositId, Height, TxId, Units};

const NOW: UnixTime = UnixTime::new(5);

fn payout(amount: u64) -> Payout {
    let payee = Address::from_bytes([1; 20]);
    Payout::undecided(DepositNo::FIRST, payee, Droplets::new(amount), UnixTime::new(1))
}

fn owed() -> Payout {
    payout(1_000).decide(BuyMethod::Direct, Worth::Known(Droplets::ZERO), NOW).unwrap()
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
    let unpayable = payout(0).decide(BuyMethod::Direct, Worth::TooMuch, NOW).unwrap();
    let held = PayoutState::Held { method: BuyMethod::Direct, why: HoldReason::Unpayable };
    assert_eq!(unpayable.state, held, "what has no price is not worth nothing");
    let void = payout(0).decide(BuyMethod::Direct, Worth::Known(Droplets::ZERO), NOW).unwrap();
    assert_eq!(void.state, PayoutState::Void);
    assert!(void.sign(AttemptNo::FIRST, NOW).is_err());
}

#[test]
fn should_never_be_signed_twice() {
    let signed = owed().sign(AttemptNo::FIRST, NOW).unwrap();
    for step in [signed.clone(), signed.clone().send(NOW).unwrap(), signed.settle(NOW).unwrap()] {
        assert!(step.clone().sign(AttemptNo::new(2), NOW).is_err());
        assert!(step.clone().decide(BuyMethod::Direct, Worth::Known(Droplets::ZERO), NOW).is_err());
        assert!(step.clone().hold(HoldReason::Rail(Hold::NotEnoughHours), NOW).is_err());
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
fn should_wait_for_its_deposit_where_its_transaction_died_meanwhile() {
    let later = UnixTime::new(9);
    let signed = owed().sign(AttemptNo::FIRST, NOW).unwrap();
    let why = HoldReason::DepositOrphaned;
    let held = signed.detach(false, later).unwrap();
    assert_eq!(held.state, PayoutState::Held { method: BuyMethod::Direct, why });
    assert_eq!((held.updated_at, held.regain_deposit(later).state), (later, owed().state));
}

#[test]
fn should_say_when_it_was_changed() {
    let later = UnixTime::new(9);
    let cut = owed().cut(Droplets::new(900), later).unwrap();
    assert_eq!((cut.amount, cut.updated_at), (Droplets::new(900), later));
    let attempt = Attempt::signed(AttemptNo::FIRST, TxId([1; 32]), Purpose::Payouts, NOW);
    assert_eq!(attempt.send(later).unwrap().updated_at, later);
    let lost = Circumstances { is_final: false, is_withdrawn: false, is_priced: true };
    let waiting = owed().rule(ruling(Verdict::Wait, 9), lost).unwrap();
    assert_eq!((waiting.updated_at, waiting.state), (later, owed().lose_deposit(NOW).state));
    let paid = owed().rule(ruling(Verdict::Pay, 9), lost).unwrap();
    assert_eq!((paid.updated_at, paid.state), (NOW, owed().state), "it stands where it stood");
}

fn ruling(verdict: Verdict, at: u64) -> Ruling {
    Ruling {
        verdict,
        reason: Reason { by: Actor::operator(), why: "so be it".into(), at: UnixTime::new(at) },
    }
}

fn deposit(state: fn(BlockAt) -> DepositState) -> Deposit {
    Deposit {
        no: DepositNo::FIRST,
        id: DepositId { coin: Coin::BTC, tx: "a1".into(), n: 0, token: None },
        binding: BindingNo::FIRST,
        payee_seq: 1,
        amount: Units::new(200_000),
        rate: "500".into(),
        quote: Some(Droplets::new(1_000)),
        seen_at: UnixTime::new(1),
        updated_at: UnixTime::new(3),
        state: state(BlockAt { height: Height::new(7), hash: None, waits: 0 }),
        previous: None,
        token: None,
        method: BuyMethod::Direct,
        priced: None,
        is_unlocated: false,
    }
}

#[test]
fn should_say_what_each_state_waits_for() {
    let here = deposit(|block| DepositState::Final { block });
    let back = deposit(|block| DepositState::Confirming { block });
    let gone = deposit(|was| DepositState::Quarantined { was });
    let signed = owed().sign(AttemptNo::FIRST, NOW).unwrap();
    let sent = signed.clone().send(NOW).unwrap();
    let settled = sent.clone().settle(NOW).unwrap();
    let ruled = |payout: &Payout, verdict| Payout { ruling: Some(ruling(verdict, 4)), ..payout.clone() };
    let held = owed().hold(HoldReason::Rail(Hold::NotEnoughHours), NOW).unwrap();
    let expected = [
        (&here, &owed(), None),
        (&here, &held, Some(Waiting::HeldHours)),
        (&here, &signed, None),
        (&here, &settled, None),
        (&gone, &owed(), Some(Waiting::Gone)),
        (&gone, &signed, Some(Waiting::TakenBackUnsent)),
        (&gone, &ruled(&signed, Verdict::Wait), Some(Waiting::TakenBackUnsent)),
        (&gone, &ruled(&signed, Verdict::Pay), None),
        (&gone, &ruled(&signed, Verdict::Void), Some(Waiting::Voided)),
        (&gone, &sent, Some(Waiting::TakenBackSent)),
        (&gone, &ruled(&sent, Verdict::Pay), Some(Waiting::Lost)),
        (&gone, &settled, Some(Waiting::TakenBackPaid)),
        (&gone, &ruled(&settled, Verdict::Pay), Some(Waiting::Lost)),
        (&back, &owed(), Some(Waiting::Returning)),
        (&back, &ruled(&owed(), Verdict::Pay), None),
        (&back, &signed, Some(Waiting::Returning)),
        (&back, &ruled(&signed, Verdict::Void), Some(Waiting::Voided)),
        (&back, &ruled(&settled, Verdict::Pay), Some(Waiting::Returning)),
    ];
    for (deposit, payout, waiting) in expected {
        let found = Waiting::of(deposit, payout).map(|(code, _)| code);
        assert_eq!(found, waiting, "{:?}: {:?} {:?}", deposit.state, payout.state, payout.verdict());
    }
    assert_eq!(Waiting::of(&gone, &sent).unwrap().1, gone.updated_at, "since it was taken back");
    assert_eq!(Waiting::of(&here, &held).unwrap().1, NOW, "since it was held");
}

#[test]
fn should_say_since_when_a_transaction_is_withdrawn() {
    let signed = Attempt::signed(AttemptNo::FIRST, TxId([1; 32]), Purpose::Payouts, NOW);
    let withdrawn = signed.withdraw(ruling(Verdict::Wait, 9).reason).unwrap();
    assert_eq!(Stuck::of(&withdrawn), Some(Stuck::Withdrawn));
    assert_eq!(
        (Stuck::Withdrawn.since(&withdrawn), Stuck::HeldBack.since(&withdrawn)),
        (UnixTime::new(9), NOW)
    );
}

#[test]
fn should_know_every_code_by_its_name() {
    for waiting in Waiting::ALL {
        assert_eq!(Waiting::from_name(waiting.name()), Some(waiting));
        assert_eq!(Waiting::ALL[usize::from(waiting.tag())], waiting);
    }
    for stuck in Stuck::ALL {
        assert_eq!(Stuck::from_name(stuck.name()), Some(stuck));
    }
    for verdict in [Verdict::Pay, Verdict::Void, Verdict::Wait] {
        assert_eq!(Verdict::from_name(verdict.name()), Some(verdict));
    }
    assert_eq!((Waiting::from_name("x"), Stuck::from_name("x"), Verdict::from_name("x")), (None, None, None));
}

#[test]
fn should_say_who_was_paid_what() {
    let to = Address::from_bytes([1; 20]);
    let paid = [Paid { to, coins: Droplets::new(1_500_000) }, Paid { to, coins: Droplets::new(1) }];
    assert_eq!(Paid::list(&paid), format!("1.500000 SKY to {to}, 0.000001 SKY to {to}"));
}

#[test]
fn should_be_held_and_released() {
    let held =
        owed().hold(HoldReason::Rail(Hold::NotEnoughCoins { spendable: Droplets::ZERO }), NOW).unwrap();
    assert_eq!(held.clone().release(NOW).unwrap().state, PayoutState::Owed { method: BuyMethod::Direct });
    assert!(held.clone().sign(AttemptNo::FIRST, NOW).is_ok());
    assert!(held.settle(NOW).is_err());
}

#[test]
fn should_offer_a_transaction_until_it_is_settled_or_dead() {
    let attempt = Attempt::signed(AttemptNo::FIRST, TxId([1; 32]), Purpose::Payouts, NOW);
    let refused = attempt.clone().refuse("no".into(), NOW).unwrap();
    assert!(refused.is_live());
    let sent = refused.send(NOW).unwrap();
    assert!(sent.is_live() && sent.clone().send(NOW).is_err() && sent.refusal.is_none());
    let block = BlockRef { height: Height::new(1), hash: BlockHash([3; 32]) };
    let settled = sent.clone().settle(block, CoinHours::new(7), NOW).unwrap();
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
    let signed = Attempt::signed(AttemptNo::FIRST, TxId([1; 32]), Purpose::Payouts, NOW);
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

#[test]
fn should_keep_what_has_no_price_waiting_for_it_whatever_happens() {
    let why = HoldReason::NoPrice;
    let held = PayoutState::Held { method: BuyMethod::Direct, why };
    let waits = payout(0).decide(BuyMethod::Direct, Worth::Unpriced, NOW).unwrap();
    assert_eq!(waits.state, held);
    // A fork takes its deposit, and gives it back.
    let back = waits.clone().lose_deposit(NOW).regain_deposit(NOW);
    assert_eq!(back.state, held);
    // A person voids it, and thinks better of it.
    let gone = |is_priced| Circumstances { is_final: false, is_withdrawn: false, is_priced };
    let void = waits.clone().rule(ruling(Verdict::Void, 1), gone(false)).unwrap();
    assert_eq!(void.clone().rule(ruling(Verdict::Pay, 2), gone(false)).unwrap().state, held);
    // The price comes meanwhile.
    let priced = void.price(Worth::Known(Droplets::new(7)), NOW).unwrap();
    let paid = priced.rule(ruling(Verdict::Pay, 2), gone(true)).unwrap();
    assert_eq!(
        (paid.state, paid.amount),
        (PayoutState::Owed { method: BuyMethod::Direct }, Droplets::new(7))
    );
    // It is worth something, nothing, or more than can be written down.
    let state = |worth| waits.clone().price(worth, NOW).unwrap().state;
    assert_eq!(state(Worth::Known(Droplets::new(7))), PayoutState::Owed { method: BuyMethod::Direct });
    assert_eq!(state(Worth::Known(Droplets::ZERO)), PayoutState::Void);
    let unpayable = PayoutState::Held { method: BuyMethod::Direct, why: HoldReason::Unpayable };
    assert_eq!(state(Worth::TooMuch), unpayable);
    assert!(owed().price(Worth::Known(Droplets::new(9)), NOW).is_err(), "it has one");
}
