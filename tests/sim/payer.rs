//! What the payer does where something is in its way: nobody waits for what concerns another, and nothing leaves that
//! must not.

use teller::address::DepositAddress;
use teller::chain::Payment;
use teller::dummy::DummyNode;
use teller::payout::{AttemptState, Stuck};
use teller::rail::{Broadcaster, SendOutcome, Signer, Wallet};
use teller::report::{Outlook, StatusEntry, status_entries};
use teller::skycoin::{Address, CoinHours, Output, Transaction};
use teller::store::{AttemptEvent, Books, Event, Tables};
use teller::testing::{Faults, StepEnd, World};
use teller::types::{AttemptNo, Droplets, PerCoin, Units};

const ANNA: Address = Address::from_bytes([1; 20]);
const BERT: Address = Address::from_bytes([2; 20]);

fn world() -> World {
    World::new(Droplets::new(1_000_000_000), 200)
}

async fn bound(world: &mut World, payee: Address) -> DepositAddress {
    assert_eq!(world.bind(payee).await, StepEnd::Done(None));
    world.acked.binds.last().unwrap().1
}

fn payment(tx: &str, address: DepositAddress, satoshi: u128) -> Payment {
    Payment::new(tx.to_owned(), 0, address, Units::new(satoshi))
}

/// Droplets that somebody has got.
fn paid(world: &World, payee: Address) -> u64 {
    let broadcasts = world.node.broadcasts();
    let payments = broadcasts.iter().flat_map(|sent| &sent.payments);
    payments.filter(|(to, _)| *to == payee).map(|(_, coins)| coins.get()).sum()
}

async fn record(world: &mut World, event: impl Into<Event>) {
    let event = event.into();
    let store = world.service().unwrap().store.clone();
    let written = store.write(move |tx| tx.record(event.clone()));
    written.await.unwrap();
}

async fn kill(world: &mut World, attempt: u64) {
    let why = "its input was spent by another".to_owned();
    record(world, AttemptEvent::Died { attempt: AttemptNo::new(attempt), why }).await;
}

/// What Anna is told of her first deposit.
fn told(world: &mut World) -> StatusEntry {
    let service = world.service().unwrap();
    let outlook = Outlook::new(true, PerCoin::new(|_| Some(2)), service.live.clone());
    status_entries(&service.store.snapshot(), &ANNA, &outlook).unwrap().remove(0)
}

async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
}

#[tokio::test]
async fn should_send_nothing_that_was_not_sent_while_sending_is_off() {
    let mut world = world();
    let address = bound(&mut world, ANNA).await;
    world.deposit(address, "a", 0, 100_000).await;
    world.buyer_step().await;
    world.payer_step().await;
    assert_eq!(world.service().unwrap().store.snapshot().counters().live_attempts, 1, "signed and stored");
    world.stop();
    world.settings.send_enabled = false;
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 0);
    world.stop();
    world.settings.send_enabled = true;
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_keep_others_waiting_for_many_equal_payouts() {
    let mut world = world();
    let (anna, bert) = (bound(&mut world, ANNA).await, bound(&mut world, BERT).await);
    for number in 0..1_100 {
        world.deposit(anna, &format!("a{number}"), 0, 1_000).await;
    }
    world.deposit(bert, "b", 0, 100_000).await;
    world.work().await;
    assert_eq!(paid(&world, BERT), 500_000);
}

/// A deposit whose payout was signed and not sent yet, taken back by a fork.
async fn quarantined(world: &mut World) -> DepositAddress {
    let address = bound(world, ANNA).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..3).for_each(|_| world.chain.mine(vec![]));
    world.scan().await;
    world.buyer_step().await;
    world.payer_step().await;
    world.chain.unmine(4);
    (0..5).for_each(|_| world.chain.mine(vec![]));
    world.scan().await;
    address
}

/// And then its payout can never confirm.
async fn taken_back(world: &mut World) -> DepositAddress {
    let address = quarantined(world).await;
    kill(world, 1).await;
    address
}

#[tokio::test]
async fn should_wait_for_finality_again_where_a_fork_and_a_rival_took_deposit_and_payout() {
    let mut world = world();
    let address = taken_back(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 0, "the deposit is in the newest block, two above it are required");
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_wait_for_finality_where_the_payout_died_after_the_deposit_was_back() {
    let mut world = world();
    let address = quarantined(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    world.scan().await;
    kill(&mut world, 1).await;
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 0, "the deposit is in the newest block, two above it are required");
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_owe_nothing_for_a_deposit_that_is_gone_with_its_payout() {
    let mut world = world();
    taken_back(&mut world).await;
    let snapshot = world.service().unwrap().store.snapshot();
    assert_eq!(
        (snapshot.balances().unwrap().owed(), snapshot.balances().unwrap().sent().unwrap()),
        (Units::ZERO, Units::ZERO)
    );
    let told = told(&mut world);
    assert_eq!(told.status, "waiting_deposit");
    assert!(told.message.contains("to be in a block again"), "{}", told.message);
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 0);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_count_no_confirmations_of_a_deposit_that_is_in_no_block() {
    let mut world = world();
    let address = bound(&mut world, ANNA).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    world.scan().await;
    assert_eq!(told(&mut world).deposit.unwrap().confirmations, Some(0));
    world.chain.unmine(1);
    (0..6).for_each(|_| world.chain.mine(vec![]));
    world.scan().await;
    let told = told(&mut world);
    assert_eq!((told.status, told.deposit.unwrap().confirmations), ("waiting_deposit", None));
}

#[tokio::test]
async fn should_not_count_what_never_left_as_used_up() {
    let mut world = world();
    let address = bound(&mut world, ANNA).await;
    world.deposit(address, "a", 0, 100_000).await;
    world.buyer_step().await;
    world.payer_step().await;
    kill(&mut world, 1).await;
    world.rest().await;
    world.clock.advance(1_000);
    world.work().await;
    let wallet = world.service().unwrap().live.wallet();
    let first = world.service().unwrap().store.snapshot().attempt(AttemptNo::new(2)).unwrap().unwrap();
    let time = wallet.at.unwrap().since(first.signed_at).as_secs();
    assert_eq!(
        wallet.runway.coins,
        Some(std::time::Duration::from_secs(wallet.coins.get() * time / 500_000))
    );
}

#[tokio::test]
async fn should_not_spend_what_a_transaction_of_the_operator_spends() {
    let mut world = world();
    let address = bound(&mut world, ANNA).await;
    let wallet = DummyNode::hot_wallet();
    let mut unspents = world.node.funds().await.unwrap().unspents;
    unspents.pop();
    let (owners, inputs): (Vec<_>, Vec<_>) = unspents.iter().map(|one| (one.owner, one.uxid)).unzip();
    let coins = Droplets::sum(unspents.iter().map(|one| one.coins)).unwrap();
    let output = Output { address: wallet.change_address(), coins, hours: CoinHours::ZERO };
    let together = wallet.sign_inputs(&Transaction::new(inputs, vec![output]).unwrap(), &owners).unwrap();
    assert_eq!(world.node.send(&together.encode()).await, SendOutcome::Accepted);
    world.deposit(address, "a", 0, 100_000).await;
    assert!(matches!(world.work().await, StepEnd::Done(_)));
    assert_eq!(paid(&world, ANNA), 500_000);
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_keep_nobody_waiting_for_a_transaction_that_the_node_refuses() {
    let mut world = world();
    // Else the second payout would wait for the change of the first.
    world.node.fund(Droplets::new(1_000_000_000));
    let (anna, bert) = (bound(&mut world, ANNA).await, bound(&mut world, BERT).await);
    world.set_faults(Faults { refuse: 1, ..Faults::default() });
    world.deposit(anna, "a", 0, 100_000).await;
    world.buyer_step().await;
    // Signed, and then offered.
    world.payer_step().await;
    world.payer_step().await;
    let attempt = |world: &mut World| {
        world.service().unwrap().store.snapshot().attempt(AttemptNo::FIRST).unwrap().unwrap()
    };
    let refused = attempt(&mut world);
    assert!(matches!(&refused.state, AttemptState::Signed), "{refused:?}");
    assert!(refused.refusal.is_some(), "{refused:?}");
    assert_eq!(Stuck::of(&refused), Some(Stuck::Refused));
    world.deposit(bert, "b", 0, 100_000).await;
    world.buyer_step().await;
    world.payer_step().await;
    world.payer_step().await;
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (0, 500_000), "no time has passed");
    // It rests for a second after the first refusal, and is offered again as it is.
    world.clock.advance(1);
    world.payer_step().await;
    assert_eq!(attempt(&mut world).state, AttemptState::Sent);
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert_eq!(paid(&world, ANNA), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_offer_again_in_time_whatever_the_clock_is_set_to() {
    for set_back in [0, 3_600, -3_600] {
        let mut world = world();
        let address = bound(&mut world, ANNA).await;
        world.deposit(address, "a", 0, 100_000).await;
        world.work().await;
        // Each question to the node passes a moment.
        let mut asked = Vec::new();
        for seconds in [0, 0, 59, 1] {
            world.clock.advance(seconds);
            let before = world.fuse.passed();
            world.payer_step().await;
            asked.push(world.fuse.passed() - before);
            world.clock.set_back(set_back);
        }
        assert_eq!(asked[1], asked[2], "set back by {set_back}: offered before a minute has passed");
        assert!(asked[3] > asked[2], "set back by {set_back}: not offered again: {asked:?}");
    }
}

#[tokio::test]
async fn should_show_what_ails_the_payout_node() {
    let mut world = world();
    bound(&mut world, ANNA).await;
    let shown = |world: &mut World| {
        let wallet = world.service().unwrap().live.wallet();
        (wallet.error.clone(), wallet.detail.clone(), wallet.coins)
    };
    world.payer_step().await;
    let (error, detail, coins) = shown(&mut world);
    assert_eq!((error.as_str(), detail.as_str(), coins.is_zero()), ("", "", false));
    world.set_faults(Faults { unreachable: true, ..Faults::default() });
    world.payer_step().await;
    let (error, detail, was) = shown(&mut world);
    assert_eq!(error, "the payout node cannot be used at the moment");
    assert!(!detail.is_empty() && was == coins, "what was known stays in sight: {detail}");
}
