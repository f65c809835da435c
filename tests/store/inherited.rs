//! Deposits of the original's: known again by what they are, never owed by themselves, paid once.

use std::sync::Arc;

use teller::deposit::BlockAt;
use teller::engine::operator::{Order, adopt_spend, pay_before, rule};
use teller::engine::{BuyMethods, FoundDeposit, Intake, IntakeOutcome};
use teller::ledger::{Account, Asset};
use teller::payout::{Inherited, PayoutState, PublicStatus, Verdict, Waiting};
use teller::skycoin::Address;
use teller::store::{
    Books, DepositEvent, Inheritance, MemoryBackend, OpenState, Page, Spends, Store, Tables, WaitingPage,
};
use teller::types::{
    BlockHash, BlockRef, Coin, DepositId, DepositNo, Droplets, Height, PerCoin, Rate, TxId, Units,
};

use crate::golden_inherited::{told, unclear};
use crate::support::{addresses, audit, bind, foreign_spend, know_wallet, open, payee, sign};

const TX: &str = "e4223ed20d7ea5740a326e2b268ca6db91d041cf5194f577e393a8ba3b85d8e9";

/// A store with one binding, and one deposit to it that was taken over.
fn inherited(payout: Inherited) -> Store {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    bind(&store, 1, addresses(1)[0]).unwrap();
    let event = DepositEvent::Inherited { deposit: DepositNo::FIRST, told: told(TX, 1, payout) };
    store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    store
}

fn waiting_send() -> Store {
    inherited(unclear(PublicStatus::WaitingSend, None))
}

fn found(n: u32, amount: u128) -> FoundDeposit {
    FoundDeposit {
        id: DepositId { coin: Coin::BTC, tx: TX.to_owned(), n, token: None },
        token: None,
        address: addresses(1)[0],
        amount: Units::new(amount),
        block: BlockAt { height: Height::new(91), hash: Some(BlockHash([9; 32])), waits: 0 },
        is_final: true,
    }
}

fn take(store: &Store, found: FoundDeposit) -> IntakeOutcome {
    let rates = PerCoin::new(|_| Rate::parse("500").unwrap());
    let intake = Intake::fixed(&rates, &[], 3, BuyMethods::default());
    store.act_blocking(move |tx| intake.take(tx, &found)).unwrap()
}

fn state(store: &Store) -> PayoutState {
    store.snapshot().payout(DepositNo::FIRST).unwrap().unwrap().state
}

fn order() -> Order {
    Order::new("anna", "looked at the history").unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

fn consistent(store: &Store) {
    assert_eq!(audit(store), Vec::<String>::new());
}

fn stands(store: &Store, account: Account) -> u128 {
    store.snapshot().balances().unwrap().amount(Asset::of_payouts(), account).get()
}

#[test]
fn should_know_a_deposit_again_wherever_in_its_transaction_it_is() {
    for n in [0, 1, 7] {
        let store = waiting_send();
        assert_eq!(take(&store, found(n, 200_000)), IntakeOutcome::Known(DepositNo::FIRST), "{n}");
        let deposit = store.snapshot().deposit(DepositNo::FIRST).unwrap().unwrap();
        assert_eq!((deposit.id.n, deposit.block().height.get(), deposit.is_unlocated), (n, 91, false));
        assert_eq!(take(&store, found(n, 200_000)), IntakeOutcome::Known(DepositNo::FIRST));
        // Another output of the same is one that the original had missed.
        assert_eq!(take(&store, found(n + 1, 200_000)), IntakeOutcome::New(DepositNo::new(2)));
        assert_eq!(store.snapshot().counters().deposits, 2);
        consistent(&store);
    }
}

#[test]
fn should_take_what_differs_for_another_deposit() {
    let store = waiting_send();
    assert_eq!(take(&store, found(0, 200_001)), IntakeOutcome::New(DepositNo::new(2)));
    assert_eq!(take(&store, found(1, 200_000)), IntakeOutcome::Known(DepositNo::FIRST));
    bind(&store, 1, addresses(2)[1]).unwrap();
    let elsewhere = FoundDeposit { address: addresses(2)[1], ..found(2, 200_000) };
    assert_eq!(take(&store, elsewhere), IntakeOutcome::New(DepositNo::new(3)));
    consistent(&store);
}

#[test]
fn should_add_what_the_original_cut_off_ether() {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let address = teller::testing::deposit_addresses(Coin::ETH)[0];
    bind(&store, 1, address).unwrap();
    let mut ether = told(TX, 1, unclear(PublicStatus::Done, Some(TxId([6; 32]))));
    (ether.id.coin, ether.amount, ether.id.n) = (Coin::ETH, Units::new(5_000_000_000), 57);
    let event = DepositEvent::Inherited { deposit: DepositNo::FIRST, told: ether };
    store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
    let mut wei = FoundDeposit { address, ..found(0, 5_000_000_999) };
    wei.id.coin = Coin::ETH;
    assert_eq!(take(&store, wei.clone()), IntakeOutcome::Known(DepositNo::FIRST));
    assert_eq!(take(&store, wei), IntakeOutcome::Known(DepositNo::FIRST));
    assert_eq!(store.snapshot().balances().unwrap().received(Coin::ETH), Units::new(5_000_000_999));
    consistent(&store);
}

#[test]
fn should_keep_the_books_of_what_the_original_has_paid() {
    let txid = TxId([6; 32]);
    let store = inherited(unclear(PublicStatus::Done, Some(txid)));
    assert_eq!((stands(&store, Account::Paid), stands(&store, Account::Owed)), (1_000_000, 0));
    let snapshot = store.snapshot();
    assert!(snapshot.is_paid_before(txid).unwrap() && snapshot.is_own_spend(txid).unwrap());
    assert!(!snapshot.is_paid_before(TxId([7; 32])).unwrap());
    assert_eq!(snapshot.deposits(Some(PublicStatus::Done), Page::ALL).unwrap(), [DepositNo::FIRST]);
    // A spend of the hot wallet that made it is no news.
    let spend = foreign_spend(3, &[(payee(1), Droplets::new(1_000_000))], None);
    let store = inherited(unclear(PublicStatus::Done, Some(spend.txid)));
    assert_eq!(store.write_blocking(move |tx| tx.take_spends(std::slice::from_ref(&spend))).unwrap(), 0);
    assert_eq!(store.snapshot().counters().unknown_spends, 0);
    consistent(&store);
}

#[test]
fn should_never_owe_by_itself_what_was_in_flight() {
    for status in PublicStatus::ALL {
        let store = inherited(unclear(status, None));
        assert!(matches!(state(&store), PayoutState::Inherited(Inherited::Unclear { .. })));
        let snapshot = store.snapshot();
        for open in [OpenState::Undecided, OpenState::Ready, OpenState::Held, OpenState::ToBuy] {
            assert_eq!(snapshot.payouts_in(open, Page::ALL).unwrap(), [], "{status:?}");
        }
        let page = WaitingPage { after: None, limit: 9 };
        assert_eq!(snapshot.waiting(Waiting::Inherited, page).unwrap().len(), 1);
        assert_eq!(snapshot.deposits(Some(status), Page::ALL).unwrap(), [DepositNo::FIRST]);
        // Nor is anything signed for it, whoever asks.
        sign(&store, 1, &[(DepositNo::FIRST, 1_000_000)]).unwrap_err();
        consistent(&store);
    }
}

#[test]
fn should_owe_it_once_a_person_says_so() {
    let store = waiting_send();
    run(rule(&store, DepositNo::FIRST, Verdict::Pay, order())).unwrap();
    assert!(matches!(state(&store), PayoutState::Owed { .. }));
    assert!(run(pay_before(&store, DepositNo::FIRST, None, order())).is_err());
    sign(&store, 1, &[(DepositNo::FIRST, 1_000_000)]).unwrap();
    consistent(&store);
}

#[test]
fn should_be_done_once_a_person_says_that_it_was_paid() {
    let store = waiting_send();
    run(pay_before(&store, DepositNo::FIRST, Some(TxId([8; 32])), order())).unwrap();
    assert_eq!((stands(&store, Account::Paid), stands(&store, Account::Owed)), (1_000_000, 0));
    assert!(run(rule(&store, DepositNo::FIRST, Verdict::Pay, order())).is_err());
    assert!(run(rule(&store, DepositNo::FIRST, Verdict::Void, order())).is_err());
    assert!(store.snapshot().is_paid_before(TxId([8; 32])).unwrap());
    consistent(&store);
    // Or that nothing is ever paid for it.
    let store = waiting_send();
    run(rule(&store, DepositNo::FIRST, Verdict::Void, order())).unwrap();
    assert!(matches!(state(&store), PayoutState::Voided { .. }));
    assert_eq!(stands(&store, Account::Owed), 0);
    consistent(&store);
}

/// The original had sent it and not written that down: the hot wallet's history shows a spend that nobody knows.
#[test]
fn should_take_over_a_spend_that_has_paid_it() {
    let store = waiting_send();
    know_wallet(&store);
    let block = BlockRef { height: Height::new(8), hash: BlockHash([8; 32]) };
    let spend = foreign_spend(3, &[(payee(1), Droplets::new(1_000_000))], Some(block));
    let (txid, seen) = (spend.txid, spend);
    assert_eq!(store.write_blocking(move |tx| tx.take_spends(std::slice::from_ref(&seen))).unwrap(), 1);
    // As long as nobody has said what it was, nothing is signed.
    assert_eq!(store.snapshot().counters().unknown_spends, 1);
    let refused = run(pay_before(&store, DepositNo::FIRST, Some(txid), order())).unwrap_err();
    assert!(refused.to_string().contains("among the spends of the hot wallet"), "{refused}");
    let (attempt, deposits) = run(adopt_spend(&store, txid, Vec::new(), false, order())).unwrap();
    assert_eq!(deposits, [DepositNo::FIRST]);
    assert_eq!(store.snapshot().attempt(attempt).unwrap().unwrap().txid, txid);
    assert!(matches!(state(&store), PayoutState::Sent { .. }));
    assert_eq!(store.snapshot().counters().unknown_spends, 0);
    consistent(&store);
}

#[test]
fn should_tell_a_fork_that_takes_it() {
    let paid = inherited(unclear(PublicStatus::Done, Some(TxId([6; 32]))));
    let quarantined = DepositEvent::Quarantined { deposit: DepositNo::FIRST };
    let orphaned = DepositEvent::Orphaned { deposit: DepositNo::FIRST };
    let again = orphaned.clone();
    paid.write_blocking(move |tx| tx.record(again.clone())).unwrap_err();
    paid.write_blocking(move |tx| tx.record(quarantined.clone())).unwrap();
    assert_eq!(paid.snapshot().counters().waiting(Waiting::TakenBackPaid), 1);
    assert_eq!(paid.snapshot().balances().unwrap().lost(Coin::BTC), Units::new(200_000));
    consistent(&paid);
    let unclear = waiting_send();
    unclear.write_blocking(move |tx| tx.record(orphaned.clone())).unwrap();
    // It is the same deposit that comes back.
    assert_eq!(take(&unclear, found(3, 200_000)), IntakeOutcome::Known(DepositNo::FIRST));
    assert_eq!(unclear.snapshot().counters().waiting(Waiting::Inherited), 1);
    consistent(&unclear);
}

#[test]
fn should_go_on_numbering_where_the_original_ended() {
    let store = waiting_send();
    let new = FoundDeposit { id: DepositId { tx: "new".to_owned(), ..found(0, 1).id }, ..found(0, 200_000) };
    assert_eq!(take(&store, new), IntakeOutcome::New(DepositNo::new(2)));
    assert_eq!(store.snapshot().deposit(DepositNo::new(2)).unwrap().unwrap().payee_seq, 2);
    assert_eq!(
        store.snapshot().payout(DepositNo::new(2)).unwrap().unwrap().payee,
        Address::from_bytes([1; 20])
    );
    consistent(&store);
}
