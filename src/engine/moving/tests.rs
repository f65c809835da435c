use super::*;
use crate::address::DepositAddress;
use crate::original::{Original, OriginalBinding, OriginalDeposit, Unhandled};
use crate::payout::{Inherited, Payout, PayoutState, PublicStatus, ZERO_AMOUNT_ERROR};
use crate::skycoin::Address;
use crate::testing::deposit_addresses;
use crate::types::{BuyMethod, Coin, DepositId, Droplets, Height, TxId, Units, UnixTime};

fn payee(n: u8) -> Address {
    Address::from_bytes([n; 20])
}

fn address(n: usize) -> DepositAddress {
    deposit_addresses(Coin::BTC)[n]
}

fn deposit(seq: u64, to: usize, of: u8, status: PublicStatus) -> OriginalDeposit {
    OriginalDeposit {
        seq,
        id: DepositId { coin: Coin::BTC, tx: format!("{seq:064x}"), n: 0, token: None },
        address: address(to),
        payee: payee(of),
        amount: Units::new(123_457),
        rate: "500".to_owned(),
        height: Height::new(100 + seq),
        updated_at: UnixTime::new(1_500_000_000 + seq),
        method: BuyMethod::Direct,
        status,
        txid: None,
        sent: Droplets::ZERO,
        bought: Droplets::ZERO,
        error: String::new(),
        order: String::new(),
    }
}

fn original(deposits: Vec<OriginalDeposit>) -> Original {
    let bound = |n: usize, of: u8| OriginalBinding { address: address(n), payee: payee(of) };
    Original { bindings: vec![bound(0, 1), bound(1, 1), bound(2, 2)], deposits, ..Original::default() }
}

fn planned(deposit: OriginalDeposit) -> Plan {
    plan(&original(vec![deposit]), 3).unwrap()
}

/// Where the payout of a planned deposit stands.
fn state(plan: &Plan) -> PayoutState {
    let told = plan.deposits[0].clone();
    Payout::inherited(DepositNo::FIRST, payee(1), told.quote, told.payout, told.updated_at).state
}

#[test]
fn should_number_what_a_payee_sees_as_the_original_does() {
    let done = PublicStatus::Done;
    let to = [(1, 0, 1), (2, 1, 1), (3, 0, 1), (4, 2, 2)];
    let deposits: Vec<_> = to.map(|(seq, to, of)| deposit(seq, to, of, done)).into();
    let planned = plan(&original(deposits), 3).unwrap();
    let seqs: Vec<u32> = planned.deposits.iter().map(|told| told.payee_seq).collect();
    assert_eq!(seqs, [1, 3, 2, 1]);
    let bound: Vec<u32> = planned.bindings.iter().map(|bound| bound.payee_seq).collect();
    assert_eq!(bound, [1, 3, 1]);
    // An address without a deposit is a line as well.
    let planned = plan(&original(vec![deposit(1, 1, 1, done)]), 3).unwrap();
    assert_eq!((planned.bindings[0].payee_seq, planned.deposits[0].payee_seq), (1, 2));
}

#[test]
fn should_know_for_paid_what_the_original_shows_to_be_paid_alone() {
    let by = Some(TxId([7; 32]));
    let sent = Droplets::new(617_000);
    let done = |change: fn(&mut OriginalDeposit)| {
        let mut was = deposit(1, 0, 1, PublicStatus::Done);
        (was.txid, was.sent) = (Some(TxId([7; 32])), Droplets::new(617_000));
        change(&mut was);
        planned(was)
    };
    let paid = done(|_| {});
    assert_eq!(state(&paid), PayoutState::Inherited(Inherited::Paid { method: BuyMethod::Direct, txid: by }));
    assert_eq!((paid.deposits[0].quote, paid.report.paid, paid.report.in_flight.len()), (sent, sent, 0));
    let unclear: [fn(&mut OriginalDeposit); 4] = [
        |was| was.txid = None,
        |was| was.error = "insufficient balance".to_owned(),
        |was| was.status = PublicStatus::WaitingConfirm,
        |was| was.status = PublicStatus::WaitingSend,
    ];
    for change in unclear {
        let plan = done(change);
        assert!(
            matches!(state(&plan), PayoutState::Inherited(Inherited::Unclear { .. })),
            "{:?}",
            state(&plan)
        );
        assert_eq!(plan.report.in_flight.len(), 1);
    }
    let small = done(|was| {
        (was.txid, was.sent, was.amount) = (None, Droplets::ZERO, Units::new(1));
        was.error = ZERO_AMOUNT_ERROR.to_owned();
    });
    assert_eq!((state(&small), small.report.in_flight.len()), (PayoutState::Void, 0));
}

#[test]
fn should_owe_nothing_that_the_original_had_not_ended() {
    for status in PublicStatus::ALL.into_iter().filter(|status| *status != PublicStatus::Done) {
        let plan = planned(deposit(1, 0, 1, status));
        let PayoutState::Inherited(was) = state(&plan) else { panic!("{status:?}: {:?}", state(&plan)) };
        assert_eq!((was.status(), was.has_left()), (status, false));
        assert_eq!(plan.deposits[0].quote, Droplets::new(617_000));
    }
    let mut bought = deposit(1, 0, 1, PublicStatus::WaitingSend);
    (bought.method, bought.bought) = (BuyMethod::Passthrough, Droplets::new(600_001));
    assert_eq!(planned(bought).deposits[0].quote, Droplets::new(600_001));
}

#[test]
fn should_refuse_what_cannot_be_priced_and_tell_what_was_paid_otherwise() {
    let mut unpriced = deposit(1, 0, 1, PublicStatus::WaitingSend);
    unpriced.rate = "a lot".to_owned();
    assert!(matches!(plan(&original(vec![unpriced.clone()]), 3), Err(PlanError::Rate { .. })));
    unpriced.rate = "500".to_owned();
    unpriced.amount = Units::new(u128::MAX >> 1);
    assert!(matches!(plan(&original(vec![unpriced]), 3), Err(PlanError::TooMuch { .. })));
    let mut odd = deposit(1, 0, 1, PublicStatus::Done);
    (odd.txid, odd.sent) = (Some(TxId([7; 32])), Droplets::new(700_000));
    let told = planned(odd).report.differences;
    assert!(told.len() == 1 && told[0].contains("0.700000 SKY paid"), "{told:?}");
    let elsewhere = deposit(1, 3, 1, PublicStatus::Done);
    assert!(matches!(plan(&original(vec![elsewhere]), 3), Err(PlanError::NotBound(_))));
}

#[test]
fn should_take_for_nothing_what_was_too_little_alone() {
    let quoted = |status, error: &str, bought: u64| {
        let mut was = deposit(1, 0, 1, status);
        (was.error, was.bought) = (error.to_owned(), Droplets::new(bought));
        planned(was).deposits[0].quote
    };
    let at_rate = Droplets::new(617_000);
    assert_eq!(quoted(PublicStatus::Done, ZERO_AMOUNT_ERROR, 0), Droplets::ZERO);
    assert_eq!(quoted(PublicStatus::Done, "order failed", 0), at_rate, "it may be owed still");
    assert_eq!(quoted(PublicStatus::Done, "", 0), at_rate);
    assert_eq!(quoted(PublicStatus::WaitingSend, ZERO_AMOUNT_ERROR, 0), at_rate, "it has not ended");
    assert_eq!(quoted(PublicStatus::WaitingSend, "", 5_000), Droplets::new(5_000));
}

#[test]
fn should_tell_a_person_all_that_is_known_of_what_is_in_flight() {
    let told = |change: fn(&mut OriginalDeposit)| {
        let mut was = deposit(1, 0, 1, PublicStatus::WaitingConfirm);
        change(&mut was);
        let report = planned(was).report;
        assert!(report.lines().contains(&format!("  1: {}", report.in_flight[0].words)), "{report:?}");
        report.in_flight[0].words.clone()
    };
    let plain = format!("waiting_confirm, 0.00123457 BTC to {}, 0.617000 SKY to {}", address(0), payee(1));
    assert_eq!(told(|_| ()), plain);
    assert_eq!(told(|was| was.order = "17".to_owned()), format!("{plain}, order 17"));
    assert_eq!(told(|was| was.error = "no answer".to_owned()), format!("{plain}, error: no answer"));
    let sent = format!("{plain}, by transaction {}", TxId([7; 32]));
    assert_eq!(told(|was| was.txid = Some(TxId([7; 32]))), sent);
}

#[test]
fn should_tell_what_was_seen_and_nothing_became_of() {
    let left = |height| Unhandled {
        id: deposit(9, 2, 2, PublicStatus::Done).id,
        address: address(2),
        amount: Units::new(50_000),
        height: Height::new(height),
    };
    let unhandled = vec![left(80), left(70), left(75)];
    let report = plan(&Original { unhandled, ..original(Vec::new()) }, 3).unwrap().report;
    assert_eq!(report.coins[&Coin::BTC].unhandled, Some(Height::new(70)));
    let [first, _, _] = &report.differences[..] else { panic!("{:?}", report.differences) };
    let words = format!("0.00050000 BTC to {} in block 80, deposit ", address(2));
    assert!(first.starts_with(&words) && report.lines().contains(&format!("  {first}")), "{first}");
}

#[test]
fn should_compare_with_the_rate_what_was_paid_by_it() {
    let differs = |change: fn(&mut OriginalDeposit)| {
        let mut was = deposit(1, 0, 1, PublicStatus::Done);
        (was.txid, was.sent) = (Some(TxId([7; 32])), Droplets::new(700_000));
        change(&mut was);
        !planned(was).report.differences.is_empty()
    };
    assert!(differs(|_| ()));
    assert!(
        !differs(|was| was.bought = Droplets::new(700_000)),
        "bought upstream, it has a price of its own"
    );
    assert!(!differs(|was| was.sent = Droplets::new(617_285)), "all that it is worth");
    assert!(!differs(|was| was.sent = Droplets::new(617_000)), "cut");
    assert!(differs(|was| was.sent = Droplets::new(617_284)));
    // Nothing was sent yet: there is nothing to compare.
    assert!(!differs(
        |was| (was.status, was.txid, was.sent) = (PublicStatus::WaitingSend, None, Droplets::ZERO)
    ));
}
