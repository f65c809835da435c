//! A payout transaction that its node refuses, since a fork of the payout chain took back what it spends: it is in
//! sight, keeps nobody waiting, and a person has it offered again, withdrawn, or given up, where the chain shows that
//! it can never confirm.

use teller::dummy::DummyNode;
use teller::engine::operator::{ActError, adopt_spend, retry, withdraw};
use teller::ledger::{Account, Asset};
use teller::payout::{AbandonRefused, AttemptState, CourseRefused, Stuck};
use teller::rail::{Broadcaster, SendOutcome, Signer, Wallet};
use teller::report::{refused_problem, waiting_transactions};
use teller::skycoin::{CoinHours, Output, Transaction};
use teller::store::{AttemptEvent, Audit, Books, Event, Page, StrayPayment, Tables};
use teller::testing::{PAYOUT_NODES, StepEnd, World};
use teller::types::{AttemptNo, DepositNo, Droplets, Units};

use crate::rulings::{ANNA, BERT, QUOTE, attempt, bound, order, paid, store};

const ONE: AttemptNo = AttemptNo::FIRST;
const TWO: AttemptNo = AttemptNo::new(2);

/// The operator moves the first `count` outputs of the wallet into one, which is confirmed.
async fn moved(world: &World, count: usize) -> Transaction {
    let wallet = DummyNode::hot_wallet();
    let mut unspents = world.node.funds().await.unwrap().unspents;
    unspents.truncate(count);
    let (owners, inputs): (Vec<_>, Vec<_>) = unspents.iter().map(|one| (one.owner, one.uxid)).unzip();
    let coins = Droplets::sum(unspents.iter().map(|one| one.coins)).unwrap();
    let output = Output { address: wallet.change_address(), coins, hours: CoinHours::ZERO };
    let own = wallet.sign_inputs(&Transaction::new(inputs, vec![output]).unwrap(), &owners).unwrap();
    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    assert!(world.node.confirm(&own.txid().to_string()));
    own
}

/// Anna's payout of so many satoshi is sent and spends what the operator's own transaction left. Then a fork takes
/// that back, and every node forgets both.
async fn stuck(moves: usize, satoshi: u64) -> (World, Transaction) {
    let mut world = World::new(Droplets::new(300_000), 20);
    let own = moved(&world, moves).await;
    let anna = bound(&mut world, ANNA).await;
    world.deposit(anna, "a", 0, satoshi).await;
    assert!(matches!(world.work().await, StepEnd::Done(_)));
    assert_eq!(paid(&world, ANNA), satoshi * 5);
    world.node.unmine(1);
    (0..PAYOUT_NODES).for_each(|node| world.node.forget(node));
    world.node.bury(2);
    look(&mut world).await;
    assert_eq!(attempt(&mut world, 1).state, AttemptState::Sent);
    assert_eq!(refused(&mut world), [ONE]);
    (world, own)
}

/// The payer comes to it after its rest.
async fn look(world: &mut World) {
    world.clock.advance(61);
    assert_ne!(world.work().await, StepEnd::Died);
}

fn refused(world: &mut World) -> Vec<AttemptNo> {
    waiting_transactions(&store(world).snapshot(), Stuck::Refused).unwrap()
}

async fn abandoned(world: &mut World) -> Result<String, ActError> {
    world.abandon(ONE, order()).await.unwrap()
}

fn has_happened(world: &mut World, is_it: impl Fn(&Event) -> bool) -> bool {
    let events = store(world).snapshot().events(Page::ALL).unwrap();
    events.iter().any(|(_, record)| is_it(&record.event))
}

async fn record(world: &mut World, event: AttemptEvent) {
    let written = store(world).write(move |tx| tx.record(event.clone())).await;
    written.unwrap();
}

async fn settle(world: &mut World) {
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
}

#[tokio::test]
async fn should_keep_the_refusal_of_what_was_sent_until_a_node_takes_it() {
    let (mut world, own) = stuck(4, 100_000).await;
    let refusal = attempt(&mut world, 1).refusal.unwrap();
    assert!(refusal.words.contains("does not exist"), "{}", refusal.words);
    assert!(has_happened(&mut world, |event| matches!(event, Event::Attempt(AttemptEvent::Refused { .. }))));
    let problem = refused_problem(&store(&mut world).snapshot()).unwrap();
    assert!(problem.unwrap().starts_with("payouts: 1 transaction(s) are refused"));
    look(&mut world).await;
    world.stop();
    world.start().unwrap();
    assert_eq!(attempt(&mut world, 1).refusal, Some(refusal), "since when it was refused first");
    world.verify(false).unwrap();

    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    assert!(world.node.confirm(&own.txid().to_string()));
    look(&mut world).await;
    assert_eq!((refused(&mut world), attempt(&mut world, 1).refusal), (vec![], None));
    assert!(has_happened(&mut world, |event| matches!(event, Event::Attempt(AttemptEvent::Taken { .. }))));
    assert_eq!(refused_problem(&store(&mut world).snapshot()).unwrap(), None);
    settle(&mut world).await;
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_call_nothing_refused_that_stands_in_a_block() {
    let (mut world, own) = stuck(4, 100_000).await;
    world.stop();
    world.settings.payout_confirmations = 3;
    world.start().unwrap();
    // Somebody else has sent it, so that it is in a block before it was offered again.
    let raw = store(&mut world).snapshot().signed_transaction(ONE).unwrap().unwrap().raw;
    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    assert!(world.node.confirm(&own.txid().to_string()));
    assert_eq!(world.node.send(&raw).await, SendOutcome::Accepted);
    world.confirm_all();
    for _ in 0..2 {
        look(&mut world).await;
        assert_eq!((refused(&mut world), attempt(&mut world, 1).state), (vec![], AttemptState::Sent));
    }
    let events = store(&mut world).snapshot().events(Page::ALL).unwrap();
    let taken = events
        .iter()
        .filter(|(_, record)| matches!(record.event, Event::Attempt(AttemptEvent::Taken { .. })));
    assert_eq!(taken.count(), 1, "it is told once");
    settle(&mut world).await;
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_see_that_no_block_can_take_what_the_pool_keeps() {
    let mut world = World::new(Droplets::new(300_000), 20);
    world.node.change_node(0, 1);
    let own = moved(&world, 4).await;
    world.node.change_node(0, 0);
    let anna = bound(&mut world, ANNA).await;
    world.deposit(anna, "a", 0, 100_000).await;
    assert!(matches!(world.work().await, StepEnd::Done(_)));
    world.node.unmine(1);
    world.node.forget(1);
    world.node.bury(2);
    look(&mut world).await;
    assert_eq!(refused(&mut world), [ONE]);
    assert!(attempt(&mut world, 1).refusal.unwrap().words.contains("does not exist"));
    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    assert!(world.node.confirm(&own.txid().to_string()));
    look(&mut world).await;
    assert_eq!(refused(&mut world), []);
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), QUOTE);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_slow_nobody() {
    let (mut world, _) = stuck(4, 100_000).await;
    let bert = bound(&mut world, BERT).await;
    for number in 1..=6 {
        world.deposit(bert, &format!("b{number}"), 0, 10_000).await;
        // No time passes: what the other one rests is nothing to this one.
        world.buyer_step().await;
        world.payer_step().await;
        world.payer_step().await;
        assert_eq!(paid(&world, BERT), number * 50_000);
        assert_eq!(refused(&mut world), [ONE]);
        look(&mut world).await;
        world.confirm_all();
    }
}

#[tokio::test]
async fn should_offer_again_at_once_where_a_person_wants_it() {
    let (mut world, own) = stuck(4, 100_000).await;
    for _ in 0..6 {
        look(&mut world).await;
    }
    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    assert!(world.node.confirm(&own.txid().to_string()));
    world.clock.advance(5);
    world.payer_step().await;
    assert_eq!(refused(&mut world), [ONE], "it rests after so many refusals");
    retry(&store(&mut world), ONE, order()).await.unwrap();
    world.payer_step().await;
    assert_eq!(refused(&mut world), []);
    let again = retry(&store(&mut world), ONE, order()).await;
    assert_eq!(again, Err(CourseRefused::NotRefused.into()));
    assert_eq!(abandoned(&mut world).await, Err(CourseRefused::NotStuck.into()));
    settle(&mut world).await;
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_give_up_what_can_never_confirm_and_owe_it_again() {
    let (mut world, _) = stuck(4, 100_000).await;
    // Something else has spent what the operator's transaction did.
    world.node.spend_as_operator(0, 0);
    world.node.mine(0);
    look(&mut world).await;
    let found = abandoned(&mut world).await.unwrap();
    assert!(found.ends_with("does not exist"), "{found}");
    let AttemptState::Dead { why } = attempt(&mut world, 1).state else { panic!("it is not dead") };
    assert!(why.starts_with("abandoned by anna") && why.ends_with("as agreed"), "{why}");
    let unknown = world.abandon(AttemptNo::new(9), order()).await.unwrap();
    assert_eq!(unknown, Err(ActError::Unknown));
    assert_eq!(abandoned(&mut world).await, Err(CourseRefused::Dead.into()));
    settle(&mut world).await;
    assert!(matches!(attempt(&mut world, 2).state, AttemptState::Settled { .. }));
    let twice =
        world.node.broadcasts().iter().filter(|sent| sent.confirmed && !sent.payments.is_empty()).count();
    assert_eq!(twice, 1);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_give_nothing_up_on_the_word_of_a_node_that_is_behind() {
    let (mut world, _) = stuck(4, 100_000).await;
    world.node.lag(1, 1);
    let mut told = Vec::new();
    for questions in 0..20 {
        world.node.change_node(questions, 1);
        let answer = abandoned(&mut world).await;
        let is_done = answer.is_ok();
        told.push(answer);
        if is_done {
            break;
        }
        world.node.change_node(0, 0);
        let txid = attempt(&mut world, 1).txid;
        world.node.status(txid).await.unwrap();
    }
    assert!(told.last().unwrap().is_ok(), "in time, a node that has it all answers all: {told:?}");
    assert!(
        told.iter().any(|told| matches!(told, Err(ActError::Abandon(AbandonRefused::Behind { .. })))),
        "{told:?}"
    );
    assert!(told.iter().any(|told| matches!(told, Err(ActError::Node(_)))), "{told:?}");
}

#[tokio::test]
async fn should_give_nothing_up_that_a_block_is_about_to_make_good() {
    let (mut world, own) = stuck(4, 100_000).await;
    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    let refused = abandoned(&mut world).await;
    assert!(
        matches!(&refused, Err(ActError::Abandon(AbandonRefused::Awaited { by, .. })) if *by == own.txid()),
        "{refused:?}"
    );
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), QUOTE);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_withdraw_rather_than_give_up_what_can_still_be_spent() {
    // It takes all four outputs to pay a coin, and one of them is gone.
    let (mut world, _) = stuck(1, 200_000).await;
    let refused = abandoned(&mut world).await;
    assert!(matches!(refused, Err(ActError::Abandon(AbandonRefused::Spendable(_)))), "{refused:?}");
    withdraw(&store(&mut world), ONE, order()).await.unwrap();
    settle(&mut world).await;
    assert!(attempt(&mut world, 1).is_dead());
    assert_eq!(attempt(&mut world, 1).rival, Some(AttemptNo::new(2)));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_sign_nothing_where_what_was_given_up_confirms_after_all() {
    let (mut world, own) = stuck(4, 100_000).await;
    let (first, raw) = {
        let snapshot = store(&mut world).snapshot();
        (snapshot.attempt(ONE).unwrap().unwrap(), snapshot.signed_transaction(ONE).unwrap().unwrap().raw)
    };
    abandoned(&mut world).await.unwrap();
    // The fork is undone, and somebody has kept the bytes.
    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    assert!(world.node.confirm(&own.txid().to_string()));
    assert_eq!(world.node.send(&raw).await, SendOutcome::Accepted);
    look(&mut world).await;
    assert_eq!(store(&mut world).snapshot().counters().unknown_spends, 1, "seen while it waits for a block");
    assert!(world.node.confirm(&first.txid.to_string()));
    look(&mut world).await;
    assert_eq!(world.node.broadcasts().len(), 2, "nothing else was sent");
    let (adopted, _) = adopt_spend(&store(&mut world), first.txid, vec![], false, order()).await.unwrap();
    settle(&mut world).await;
    assert!(matches!(attempt(&mut world, adopted.get()).state, AttemptState::Settled { .. }));
    assert_eq!(paid(&world, ANNA), QUOTE);
    world.verify(true).unwrap();
}

/// What was given up is back, and a person says that it paid Anna after all: it is the second transaction. Then a fork
/// takes everything back once more.
async fn taken_over_and_stuck(moves: usize, satoshi: u64) -> (World, Transaction, Vec<u8>) {
    let (mut world, own) = stuck(moves, satoshi).await;
    let raw = store(&mut world).snapshot().signed_transaction(ONE).unwrap().unwrap().raw;
    let txid = attempt(&mut world, 1).txid;
    // Something else has spent what the operator's transaction did, and is taken back afterwards.
    record(&mut world, AttemptEvent::Died { attempt: ONE, why: "it is given up".to_owned() }).await;
    for bytes in [own.encode(), raw.clone()] {
        assert_eq!(world.node.send(&bytes).await, SendOutcome::Accepted);
        world.node.mine(0);
    }
    look(&mut world).await;
    assert_eq!(store(&mut world).snapshot().counters().unknown_spends, 1);
    let (adopted, _) = adopt_spend(&store(&mut world), txid, vec![], false, order()).await.unwrap();
    assert_eq!(adopted, TWO);
    world.node.unmine(2);
    (0..PAYOUT_NODES).for_each(|node| world.node.forget(node));
    world.node.bury(4);
    look(&mut world).await;
    assert_eq!((attempt(&mut world, 2).state, refused(&mut world)), (AttemptState::Sent, vec![TWO]));
    (world, own, raw)
}

#[tokio::test]
async fn should_withdraw_rather_than_give_up_what_was_taken_over_and_can_still_be_spent() {
    let (mut world, _, _) = taken_over_and_stuck(1, 200_000).await;
    let refused = world.abandon(TWO, order()).await.unwrap();
    assert!(matches!(refused, Err(ActError::Abandon(AbandonRefused::Spendable(_)))), "{refused:?}");
}

#[tokio::test]
async fn should_ask_again_where_what_was_taken_over_and_given_up_shows_up() {
    let (mut world, own, raw) = taken_over_and_stuck(4, 100_000).await;
    let txid = attempt(&mut world, 2).txid;
    world.abandon(TWO, order()).await.unwrap().unwrap();
    assert_eq!(store(&mut world).snapshot().counters().unknown_spends, 0);
    assert_eq!(world.node.send(&own.encode()).await, SendOutcome::Accepted);
    assert!(world.node.confirm(&own.txid().to_string()));
    assert_eq!(world.node.send(&raw).await, SendOutcome::Accepted);
    look(&mut world).await;
    assert_eq!(store(&mut world).snapshot().counters().unknown_spends, 1, "seen while it waits for a block");
    look(&mut world).await;
    assert!(world.node.confirm(&txid.to_string()));
    look(&mut world).await;
    assert_eq!(world.node.broadcasts().len(), 2, "nothing else was sent");
    adopt_spend(&store(&mut world), txid, vec![], false, order()).await.unwrap();
    settle(&mut world).await;
    assert!(matches!(attempt(&mut world, 3).state, AttemptState::Settled { .. }));
    assert_eq!(paid(&world, ANNA), QUOTE);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_book_a_second_payment_as_a_loss() {
    let (mut world, own) = stuck(4, 100_000).await;
    let raw = store(&mut world).snapshot().signed_transaction(ONE).unwrap().unwrap().raw;
    let txid = attempt(&mut world, 1).txid;
    abandoned(&mut world).await.unwrap();
    // Paid anew out of what the first has nothing to do with.
    world.node.fund(Droplets::new(5_000_000));
    settle(&mut world).await;
    let danger = world.verify(true).unwrap_err();
    assert!(
        danger.contains("is paid 1000000, the chain owed them 500000"),
        "the judge sees it coming: {danger}"
    );
    for bytes in [own.encode(), raw] {
        assert_eq!(world.node.send(&bytes).await, SendOutcome::Accepted);
        world.node.mine(0);
    }
    look(&mut world).await;
    let snapshot = store(&mut world).snapshot();
    let books = snapshot.balances().unwrap();
    let twice = books.amount(Asset::of_payouts(), Account::PaidTwice);
    assert_eq!((twice, books.sent().unwrap()), (Units::new(QUOTE.into()), Units::new(QUOTE.into())));
    assert_eq!(world.node.paid_out(), Units::new(2 * u128::from(QUOTE)));
    let stray = StrayPayment { deposit: DepositNo::FIRST, attempt: ONE, amount: Droplets::new(QUOTE) };
    assert_eq!(snapshot.strays(None, usize::MAX).unwrap(), [stray]);
    assert_eq!(snapshot.attempt(stray.attempt).unwrap().unwrap().txid, txid);
    assert_eq!(snapshot.counters().unknown_spends, 1);
    let findings = Audit::new(snapshot.kv(), &|_| {}).run_full().unwrap().messages();
    assert_eq!(findings, Vec::<String>::new());
}
