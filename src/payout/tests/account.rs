//! What comes from a payee's account, and what goes back there.

use super::*;
use crate::payout::FromAccount;

const DEPOSITED: Units = Units::new(200_000);
const KEPT: FromAccount =
    FromAccount { carried: Units::new(50), worth: Droplets::new(30), drawn: Droplets::new(5) };

#[test]
fn should_pay_what_was_kept_once_and_where_it_is_owed_directly() {
    assert!(owed().takes_from_account());
    let paid = owed().pay_from_account(DEPOSITED, KEPT, UnixTime::new(9)).unwrap();
    assert_eq!((paid.amount, paid.updated_at), (Droplets::new(1_035), UnixTime::new(9)));
    let stock = FromStock { paid: Units::new(200_050), given: Droplets::new(1_030) };
    let bought = Bought {
        carried: KEPT.carried,
        stock: Some(stock),
        drawn: KEPT.drawn,
        is_ended: true,
        ..Bought::default()
    };
    assert_eq!(paid.bought, Some(bought));
    let bought_upstream = payout(0).decide(BuyMethod::Passthrough, Worth::Unpriced, NOW).unwrap();
    let held = owed().hold(HoldReason::Rail(Hold::NotEnoughHours), NOW).unwrap();
    for other in [paid, payout(1_000), bought_upstream, held] {
        assert!(!other.takes_from_account(), "{other:?}");
        assert!(other.pay_from_account(DEPOSITED, KEPT, NOW).is_err());
    }
}

#[test]
fn should_count_no_more_than_can_be_counted() {
    let most = FromAccount { carried: Units::new(u128::MAX), ..KEPT };
    assert!(owed().pay_from_account(DEPOSITED, most, NOW).is_err());
    let most = FromAccount { worth: Droplets::new(u64::MAX), ..KEPT };
    assert!(owed().pay_from_account(DEPOSITED, most, NOW).is_err());
    let most = FromAccount { drawn: Droplets::new(u64::MAX), ..KEPT };
    assert!(owed().pay_from_account(DEPOSITED, most, NOW).is_err());
}

#[test]
fn should_keep_again_what_is_cut_off() {
    let paid = owed().pay_from_account(DEPOSITED, KEPT, NOW).unwrap();
    let kept = |amount| {
        let cut = paid.clone().cut(Droplets::new(amount), UnixTime::new(9)).unwrap();
        assert_eq!((cut.amount, cut.updated_at), (Droplets::new(amount), UnixTime::new(9)));
        (cut.bought.unwrap().kept, cut.keeps())
    };
    assert_eq!(kept(1_035), (Droplets::ZERO, false));
    assert_eq!(kept(1_000), (Droplets::new(35), true));
}

#[test]
fn should_give_back_what_came_from_the_account_and_nothing_else() {
    let paid = owed().pay_from_account(DEPOSITED, KEPT, NOW).unwrap();
    let alone = paid.without_account(Droplets::new(1_000));
    assert_eq!((alone.amount, alone.bought.unwrap().kept), (Droplets::new(1_000), Droplets::new(35)));
    assert_eq!(owed().without_account(Droplets::new(7)), owed(), "nothing came");

    // A coin was sold for it, whatever that brought: it stays sold.
    let stock = FromStock { paid: Units::new(10), given: Droplets::new(500) };
    for (spent, coins) in [(10, 0), (10, 200)] {
        let bought = Bought {
            spent: Units::new(spent),
            coins: Droplets::new(coins),
            stock: Some(stock),
            drawn: Droplets::new(5),
            is_ended: true,
            ..Bought::default()
        };
        let amount = Droplets::new(500 + coins + 5);
        let alone = Payout { amount, bought: Some(bought), ..owed() }.without_account(Droplets::new(9));
        assert_eq!((alone.amount.get(), alone.bought.unwrap().kept.get()), (500 + coins, 5));
    }
    let not_ended = Payout { bought: Some(Bought::default()), ..owed() };
    assert_eq!(not_ended.clone().without_account(Droplets::ZERO), not_ended);
}

#[test]
fn should_say_whether_something_stays_on_the_account() {
    let keeps = |bought| Payout { bought, ..owed() }.keeps();
    assert!(!keeps(None));
    assert!(!keeps(Some(Bought { coins: Droplets::new(7), ..Bought::default() })));
    assert!(keeps(Some(Bought { kept: Droplets::new(7), ..Bought::default() })));
    assert!(keeps(Some(Bought { left: Units::new(7), ..Bought::default() })));
}
