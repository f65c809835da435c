//! Foreign spends of the hot wallet: what the chain shows and the store does not know stops everything until
//! it is ruled on.

use std::sync::Arc;

use teller::chain::Unvetted;
use teller::engine::operator::{ActError, Order, adopt_spend, matching, own_all_spends, rule_spend};
use teller::engine::{BindError, BindRules, bind as bind_next};
use teller::payout::{AttemptState, PayoutState, SpendRefused, SpendVerdict};
use teller::rail::{AssignError, Spend};
use teller::skycoin::{Address, CoinHours};
use teller::store::{
    AttemptEvent, Books, Event, MemoryBackend, PayoutEvent, Spends, Store, StoreError, Tables,
};
use teller::types::{AttemptNo, BlockHash, BlockRef, BuyMethod, Coin, DepositNo, Droplets, Height, TxId};

use crate::support::{self, addresses, audit, bind, deposit, foreign_spend, open, payee};

const FIRST: DepositNo = DepositNo::FIRST;
const SECOND: DepositNo = DepositNo::new(2);
const STRANGER: Address = Address::from_bytes([77; 20]);

pub(crate) fn order() -> Order {
    Order::new("anna", "the backup of monday").unwrap()
}

pub(crate) fn sky(coins: u64) -> Droplets {
    Droplets::new(coins * 1_000_000)
}

pub(crate) fn block(height: u8) -> Option<BlockRef> {
    Some(BlockRef { height: Height::new(height.into()), hash: BlockHash([height; 32]) })
}

/// Two final deposits of the first payee, of 1 and 2 SKY.
fn owing() -> Store {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    support::know_wallet(&store);
    let address = addresses(1)[0];
    bind(&store, 1, address).unwrap();
    deposit(&store, address, "aa", 200_000).unwrap();
    deposit(&store, address, "bb", 400_000).unwrap();
    for payout in [FIRST, SECOND] {
        record(&store, PayoutEvent::Decided { payout, method: BuyMethod::Direct });
    }
    store
}

pub(crate) fn record(store: &Store, event: impl Into<Event>) {
    let event = event.into();
    store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
}

pub(crate) fn take(store: &Store, spends: &[Spend]) -> u64 {
    let spends = spends.to_vec();
    store.write_blocking(move |tx| tx.take_spends(&spends)).unwrap()
}

/// Waits for an act.
pub(crate) fn now<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(act)
}

pub(crate) fn unknown(store: &Store) -> u64 {
    store.snapshot().counters().unknown_spends
}

#[test]
fn should_sign_nothing_and_give_nothing_out_while_a_spend_is_unknown() {
    let store = owing();
    let spend = foreign_spend(1, &[(STRANGER, sky(3))], block(5));
    assert_eq!(take(&store, std::slice::from_ref(&spend)), 1);
    assert_eq!(take(&store, std::slice::from_ref(&spend)), 0, "it is no news");
    assert!(matches!(support::sign(&store, 2, &[(FIRST, 1_000_000)]), Err(StoreError::Invariant(_))));
    let rules = BindRules { max_bound: None };
    assert_eq!(
        now(bind_next(&store, rules, Unvetted::Given, payee(3), Coin::BTC)),
        Err(BindError::Unreconciled)
    );
    now(rule_spend(&store, spend.txid, SpendVerdict::Mine, order())).unwrap();
    assert_eq!(unknown(&store), 0);
    support::sign(&store, 2, &[(FIRST, 1_000_000)]).unwrap();
    // What was ruled on stays so, also in another block.
    let moved = Spend { block: block(6), ..spend };
    assert_eq!((take(&store, std::slice::from_ref(&moved)), unknown(&store)), (0, 0));
    let known = store.snapshot().foreign_spend(moved.txid).unwrap().unwrap();
    assert_eq!((known.spend.block, known.ruling.unwrap().by.to_string()), (block(6), "anna".to_owned()));
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_take_a_spend_over_as_the_payment_of_what_it_paid() {
    let store = owing();
    let spend = foreign_spend(1, &[(payee(1), sky(2)), (payee(1), sky(1))], block(5));
    take(&store, std::slice::from_ref(&spend));
    let found = matching(&store.snapshot(), &spend).unwrap();
    assert_eq!(found.iter().flatten().map(|owed| owed.no).collect::<Vec<_>>(), [SECOND, FIRST]);
    let (attempt, deposits) = now(adopt_spend(&store, spend.txid, Vec::new(), false, order())).unwrap();
    assert_eq!((attempt, deposits), (AttemptNo::FIRST, vec![SECOND, FIRST]));
    let snapshot = store.snapshot();
    let taken = snapshot.attempt(attempt).unwrap().unwrap();
    assert_eq!((taken.txid, taken.state), (spend.txid, AttemptState::Sent));
    for no in [FIRST, SECOND] {
        let state = snapshot.payout(no).unwrap().unwrap().state;
        assert_eq!(state, PayoutState::Sent { method: BuyMethod::Direct, attempt });
    }
    assert_eq!((snapshot.balances().unwrap().owed(), unknown(&store)), (Droplets::ZERO.into(), 0));
    assert_eq!(audit(&store), Vec::<String>::new());
    // It is its own from now on, and nothing else.
    assert_eq!(take(&store, std::slice::from_ref(&Spend { block: block(6), ..spend.clone() })), 0);
    let again = now(rule_spend(&store, spend.txid, SpendVerdict::PayAgain, order()));
    assert_eq!(again, Err(ActError::Spend(SpendRefused::Adopted(attempt))));
    record(&store, AttemptEvent::Settled { attempt, block: block(5).unwrap(), burnt: CoinHours::new(7) });
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_refuse_what_does_not_match() {
    let store = owing();
    let spend = foreign_spend(1, &[(payee(1), sky(1)), (STRANGER, sky(7))], block(5));
    take(&store, std::slice::from_ref(&spend));
    let txid = spend.txid;
    let adopt = |deposits: &[DepositNo], rest: bool| {
        let refused = now(adopt_spend(&store, txid, deposits.to_vec(), rest, order()));
        match refused {
            Err(ActError::Spend(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    let (deposit, to, coins) = (SECOND, payee(1), sky(2));
    assert_eq!(adopt(&[SECOND], true), SpendRefused::Payments(AssignError::NoOutput { deposit, to, coins }));
    assert!(
        matches!(adopt(&[FIRST], false), SpendRefused::Payments(AssignError::Uncovered(rest)) if rest.len() == 1)
    );
    assert_eq!(adopt(&[DepositNo::new(9)], true), SpendRefused::NotOwed(DepositNo::new(9)));
    // One output pays one deposit.
    assert!(matches!(adopt(&[FIRST, FIRST], true), SpendRefused::Payments(AssignError::NoOutput { .. })));
    let other = TxId([3; 32]);
    let nobody = now(adopt_spend(&store, other, vec![FIRST], true, order()));
    assert_eq!(nobody, Err(ActError::Spend(SpendRefused::Unknown)));
    assert_eq!(unknown(&store), 1);
    // The rest is somebody's who is not known here any more.
    now(adopt_spend(&store, txid, vec![FIRST], true, order())).unwrap();
    assert_eq!(store.snapshot().counters().ready, 1);
    assert_eq!(audit(&store), Vec::<String>::new());
}

#[test]
fn should_forget_what_is_gone_and_keep_what_was_ruled() {
    let store = owing();
    let spends = [1, 2, 3].map(|n| foreign_spend(n, &[(STRANGER, sky(n.into()))], block(n)));
    take(&store, &spends);
    let waiting = foreign_spend(4, &[(STRANGER, sky(4))], None);
    take(&store, std::slice::from_ref(&waiting));
    assert_eq!(now(own_all_spends(&store, Some(Height::new(2)), order())).unwrap(), 2);
    assert_eq!(unknown(&store), 2);
    let gone = store.write_blocking(|tx| tx.drop_spends(&|_| false));
    assert_eq!((gone, unknown(&store)), (Ok::<_, StoreError>(4), 0));
    let left = store.snapshot().foreign_spends(false, None, usize::MAX).unwrap();
    assert_eq!(left.iter().filter(|known| known.spend.block.is_none()).count(), 2);
    assert_eq!(audit(&store), Vec::<String>::new());
    // Seen again, it is unknown again; a transaction that pays nobody else is nothing to ask about.
    take(&store, &[waiting, foreign_spend(9, &[], block(9))]);
    assert_eq!(unknown(&store), 1);
    assert_eq!(now(own_all_spends(&store, None, order())).unwrap(), 1);
}

#[test]
fn should_tell_what_is_gone_from_what_is_there() {
    let store = owing();
    let [kept, lost, mine, moved, paid] =
        [1, 2, 3, 4, 5].map(|n| foreign_spend(n, &[(payee(1), sky(n.into()))], block(n)));
    take(&store, &[kept.clone(), lost, mine.clone(), moved.clone(), paid.clone()]);
    for own in [&mine, &moved] {
        now(rule_spend(&store, own.txid, SpendVerdict::Mine, order())).unwrap();
    }
    deposit(&store, addresses(1)[0], "cc", 1_000_000).unwrap();
    record(&store, PayoutEvent::Decided { payout: DepositNo::new(3), method: BuyMethod::Direct });
    now(adopt_spend(&store, paid.txid, vec![DepositNo::new(3)], false, order())).unwrap();
    let there = [kept.txid, mine.txid];
    let drop_others = move || {
        let gone = store.write_blocking(move |tx| tx.drop_spends(&|spend| there.contains(&spend.txid)));
        let left = store.snapshot().foreign_spends(false, None, usize::MAX).unwrap();
        let in_a_block = left.iter().filter(|known| known.spend.block.is_some());
        let mut in_a_block: Vec<TxId> = in_a_block.map(|known| known.spend.txid).collect();
        in_a_block.sort_unstable();
        assert_eq!(audit(&store), Vec::<String>::new());
        (gone, left.len(), in_a_block)
    };
    let mut expected = [kept.txid, mine.txid, paid.txid];
    expected.sort_unstable();
    // Nobody asks the chain about what was taken over: it is a transaction of this desk.
    assert_eq!(drop_others(), (Ok::<_, StoreError>(2), 4, expected.to_vec()));
    assert_eq!(drop_others(), (Ok(0), 4, expected.to_vec()), "what is gone goes once");
}

/// A spend that was taken over for the first deposit, and given up since.
fn taken_over_and_given_up(block: Option<BlockRef>) -> (Store, Spend) {
    let store = owing();
    let spend = foreign_spend(1, &[(payee(1), sky(1))], block);
    take(&store, std::slice::from_ref(&spend));
    let (attempt, _) = now(adopt_spend(&store, spend.txid, vec![FIRST], false, order())).unwrap();
    record(&store, AttemptEvent::Died { attempt, why: "its input does not exist".into() });
    assert_eq!(unknown(&store), 0);
    (store, spend)
}

#[test]
fn should_ask_again_about_what_was_taken_over_and_given_up_wherever_it_shows_up() {
    for taken_in in [block(5), None] {
        // In the same block again, in another, or waiting for one.
        for found_in in [block(5), block(6), None] {
            let (store, spend) = taken_over_and_given_up(taken_in);
            let found = Spend { block: found_in, ..spend };
            take(&store, std::slice::from_ref(&found));
            assert_eq!(unknown(&store), 1, "{taken_in:?}, {found_in:?}");
            let known = store.snapshot().foreign_spend(found.txid).unwrap().unwrap();
            assert_eq!((known.spend.block, known.was), (found_in, Some(AttemptNo::FIRST)));
            assert!(matches!(support::sign(&store, 2, &[(FIRST, 1_000_000)]), Err(StoreError::Invariant(_))));
            let events = store.snapshot().counters().events;
            take(&store, std::slice::from_ref(&found));
            assert_eq!(store.snapshot().counters().events, events, "it is no news");
            let again = now(adopt_spend(&store, found.txid, vec![FIRST], false, order())).unwrap();
            assert_eq!((again.0, unknown(&store)), (AttemptNo::new(2), 0));
            assert_eq!(audit(&store), Vec::<String>::new());
        }
    }
}

#[test]
fn should_forget_what_was_taken_over_given_up_and_seen_again_for_a_while() {
    let (store, spend) = taken_over_and_given_up(block(5));
    take(&store, &[Spend { block: None, ..spend.clone() }]);
    store.write_blocking(|tx| tx.drop_spends(&|_| false)).unwrap();
    assert_eq!((unknown(&store), store.snapshot().foreign_spend(spend.txid).unwrap()), (0, None));
    assert_eq!(audit(&store), Vec::<String>::new());
    take(&store, &[spend]);
    assert_eq!((unknown(&store), audit(&store)), (1, vec![]));
}

#[test]
fn should_not_take_over_what_a_transaction_here_still_spends() {
    let store = owing();
    let own = support::sign(&store, 1, &[(SECOND, 2_000_000)]).unwrap();
    let spend = foreign_spend(1, &[(payee(1), sky(1))], block(5));
    take(&store, std::slice::from_ref(&spend));
    let refused = now(adopt_spend(&store, spend.txid, vec![FIRST], false, order()));
    assert_eq!(refused, Err(ActError::Spend(SpendRefused::Claimed(own))));
    record(&store, AttemptEvent::Died { attempt: own, why: "its input was spent".into() });
    now(adopt_spend(&store, spend.txid, vec![FIRST], false, order())).unwrap();
    assert_eq!(audit(&store), Vec::<String>::new());
}
