//! What the store makes impossible, on every backend.

use std::sync::Arc;

use teller::address::DepositAddress;
use teller::deposit::{BlockAt, DepositState};
use teller::engine::{IntakeError, IntakeOutcome};
use teller::ledger::Account;
use teller::payout::{AttemptState, HoldReason, PayoutState, PublicStatus, Verdict};
use teller::rail::Pays;
use teller::skycoin::{Address, CoinHours};
use teller::store::kv::Backend;
use teller::store::{
    AttemptEvent, Books, DepositEvent, Event, NewDeposit, OpenState, Page, PayoutEvent, Store, StoreError,
    Tables,
};
use teller::testing::{Way, deposit_addresses, signed};
use teller::types::{
    Actor, AttemptNo, BindingNo, BlockHash, BlockRef, BuyMethod, Claim, DepositId, DepositNo, Droplets,
    Height, Units,
};

use crate::support::{self, WALLET, audit, backends, bind, deposit_by, everywhere, open, payee};

const FIRST: DepositNo = DepositNo::FIRST;

fn record(store: &Store, event: impl Into<Event>) -> Result<(), StoreError> {
    let event = event.into();
    store.write_blocking(move |tx| tx.record(event.clone()))
}

fn act(store: &Store, act: impl Into<Event>) -> Result<(), StoreError> {
    let act = act.into();
    store.write_blocking(move |tx| tx.record_act(Actor::operator(), act.clone()))
}

fn sign(store: &Store, payout: DepositNo, amount: u64, input: u8) -> Result<AttemptNo, StoreError> {
    support::sign(store, input, &[(payout, amount)])
}

/// A store with two final, decided deposits of 1 and 2 SKY.
fn with_two_owed(backend: Arc<dyn Backend>, way: Way) -> Store {
    let store = open(backend).unwrap();
    let address = deposit_addresses(way.coin())[0];
    bind(&store, 1, address).unwrap();
    assert_eq!(deposit_by(&store, way, address, "aa", 200_000), Ok(IntakeOutcome::New(FIRST)));
    assert_eq!(deposit_by(&store, way, address, "bb", 400_000), Ok(IntakeOutcome::New(FIRST.next())));
    for payout in [FIRST, FIRST.next()] {
        record(&store, PayoutEvent::Decided { payout, method: BuyMethod::Direct }).unwrap();
    }
    store
}

/// What is on the books as received by this way.
fn received(store: &Store, way: Way) -> Units {
    store.snapshot().balances().unwrap().amount(way.asset(), Account::Received)
}

fn settled(store: &Store, attempt: AttemptNo) -> Result<(), StoreError> {
    let block = BlockRef { height: Height::new(9), hash: BlockHash([9; 32]) };
    record(store, AttemptEvent::Settled { attempt, block, burnt: CoinHours::new(7) })
}

#[test]
fn should_bind_an_address_once() {
    for (name, backend, way) in everywhere() {
        let store = open(backend).unwrap();
        let address = deposit_addresses(way.coin())[0];
        bind(&store, 1, address).unwrap();
        for other in [1, 2] {
            assert!(matches!(bind(&store, other, address), Err(StoreError::Invariant(_))), "{name}");
        }
        assert_eq!(store.snapshot().find_address(&address).unwrap().unwrap().payee, payee(1), "{name}");
    }
}

#[test]
fn should_take_a_deposit_once_and_see_through_a_lie() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        let address = deposit_addresses(way.coin())[0];
        assert_eq!(
            deposit_by(&store, way, address, "aa", 200_000),
            Ok(IntakeOutcome::Known(FIRST)),
            "{name}"
        );
        let lie = deposit_by(&store, way, address, "aa", 999);
        assert!(matches!(lie, Err(IntakeError::Contradiction(_))), "{name}");
        assert_eq!(
            deposit_by(&store, way, deposit_addresses(way.coin())[1], "cc", 1),
            Ok(IntakeOutcome::Unbound),
            "{name}"
        );
        assert_eq!(store.snapshot().counters().deposits, 2, "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_see_a_deposit_once_whoever_asks() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        // Past the intake, which looks first: the store refuses by itself.
        for (more, is_new) in [(0, false), (1, true)] {
            let seen: Result<(), StoreError> = store.write_blocking(move |tx| {
                let binding = tx.binding(BindingNo::FIRST)?.expect("it is bound");
                let block = BlockAt { height: Height::new(6), hash: None, waits: 0 };
                let id = DepositId { n: way.id("aa").n + more, ..way.id("aa") };
                let (amount, rate, quote) = (Units::new(1), "1".into(), Droplets::new(0));
                tx.see_deposit(
                    &binding,
                    NewDeposit {
                        id,
                        token: way.token(),
                        amount,
                        rate,
                        quote: Some(quote),
                        block,
                        method: BuyMethod::Direct,
                        priced: None,
                    },
                )
                .map(drop)
            });
            assert_eq!(seen.is_ok(), is_new, "{name}, {more} further: {seen:?}");
        }
        assert_eq!(store.snapshot().counters().deposits, 3, "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_never_sign_a_payout_twice_nor_spend_an_input_twice() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        sign(&store, FIRST, 1_000_000, 1).unwrap();
        assert!(sign(&store, FIRST, 1_000_000, 2).is_err(), "{name}: signed twice");
        assert!(sign(&store, FIRST.next(), 2_000_000, 1).is_err(), "{name}: input spent twice");
        assert!(sign(&store, FIRST.next(), 1_999_999, 3).is_err(), "{name}: another amount than the quote");
        sign(&store, FIRST.next(), 2_000_000, 4).unwrap();
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

/// What is signed for a payout of 1 SKY to payee 1, and what the transaction really does.
fn store_bytes(store: &Store, outputs: &[(Address, u64)], change: Address) -> Result<AttemptNo, StoreError> {
    let outputs: Vec<_> = outputs.iter().map(|&(to, droplets)| (to, Droplets::new(droplets))).collect();
    let raw = signed(Claim([1; 32]), &outputs).encode();
    store.write_blocking(move |tx| {
        tx.sign_attempt(raw.clone(), change, vec![Pays { payout: FIRST, output: 0 }])
    })
}

#[test]
fn should_believe_the_bytes_of_a_transaction_alone() {
    let (anna, stranger) = (payee(1), payee(99));
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        support::know_wallet(&store);
        let refused = [
            ("77 SKY to a stranger", vec![(stranger, 77_000_000)], WALLET),
            ("the payout, and 77 SKY to a stranger", vec![(anna, 1_000_000), (stranger, 77_000_000)], WALLET),
            ("less than is owed", vec![(anna, 999_999), (WALLET, 1)], WALLET),
            ("more than is owed", vec![(anna, 1_000_001)], WALLET),
            ("the payout twice", vec![(anna, 1_000_000), (anna, 1_000_000)], WALLET),
            ("change to another than is said", vec![(anna, 1_000_000), (WALLET, 5)], stranger),
            (
                "change to a stranger who is called the wallet",
                vec![(anna, 1_000_000), (stranger, 5)],
                stranger,
            ),
        ];
        for (what, outputs, change) in refused {
            let answer = store_bytes(&store, &outputs, change);
            assert!(matches!(answer, Err(StoreError::Invariant(_))), "{name}: {what}: {answer:?}");
        }
        let answer = store.write_blocking(|tx| {
            tx.sign_attempt(vec![7; 40], WALLET, vec![Pays { payout: FIRST, output: 0 }])
        });
        assert!(matches!(answer, Err(StoreError::Invariant(_))), "{name}: {answer:?}");
        assert_eq!(store.snapshot().counters().attempts, 0, "{name}");

        let attempt = store_bytes(&store, &[(anna, 1_000_000), (WALLET, 5)], WALLET).unwrap();
        let snapshot = store.snapshot();
        let stored = snapshot.signed_transaction(attempt).unwrap().unwrap();
        let txid = teller::skycoin::Transaction::decode(&stored.raw).unwrap().txid();
        assert_eq!(snapshot.attempt(attempt).unwrap().unwrap().txid, txid, "{name}");
        assert_eq!(stored.inputs, [Claim([1; 32])], "{name}");
        assert_eq!(stored.parts[0].amount, Droplets::new(1_000_000), "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_never_take_a_deposit_address_for_the_wallets_own() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        let own = payee(44);
        bind(&store, 3, teller::address::DepositAddress::of_skycoin(own)).unwrap();
        let answer = store_bytes(&store, &[(payee(1), 1_000_000), (own, 5)], own);
        assert!(matches!(answer, Err(StoreError::Invariant(_))), "{name}: {answer:?}");
    }
}

#[test]
fn should_sign_for_a_deposit_that_is_gone_only_where_a_person_ruled_so() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        record(&store, DepositEvent::Orphaned { deposit: FIRST }).unwrap();
        assert!(sign(&store, FIRST, 1_000_000, 1).is_err(), "{name}");
        rule(&store, FIRST, Verdict::Wait).unwrap();
        assert!(sign(&store, FIRST, 1_000_000, 1).is_err(), "{name}");
        rule(&store, FIRST, Verdict::Pay).unwrap();
        sign(&store, FIRST, 1_000_000, 1).unwrap();
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

fn rule(store: &Store, payout: DepositNo, verdict: Verdict) -> Result<(), StoreError> {
    act(store, PayoutEvent::Ruled { payout, verdict, why: "so be it".into() })
}

fn withdraw(store: &Store, of: AttemptNo, input: u8) -> Result<AttemptNo, StoreError> {
    let raw = signed(Claim([input; 32]), &[(WALLET, Droplets::new(7))]).encode();
    store.write_blocking(move |tx| tx.sign_withdrawal(of, raw.clone(), WALLET))
}

fn ask_to_withdraw(store: &Store, attempt: AttemptNo) -> Result<(), StoreError> {
    act(store, AttemptEvent::WithdrawalAsked { attempt, why: "so be it".into() })
}

#[test]
fn should_let_one_of_a_transaction_and_its_withdrawal_settle() {
    for is_withdrawn in [true, false] {
        for (name, backend, way) in everywhere() {
            let store = with_two_owed(backend, way);
            let first = sign(&store, FIRST, 1_000_000, 1).unwrap();
            assert!(withdraw(&store, first, 1).is_err(), "{name}: nobody asked for it");
            ask_to_withdraw(&store, first).unwrap();
            assert!(ask_to_withdraw(&store, first).is_err(), "{name}");
            assert!(withdraw(&store, first, 2).is_err(), "{name}: that is no input of it");
            let second = withdraw(&store, first, 1).unwrap();
            assert!(withdraw(&store, first, 1).is_err(), "{name}: once");
            assert!(sign(&store, FIRST.next(), 2_000_000, 1).is_err(), "{name}: the input is claimed");
            assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
            let (winner, loser) = if is_withdrawn { (second, first) } else { (first, second) };
            settled(&store, winner).unwrap();
            let snapshot = store.snapshot();
            assert!(snapshot.attempt(loser).unwrap().unwrap().is_dead(), "{name}");
            let txid = snapshot.attempt(winner).unwrap().unwrap().txid;
            assert_eq!(snapshot.attempt_by_txid(txid).unwrap(), Some(winner), "{name}");
            assert!(settled(&store, loser).is_err(), "{name}");
            assert_eq!(snapshot.claimed_by(Claim([1; 32])).unwrap(), Some(winner), "{name}");
            let state = snapshot.payout(FIRST).unwrap().unwrap().state;
            assert_eq!(matches!(state, PayoutState::Owed { .. }), is_withdrawn, "{name}: {state:?}");
            assert_eq!(matches!(state, PayoutState::Settled { .. }), !is_withdrawn, "{name}: {state:?}");
            assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn should_keep_the_claim_of_a_withdrawal_where_another_killed_what_it_withdraws() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        let first = sign(&store, FIRST, 1_000_000, 1).unwrap();
        ask_to_withdraw(&store, first).unwrap();
        let second = withdraw(&store, first, 1).unwrap();
        record(&store, AttemptEvent::Died { attempt: first, why: "another input was spent".into() }).unwrap();
        assert_eq!(store.snapshot().claimed_by(Claim([1; 32])).unwrap(), Some(second), "{name}");
        assert!(sign(&store, FIRST, 1_000_000, 1).is_err(), "{name}: the withdrawal may confirm still");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
        record(&store, AttemptEvent::Died { attempt: second, why: "spent by another".into() }).unwrap();
        sign(&store, FIRST, 1_000_000, 1).unwrap();
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_keep_a_loss_on_the_books_until_the_deposit_is_final_again() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        let sums = |store: &Store| {
            let books = store.snapshot().balances().unwrap();
            let [received, lost] = [Account::Received, Account::Lost].map(|on| books.amount(way.asset(), on));
            (received, lost, books.sent().unwrap().get(), books.sent_for_lost().unwrap().get())
        };
        let attempt = sign(&store, FIRST, 1_000_000, 1).unwrap();
        record(&store, DepositEvent::Quarantined { deposit: FIRST }).unwrap();
        let [none, one, two, three] = [0, 200_000, 400_000, 600_000].map(|satoshi| way.units(satoshi));
        assert_eq!(sums(&store), (two, none, 0, 0), "{name}: signed is not paid out");
        record(&store, AttemptEvent::Sent { attempt }).unwrap();
        let lost = (two, one, 1_000_000, 1_000_000);
        assert_eq!(sums(&store), lost, "{name}");
        settled(&store, attempt).unwrap();
        rule(&store, FIRST, Verdict::Pay).unwrap();
        assert_eq!(sums(&store), lost, "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
        let block = BlockAt { height: Height::new(7), hash: Some(BlockHash([1; 32])), waits: 0 };
        record(&store, DepositEvent::Reincluded { deposit: FIRST, block }).unwrap();
        assert_eq!(sums(&store), lost, "{name}: a fork may take it once more");
        record(&store, DepositEvent::Finalized { deposit: FIRST }).unwrap();
        assert_eq!(sums(&store), (three, none, 1_000_000, 0), "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_count_what_is_owed_and_sent() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        let sums = |store: &Store| {
            let snapshot = store.snapshot();
            let books = snapshot.balances().unwrap();
            (books.owed().get(), books.sent().unwrap().get())
        };
        assert_eq!(sums(&store), (3_000_000, 0), "{name}");
        let attempt = sign(&store, FIRST, 1_000_000, 1).unwrap();
        assert_eq!(sums(&store), (3_000_000, 0), "{name}");
        record(&store, AttemptEvent::Sent { attempt }).unwrap();
        assert_eq!(sums(&store), (2_000_000, 1_000_000), "{name}");
        settled(&store, attempt).unwrap();
        assert!(settled(&store, attempt).is_err(), "{name}: settled twice");
        let snapshot = store.snapshot();
        assert_eq!(snapshot.deposits(Some(PublicStatus::Done), Page::ALL).unwrap(), [FIRST], "{name}");
        assert_eq!(received(&store, way), way.units(600_000), "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_set_payouts_free_only_when_their_transaction_is_dead() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        let attempt = sign(&store, FIRST, 1_000_000, 1).unwrap();
        record(&store, AttemptEvent::Sent { attempt }).unwrap();
        record(&store, AttemptEvent::Died { attempt, why: "spent by another".into() }).unwrap();
        let snapshot = store.snapshot();
        let payout = snapshot.payout(FIRST).unwrap().unwrap();
        assert_eq!(payout.state, PayoutState::Owed { method: BuyMethod::Direct }, "{name}");
        let state = snapshot.attempt(attempt).unwrap().unwrap().state;
        assert!(matches!(state, AttemptState::Dead { .. }), "{name}");
        assert!(snapshot.live_attempts().unwrap().is_empty(), "{name}");
        // Its input may be spent again: by the replacement.
        let second = sign(&store, FIRST, 1_000_000, 1).unwrap();
        settled(&store, second).unwrap();
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_not_pay_an_orphaned_deposit_until_it_is_back() {
    for (name, backend, way) in everywhere() {
        let store = with_two_owed(backend, way);
        record(&store, DepositEvent::Orphaned { deposit: FIRST }).unwrap();
        assert!(sign(&store, FIRST, 1_000_000, 1).is_err(), "{name}");
        let held = store.snapshot().payout(FIRST).unwrap().unwrap().state;
        assert!(matches!(held, PayoutState::Held { why: HoldReason::DepositOrphaned, .. }), "{name}");
        assert_eq!(received(&store, way), way.units(400_000), "{name}");
        let block = BlockAt { height: Height::new(7), hash: Some(BlockHash([1; 32])), waits: 0 };
        record(&store, DepositEvent::Reincluded { deposit: FIRST, block }).unwrap();
        assert!(sign(&store, FIRST, 1_000_000, 1).is_err(), "{name}: not final yet");
        record(&store, DepositEvent::Finalized { deposit: FIRST }).unwrap();
        sign(&store, FIRST, 1_000_000, 1).unwrap();
        assert!(record(&store, DepositEvent::Orphaned { deposit: FIRST }).is_err(), "{name}: signed already");
        record(&store, DepositEvent::Quarantined { deposit: FIRST }).unwrap();
        let state = store.snapshot().deposit(FIRST).unwrap().unwrap().state;
        assert!(matches!(state, DepositState::Quarantined { .. }), "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn should_list_by_page_what_it_lists_whole() {
    for (name, backend, way) in everywhere() {
        let store = open(backend).unwrap();
        let address = deposit_addresses(way.coin())[0];
        bind(&store, 1, address).unwrap();
        for number in 0..25 {
            deposit_by(&store, way, address, &format!("tx{number}"), 200_000).unwrap();
        }
        let snapshot = store.snapshot();
        let whole = snapshot.payouts_in(OpenState::Undecided, Page::ALL).unwrap();
        assert_eq!(whole.len(), 25, "{name}");
        let (mut paged, mut after) = (Vec::new(), 0);
        loop {
            let page = snapshot.payouts_in(OpenState::Undecided, Page { after, limit: 7 }).unwrap();
            let Some(last) = page.last() else { break };
            after = last.get();
            paged.extend(page);
        }
        assert_eq!(paged, whole, "{name}");
        let binding = snapshot.binding(BindingNo::FIRST).unwrap().unwrap();
        let purchases = snapshot.purchases_of(&binding).unwrap();
        let numbers: Vec<DepositNo> = purchases.iter().map(|purchase| purchase.deposit.no).collect();
        assert_eq!(numbers, whole, "{name}: in the order of arrival");
    }
}

#[test]
fn should_keep_the_wallet_and_the_buyers_apart() {
    for (name, backend) in backends() {
        let store = open(backend).unwrap();
        support::know_wallet(&store);
        let is_refused = |answer: Result<(), StoreError>| matches!(answer, Err(StoreError::Invariant(_)));
        assert!(is_refused(bind(&store, 1, DepositAddress::of_skycoin(WALLET))), "{name}");
        bind(&store, 1, DepositAddress::of_skycoin(payee(7))).unwrap();
        assert!(is_refused(store.write_blocking(|tx| tx.know_wallet(&[payee(7)]))), "{name}");
        // What is known already is no news.
        let events = store.snapshot().counters().events;
        support::know_wallet(&store);
        assert_eq!(store.snapshot().counters().events, events, "{name}");
        assert_eq!(audit(&store), Vec::<String>::new(), "{name}");
    }
}
