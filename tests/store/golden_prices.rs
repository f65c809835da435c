//! A deposit that waits for a price, one that waited, what a person has set or switched off, and circuit breakers, for
//! the golden file.

use teller::breaker::Breaker;
use teller::deposit::BlockAt;
use teller::price::PriceNote;
use teller::store::{
    BreakerEvent, DepositEvent, NewDeposit, PriceEvent, PriceHeard, Store, StoreError, SwitchEvent, WriteTx,
};
use teller::types::{
    Actor, BlockHash, BuyMethod, Coin, DepositId, DepositNo, Droplets, Height, Rate, Symbol, Units, UnixTime,
};

use crate::support::addresses;

/// The first of them has this number.
pub(crate) fn fill(store: &Store, first: u64) {
    for tx in ["priced late", "without a price"] {
        let new = NewDeposit {
            id: DepositId { coin: Coin::BTC, tx: tx.to_owned(), n: 0, token: None },
            token: None,
            amount: Units::new(200_000),
            rate: String::new(),
            quote: None,
            block: BlockAt { height: Height::new(104), hash: Some(BlockHash([104; 32])), waits: 0 },
            method: BuyMethod::Direct,
            priced: None,
        };
        let seen = move |tx: &mut WriteTx<'_>| {
            let binding = tx.find_address(&addresses(1)[0])?.expect("it is bound");
            tx.see_deposit(&binding, new.clone()).map(drop)
        };
        store.write_blocking(seen).unwrap();
    }
    let note = PriceNote {
        source: "binance:SKYBTC at 0.002".to_owned(),
        at: UnixTime::new(1_700_000_000),
        spread: "0.01".parse().unwrap(),
    };
    let priced = DepositEvent::Priced {
        deposit: DepositNo::new(first),
        rate: "495".to_owned(),
        quote: Some(Droplets::new(990_000)),
        priced: note,
    };
    store.write_blocking(move |tx| tx.record(priced.clone())).unwrap();
    let set = |code: &str| PriceEvent::Set {
        code: code.to_owned(),
        rate: "7".to_owned(),
        why: "a sale".to_owned(),
    };
    let cleared = PriceEvent::Cleared { code: "ETH".to_owned(), why: "it is over".to_owned() };
    let configured = PriceEvent::Configured { code: "BTC".to_owned(), what: "250".to_owned() };
    breakers(store);
    heard(store);
    for event in [set("BTC"), set("ETH"), cleared, configured] {
        store.write_blocking(move |tx| tx.record_act(Actor::operator(), event.clone())).unwrap();
    }
    let off = |name: &str| SwitchEvent::Off { name: name.to_owned(), why: "a node is replaced".to_owned() };
    let on = SwitchEvent::On { name: "send".to_owned(), why: "it is there".to_owned() };
    for event in [off("BTC"), off("send"), on] {
        store.write_blocking(move |tx| tx.record_act(Actor::operator(), event.clone())).unwrap();
    }
}

/// What was pushed, and what a price that moves is measured from.
fn heard(store: &Store) {
    let seen = |rate: &str, at| PriceHeard { rate: rate.to_owned(), at: UnixTime::new(at) };
    let keep = move |tx: &mut WriteTx<'_>| {
        tx.keep_pushed("ETH", &Rate::parse("7").map_err(|_| StoreError::Closed)?)?;
        tx.keep_seen("BTC", &[seen("495", 1_700_000_000), seen("3300/7", 1_700_000_015)])
    };
    store.write_blocking(keep).unwrap();
}

/// Some that are open, one that a person has closed, and one that is over.
fn breakers(store: &Store) {
    let opened = |breaker| BreakerEvent::Opened {
        breaker,
        evidence: "more was to be paid".to_owned(),
        grounds: vec!["BTC a 1:0".to_owned()],
    };
    let breakers = [Breaker::Payouts, Breaker::Books(Coin::BTC), Breaker::Nodes(Coin::ETH), Breaker::Payouts];
    for event in breakers.map(opened) {
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    }
    let price = Breaker::Price(Symbol::parse("USDT").unwrap());
    let over = BreakerEvent::Over { breaker: price, why: "the price is back".to_owned() };
    for event in [opened(price), over] {
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    }
    let closed =
        BreakerEvent::Closed { breaker: Breaker::Books(Coin::BTC), why: "it is explained".to_owned() };
    store.write_blocking(move |tx| tx.record_act(Actor::operator(), closed.clone())).unwrap();
}
