use super::*;
use crate::types::{BuyMethod, Coin};

fn deposit() -> Deposit {
    Deposit {
        no: DepositNo::FIRST,
        id: DepositId { coin: Coin::BTC, tx: "a1".into(), n: 0, token: None },
        binding: BindingNo::FIRST,
        payee_seq: 1,
        amount: Units::new(200_000),
        rate: "500".into(),
        quote: Some(Droplets::new(1_000_000)),
        seen_at: UnixTime::new(1),
        updated_at: UnixTime::new(1),
        state: DepositState::Confirming { block: block(7) },
        previous: None,
        token: None,
        method: BuyMethod::Direct,
        priced: None,
        is_unlocated: false,
    }
}

fn block(height: u64) -> BlockAt {
    BlockAt { height: Height::new(height), hash: Some(BlockHash([7; 32])), waits: 0 }
}

#[test]
fn should_become_final_once() {
    let later = UnixTime::new(2);
    let done = deposit().finalize(later).unwrap();
    assert_eq!((done.state.clone(), done.updated_at), (DepositState::Final { block: block(7) }, later));
    assert!(done.finalize(later).is_err());
}

#[test]
fn should_come_back_after_a_reorg_with_its_price() {
    let later = UnixTime::new(2);
    let orphan = deposit().orphan(later).unwrap();
    assert!(orphan.clone().finalize(later).is_err());
    let back = orphan.reinclude(block(9), later).unwrap();
    assert_eq!(back.state, DepositState::Confirming { block: block(9) });
    assert_eq!((back.rate.as_str(), back.quote), ("500", Some(Droplets::new(1_000_000))));
}

#[test]
fn should_be_confirmed_anew_after_it_was_quarantined() {
    let now = UnixTime::new(2);
    let lost = deposit().finalize(now).unwrap().quarantine(now).unwrap();
    assert!(lost.clone().orphan(now).is_err());
    assert!(lost.clone().finalize(now).is_err());
    assert!(lost.clone().quarantine(now).is_err());
    let back = lost.reinclude(block(9), now).unwrap();
    assert_eq!(back.state, DepositState::Confirming { block: block(9) });
    // And may be taken back once more before it is final.
    let again = back.clone().quarantine(now).unwrap();
    assert_eq!(again.state, DepositState::Quarantined { was: block(9) });
    assert!(back.finalize(now).unwrap().is_final());
}

#[test]
fn should_keep_every_state_through_the_codec() {
    let now = UnixTime::new(2);
    let last = deposit().finalize(now).unwrap();
    for deposit in [deposit(), last.clone(), deposit().orphan(now).unwrap(), last.quarantine(now).unwrap()] {
        let bytes = minicbor::to_vec(&deposit).unwrap();
        assert_eq!(minicbor::decode::<Deposit>(&bytes).unwrap(), deposit);
    }
}

#[test]
fn should_be_priced_once() {
    let later = UnixTime::new(9);
    let price = |deposit: Deposit, rate: &str| {
        deposit.price(rate.to_owned(), Some(Droplets::new(7)), PriceNote::fixed(later), later)
    };
    let unpriced = || Deposit { rate: String::new(), quote: None, ..deposit() };
    let priced = price(unpriced(), "400").unwrap();
    assert_eq!((priced.rate.as_str(), priced.quote), ("400", Some(Droplets::new(7))));
    assert_eq!((priced.priced.clone(), priced.updated_at), (Some(PriceNote::fixed(later)), later));
    assert!(price(priced, "500").is_err(), "it has one");
    assert!(price(unpriced(), "").is_err(), "none is no price");
    assert!(price(deposit(), "").is_err());
}
