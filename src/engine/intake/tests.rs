//! What a deposit is worth, and how what it is paid with is come by.

use std::time::Duration;

use super::*;
use crate::price::{BindPromise, PromisedPrice};
use crate::skycoin::Address;
use crate::store::{Offer, Store};
use crate::testing::memory_store;
use crate::types::{BlockHash, Contract, Exact, Height, Symbol};

const ANNA: Address = Address::from_bytes([1; 20]);

fn address() -> DepositAddress {
    DepositAddress::of_account([1; 20])
}

/// Half an ether, in a block that is not deep.
fn found() -> FoundDeposit {
    FoundDeposit {
        id: DepositId { coin: Coin::ETH, tx: "aa".to_owned(), n: 0, token: None },
        token: None,
        address: address(),
        amount: Units::new(500_000_000_000_000_000),
        block: BlockAt { height: Height::new(5), hash: Some(BlockHash([9; 32])), waits: 0 },
        is_final: false,
    }
}

fn token(contract: [u8; 20]) -> Token {
    Token { contract: Contract(contract), symbol: Symbol::parse("USDT").unwrap(), decimals: 6 }
}

fn intake(promised: Promised) -> Intake {
    let rates = PerCoin::new(|_| Rate::parse("500").unwrap());
    Intake { promised, ..Intake::fixed(&rates, &[], 3, BuyMethods::default()) }
}

fn deposit(store: &Store) -> Deposit {
    store.snapshot().deposit(DepositNo::FIRST).unwrap().unwrap()
}

fn record(store: &Store, event: DepositEvent) {
    store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
}

#[test]
fn should_price_nothing_before_its_time() {
    for (promised, is_due_before) in
        [(Promised::Final, false), (Promised::Seen, true), (Promised::Bind, true)]
    {
        let (store, intake) = (memory_store(), intake(promised));
        let taken = intake.clone();
        store
            .write_blocking(move |tx| {
                tx.bind(ANNA, address())?;
                taken.take(tx, &found()).map(drop).map_err(|error| StoreError::Invariant(error.to_string()))
            })
            .unwrap();
        let rate = if is_due_before { "500" } else { "" };
        assert_eq!((deposit(&store).rate.as_str(), intake.is_due(&deposit(&store))), (rate, is_due_before));
        record(&store, DepositEvent::Orphaned { deposit: DepositNo::FIRST });
        assert!(!intake.is_due(&deposit(&store)), "it is nowhere");
        let block = found().block;
        record(&store, DepositEvent::Reincluded { deposit: DepositNo::FIRST, block });
        record(&store, DepositEvent::Finalized { deposit: DepositNo::FIRST });
        assert!(intake.is_due(&deposit(&store)));
    }
}

#[test]
fn should_keep_what_was_promised_when_the_address_was_bound() {
    for (asset, rate, quote, source) in [
        (None, "400", 200_000_000, "promised at bind: the market"),
        // Of a token alone something was promised.
        (Some([7; 20]), "500", 250_000_000, "fixed"),
    ] {
        let store = memory_store();
        store
            .write_blocking(move |tx| {
                let note = PriceNote { source: "the market".to_owned(), at: tx.now(), spread: Exact::ZERO };
                let price = PromisedPrice { token: asset.map(token), rate: "400".to_owned(), note };
                let promise = BindPromise::new(vec![price], tx.now(), Duration::from_secs(900));
                tx.bind_promised(ANNA, Offer { address: address(), derivation: None }, promise)?;
                let taken = intake(Promised::Seen).take(tx, &found());
                taken.map(drop).map_err(|error| StoreError::Invariant(error.to_string()))
            })
            .unwrap();
        let Deposit { rate: told, quote: worth, priced, .. } = deposit(&store);
        assert_eq!((told.as_str(), worth), (rate, Some(Droplets::new(quote))));
        assert!(priced.unwrap().source.starts_with(source));
    }
}

#[test]
fn should_come_by_a_token_in_its_own_way() {
    let token = |byte| token([byte; 20]);
    // What it is called does not count.
    let renamed = Token { symbol: Symbol::parse("USDT0").unwrap(), ..token(7) };
    let methods = BuyMethods {
        coins: PerCoin::new(
            |coin| if coin == Coin::ETH { BuyMethod::Passthrough } else { BuyMethod::Direct },
        ),
        tokens: vec![(token(7), BuyMethod::Passthrough)],
    };
    for (coin, token, method) in [
        (Coin::ETH, None, BuyMethod::Passthrough),
        (Coin::BTC, None, BuyMethod::Direct),
        (Coin::ETH, Some(token(7)), BuyMethod::Passthrough),
        (Coin::ETH, Some(renamed), BuyMethod::Passthrough),
        (Coin::ETH, Some(token(8)), BuyMethod::Direct),
    ] {
        assert_eq!(methods.of(coin, token), method, "{coin} {token:?}");
    }
}
