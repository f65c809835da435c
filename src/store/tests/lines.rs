//! Which purchases are the one line of a payee that is kept in memory.

use crate::coins::{Symbol, Token};
use crate::deposit::{BlockAt, Deposit, DepositState, Worth};
use crate::payout::{HoldReason, Payout};
use crate::skycoin::Address;
use crate::store::{Purchase, SoleLine, SoleStage};
use crate::types::{
    AttemptNo, BindingNo, BuyMethod, Coin, Contract, DepositId, DepositNo, Droplets, Height, Units, UnixTime,
};

const WORTH: Droplets = Droplets::new(1_000_000);
const BLOCK: BlockAt = BlockAt { height: Height::new(5), hash: None, waits: 0 };

fn deposit() -> Deposit {
    Deposit {
        no: DepositNo::FIRST,
        id: DepositId { coin: Coin::BTC, tx: "aa".to_owned(), n: 0, token: None },
        binding: BindingNo::FIRST,
        payee_seq: 1,
        amount: Units::new(200_000),
        rate: "500".to_owned(),
        quote: Some(WORTH),
        seen_at: UnixTime::new(1),
        updated_at: UnixTime::new(3),
        state: DepositState::Final { block: BLOCK },
        previous: None,
        token: None,
        method: BuyMethod::Direct,
        priced: None,
        is_unlocated: false,
    }
}

fn line(deposit: Deposit, payout: Option<Payout>) -> Option<SoleLine> {
    SoleLine::of_purchase(&Purchase { deposit, payout })
}

#[test]
fn should_keep_the_line_of_what_is_paid_and_stays_so() {
    let at = UnixTime::new(7);
    let owed = Payout::undecided(DepositNo::FIRST, Address::from_bytes([1; 20]), WORTH, UnixTime::new(2));
    let owed = owed.decide(BuyMethod::Direct, Worth::Known(WORTH), UnixTime::new(4)).unwrap();
    let sent = owed.clone().sign(AttemptNo::FIRST, at).unwrap().send(at).unwrap();
    let settled = sent.clone().settle(at).unwrap();
    let paid = SoleLine { coin: Coin::BTC, since: at, stage: SoleStage::Paid(BuyMethod::Direct) };
    assert_eq!(line(deposit(), Some(settled.clone())), Some(paid));
    let later = Deposit { updated_at: UnixTime::new(9), ..deposit() };
    let since = line(later, Some(settled.clone())).map(|line| line.since);
    assert_eq!(since, Some(UnixTime::new(9)), "when either changed last");

    // Something is still on its way.
    let held = owed.clone().hold(HoldReason::DepositOrphaned, at).unwrap();
    for payout in [None, Some(owed), Some(held), Some(sent)] {
        assert_eq!(line(deposit(), payout), None);
    }
    // A fork may bring more; there are other lines; a token has words of its own.
    let (contract, symbol) = (Contract([7; 20]), Symbol::parse("USDT").unwrap());
    for other in [
        Deposit { state: DepositState::Confirming { block: BLOCK }, ..deposit() },
        Deposit { state: DepositState::Quarantined { was: BLOCK }, ..deposit() },
        Deposit { previous: Some(DepositNo::new(2)), ..deposit() },
        Deposit { token: Some(Token { contract, symbol, decimals: 6 }), ..deposit() },
    ] {
        assert_eq!(line(other, Some(settled.clone())), None);
    }
}
