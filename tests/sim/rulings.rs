//! What a person decides on what a fork took back, in each state in which it can be; and what goes on by
//! itself meanwhile.

use teller::address::DepositAddress;
use teller::deposit::DepositState;
use teller::engine::operator::{ActError, Order, rule, send_on, withdraw};
use teller::payout::{Attempt, CourseRefused, Payout, PayoutState, RulingRefused, Verdict, Waiting};
use teller::report::{Outlook, StatusEntry, status_entries, waiting_deposits, waiting_kinds};
use teller::skycoin::Address;
use teller::store::{Books, Page, Store, Tables, WaitingPage};
use teller::testing::{StepEnd, World};
use teller::types::{AttemptNo, Coin, DepositId, DepositNo, Droplets, PerCoin, Units};

use crate::forks::{payment, world};

pub(crate) const ANNA: Address = Address::from_bytes([1; 20]);
pub(crate) const BERT: Address = Address::from_bytes([2; 20]);
/// Droplets for a deposit of 100,000 satoshi.
pub(crate) const QUOTE: u64 = 500_000;

pub(crate) async fn bound(world: &mut World, payee: Address) -> DepositAddress {
    assert_eq!(world.bind(payee).await, StepEnd::Done(None));
    world.acked.binds.last().unwrap().1
}

/// Droplets that somebody has got, or will have once what waits is confirmed.
pub(crate) fn paid(world: &World, payee: Address) -> u64 {
    let standing = world.node.broadcasts().into_iter().filter(|sent| !sent.is_dropped);
    let payments = standing.flat_map(|sent| sent.payments);
    payments.filter(|(to, _)| *to == payee).map(|(_, coins)| coins.get()).sum()
}

pub(crate) fn store(world: &mut World) -> Store {
    world.service().unwrap().store.clone()
}

fn number(world: &mut World, tx: &str) -> DepositNo {
    let id = DepositId { coin: Coin::BTC, tx: tx.into(), n: 0, token: None };
    store(world).snapshot().deposit_no(&id).unwrap().unwrap()
}

fn payout(world: &mut World, tx: &str) -> Payout {
    let no = number(world, tx);
    store(world).snapshot().payout(no).unwrap().unwrap()
}

pub(crate) fn attempt(world: &mut World, no: u64) -> Attempt {
    store(world).snapshot().attempt(AttemptNo::new(no)).unwrap().unwrap()
}

pub(crate) fn waiting(world: &mut World) -> Vec<(Waiting, u64)> {
    let counters = store(world).snapshot().counters().clone();
    let all = Waiting::ALL.into_iter().map(|code| (code, counters.waiting(code)));
    all.filter(|(_, count)| *count > 0).collect()
}

pub(crate) fn order() -> Order {
    Order::new("anna", "as agreed").unwrap()
}

pub(crate) async fn ruled(world: &mut World, tx: &str, verdict: Verdict) -> Result<(), ActError> {
    let no = number(world, tx);
    rule(&store(world), no, verdict, order()).await
}

pub(crate) async fn withdrawn(world: &mut World, no: u64) -> Result<(), ActError> {
    withdraw(&store(world), AttemptNo::new(no), order()).await
}

fn told(world: &mut World, payee: Address) -> StatusEntry {
    let service = world.service().unwrap();
    let outlook = Outlook::new(true, PerCoin::new(|_| Some(2)), service.live.clone());
    status_entries(&service.store.snapshot(), &payee, &outlook).unwrap().remove(0)
}

async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
}

/// Deposits of Anna (`a`) and Bert (`b`), in two blocks, both signed for in one transaction.
pub(crate) async fn signed_together(world: &mut World) {
    let (anna, bert) = (bound(world, ANNA).await, bound(world, BERT).await);
    world.chain.mine(vec![payment("b", bert, 100_000)]);
    world.chain.mine(vec![payment("a", anna, 100_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    world.scan().await;
    world.buyer_step().await;
    world.payer_step().await;
    assert_eq!(payout(world, "a").attempt(), payout(world, "b").attempt());
}

/// And a fork has taken Anna's, with nothing sent yet.
async fn taken_unsent(world: &mut World) {
    signed_together(world).await;
    fork_away(world).await;
}

pub(crate) async fn fork_away(world: &mut World) {
    world.chain.unmine(3);
    (0..4).for_each(|_| world.chain.mine(vec![]));
    world.scan().await;
}

/// Anna's deposit stands in a block again, as deep as required.
pub(crate) async fn comes_back(world: &mut World) {
    let anna = world.acked.binds[0].1;
    world.chain.mine(vec![payment("a", anna, 100_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(world).await;
}

#[tokio::test]
async fn should_hold_back_what_is_signed_and_not_sent_until_somebody_rules() {
    let mut world = world();
    taken_unsent(&mut world).await;
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (0, 0));
    assert_eq!(waiting(&mut world), [(Waiting::TakenBackUnsent, 1)]);
    assert_eq!(
        store(&mut world).snapshot().balances().unwrap().lost(Coin::BTC),
        Units::ZERO,
        "nothing has left"
    );
    let told_anna = told(&mut world, ANNA);
    assert_eq!(told_anna.status, "waiting_send");
    assert!(told_anna.message.starts_with("not paid out yet: the block of the deposit was replaced"));
    assert!(told(&mut world, BERT).message.contains("another payout in the same transaction"));
    // A restart changes nothing.
    world.stop();
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (0, 0));
    world.verify(false).unwrap();
}

#[tokio::test]
async fn should_pay_although_it_is_gone_where_somebody_rules_so() {
    let mut world = world();
    taken_unsent(&mut world).await;
    ruled(&mut world, "a", Verdict::Pay).await.unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (QUOTE, QUOTE));
    assert_eq!(waiting(&mut world), [(Waiting::Lost, 1)]);
    let snapshot = store(&mut world).snapshot();
    let books = snapshot.balances().unwrap();
    assert_eq!(
        (books.lost(Coin::BTC), books.received(Coin::BTC)),
        (Units::new(100_000), Units::new(100_000))
    );
    assert_eq!(books.sent_for_lost(), Ok(Units::new(QUOTE.into())));
    assert!(told(&mut world, ANNA).message.starts_with("paid; the block of the deposit was replaced"));
    assert_eq!(told(&mut world, BERT).message, "paid");
    let ruling = payout(&mut world, "a").ruling.unwrap();
    assert_eq!((ruling.reason.by.as_str(), ruling.reason.why.as_str()), ("anna", "as agreed"));
    world.verify(true).unwrap();
    assert_eq!(ruled(&mut world, "a", Verdict::Void).await, Err(RulingRefused::Paid.into()));
}

#[tokio::test]
async fn should_go_on_by_itself_once_the_deposit_is_deep_again() {
    let mut world = world();
    taken_unsent(&mut world).await;
    settle(&mut world).await;
    let anna = world.acked.binds[0].1;
    world.chain.mine(vec![payment("a", anna, 100_000)]);
    settle(&mut world).await;
    assert_eq!(
        (paid(&world, ANNA), paid(&world, BERT)),
        (0, 0),
        "in the newest block, two above are required"
    );
    assert_eq!(waiting(&mut world), [(Waiting::Returning, 1)]);
    assert!(told(&mut world, ANNA).message.contains("confirmations of the deposit: 0 of 2"));
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (QUOTE, QUOTE));
    assert_eq!(waiting(&mut world), []);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_pay_innocents_anew_once_the_transaction_is_withdrawn() {
    let mut world = world();
    taken_unsent(&mut world).await;
    assert_eq!(ruled(&mut world, "a", Verdict::Void).await, Err(RulingRefused::Signed.into()));
    withdrawn(&mut world, 1).await.unwrap();
    assert_eq!(withdrawn(&mut world, 1).await, Err(CourseRefused::Withdrawn.into()));
    assert!(told(&mut world, BERT).message.contains("made anew"));
    ruled(&mut world, "a", Verdict::Void).await.unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (0, QUOTE));
    assert!(attempt(&mut world, 1).is_dead());
    assert_eq!(attempt(&mut world, 1).rival, Some(AttemptNo::new(2)));
    assert_eq!(payout(&mut world, "b").attempt(), Some(AttemptNo::new(3)));
    assert!(matches!(payout(&mut world, "a").state, PayoutState::Voided { .. }));
    assert_eq!(waiting(&mut world), [(Waiting::Voided, 1)]);
    assert_eq!(told(&mut world, ANNA).message, "the operator has decided that nothing is paid out for it");
    world.verify(true).unwrap();
    assert_eq!(withdrawn(&mut world, 1).await, Err(CourseRefused::Dead.into()));
    assert_eq!(withdrawn(&mut world, 2).await, Err(CourseRefused::Settled.into()));
    // What is void stays so when the deposit is back, in sight, until somebody says otherwise.
    comes_back(&mut world).await;
    assert_eq!((paid(&world, ANNA), waiting(&mut world)), (0, vec![(Waiting::Voided, 1)]));
    ruled(&mut world, "a", Verdict::Pay).await.unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), waiting(&mut world)), (QUOTE, vec![]));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_owe_again_what_was_withdrawn_and_comes_back() {
    let mut world = world();
    taken_unsent(&mut world).await;
    withdrawn(&mut world, 1).await.unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (0, QUOTE));
    assert_eq!(waiting(&mut world), [(Waiting::Gone, 1)]);
    comes_back(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (QUOTE, QUOTE));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_send_on_what_was_to_be_withdrawn() {
    let mut world = world();
    taken_unsent(&mut world).await;
    let one = AttemptNo::FIRST;
    withdrawn(&mut world, 1).await.unwrap();
    ruled(&mut world, "a", Verdict::Void).await.unwrap();
    let ruled = send_on(&store(&mut world), one, order()).await.unwrap();
    assert_eq!(ruled, [number(&mut world, "a")]);
    let again = send_on(&store(&mut world), one, order()).await;
    assert_eq!(again, Err(CourseRefused::NotHeldBack.into()));
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (QUOTE, QUOTE));
    assert_eq!(send_on(&store(&mut world), one, order()).await, Err(CourseRefused::Settled.into()));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_let_the_chain_choose_where_the_withdrawal_is_signed_and_the_other_sent_on() {
    let mut world = world();
    taken_unsent(&mut world).await;
    withdrawn(&mut world, 1).await.unwrap();
    world.payer_step().await;
    world.payer_step().await;
    assert_eq!(attempt(&mut world, 1).rival, Some(AttemptNo::new(2)));
    send_on(&store(&mut world), AttemptNo::FIRST, order()).await.unwrap();
    let held = withdrawn(&mut world, 2).await;
    assert_eq!(held, Err(CourseRefused::Withdrawal.into()));
    // Both wait; the first is confirmed.
    world.payer_step().await;
    let first = attempt(&mut world, 1).txid.to_string();
    assert!(world.node.confirm(&first));
    settle(&mut world).await;
    assert!(attempt(&mut world, 2).is_dead());
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (QUOTE, QUOTE));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_withdraw_what_is_sent_where_it_wins_the_race() {
    for wins in [true, false] {
        let mut world = world();
        signed_together(&mut world).await;
        world.payer_step().await;
        assert_eq!(paid(&world, ANNA), QUOTE, "it has left");
        fork_away(&mut world).await;
        assert_eq!(waiting(&mut world), [(Waiting::TakenBackSent, 1)]);
        let message = told(&mut world, ANNA).message;
        assert!(message.starts_with("waiting for the payout to be confirmed; the block"), "{message}");
        assert_eq!(store(&mut world).snapshot().balances().unwrap().lost(Coin::BTC), Units::new(100_000));
        withdrawn(&mut world, 1).await.unwrap();
        world.payer_step().await;
        world.payer_step().await;
        let winner = attempt(&mut world, if wins { 2 } else { 1 }).txid.to_string();
        assert!(world.node.confirm(&winner));
        settle(&mut world).await;
        let lost = store(&mut world).snapshot().balances().unwrap().lost(Coin::BTC);
        if wins {
            assert_eq!((paid(&world, ANNA), paid(&world, BERT), lost), (0, QUOTE, Units::ZERO));
        } else {
            assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (QUOTE, QUOTE));
            assert_eq!(waiting(&mut world), [(Waiting::TakenBackPaid, 1)]);
            assert_eq!(lost, Units::new(100_000));
        }
        world.verify(true).unwrap();
    }
}

#[tokio::test]
async fn should_let_everything_go_on_that_shares_nothing_with_a_loss() {
    let mut world = world();
    signed_together(&mut world).await;
    settle(&mut world).await;
    world.chain.unmine(3);
    let bert = world.acked.binds[1].1;
    world.chain.mine(vec![payment("c", bert, 100_000)]);
    (0..4).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (QUOTE, 2 * QUOTE));
    assert_eq!(waiting(&mut world), [(Waiting::TakenBackPaid, 1)]);
    assert_eq!(told(&mut world, ANNA).status, "done");
    assert!(told(&mut world, ANNA).message.starts_with("paid; the block of the deposit was replaced"));
    ruled(&mut world, "a", Verdict::Wait).await.unwrap();
    assert_eq!(ruled(&mut world, "a", Verdict::Wait).await, Err(RulingRefused::Already.into()));
    ruled(&mut world, "a", Verdict::Pay).await.unwrap();
    assert_eq!(waiting(&mut world), [(Waiting::Lost, 1)]);
    world.verify(true).unwrap();
    comes_back(&mut world).await;
    assert_eq!((paid(&world, ANNA), waiting(&mut world)), (QUOTE, vec![]));
    assert_eq!(told(&mut world, ANNA).message, "paid");
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_forget_a_ruling_at_the_next_fork() {
    let mut world = world();
    taken_unsent(&mut world).await;
    ruled(&mut world, "a", Verdict::Pay).await.unwrap();
    let anna = world.acked.binds[0].1;
    // Back before anything was sent, and taken once more.
    world.chain.mine(vec![payment("a", anna, 100_000)]);
    world.scan().await;
    fork_away(&mut world).await;
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), waiting(&mut world)), (0, vec![(Waiting::TakenBackUnsent, 1)]));
    assert!(matches!(state(&mut world, "a"), DepositState::Quarantined { .. }));
    world.verify(false).unwrap();
}

fn state(world: &mut World, tx: &str) -> DepositState {
    let no = number(world, tx);
    store(world).snapshot().deposit(no).unwrap().unwrap().state
}

#[tokio::test]
async fn should_refuse_what_a_state_does_not_allow() {
    let mut world = world();
    let anna = bound(&mut world, ANNA).await;
    world.chain.mine(vec![payment("a", anna, 100_000)]);
    settle(&mut world).await;
    for verdict in [Verdict::Pay, Verdict::Void, Verdict::Wait] {
        assert_eq!(ruled(&mut world, "a", verdict).await, Err(RulingRefused::NothingOwed.into()));
        let unknown = rule(&store(&mut world), DepositNo::new(9), verdict, order()).await;
        assert_eq!(unknown, Err(ActError::Unknown));
    }
    assert_eq!(withdrawn(&mut world, 1).await, Err(ActError::Unknown));
    (0..2).for_each(|_| world.chain.mine(vec![]));
    world.scan().await;
    for verdict in [Verdict::Pay, Verdict::Wait] {
        assert_eq!(ruled(&mut world, "a", verdict).await, Err(RulingRefused::NotTakenBack.into()));
    }
    // A payout that nothing was signed for may be void, whatever became of its deposit.
    ruled(&mut world, "a", Verdict::Void).await.unwrap();
    assert_eq!(ruled(&mut world, "a", Verdict::Wait).await, Err(RulingRefused::Void.into()));
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 0);
    world.verify(true).unwrap();
    ruled(&mut world, "a", Verdict::Pay).await.unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), QUOTE);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_pay_for_an_orphan_where_somebody_rules_so() {
    let mut world = World::new(Droplets::new(1_000_000_000), 20);
    let anna = bound(&mut world, ANNA).await;
    world.chain.mine(vec![payment("a", anna, 100_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    world.scan().await;
    world.chain.unmine(3);
    (0..4).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), waiting(&mut world)), (0, vec![(Waiting::Gone, 1)]));
    ruled(&mut world, "a", Verdict::Pay).await.unwrap();
    settle(&mut world).await;
    assert_eq!((paid(&world, ANNA), waiting(&mut world)), (QUOTE, vec![(Waiting::Lost, 1)]));
    world.verify(true).unwrap();
}

/// What the admin listener offers to do about the first deposit that waits so.
fn offered(world: &mut World, code: Waiting) -> Vec<&'static str> {
    let service = world.service().unwrap();
    let outlook = Outlook::new(true, PerCoin::new(|_| Some(2)), service.live.clone());
    let (snapshot, first) = (service.store.snapshot(), WaitingPage { after: None, limit: 1 });
    let (_, _, entry) = waiting_deposits(&snapshot, code, first, &outlook).unwrap().remove(0);
    assert_eq!(entry.info.waiting, Some(code.name()));
    assert!(!entry.info.error.is_empty() || matches!(code, Waiting::Gone), "{code:?}");
    entry.acts.into_iter().map(|act| act.act).collect()
}

#[tokio::test]
async fn should_offer_what_can_be_done_in_each_state() {
    let mut world = world();
    taken_unsent(&mut world).await;
    assert_eq!(offered(&mut world, Waiting::TakenBackUnsent), ["pay", "wait", "withdraw", "send", "abandon"]);
    let kinds = {
        let service = world.service().unwrap();
        let outlook = Outlook::new(true, PerCoin::new(|_| Some(2)), service.live.clone());
        waiting_kinds(&service.store.snapshot(), &outlook).unwrap()
    };
    let counted = kinds.iter().filter(|kind| kind.count > 0).map(|kind| kind.code).collect::<Vec<_>>();
    assert_eq!(counted, ["taken_back_unsent", "transaction_held_back"]);
    withdrawn(&mut world, 1).await.unwrap();
    assert_eq!(offered(&mut world, Waiting::TakenBackUnsent), ["pay", "void", "wait", "send", "abandon"]);
    settle(&mut world).await;
    assert_eq!(offered(&mut world, Waiting::Gone), ["pay", "void", "wait"]);
    ruled(&mut world, "a", Verdict::Pay).await.unwrap();
    settle(&mut world).await;
    assert_eq!(offered(&mut world, Waiting::Lost), ["wait"]);
    let errored = store(&mut world).snapshot().errored(Page::ALL).unwrap();
    assert_eq!(errored, [number(&mut world, "a")]);
    world.verify(true).unwrap();
}
