//! What explains a difference, and what does not: each by what is the same but for one thing.

use super::*;
use crate::chain::{Effect, Gaps, Origin, PastUse, Payment, Unread};
use crate::engine::taking::take_block;
use crate::engine::{BuyMethods, Intake};
use crate::payout::{Inherited, PublicStatus};
use crate::skycoin::Address;
use crate::store::{AddressEvent, DepositEvent, InheritedDeposit, Pool, Store, WriteTx};
use crate::testing::memory_store;
use crate::types::{
    BindingNo, BlockHash, BuyMethod, DepositNo, Droplets, Height, PerCoin, Rate, UnixTime, Work,
};

const COIN: Coin = Coin::ETH;
const HERE: u64 = 10;
const WEI: u128 = 1_000_000_000_000_000;

fn address(n: u8) -> DepositAddress {
    DepositAddress::of_account([n; 20])
}

fn pays(tx: &str, to: u8, amount: u128) -> Payment {
    Payment::new(tx.to_owned(), 0, address(to), Units::new(amount))
}

fn at(height: u64, hash: u64) -> BlockRef {
    BlockRef { height: Height::new(height), hash: BlockHash([u8::try_from(hash).unwrap(); 32]) }
}

fn block(at: BlockRef, payments: Vec<Payment>) -> Block {
    Block { at, parent: BlockHash([0; 32]), work: Work::BLOCK, payments, gaps: Gaps::default() }
}

fn here(payments: Vec<Payment>) -> Block {
    block(at(HERE, HERE), payments)
}

fn unread(tx: &str) -> Unread {
    Unread { tx: tx.to_owned(), why: "time".to_owned(), effect: Effect::Unknown("no".to_owned()) }
}

fn write(store: &Store, work: impl Fn(&mut WriteTx<'_>) -> Result<(), StoreError> + Send + 'static) {
    store.write_blocking(work).unwrap();
}

/// A store in which addresses 1 to 3 are bound. Coins had come to 2 and 3 before, to the latter by the original's word.
fn books() -> Store {
    let store = memory_store();
    write(&store, |tx| {
        tx.put_pool_chunk(COIN, 1, 0, &[address(2), address(3)])?;
        tx.switch_pool(COIN, Pool { generation: 1, total: 2, ..Pool::default() })
    });
    store.watch_pool(COIN, 1).unwrap();
    write(&store, |tx| {
        let (tx_id, height) = (Some("before".to_owned()), Height::new(HERE));
        tx.taint(PastUse { address: address(2), tx: tx_id, amount: None, height })?;
        tx.record(AddressEvent::UsedBefore { address: address(3) })?;
        (1..4).try_for_each(|n| tx.bind(Address::from_bytes([n; 20]), address(n)).map(drop))
    });
    store
}

/// The follower reads these.
fn follow(store: &Store, blocks: &[Block]) {
    let rates = PerCoin::new(|_| Rate::parse("500").unwrap());
    let intake = Intake::fixed(&rates, &[], 3, BuyMethods::default());
    let blocks = blocks.to_vec();
    write(store, move |tx| {
        blocks.iter().try_for_each(|block| take_block(tx, COIN, block, &intake).map(drop))
    });
}

/// What nothing explains: transactions, what the chain says and what the books do.
fn unexplained(store: &Store, block: &Block) -> Vec<(String, u128, u128)> {
    let found = compare(&store.snapshot(), COIN, block).unwrap().unexplained;
    found.into_iter().map(|paid| (paid.tx, paid.chain.get(), paid.booked.get())).collect()
}

/// What the chain says, and what the books have as deposits, as own money, and explained by what was passed over, had
/// come before, or was taken over.
fn sums(store: &Store, block: &Block) -> [u128; 6] {
    let all = compare(&store.snapshot(), COIN, block).unwrap().sums;
    let [ReadSums { chain, booked, own, passed_over, tainted, taken_over, .. }] = all[..] else {
        panic!("{all:?}")
    };
    [chain, booked, own, passed_over, tainted, taken_over].map(Units::get)
}

#[test]
fn should_have_in_a_block_what_stands_in_that_one() {
    let store = books();
    follow(&store, &[here(vec![pays("a", 1, WEI)])]);
    let deposit = store.snapshot().deposit(DepositNo::FIRST).unwrap().unwrap();
    let is_in = |state: &DepositState, at: BlockRef| {
        stands_in(&Deposit { state: state.clone(), ..deposit.clone() }, at)
    };
    let was = deposit.block();
    let (confirming, done) = (DepositState::Confirming { block: was }, DepositState::Final { block: was });
    let (orphaned, taken) = (DepositState::Orphaned { was }, DepositState::Quarantined { was });
    for (state, stands) in [(confirming, true), (done, true), (orphaned, false), (taken, false)] {
        assert_eq!(is_in(&state, at(HERE, HERE)), stands, "{state:?}");
        assert!(!is_in(&state, at(HERE + 1, HERE)), "{state:?} at another height");
        assert!(!is_in(&state, at(HERE, 9)), "{state:?} in another block");
    }
}

#[test]
fn should_say_of_a_transaction_that_the_books_have_in_another_block_that_it_differs() {
    let store = books();
    follow(&store, &[here(vec![pays("a", 1, WEI)])]);
    let agrees = here(vec![pays("a", 1, WEI)]);
    assert_eq!((unexplained(&store, &agrees), sums(&store, &agrees)), (vec![], [WEI, WEI, 0, 0, 0, 0]));
    for other in [at(HERE + 1, HERE + 1), at(HERE, 9)] {
        let found = unexplained(&store, &block(other, vec![pays("a", 1, WEI)]));
        assert_eq!(found, [("a".to_owned(), WEI, 0)], "{other:?}");
    }
    assert_eq!(unexplained(&store, &here(vec![])), [("a".to_owned(), 0, WEI)]);
    assert_eq!(unexplained(&store, &here(vec![pays("a", 1, WEI + 1)])), [("a".to_owned(), WEI + 1, WEI)]);
    // What an orphan was worth is nowhere.
    write(&store, |tx| tx.record(DepositEvent::Orphaned { deposit: DepositNo::FIRST }));
    assert_eq!(unexplained(&store, &here(vec![])), []);
}

#[test]
fn should_count_own_money_in_its_block_and_at_its_address_alone() {
    let store = books();
    let own = |tx: &str| Payment { origin: Origin::Addresses([address(1)].into()), ..pays(tx, 1, WEI) };
    follow(&store, &[here(vec![own("a")])]);
    let agrees = here(vec![own("a")]);
    assert_eq!((unexplained(&store, &agrees), sums(&store, &agrees)), (vec![], [WEI, 0, WEI, 0, 0, 0]));
    let elsewhere = [
        block(at(HERE + 1, HERE + 1), vec![own("a")]),
        block(at(HERE + 1, HERE), vec![own("a")]),
        block(at(HERE, 9), vec![own("a")]),
        here(vec![Payment { address: address(3), ..own("a") }]),
        here(vec![own("b")]),
    ];
    for other in elsewhere {
        let found = unexplained(&store, &other);
        assert_eq!(found.iter().map(|(_, _, booked)| *booked).collect::<Vec<_>>(), [0], "{other:?}");
    }
}

#[test]
fn should_explain_by_what_was_passed_over_that_transaction_of_that_block_alone() {
    let store = books();
    let with_unread =
        |at, tx: &str| Block { gaps: Gaps { blind: None, unread: vec![unread(tx)] }, ..block(at, vec![]) };
    // The follower could not read "a" here, nor "b" in the next block.
    follow(&store, &[with_unread(at(HERE, HERE), "a"), with_unread(at(HERE + 1, HERE + 1), "b")]);
    let paid = here(vec![pays("a", 1, WEI)]);
    assert_eq!((unexplained(&store, &paid), sums(&store, &paid)), (vec![], [WEI, 0, 0, WEI, 0, 0]));
    for tx in ["b", "c"] {
        let found = unexplained(&store, &here(vec![pays(tx, 1, WEI)]));
        assert_eq!(found, [(tx.to_owned(), WEI, 0)]);
    }
    let found = unexplained(&store, &block(at(HERE, 9), vec![pays("a", 1, WEI)]));
    assert_eq!(found, [("a".to_owned(), WEI, 0)], "another block");
    // What cannot be read this time tells of no difference in what was followed.
    let gaps = Gaps { blind: None, unread: vec![unread("d")] };
    let blinked = |tx: &str| Block { gaps: gaps.clone(), ..here(vec![pays(tx, 1, WEI)]) };
    assert_eq!(unexplained(&store, &blinked("d")), []);
    assert_eq!(unexplained(&store, &blinked("e")), [("e".to_owned(), WEI, 0)]);
}

#[test]
fn should_explain_by_what_had_come_before_an_address_was_given_out() {
    let store = books();
    let cases = [
        ("before", 2, HERE + 2, true),
        ("x", 2, HERE - 1, true),
        ("x", 2, HERE, true),
        ("x", 2, HERE + 1, false),
        ("before", 1, HERE, false),
        ("x", 3, 0, false),
    ];
    for (tx, to, height, is_explained) in cases {
        let paid = block(at(height, height), vec![pays(tx, to, WEI)]);
        assert_eq!(unexplained(&store, &paid).is_empty(), is_explained, "{tx} to {to} at {height}");
        let tainted = if is_explained { WEI } else { 0 };
        assert_eq!(sums(&store, &paid), [WEI, 0, 0, 0, tainted, 0], "{tx} to {to} at {height}");
    }
    // What the books have and no block pays is explained by nothing that came before.
    follow(&store, &[here(vec![pays("x", 2, WEI)])]);
    assert_eq!(unexplained(&store, &here(vec![pays("x", 2, WEI - 1)])), [("x".to_owned(), WEI - 1, WEI)]);
}

#[test]
fn should_explain_by_what_was_taken_over_that_transaction_at_that_address_alone() {
    let store = books();
    let unclear = Inherited::Unclear {
        method: BuyMethod::Direct,
        status: PublicStatus::WaitingSend,
        txid: None,
        error: String::new(),
    };
    let told = InheritedDeposit {
        id: DepositId { coin: COIN, tx: "a".to_owned(), n: 0, token: None },
        binding: BindingNo::FIRST,
        payee_seq: 1,
        amount: Units::new(WEI),
        rate: "500".to_owned(),
        quote: Droplets::new(1_000),
        height: Height::new(HERE),
        updated_at: UnixTime::new(1_513_000_000),
        method: BuyMethod::Direct,
        payout: unclear,
    };
    let event = DepositEvent::Inherited { deposit: DepositNo::FIRST, told };
    write(&store, move |tx| tx.record(event.clone()));
    // Before the chain has shown it to the follower, as in blocks from before that began.
    let paid = here(vec![pays("a", 1, WEI)]);
    assert_eq!((unexplained(&store, &paid), sums(&store, &paid)), (vec![], [WEI, 0, 0, 0, 0, WEI]));
    for (tx, to) in [("a", 3), ("b", 1)] {
        let found = unexplained(&store, &here(vec![pays(tx, to, WEI)]));
        assert_eq!(found, [(tx.to_owned(), WEI, 0)], "{tx} to {to}");
    }
    follow(&store, &[here(vec![pays("a", 1, WEI)])]);
    // The original had of it what it had: another output was its to see.
    let more = Payment { n: 1, ..pays("a", 1, WEI * 2) };
    let paid = here(vec![pays("a", 1, WEI), more]);
    assert_eq!((unexplained(&store, &paid), sums(&store, &paid)), (vec![], [WEI * 3, WEI, 0, 0, 0, WEI * 2]));
    for (tx, to) in [("a", 3), ("b", 1)] {
        let found = unexplained(&store, &here(vec![pays(tx, to, WEI)]));
        assert_eq!(found, [(tx.to_owned(), WEI, 0)], "{tx} to {to}");
    }
}
