//! What is bought for a payout, and what of it a person, a price or the original changes.

use super::*;
use crate::types::OrderNo;

const DEPOSITED: Units = Units::new(200_000);
const GONE: Circumstances = Circumstances { is_final: false, is_withdrawn: false, is_priced: true };

fn to_buy() -> Payout {
    payout(0).decide(BuyMethod::Passthrough, Worth::Unpriced, NOW).unwrap()
}

/// For 150,000 of what was deposited, 7.0004 SKY were bought.
fn bought() -> Payout {
    let ordered = to_buy().order(OrderNo::FIRST, NOW).unwrap();
    ordered.end_order(OrderNo::FIRST, Units::new(150_000), Droplets::new(7_000_400), NOW).unwrap()
}

#[test]
fn should_take_no_price_for_what_is_bought() {
    let worth = Worth::Known(Droplets::new(7));
    assert_eq!(to_buy().price(worth, NOW).unwrap(), to_buy());
    let void = bought().rule(ruling(Verdict::Void, 1), GONE).unwrap();
    assert_eq!(void.clone().price(worth, NOW).unwrap(), void, "it is worth what that brought");
    let undecided = payout(0).price(worth, NOW).unwrap();
    assert_eq!((undecided.state, undecided.amount), (PayoutState::Undecided, Droplets::new(7)));
}

#[test]
fn should_be_resumed_for_one_order() {
    let resumed = Bought { is_resumed: true, ..Bought::default() };
    let ordered = Payout { bought: Some(resumed), ..to_buy() }.order(OrderNo::FIRST, NOW).unwrap();
    let told = ordered.bought.unwrap();
    assert_eq!((told.is_resumed, told.last_order), (false, Some(OrderNo::FIRST)));
}

#[test]
fn should_owe_all_that_was_bought_sold_and_drawn() {
    let stock = FromStock { paid: Units::new(30_000), given: Droplets::new(2_000_000) };
    let ended = bought().end_purchase(DEPOSITED, Some(stock), Droplets::new(700), 3, NOW).unwrap();
    assert_eq!(ended.state, PayoutState::Owed { method: BuyMethod::Passthrough });
    assert_eq!(ended.amount, Droplets::new(9_001_000));
    let told = ended.bought.unwrap();
    assert_eq!((told.stock, told.drawn, told.is_ended), (Some(stock), Droplets::new(700), true));
    assert_eq!((told.left, told.kept), (Units::new(20_000), Droplets::new(100)));
    // More was spent than there is: nobody can tell what that means.
    let too_much = FromStock { paid: Units::new(50_001), ..stock };
    assert!(bought().end_purchase(DEPOSITED, Some(too_much), Droplets::ZERO, 3, NOW).is_err());
}

#[test]
fn should_go_back_to_the_account_where_it_is_too_little_to_be_paid_directly() {
    let direct = |amount| to_buy().pay_direct(DEPOSITED, Worth::Known(Droplets::new(amount)), NOW).unwrap();
    let paid = direct(7);
    let owed = PayoutState::Owed { method: BuyMethod::Direct };
    assert_eq!((paid.state, paid.amount, paid.bought), (owed, Droplets::new(7), None));
    let little = direct(0);
    assert_eq!((&little.state, little.keeps()), (&PayoutState::Void, true));
    let kept = Bought { left: DEPOSITED, is_ended: true, ..Bought::default() };
    assert_eq!(little.bought, Some(kept));
    assert!(
        bought().pay_direct(DEPOSITED, Worth::Known(Droplets::new(7)), NOW).is_err(),
        "it was bought for"
    );
}

#[test]
fn should_buy_the_rest_of_what_a_person_pays_after_all() {
    let again = |payout: Payout| {
        let void = payout.rule(ruling(Verdict::Void, 1), GONE).unwrap();
        assert_eq!(void.state, PayoutState::Voided { method: Some(BuyMethod::Passthrough) });
        void.rule(ruling(Verdict::Pay, 2), GONE).unwrap().state
    };
    assert_eq!(again(bought()), PayoutState::ToBuy { paused: None });
    let ended = bought().end_purchase(DEPOSITED, None, Droplets::ZERO, 3, NOW).unwrap();
    assert_eq!(again(ended), PayoutState::Owed { method: BuyMethod::Passthrough });
}

#[test]
fn should_say_whether_it_is_on_its_way() {
    let signed = owed().sign(AttemptNo::FIRST, NOW).unwrap();
    let sent = signed.clone().send(NOW).unwrap();
    let settled = sent.clone().settle(NOW).unwrap();
    let told = [payout(7), owed(), signed, sent, settled].map(|one| one.is_on_its_way());
    assert_eq!(told, [false, false, true, true, false]);
}

#[test]
fn should_tell_buyers_to_wait_for_a_deposit_that_is_gone() {
    let block = |height| BlockAt { height: Height::new(height), hash: None, waits: 0 };
    let status = |state, payout: &Payout| {
        public_status(&Deposit { state, ..deposit(|block| DepositState::Final { block }) }, Some(payout))
    };
    let (there, gone) = (DepositState::Final { block: block(7) }, DepositState::Orphaned { was: block(7) });
    assert_eq!(status(there.clone(), &owed()), PublicStatus::WaitingSend);
    assert_eq!(status(gone.clone(), &owed()), PublicStatus::WaitingDeposit);
    let ruled = owed().lose_deposit(NOW).rule(ruling(Verdict::Pay, 2), GONE).unwrap();
    assert_eq!(status(gone, &ruled), PublicStatus::WaitingSend, "a person pays it all the same");
    assert_eq!(
        public_status(&deposit(|block| DepositState::Final { block }), None),
        PublicStatus::WaitingDeposit
    );
    assert_eq!(status(there, &to_buy()), PublicStatus::WaitingPassthrough);
}

#[test]
fn should_believe_that_the_original_paid_nothing_where_all_of_it_says_so() {
    let taken = |amount, error: &str| {
        let (method, status) = (BuyMethod::Direct, PublicStatus::Done);
        let was = Inherited::Unclear { method, status, txid: None, error: error.to_owned() };
        assert_eq!(was.error(), error);
        Payout::inherited(DepositNo::FIRST, owed().payee, Droplets::new(amount), was, NOW).state
    };
    assert_eq!(taken(0, ZERO_AMOUNT_ERROR), PayoutState::Void);
    for (amount, error) in [(7, ZERO_AMOUNT_ERROR), (0, "order failed"), (7, "order failed")] {
        let unclear = taken(amount, error);
        assert!(matches!(unclear, PayoutState::Inherited(Inherited::Unclear { .. })), "{unclear:?}");
    }
    assert_eq!(Inherited::Paid { method: BuyMethod::Direct, txid: None }.error(), "");
}
