//! What was taken over from the original's database, for the golden file.

use teller::payout::{Inherited, PublicStatus};
use teller::store::{AddressEvent, DepositEvent, InheritedDeposit, PayoutEvent, Store};
use teller::types::{
    Actor, BindingNo, BuyMethod, Coin, DepositId, DepositNo, Droplets, Height, TxId, Units, UnixTime,
};

use crate::support::addresses;

/// A deposit to the first binding of which the original says this.
pub(crate) fn told(tx: &str, payee_seq: u32, payout: Inherited) -> InheritedDeposit {
    InheritedDeposit {
        id: DepositId { coin: Coin::BTC, tx: tx.to_owned(), n: 0, token: None },
        binding: BindingNo::FIRST,
        payee_seq,
        amount: Units::new(200_000),
        rate: "500".to_owned(),
        quote: Droplets::new(1_000_000),
        height: Height::new(90),
        updated_at: UnixTime::new(1_513_000_000),
        method: BuyMethod::Direct,
        payout,
    }
}

pub(crate) fn unclear(status: PublicStatus, txid: Option<TxId>) -> Inherited {
    Inherited::Unclear { method: BuyMethod::Direct, status, txid, error: String::new() }
}

/// The first of them has this number.
pub(crate) fn fill(store: &Store, first: u64) {
    let by = Some(TxId([0x66; 32]));
    let all = [
        told("paid before", 40, unclear(PublicStatus::Done, by)),
        told("inherited", 41, unclear(PublicStatus::WaitingSend, None)),
        told("said to be paid", 42, unclear(PublicStatus::WaitingConfirm, None)),
    ];
    for (deposit, told) in (first..).map(DepositNo::new).zip(all) {
        let event = DepositEvent::Inherited { deposit, told };
        store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    }
    let payout = DepositNo::new(first + 2);
    let paid = PayoutEvent::PaidBefore { payout, by: Some(TxId([0x67; 32])), why: "seen there".to_owned() };
    store.write_blocking(move |tx| tx.record_act(Actor::operator(), paid.clone())).unwrap();
    let used = AddressEvent::UsedBefore { address: addresses(6)[5] };
    store.write_blocking(move |tx| tx.record(used.clone())).unwrap();
}
