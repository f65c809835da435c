//! Orders upstream in every state, for the golden file.

use teller::deposit::BlockAt;
use teller::engine::{BuyMethods, FoundDeposit, Intake};
use teller::exchange::{ClientId, VenueOrderId};
use teller::store::{OrderEvent, PayoutEvent, Store};
use teller::types::{
    Actor, BlockHash, BuyMethod, Coin, DepositId, DepositNo, Exact, Height, OrderNo, PerCoin, Rate, Symbol,
    Units,
};
use teller::upstream::{Outcome, PaidFee, Share, Terms};

use crate::support::addresses;

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn order(store: &Store, event: OrderEvent) {
    store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
}

/// Deposits of 0.01 BTC that are bought for upstream, and one order for each: of every state one.
pub(crate) fn fill(store: &Store, first: u64) {
    let methods = BuyMethods { coins: PerCoin::new(|_| BuyMethod::Passthrough), tokens: Vec::new() };
    let rates = PerCoin::new(|_| Rate::parse("500").unwrap());
    let intake = Intake::fixed(&rates, &[], 3, methods);
    for n in 0..7 {
        let id = DepositId { coin: Coin::BTC, tx: format!("upstream {n}"), n: 0, token: None };
        let block = BlockAt { height: Height::new(102), hash: Some(BlockHash([102; 32])), waits: 0 };
        let (address, amount) = (addresses(1)[0], Units::new(1_000_000));
        let found = FoundDeposit { id, token: None, address, amount, block, is_final: true };
        let intake = intake.clone();
        store.act_blocking(move |tx| intake.take(tx, &found)).unwrap();
    }
    for payout in (first..first + 7).map(DepositNo::new) {
        let decided = PayoutEvent::Decided { payout, method: BuyMethod::Passthrough };
        store.write_blocking(move |tx| tx.record(decided.clone())).unwrap();
    }
    (0..6).for_each(|n| intend(store, n, DepositNo::new(first + n)));
    advance(store, DepositNo::new(first));
    // The last one waits, since somebody wants it to.
    let (payout, why) = (DepositNo::new(first + 6), "later".to_owned());
    let paused = PayoutEvent::PurchasePaused { payout, why };
    store.write_blocking(move |tx| tx.record_act(Actor::operator(), paused.clone())).unwrap();
}

fn intend(store: &Store, n: u64, payout: DepositNo) {
    let terms = Terms {
        exchange: "c2cx".into(),
        market: "BTC_SKY".into(),
        base: Symbol::parse("SKY").unwrap(),
        quote: Symbol::parse("BTC").unwrap(),
        quote_decimals: 8,
        client_id: ClientId(format!("id {n}")),
        price: exact("0.002"),
        quantity: exact("5"),
        account: "5eed".into(),
    };
    let shares = vec![Share { payout, budget: Units::new(1_000_000) }];
    store.write_blocking(move |tx| tx.intend_order(terms.clone(), shares.clone()).map(drop)).unwrap();
}

/// The first is bought in part, and paid; the second is placed, and so on.
fn advance(store: &Store, first: DepositNo) {
    let no = OrderNo::new;
    let placed = |n| OrderEvent::Placed { order: no(n), id: VenueOrderId(n.to_string()) };
    [1, 2].into_iter().for_each(|n| order(store, placed(n)));
    let fees = vec![PaidFee { asset: Symbol::parse("SKY").unwrap(), amount: exact("0.0060005") }];
    let outcome = Outcome { filled: exact("3"), cost: exact("0.006"), fees };
    order(store, OrderEvent::Closed { order: no(1), outcome, why: None });
    let ended = PayoutEvent::PurchaseEnded { payout: first, stock: None, max_decimals: 3 };
    store.write_blocking(move |tx| tx.record(ended.clone())).unwrap();
    order(store, OrderEvent::Doubted { order: no(3), words: "no reply".into() });
    order(store, OrderEvent::Held { order: no(4), words: "nobody can tell".into() });
    order(store, OrderEvent::Missed { order: no(5), words: "no funds".into() });
}
