//! The books: what left the wallet otherwise than planned has an account, a second payment is a loss with its
//! transaction, and the entries that the events say make the balances.

use std::sync::Arc;

use teller::engine::operator::{adopt_spend, rule_spend};
use teller::ledger::{Account, Asset, Balances, Entry};
use teller::payout::{AttemptState, SpendVerdict};
use teller::rail::Spend;
use teller::skycoin::{Address, CoinHours};
use teller::store::{
    AttemptEvent, Books, DepositEvent, MemoryBackend, PayoutEvent, Spends, Store, StoreError, StrayPayment,
    Tables, journal,
};
use teller::testing::{Way, deposit_addresses};
use teller::types::{AttemptNo, BlockRef, BuyMethod, Coin, DepositNo, Units};

use crate::spends::{block, now, order, record, sky, take, unknown};
use crate::support::{self, audit, bind, deposit_by, foreign_spend, open, payee};

const FIRST: DepositNo = DepositNo::FIRST;
const SECOND: DepositNo = DepositNo::new(2);
const ONE: AttemptNo = AttemptNo::FIRST;
const TWO: AttemptNo = AttemptNo::new(2);
const STRANGER: Address = Address::from_bytes([77; 20]);

/// Two final deposits of the first payee, each worth 1 SKY.
fn owing() -> Store {
    owing_for(Way::plain(Coin::BTC))
}

/// The same, made in any way.
fn owing_for(way: Way) -> Store {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    let address = deposit_addresses(way.coin())[0];
    bind(&store, 1, address).unwrap();
    for (payout, tx) in [(FIRST, "aa"), (SECOND, "bb")] {
        deposit_by(&store, way, address, tx, 200_000).unwrap();
        record(&store, PayoutEvent::Decided { payout, method: BuyMethod::Direct });
    }
    store
}

fn books(store: &Store) -> Balances {
    assert_eq!(audit(store), Vec::<String>::new());
    let balances = store.snapshot().balances().unwrap();
    balances.all().check().unwrap();
    balances
}

/// What stands on these accounts of the payouts' asset, in droplets.
fn on<const N: usize>(store: &Store, accounts: [Account; N]) -> [u128; N] {
    let books = books(store);
    accounts.map(|account| books.amount(Asset::of_payouts(), account).get())
}

fn strays(store: &Store) -> Vec<StrayPayment> {
    store.snapshot().strays(None, usize::MAX).unwrap()
}

fn settle(store: &Store, attempt: AttemptNo, burnt: u64) {
    let at: BlockRef = block(5).unwrap();
    record(store, AttemptEvent::Sent { attempt });
    record(store, AttemptEvent::Settled { attempt, block: at, burnt: CoinHours::new(burnt) });
}

/// The first payout was signed, given up, and has come into this block all the same.
fn come_back(at: u8) -> Spend {
    foreign_spend(2, &[(payee(1), sky(1))], block(at))
}

/// A store in which the first payout's transaction was given up.
fn given_up() -> Store {
    let store = owing();
    assert_eq!(support::sign(&store, 2, &[(FIRST, 1_000_000)]), Ok(ONE));
    assert_eq!(store.snapshot().attempt(ONE).unwrap().unwrap().txid, come_back(5).txid);
    record(&store, AttemptEvent::Died { attempt: ONE, why: "its input does not exist".into() });
    store
}

#[test]
fn should_book_a_second_payment_as_a_loss_with_its_transaction() {
    let store = given_up();
    assert_eq!(support::sign(&store, 3, &[(FIRST, 1_000_000)]), Ok(TWO));
    settle(&store, TWO, 70);
    let accounts = [Account::Paid, Account::Owed, Account::PaidTwice, Account::Outside];
    assert_eq!(on(&store, accounts), [1_000_000, 1_000_000, 0, 0]);
    // On its way it has moved nothing.
    take(&store, &[Spend { block: None, ..come_back(5) }]);
    assert_eq!((on(&store, accounts), strays(&store)), ([1_000_000, 1_000_000, 0, 0], vec![]));
    take(&store, &[come_back(6)]);
    let stray = StrayPayment { deposit: FIRST, attempt: ONE, amount: sky(1) };
    let lost = [1_000_000, 1_000_000, 1_000_000, 1_000_000];
    assert_eq!((on(&store, accounts), strays(&store), unknown(&store)), (lost, vec![stray], 1));
    // Whatever is said of it, in whatever block.
    now(rule_spend(&store, come_back(6).txid, SpendVerdict::Mine, order())).unwrap();
    take(&store, &[come_back(7)]);
    assert_eq!((on(&store, accounts), strays(&store)), (lost, vec![stray]));
    assert_eq!(on(&store, [Account::Own, Account::Stray, Account::Unexplained]), [0, 0, 0]);
    let known = store.snapshot().foreign_spend(come_back(7).txid).unwrap().unwrap();
    assert_eq!((known.was, unknown(&store)), (Some(ONE), 0));
    // A fork takes it back, and the loss with it.
    store.write_blocking(|tx| tx.drop_spends(&|_| false)).unwrap();
    assert_eq!((on(&store, accounts), strays(&store)), ([1_000_000, 1_000_000, 0, 0], vec![]));
}

#[test]
fn should_book_what_came_back_and_is_taken_over_as_the_payment_that_it_is() {
    let store = given_up();
    take(&store, &[come_back(6)]);
    let accounts = [Account::Owed, Account::InTransit, Account::Stray, Account::PaidTwice, Account::Outside];
    assert_eq!(on(&store, accounts), [2_000_000, 0, 1_000_000, 0, 1_000_000]);
    now(adopt_spend(&store, come_back(6).txid, vec![FIRST], false, order())).unwrap();
    assert_eq!((on(&store, accounts), strays(&store)), ([1_000_000, 1_000_000, 0, 0, 0], vec![]));
    // Given up once more, and seen once more: somebody has to say again what it was.
    record(&store, AttemptEvent::Died { attempt: TWO, why: "its input does not exist".into() });
    assert_eq!(on(&store, accounts), [2_000_000, 0, 0, 0, 0]);
    take(&store, &[come_back(9)]);
    assert_eq!((on(&store, accounts), unknown(&store)), ([2_000_000, 0, 1_000_000, 0, 1_000_000], 1));
    assert_eq!(strays(&store), [StrayPayment { deposit: FIRST, attempt: TWO, amount: sky(1) }]);
}

#[test]
fn should_book_the_loss_when_what_came_back_is_paid_by_another_one_too() {
    let store = given_up();
    // It was signed before the first came back.
    assert_eq!(support::sign(&store, 3, &[(FIRST, 1_000_000)]), Ok(TWO));
    take(&store, &[come_back(6)]);
    let accounts = [Account::Owed, Account::Stray, Account::PaidTwice];
    assert_eq!(on(&store, accounts), [2_000_000, 1_000_000, 0]);
    record(&store, AttemptEvent::Sent { attempt: TWO });
    assert_eq!(on(&store, accounts), [1_000_000, 0, 1_000_000]);
}

#[test]
fn should_give_every_spend_of_the_wallet_an_account() {
    let store = owing();
    support::know_wallet(&store);
    let spends = [1, 2, 3].map(|n| foreign_spend(n, &[(STRANGER, sky(n.into()))], block(n)));
    take(&store, &spends);
    let accounts = [Account::Unexplained, Account::Own, Account::Again, Account::Outside];
    assert_eq!(on(&store, accounts), [6_000_000, 0, 0, 6_000_000]);
    let [mine, again, _] = &spends;
    now(rule_spend(&store, mine.txid, SpendVerdict::Mine, order())).unwrap();
    now(rule_spend(&store, again.txid, SpendVerdict::PayAgain, order())).unwrap();
    assert_eq!(on(&store, accounts), [3_000_000, 1_000_000, 2_000_000, 6_000_000]);
    // Another word on it moves it.
    now(rule_spend(&store, again.txid, SpendVerdict::Mine, order())).unwrap();
    assert_eq!(on(&store, accounts), [3_000_000, 3_000_000, 0, 6_000_000]);
    // What paid a deposit is a payout; what it paid beside is the operator's own.
    let paying = foreign_spend(4, &[(payee(1), sky(1)), (STRANGER, sky(7))], block(4));
    take(&store, std::slice::from_ref(&paying));
    now(adopt_spend(&store, paying.txid, vec![FIRST], true, order())).unwrap();
    assert_eq!(on(&store, accounts), [3_000_000, 3_000_000, 0, 6_000_000]);
    assert_eq!(on(&store, [Account::Owed, Account::InTransit]), [1_000_000, 1_000_000]);
    record(
        &store,
        AttemptEvent::Settled { attempt: ONE, block: block(4).unwrap(), burnt: CoinHours::new(70) },
    );
    assert_eq!(on(&store, accounts), [3_000_000, 10_000_000, 0, 13_000_000]);
    assert_eq!(on(&store, [Account::InTransit, Account::Paid]), [0, 1_000_000]);
}

#[test]
fn should_keep_a_loss_to_a_fork_until_the_deposit_is_back() {
    Way::all().for_each(keeps_a_loss_to_a_fork);
}

fn keeps_a_loss_to_a_fork(way: Way) {
    let store = owing_for(way);
    assert_eq!(support::sign(&store, 2, &[(FIRST, 1_000_000)]), Ok(ONE), "{way}");
    settle(&store, ONE, 70);
    let told = |store: &Store| {
        let books = books(store);
        let coins = [Account::Received, Account::Lost].map(|on| books.amount(way.asset(), on));
        (coins, books.sent().unwrap().get(), books.sent_for_lost().unwrap().get())
    };
    let [none, one, two] = [0, 200_000, 400_000].map(|satoshi| way.units(satoshi));
    assert_eq!(told(&store), ([two, none], 1_000_000, 0), "{way}");
    record(&store, DepositEvent::Quarantined { deposit: FIRST });
    assert_eq!(told(&store), ([one, one], 1_000_000, 1_000_000), "{way}");
    let back = store.snapshot().deposit(FIRST).unwrap().unwrap().block();
    record(&store, DepositEvent::Reincluded { deposit: FIRST, block: back });
    assert_eq!(told(&store), ([one, one], 1_000_000, 1_000_000), "{way}: not for sure yet");
    record(&store, DepositEvent::Finalized { deposit: FIRST });
    assert_eq!(told(&store), ([two, none], 1_000_000, 0), "{way}");
    assert_eq!(books(&store).amount(Asset::CoinHours, Account::Burnt), Units::new(70), "{way}");
}

#[test]
fn should_derive_every_entry_from_the_events() {
    let store = given_up();
    assert_eq!(support::sign(&store, 3, &[(FIRST, 1_000_000), (SECOND, 1_000_000)]), Ok(TWO));
    settle(&store, TWO, 70);
    take(&store, &[come_back(6)]);
    let (mut sum, mut count, mut bound) = (Entry::default(), 0, None);
    let snapshot = store.snapshot();
    let told = journal(snapshot.kv(), |number, record, entry| {
        entry.check()?;
        sum.add(entry)?;
        count = number;
        if record.told().what == "deposit address bound" {
            bound = Some(entry.clone());
        }
        Ok::<_, StoreError>(())
    });
    told.unwrap();
    assert_eq!(count, snapshot.counters().events);
    assert_eq!(bound, Some(Entry::default()), "a bind posts nothing");
    let balances = snapshot.balances().unwrap();
    for asset in Coin::all().map(Asset::Coin).chain([Asset::CoinHours]) {
        for account in Account::ALL {
            assert_eq!(sum.on(asset, account), balances.all().on(asset, account), "{asset} {account}");
        }
    }
    let state = snapshot.attempt(TWO).unwrap().unwrap().state;
    assert!(matches!(state, AttemptState::Settled { burnt, .. } if burnt == CoinHours::new(70)));
    assert_eq!(strays(&store), [StrayPayment { deposit: FIRST, attempt: ONE, amount: sky(1) }]);
}
