//! The steps of a withdrawal.

use super::{Departure, Wanted, Withdrawal, WithdrawalState, WithdrawalTerms};
use crate::exchange::ClientId;
use crate::rail::{OwnAddress, Signer, SignerError, SigningRequest};
use crate::skycoin::{Address, Transaction};
use crate::types::{Exact, Symbol, UnixTime, WithdrawalNo};

struct Keys;

impl Signer for Keys {
    fn addresses(&self) -> Vec<Address> {
        vec![self.change_address()]
    }

    fn change_address(&self) -> Address {
        Address::from_bytes([9; 20])
    }

    async fn sign(&self, _: &SigningRequest) -> Result<Transaction, SignerError> {
        Err(SignerError::Unsignable("never".to_owned()))
    }
}

const AT: UnixTime = UnixTime::new(7);

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn departure() -> Departure {
    Departure { amount: exact("5"), fee: exact("0.1") }
}

fn withdrawal(is_fee_on_top: bool) -> Withdrawal {
    let wanted = Wanted {
        exchange: "kraken".to_owned(),
        account: "5eed".to_owned(),
        coin: "SKY".to_owned(),
        asset: Symbol::parse("SKY").unwrap(),
        client_id: ClientId("one".to_owned()),
        amount: exact("5"),
        is_fee_on_top,
        max_fee: exact("1"),
        network: None,
        key: None,
    };
    let terms = WithdrawalTerms::new(wanted, OwnAddress::of(&Keys));
    Withdrawal::intended(WithdrawalNo::FIRST, terms, AT)
}

/// One in each state, by name.
pub(crate) fn one_of_each() -> Vec<Withdrawal> {
    let intended = withdrawal(false);
    let asked = intended.clone().ask("id".to_owned(), AT).unwrap();
    let unclear = intended.clone().doubt("no reply".to_owned(), AT).unwrap();
    let left = asked.clone().leave(departure(), Some("ab".to_owned()), AT).unwrap();
    let held = left.clone().hold("who knows".to_owned(), AT).unwrap();
    let missed = intended.clone().miss("refused".to_owned(), AT).unwrap();
    let arrived = left.clone().arrive(departure(), AT).unwrap();
    vec![intended, asked, unclear, left, held, missed, arrived]
}

#[test]
fn should_go_to_the_wallet_alone() {
    assert_eq!(withdrawal(false).terms.to(), Address::from_bytes([9; 20]));
    assert_eq!(withdrawal(false).terms.most().unwrap(), exact("5"));
    assert_eq!(withdrawal(true).terms.most().unwrap(), exact("6"), "with the highest fee");
}

#[test]
fn should_allow_each_step_from_where_it_is_true() {
    let words = || "words".to_owned();
    type Step = (&'static str, fn(Withdrawal) -> bool, &'static [&'static str]);
    let steps: [Step; 6] = [
        ("ask", |known| known.ask("id".to_owned(), AT).is_ok(), &["intended", "unclear"]),
        ("doubt", |known| known.doubt(String::new(), AT).is_ok(), &["intended"]),
        ("leave", |known| known.leave(departure(), None, AT).is_ok(), &["asked"]),
        ("hold", |known| known.hold(String::new(), AT).is_ok(), &["intended", "asked", "unclear", "left"]),
        ("look", |known| known.look_again(AT).is_ok(), &["held"]),
        ("arrive", |known| known.arrive(departure(), AT).is_ok(), &["left", "held"]),
    ];
    for (name, step, from) in steps {
        let allowed: Vec<&str> = one_of_each()
            .into_iter()
            .filter(|known| step(known.clone()))
            .map(|known| known.state.name())
            .collect();
        assert_eq!(allowed, from, "{name}");
    }
    for known in one_of_each() {
        assert_eq!(known.clone().miss(words(), AT).is_ok(), known.is_open(), "{}", known.state.name());
        assert_eq!(known.can_be_looked_up().is_ok(), known.is_held(), "{}", known.state.name());
    }
}

#[test]
fn should_look_again_from_where_it_stood() {
    let [intended, asked, _, left, ..] = &one_of_each()[..] else { panic!("seven") };
    for (known, state) in [(intended, "unclear"), (asked, "asked"), (left, "left")] {
        let held = known.clone().hold("who knows".to_owned(), AT).unwrap();
        assert_eq!(held.look_again(AT).unwrap().state.name(), state);
    }
    // Its transaction may be told later, once.
    let untold = asked.clone().leave(departure(), None, AT).unwrap();
    let told = untold.leave(departure(), Some("cd".to_owned()), AT).unwrap();
    assert_eq!(told.txid(), Some("cd"));
    assert!(told.leave(departure(), Some("ef".to_owned()), AT).is_err());
}

#[test]
fn should_book_no_more_than_was_asked_for() {
    let held = withdrawal(false).hold("who knows".to_owned(), AT).unwrap();
    assert!(matches!(held.state, WithdrawalState::Held { id: None, departure: None, .. }));
    for (amount, fee, is_possible) in
        [("5", "0.1", true), ("5", "0", true), ("6", "0.5", false), ("1", "1", false), ("1", "2", false)]
    {
        let told = Departure { amount: exact(amount), fee: exact(fee) };
        assert_eq!(held.can_be_booked(&told).is_ok(), is_possible, "{amount} {fee}");
    }
    assert!(withdrawal(false).can_be_booked(&departure()).is_err(), "it is found out by itself");
}

/// Where all of them go.
pub(crate) fn own_address() -> OwnAddress {
    OwnAddress::of(&Keys)
}
