//! Withdrawals from an exchange in every state, for the golden file.

use teller::dummy::DummyNode;
use teller::exchange::ClientId;
use teller::rail::OwnAddress;
use teller::store::{Store, WithdrawalEvent};
use teller::types::{Exact, Symbol, WithdrawalNo};
use teller::upstream::{Departure, Wanted, WithdrawalTerms};

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

/// One that came to nothing and one that arrived, and then one of each state that is open: of coins of their own, since
/// one of a coin is under way at a time.
pub(crate) fn fill(store: &Store) {
    let wallet = DummyNode::hot_wallet();
    let addresses = wallet.addresses();
    store.write_blocking(move |tx| tx.know_wallet(&addresses)).unwrap();
    let to = OwnAddress::of(&wallet);
    for (n, asset) in (1..).zip(["SKY", "SKY", "SKY", "SKYB", "SKYC", "SKYD", "SKYE"]) {
        let terms = WithdrawalTerms::new(wanted(n, asset), to);
        store.write_blocking(move |tx| tx.intend_withdrawal(terms.clone()).map(drop)).unwrap();
        advance(store, n);
    }
}

fn wanted(n: u64, asset: &str) -> Wanted {
    Wanted {
        exchange: "kraken".into(),
        account: "5eed".into(),
        coin: asset.to_lowercase(),
        asset: Symbol::parse(asset).unwrap(),
        client_id: ClientId(format!("withdrawal {n}")),
        amount: exact("1.5"),
        is_fee_on_top: n.is_multiple_of(2),
        max_fee: exact("0.5"),
        network: Some("Skycoin".into()).filter(|_| n.is_multiple_of(2)),
        key: Some("hot wallet".into()).filter(|_| n.is_multiple_of(3)),
    }
}

fn advance(store: &Store, n: u64) {
    let (withdrawal, id) = (WithdrawalNo::new(n), format!("w{n}"));
    let departure = Departure { amount: exact("1.5"), fee: exact("0.1") };
    let asked = WithdrawalEvent::Asked { withdrawal, id };
    let left = WithdrawalEvent::Left { withdrawal, departure, txid: Some("ab".repeat(32)) };
    let words = "no reply".to_owned();
    let events = match n {
        1 => vec![WithdrawalEvent::Missed { withdrawal, words }],
        2 => {
            let arrived = WithdrawalEvent::Arrived { withdrawal, departure, why: Some("seen".into()) };
            let taken_back = WithdrawalEvent::TakenBack { withdrawal, words: "a fork".into() };
            vec![asked, left, arrived.clone(), taken_back, arrived]
        }
        4 => vec![asked],
        5 => vec![WithdrawalEvent::Doubted { withdrawal, words }],
        6 => vec![asked, left],
        7 => vec![asked, left, WithdrawalEvent::Held { withdrawal, words: "nobody can tell".into() }],
        _ => Vec::new(),
    };
    for event in events {
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    }
}
