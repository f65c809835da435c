//! Where one thing ends and the next begins: each case differs from its neighbour in one thing.

use super::*;
use crate::coins::{Symbol, Token};
use crate::payout::{HoldReason, PayoutState, ZERO_AMOUNT_ERROR};
use crate::types::Contract;

fn block(height: u64) -> BlockAt {
    BlockAt { height: Height::new(height), hash: None, waits: 0 }
}

fn pays(both: &mut Both, droplets: u64) {
    both.sight.deposits[0].purchase.payout.as_mut().unwrap().amount = Droplets::new(droplets);
}

#[test]
fn should_tell_what_the_original_has_ended() {
    let in_flight =
        |change: &dyn Fn(&mut OriginalDeposit)| Both::of(Coin::BTC).there(change).compare().in_flight;
    assert_eq!(in_flight(&|_| ()), 0);
    assert_eq!(in_flight(&|deposit| deposit.status = PublicStatus::WaitingConfirm), 1, "it is sent, no more");
    assert_eq!(in_flight(&|deposit| deposit.txid = None), 1);
    assert_eq!(in_flight(&|deposit| deposit.error = "broken".to_owned()), 1);
    let nothing = |deposit: &mut OriginalDeposit| {
        (deposit.txid, deposit.sent) = (None, Droplets::ZERO);
        deposit.error = ZERO_AMOUNT_ERROR.to_owned();
    };
    assert_eq!(in_flight(&nothing), 0, "it was too little: nothing is left to do");
    let with_transaction = |deposit: &mut OriginalDeposit| {
        nothing(deposit);
        deposit.txid = Some(TxId([1; 32]));
    };
    assert_eq!(in_flight(&with_transaction), 1, "one or the other");
    assert_eq!(
        in_flight(&|deposit| {
            nothing(deposit);
            deposit.status = PublicStatus::WaitingSend;
        }),
        1
    );
}

#[test]
fn should_tell_how_many_there_are() {
    let mut both = Both::of(Coin::BTC);
    both.original.deposits.push(theirs(Coin::SKY, 2));
    both.original.deposits.push(theirs(Coin::SKY, 3));
    let compared = both.compare();
    assert_eq!((compared.there, compared.here, compared.agreed), (3, 1, 1));
}

#[test]
fn should_agree_about_what_is_too_little() {
    let mut both = Both::of(Coin::BTC);
    both.there(|deposit| {
        (deposit.txid, deposit.sent) = (None, Droplets::ZERO);
        deposit.error = ZERO_AMOUNT_ERROR.to_owned();
    });
    assert_eq!(both.told()[0].0, DifferenceKind::Worth, "here it is worth something");
    pays(&mut both, 0);
    assert_eq!(both.told(), []);
    // What went wrong in another way is told once, with the status.
    both.there(|deposit| deposit.error = "order failed".to_owned());
    pays(&mut both, 7_000);
    assert_eq!(both.told(), [(DifferenceKind::Status, Some(Because::DoneWithNothing))]);
    both.there(|deposit| (deposit.txid, deposit.sent) = (Some(TxId([1; 32])), Droplets::new(7_000)));
    assert_eq!(both.told(), [(DifferenceKind::Status, None)], "paid, and an error: nobody knows");
}

#[test]
fn should_tell_what_is_worth_something_else_before_it_is_sent() {
    let mut both = Both::of(Coin::BTC);
    both.there(|deposit| {
        (deposit.status, deposit.txid, deposit.sent) = (PublicStatus::WaitingSend, None, Droplets::ZERO);
    });
    pays(&mut both, 999_000);
    assert_eq!(both.told(), [(DifferenceKind::Worth, None)], "the same rate and amount do not explain it");
    both.there(|deposit| (deposit.rate, deposit.sent) = ("400".to_owned(), Droplets::new(800_000)));
    let follows = (DifferenceKind::Worth, Some(Because::Follows));
    assert_eq!(both.told(), [(DifferenceKind::Rate, None), follows]);
    // Bought upstream, and nothing bought yet: it is worth what that will bring.
    both.there(|deposit| (deposit.rate, deposit.sent) = ("500".to_owned(), Droplets::ZERO));
    both.there(|deposit| deposit.method = BuyMethod::Passthrough);
    assert_eq!(both.told(), [(DifferenceKind::Method, None)]);
    both.there(|deposit| deposit.bought = Droplets::new(1_000));
    let bought = (DifferenceKind::Worth, Some(Because::BoughtUpstream));
    assert_eq!(both.told(), [(DifferenceKind::Method, None), bought]);
}

#[test]
fn should_explain_a_worth_by_gwei_where_they_are_cut_off() {
    let mut both = Both::of(Coin::ETH);
    both.there(|deposit| {
        (deposit.amount, deposit.sent) = (Units::new(1_000_000_000), Droplets::new(2_000));
        deposit.rate = "2000000".to_owned();
    });
    both.here(|deposit| {
        (deposit.amount, deposit.rate) = (Units::new(1_999_999_999), "2000000".to_owned());
    });
    pays(&mut both, 3_000);
    let gwei = Some(Because::Gwei);
    assert_eq!(both.told(), [(DifferenceKind::Amount, gwei), (DifferenceKind::Worth, gwei)]);
}

#[test]
fn should_hold_rates_against_each_other_that_nobody_can_read() {
    let told = |there: &str, here: &str| {
        let mut both = Both::of(Coin::BTC);
        both.there(|deposit| deposit.rate = there.to_owned());
        both.here(|deposit| deposit.rate = here.to_owned());
        both.told()
    };
    assert_eq!(told("much", "much"), []);
    assert_eq!(told("much", "500"), [(DifferenceKind::Rate, None)]);
    assert_eq!(told("500", "much"), [(DifferenceKind::Rate, None)]);
    assert_eq!(told("", "500"), [], "it kept none");
}

#[test]
fn should_tell_another_height() {
    let mut both = Both::of(Coin::BTC);
    both.there(|deposit| deposit.height = Height::new(101));
    assert_eq!(both.told(), [(DifferenceKind::Height, Some(Because::ByHeightAlone))]);
}

#[test]
fn should_remember_as_early_what_lies_less_deep_than_it_has_to() {
    let confirmations = |because| vec![(DifferenceKind::Confirmations, Some(because))];
    // The newest is 200, and three are wanted.
    for (height, is_early) in [(199, true), (198, true), (197, false)] {
        let mut both = Both::of(Coin::BTC);
        both.there(|deposit| deposit.height = Height::new(height));
        both.here(|deposit| deposit.state = DepositState::Confirming { block: block(height) });
        assert_eq!(both.told(), confirmations(Because::NotFinalHere));
        both.here(|deposit| deposit.state = DepositState::Final { block: block(height) });
        let then = if is_early { confirmations(Because::MoreConfirmations) } else { Vec::new() };
        assert_eq!(both.told(), then, "{height}");
    }
}

#[test]
fn should_tell_what_is_held_here_and_goes_on_there() {
    let mut both = Both::of(Coin::BTC);
    let (method, why) = (BuyMethod::Direct, HoldReason::DepositOrphaned);
    both.sight.deposits[0].purchase.payout.as_mut().unwrap().state = PayoutState::Held { method, why };
    let held = [(DifferenceKind::Status, None)];
    assert_eq!(both.told(), held);
    both.there(|deposit| deposit.status = PublicStatus::WaitingSend);
    assert_eq!(both.told(), held);
    both.there(|deposit| deposit.status = PublicStatus::WaitingDecide);
    assert_eq!(both.told(), [], "nothing is decided there either");
}

#[test]
fn should_begin_at_the_first_block_that_counts() {
    let mut both = Both::of(Coin::BTC);
    both.sight.deposits.clear();
    both.there(|deposit| deposit.height = Height::new(10));
    assert_eq!(both.told(), [(DifferenceKind::NotSeen, None)]);
    both.there(|deposit| deposit.height = Height::new(9));
    assert_eq!(both.told(), [(DifferenceKind::NotSeen, Some(Because::BelowStart))]);
}

#[test]
fn should_tell_why_the_original_has_not_taken_one() {
    let told = |coin, change: &dyn Fn(&mut Deposit), highest: u64| {
        let mut both = Both::of(coin);
        both.original.deposits.clear();
        both.here(|deposit| deposit.updated_at = UnixTime::new(2_001)).here(change);
        let other = OriginalDeposit { height: Height::new(highest), ..theirs(coin, 7) };
        both.original.deposits.push(other);
        both.told()
            .into_iter()
            .find(|(kind, _)| *kind == DifferenceKind::NotTaken)
            .map(|(_, because)| because)
    };
    let late = Some(Some(Because::AfterTheCopy));
    assert_eq!(told(Coin::BTC, &|_| (), 99), late);
    assert_eq!(told(Coin::BTC, &|_| (), 100), late, "it may still be in that block");
    assert_eq!(told(Coin::BTC, &|_| (), 101), Some(None), "it has gone past it");
    assert_eq!(told(Coin::ETH, &|_| (), 101), Some(None), "ether in the transaction itself is seen there");
    assert_eq!(told(Coin::ETH, &|deposit| deposit.id.n = 1, 101), Some(Some(Because::InsideTransaction)));
    let (contract, symbol) = (Contract([7; 20]), Symbol::parse("USDC").unwrap());
    let token = Token { contract, symbol, decimals: 6 };
    let usdc = |deposit: &mut Deposit| deposit.token = Some(token);
    assert_eq!(told(Coin::ETH, &usdc, 101), Some(Some(Because::NotTheOriginals)));
}

#[test]
fn should_pair_by_place_then_by_amount() {
    // Two outputs of one amount to one address: the place tells, whatever was seen first.
    let mut both = Both::of(Coin::BTC);
    both.there(|deposit| {
        (deposit.id.n, deposit.rate, deposit.sent) = (0, "500".to_owned(), Droplets::new(1_000_000))
    });
    let second = OriginalDeposit {
        seq: 2,
        id: id(Coin::BTC, 1, 1),
        rate: "400".to_owned(),
        sent: Droplets::new(800_000),
        txid: Some(TxId([2; 32])),
        ..theirs(Coin::BTC, 1)
    };
    both.original.deposits.push(second);
    let mut other = ours(Coin::BTC, 1);
    (other.purchase.deposit.id.n, other.purchase.deposit.no) = (0, DepositNo::new(2));
    both.sight.deposits.push(other);
    both.here(|deposit| (deposit.id.n, deposit.rate) = (1, "400".to_owned()));
    pays(&mut both, 800_000);
    let compared = both.compare();
    assert_eq!((compared.agreed, compared.differences), (2, vec![]));

    // No place fits: the amount tells.
    let mut both = Both::of(Coin::BTC);
    let mut more = ours(Coin::BTC, 1);
    (more.purchase.deposit.id.n, more.purchase.deposit.amount) = (1, Units::new(300_000));
    both.sight.deposits.insert(0, more);
    let compared = both.compare();
    assert_eq!(compared.agreed, 1, "{:?}", compared.differences);
}

#[test]
fn should_pair_each_of_this_desks_once() {
    let mut both = Both::of(Coin::BTC);
    let again = OriginalDeposit {
        seq: 2,
        txid: Some(TxId([2; 32])),
        id: id(Coin::BTC, 1, 5),
        ..theirs(Coin::BTC, 1)
    };
    both.original.deposits.push(again);
    assert_eq!(both.told(), [(DifferenceKind::NotSeen, None)]);
    assert_eq!(both.compare().agreed, 1);
}

#[test]
fn should_call_a_copy_old_after_a_day() {
    let copy =
        CopyView { made_at: MADE, read_at: MADE, bindings: 1, new_bindings: 0, differences: Vec::new() };
    let comparison = Some((1, Arc::new(Both::of(Coin::BTC).compare())));
    let view = ShadowView { copy: Some(Arc::new(copy)), comparison, ..ShadowView::default() };
    let day = 24 * 60 * 60;
    assert_eq!(view.obstacles(UnixTime::new(MADE.get() + day)), []);
    let later = view.obstacles(UnixTime::new(MADE.get() + day + 1));
    assert_eq!(later, [Obstacle::OldCopy(Duration::from_secs(day + 1))]);
}
