//! For each moment at which the process can die (before and after each sync of the disk, before and after each
//! call to the node): die there, start again, run to rest, and hold the desk to its promises.

use teller::exchange::Idempotency;
use teller::skycoin::Address;
use teller::testing::{Faults, Habit, StepEnd, UpstreamSettings, World};
use teller::types::{Coin, Droplets};

use crate::random::Random;

const ANNA: Address = Address::from_bytes([1; 20]);
const BERT: Address = Address::from_bytes([2; 20]);

/// Tries after which something that passes would have passed.
const PATIENCE: u32 = 20;

/// What the outside world wants of the desk, in order. Whoever got no answer asks again.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Bind(Address),
    /// Which bind, transaction, output, satoshi.
    Deposit(usize, &'static str, u32, u64),
    Work,
    Confirm,
}

const WISHES: &[Wish] = &[
    Wish::Bind(ANNA),
    Wish::Bind(BERT),
    Wish::Deposit(0, "aa", 0, 200_000),
    Wish::Work,
    // A second output of the same transaction, a repeat of the first, and one too small to be paid.
    Wish::Deposit(1, "aa", 1, 30_000),
    Wish::Deposit(0, "aa", 0, 200_000),
    Wish::Deposit(1, "bb", 0, 1),
    Wish::Work,
    Wish::Confirm,
    Wish::Work,
    Wish::Bind(ANNA),
    Wish::Deposit(2, "cc", 7, 50_000),
    // More than the wallet has: held.
    Wish::Deposit(0, "dd", 0, 90_000_000_000),
    Wish::Work,
    Wish::Confirm,
    Wish::Work,
];

async fn grant(world: &mut World, wish: Wish) -> StepEnd {
    match wish {
        Wish::Bind(payee) => world.bind(payee).await,
        Wish::Deposit(bind, tx, n, satoshi) => {
            let address = world.acked.binds[bind].1;
            world.deposit(address, tx, n, satoshi).await
        }
        Wish::Work => world.work().await,
        Wish::Confirm => {
            world.confirm_all();
            StepEnd::Done(None)
        }
    }
}

/// Runs all wishes; where the desk dies it is started again and the wish is repeated. Answers how often it died.
async fn run(world: &mut World, random: &mut Random) -> u32 {
    let mut deaths = 0;
    for &wish in WISHES {
        for attempt in 0.. {
            assert!(attempt < PATIENCE, "{wish:?} is never granted");
            let died = match grant(world, wish).await {
                StepEnd::Died => true,
                // A lost reply is a passing error: the worker tries again.
                StepEnd::Refused(_) => false,
                StepEnd::Done(_) => break,
            };
            if died {
                deaths += 1;
                world.cut_power(|| random.one_in(2));
                world.start().unwrap();
                world.verify(false).unwrap();
            }
        }
    }
    deaths
}

/// What is held for want of coins is paid once there are some.
async fn refill_and_rest(world: &mut World) {
    world.node.fund(Droplets::new(1_000_000_000_000));
    let mut tries = 0;
    while !matches!(world.rest().await, StepEnd::Done(_)) {
        tries += 1;
        assert!(tries < PATIENCE, "the desk does not come to rest");
    }
    world.verify(true).unwrap();
}

async fn survive(coin: Coin, moment: u64, seed: u64, faults: Faults) -> bool {
    let world = World::on(coin, Droplets::new(100_000_000), 16);
    survive_in(world, moment, seed, faults).await
}

async fn survive_in(mut world: World, moment: u64, seed: u64, faults: Faults) -> bool {
    world.set_faults(faults);
    world.fuse.set(moment);
    let deaths = run(&mut world, &mut Random::new(seed)).await;
    world.fuse.unset();
    refill_and_rest(&mut world).await;
    // A clean stop and start changes nothing.
    world.stop();
    world.start().unwrap();
    world.verify(true).unwrap();
    assert!(deaths <= 1);
    deaths == 1
}

async fn survive_everywhere(faults: Faults) {
    survive_with(Coin::BTC, &[1, 2, 3], faults).await;
}

/// What survives of what was not synced follows from the seeds.
async fn survive_with(coin: Coin, seeds: &[u64], faults: Faults) {
    let mut moments = 0;
    for moment in 0.. {
        let mut died = false;
        for seed in seeds {
            died |= survive(coin, moment, *seed, faults).await;
        }
        if !died {
            break;
        }
        moments += 1;
    }
    println!("{coin}: died at {moments} different moments, {} times each", seeds.len());
    assert!(moments > 60, "only {moments} moments");
}

#[tokio::test]
async fn should_pay_everything_exactly_once_whenever_it_dies() {
    survive_everywhere(Faults::default()).await;
}

#[tokio::test]
async fn should_pay_everything_exactly_once_on_every_other_chain() {
    for coin in Coin::all().filter(|coin| *coin != Coin::BTC) {
        survive_with(coin, &[4], Faults { lose_replies: 1, ..Faults::default() }).await;
    }
}

#[tokio::test]
async fn should_pay_exactly_once_when_replies_are_lost_too() {
    survive_everywhere(Faults { lose_replies: 1, ..Faults::default() }).await;
}

#[tokio::test]
async fn should_pay_exactly_once_when_requests_are_lost_and_refused_too() {
    survive_everywhere(Faults { lose_requests: 1, refuse: 1, ..Faults::default() }).await;
}

/// A desk that buys upstream, whose exchange loses a reply, is late once, and carries out a third of an order.
async fn survive_upstream(idempotency: Idempotency, seed: u64, moment: u64) -> bool {
    let mut world = World::new(Droplets::new(100_000_000), 16);
    world.settings.upstream = Some(UpstreamSettings::default());
    world.stop();
    world.start().unwrap();
    world.exchange.change(|state| {
        state.idempotency = idempotency;
        state.placing = vec![Habit::LoseReply, Habit::Fine, Habit::Late];
        state.tenths = vec![10, 3];
    });
    survive_in(world, moment, seed, Faults::default()).await
}

#[tokio::test]
async fn should_buy_everything_once_whenever_it_dies() {
    for idempotency in [Idempotency::SameOrder, Idempotency::UniqueForever, Idempotency::UniqueAmongOpen] {
        let mut moments = 0;
        // What happens follows from the seed: one alone may make a short history.
        for seed in [5, 6] {
            let mut moment = 0;
            while survive_upstream(idempotency, seed, moment).await {
                moment += 1;
            }
            moments += moment;
        }
        println!("{idempotency:?}: died at {moments} different moments");
        assert!(moments > 100, "only {moments} moments");
    }
}

/// A desk that tells two receivers of events, one of which often does not take them, and dies in between.
async fn survive_telling(seed: u64, moment: u64) -> bool {
    let mut world = World::new(Droplets::new(100_000_000), 16);
    world.settings.has_receivers = true;
    world.stop();
    world.start().unwrap();
    survive_in(world, moment, seed, Faults::default()).await
}

#[tokio::test]
async fn should_tell_every_receiver_every_event_in_order_whenever_it_dies() {
    // There are hundreds of moments, and the other matrices die at each of theirs: here at every fifth.
    let mut moment = 0;
    while survive_telling(7, moment).await {
        moment += 5;
    }
    println!("told events, and died at every fifth of {moment} moments");
    assert!(moment > 150, "only {moment} moments");
}

/// A desk whose binds give webhooks, which often do not take what they are told, and dies in between.
async fn survive_hooks(seed: u64, moment: u64) -> bool {
    let mut world = World::new(Droplets::new(100_000_000), 16);
    world.settings.has_hooks = true;
    world.stop();
    world.start().unwrap();
    survive_in(world, moment, seed, Faults::default()).await
}

#[tokio::test]
async fn should_tell_every_webhook_of_a_purchase_all_of_it_in_order_whenever_it_dies() {
    // See above: at every third.
    let mut moment = 0;
    while survive_hooks(7, moment).await {
        moment += 3;
    }
    println!("told webhooks, and died at every third of {moment} moments");
    assert!(moment > 150, "only {moment} moments");
}
