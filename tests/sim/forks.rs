//! A chain that grows, forks and goes away under a desk that dies: what the best chain holds deep enough is paid once,
//! what it does not hold is not paid while it is out.

use teller::address::DepositAddress;
use teller::chain::Payment;
use teller::deposit::DepositState;
use teller::engine::operator::{ActError, Order, rule, withdraw};
use teller::payout::{CourseRefused, Verdict, Waiting};
use teller::skycoin::Address;
use teller::store::{Chains, Page, Rescan, Store, StoreError, Tables, WaitingPage};
use teller::testing::{StepEnd, World};
use teller::types::{Coin, DepositId, Droplets, Height, Units};

use crate::random::Random;

const SEEDS: u64 = 24;
const STEPS: u64 = 200;
const ANNA: Address = Address::from_bytes([1; 20]);

pub(crate) fn payment(tx: &str, address: DepositAddress, satoshi: u128) -> Payment {
    Payment { tx: tx.to_owned(), n: 0, address, amount: Units::new(satoshi) }
}

pub(crate) fn world() -> World {
    World::new(Droplets::new(1_000_000_000), 200)
}

pub(crate) async fn bound(world: &mut World) -> DepositAddress {
    assert_eq!(world.bind(ANNA).await, StepEnd::Done(None));
    world.acked.binds.last().unwrap().1
}

pub(crate) fn state_of(world: &mut World, tx: &str) -> Option<DepositState> {
    let snapshot = world.service().unwrap().store.snapshot();
    let no = snapshot.deposit_no(&DepositId { coin: Coin::Btc, tx: tx.into(), n: 0 }).unwrap()?;
    snapshot.deposit(no).unwrap().map(|deposit| deposit.state)
}

/// Droplets that Anna has got.
pub(crate) fn paid(world: &World) -> u64 {
    world.node.broadcasts().iter().flat_map(|sent| &sent.payments).map(|(_, coins)| coins.get()).sum()
}

/// Everything goes its way until nothing moves.
pub(crate) async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
}

#[tokio::test]
async fn should_credit_a_deposit_at_the_depth_that_is_asked_for() {
    let mut world = world();
    let address = bound(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    world.chain.mine(vec![]);
    settle(&mut world).await;
    assert_eq!(paid(&world), 0, "one block above it, two are required");
    world.chain.mine(vec![]);
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_pay_what_it_finds_while_it_catches_up_in_many_steps() {
    let mut world = world();
    let address = bound(&mut world).await;
    for height in 1..=1_700 {
        let pays = matches!(height, 3 | 499 | 500 | 501 | 900 | 1_001 | 1_698);
        let payments = pays.then(|| payment(&format!("at {height}"), address, 100_000));
        world.chain.mine(payments.into_iter().collect());
    }
    settle(&mut world).await;
    assert_eq!(paid(&world), 7 * 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_pay_an_orphan_and_pay_it_once_when_it_is_back() {
    let mut world = world();
    let address = bound(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    settle(&mut world).await;
    world.chain.unmine(1);
    (0..6).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
    assert_eq!(paid(&world), 0);
    world.verify(true).unwrap();
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_wait_for_a_node_that_lost_its_newest_blocks() {
    let mut world = world();
    let address = bound(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    world.chain.mine(vec![]);
    settle(&mut world).await;
    let lost = world.chain.unmine(2);
    settle(&mut world).await;
    let state = state_of(&mut world, "a");
    assert!(matches!(state, Some(DepositState::Confirming { .. })), "nothing is undone: {state:?}");
    // It comes back on another branch.
    world.chain.mine(vec![]);
    world.chain.mine(lost);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_go_on_where_the_block_before_the_first_was_abandoned() {
    let mut world = world();
    world.stop();
    world.settings.initial_height = 6;
    world.start().unwrap();
    let address = bound(&mut world).await;
    (0..5).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    // The block that scanning began after is another one now, and so is the one before it.
    world.chain.unmine(2);
    world.chain.mine(vec![payment("before", address, 100_000)]);
    world.chain.mine(vec![payment("before too", address, 100_000)]);
    world.chain.mine(vec![payment("a", address, 100_000)]);
    settle(&mut world).await;
    world.verify(true).unwrap();
    // Once more, with a deposit above it that is not paid yet.
    world.chain.unmine(3);
    (0..3).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Orphaned { .. })));
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_take_a_node_that_lags_for_a_deep_fork() {
    let mut world = world();
    let address = bound(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    (0..5).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    // One block is replaced; who answers next, behind the same address, has not even seen the deposit.
    world.chain.unmine(1);
    world.chain.mine(vec![]);
    world.chain.after_tip(|chain| chain.lag(0));
    assert!(matches!(world.scanner_step().await, StepEnd::Refused(_)));
    settle(&mut world).await;
    assert!(matches!(state_of(&mut world, "a"), Some(DepositState::Final { .. })));
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_count_depth_by_a_tip_that_was_abandoned() {
    let mut world = world();
    let address = bound(&mut world).await;
    (0..3).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    (0..5).for_each(|_| world.chain.mine(vec![]));
    world.chain.after_tip(move |chain| {
        chain.unmine(5);
        chain.mine(vec![payment("a", address, 100_000)]);
    });
    assert!(matches!(world.scanner_step().await, StepEnd::Done(_)));
    let state = state_of(&mut world, "a");
    assert!(matches!(state, Some(DepositState::Confirming { .. })), "nothing is above it: {state:?}");
    settle(&mut world).await;
    assert_eq!(paid(&world), 0);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_rest_while_a_rescan_waits_for_blocks_that_the_node_lost() {
    let mut world = world();
    bound(&mut world).await;
    (0..10).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    let store = world.service().unwrap().store.clone();
    let rescan = Rescan { from: Height::new(1), to: Height::new(10), next: Height::new(1), found: 0 };
    let asked = store.write(move |tx| tx.set_rescan(Coin::Btc, Some(rescan)));
    asked.await.map_err(|error: StoreError| error).unwrap();
    world.chain.unmine(2);
    let rest = tokio::time::timeout(std::time::Duration::from_secs(10), settle(&mut world));
    rest.await.expect("the scanner finds no rest");
    assert_eq!(store.snapshot().rescan(Coin::Btc).unwrap().unwrap().next, Height::new(9));
    // Two others come in their place, and one on top.
    (0..3).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(store.snapshot().rescan(Coin::Btc).unwrap(), None);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_find_by_a_rescan_what_was_missed_and_pay_nothing_twice() {
    let mut world = world();
    let address = bound(&mut world).await;
    world.chain.mine(vec![payment("a", address, 100_000)]);
    // More than are read in one step.
    (0..1_200).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    // A block that holds more than was seen of it when it was followed.
    let missed = payment("late", address, 20_000);
    world.chain.amend(1, missed);
    let store = world.service().unwrap().store.clone();
    let rescan = Rescan { from: Height::new(1), to: Height::new(1_201), next: Height::new(1), found: 0 };
    let asked = store.write(move |tx| tx.set_rescan(Coin::Btc, Some(rescan)));
    asked.await.map_err(|error: StoreError| error).unwrap();
    settle(&mut world).await;
    assert_eq!(store.snapshot().rescan(Coin::Btc).unwrap(), None);
    assert_eq!(paid(&world), 600_000);
    world.verify(true).unwrap();
}

async fn ask_again(world: &mut World, to: u64) {
    let rescan = Rescan { from: Height::new(1), to: Height::new(to), next: Height::new(1), found: 0 };
    let store = world.service().unwrap().store.clone();
    let asked = store.write(move |tx| tx.set_rescan(Coin::Btc, Some(rescan)));
    asked.await.map_err(|error: StoreError| error).unwrap();
}

#[tokio::test]
async fn should_not_look_through_everything_for_one_find_of_a_rescan() {
    let mut world = world();
    let address = bound(&mut world).await;
    (0..10).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    world.chain.amend(1, payment("late", address, 100_000));
    ask_again(&mut world, 10).await;
    assert!(matches!(world.scanner_step().await, StepEnd::Done(_)));
    assert!(matches!(state_of(&mut world, "late"), Some(DepositState::Final { .. })));
    let cursor = world.service().unwrap().store.snapshot().cursor(Coin::Btc).unwrap().unwrap();
    assert_eq!(cursor.finalized, Some(Height::new(8)));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_count_depth_of_a_find_by_a_tip_that_was_abandoned() {
    let mut world = world();
    let address = bound(&mut world).await;
    (0..5).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    (0..4).for_each(|_| world.chain.mine(vec![]));
    world.chain.after_tip(move |chain| {
        chain.unmine(4);
        chain.amend(5, payment("late", address, 100_000));
    });
    ask_again(&mut world, 5).await;
    assert!(matches!(world.scanner_step().await, StepEnd::Done(_)));
    let state = state_of(&mut world, "late");
    assert!(matches!(state, Some(DepositState::Confirming { .. })), "nothing is above it: {state:?}");
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert_eq!(paid(&world), 500_000);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_keep_its_promises_on_a_seeded_chain() {
    let seeds = match std::env::var("TELLER_SIM_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..SEEDS).collect::<Vec<u64>>(),
    };
    for seed in seeds {
        Seeded::new(seed).run().await.unwrap_or_else(|why| panic!("TELLER_SIM_SEED={seed}: {why}"));
    }
}

struct Seeded {
    world: World,
    random: Random,
    /// Payments that wait to be in a block.
    mempool: Vec<Payment>,
    transactions: u64,
}

impl Seeded {
    fn new(seed: u64) -> Self {
        Seeded { world: world(), random: Random::new(seed), mempool: Vec::new(), transactions: 0 }
    }

    async fn run(mut self) -> Result<(), String> {
        for step in 0..STEPS {
            if self.random.one_in(8) {
                self.world.fuse.set(self.random.below(10));
            }
            let end = self.step().await;
            if end == StepEnd::Died {
                self.come_back()?;
            }
            if step.is_multiple_of(20) && self.world.service().is_some() {
                self.world.verify(false)?;
            }
        }
        self.end().await
    }

    async fn step(&mut self) -> StepEnd {
        match self.random.below(12) {
            0 => self.world.bind(ANNA).await,
            1 | 2 => self.pay(),
            3 | 4 => self.mine(),
            5 => self.fork(),
            6 => {
                self.world.chain.set_away(self.random.one_in(2));
                StepEnd::Done(None)
            }
            7 | 8 => self.world.scanner_step().await,
            9 => self.world.buyer_step().await,
            _ => {
                self.world.confirm_all();
                self.world.payer_step().await
            }
        }
    }

    fn pay(&mut self) -> StepEnd {
        if let Some((_, address)) = self.random.pick(&self.world.acked.binds.clone()) {
            self.transactions += 1;
            let satoshi = 1_000 * (1 + self.random.below(50));
            self.mempool.push(payment(&format!("tx{}", self.transactions), *address, satoshi.into()));
        }
        StepEnd::Done(None)
    }

    fn mine(&mut self) -> StepEnd {
        let some = usize::try_from(self.random.below(3)).unwrap().min(self.mempool.len());
        let payments = self.mempool.split_off(self.mempool.len() - some);
        self.world.chain.mine(payments);
        StepEnd::Done(None)
    }

    /// Mostly shallow; the orphaned payments come back later, but for one that was spent otherwise.
    fn fork(&mut self) -> StepEnd {
        let depth = if self.random.one_in(6) { 4 } else { 1 + self.random.below(2) };
        let mut dropped = self.world.chain.unmine(usize::try_from(depth).unwrap());
        if self.random.one_in(4) {
            dropped.pop();
        }
        self.mempool.extend(dropped);
        let more = self.random.below(3);
        (0..depth + more).for_each(|_| drop(self.mine()));
        StepEnd::Done(None)
    }

    fn come_back(&mut self) -> Result<(), String> {
        loop {
            let random = &mut self.random;
            self.world.cut_power(|| random.one_in(2));
            if self.world.start().is_ok() {
                return self.world.verify(false);
            }
        }
    }

    /// No more trouble: all that the best chain holds is paid, but for what an operator has to look at.
    async fn end(&mut self) -> Result<(), String> {
        self.world.fuse.unset();
        self.world.chain.set_away(false);
        if self.world.service().is_none() {
            self.come_back()?;
        }
        while !self.mempool.is_empty() {
            self.mine();
        }
        (0..4).for_each(|_| self.world.chain.mine(vec![]));
        settle(&mut self.world).await;
        let store = self.world.service().unwrap().store.clone();
        self.rule_all(&store).await?;
        settle(&mut self.world).await;
        self.world.verify(true)?;
        self.compare()
    }

    /// A person decides on all that forks took back: half is paid although it is gone, half is withdrawn and void.
    async fn rule_all(&mut self, store: &Store) -> Result<(), String> {
        let first = WaitingPage { after: None, limit: 1_000 };
        let text = |error: StoreError| error.to_string();
        for (_, no) in store.snapshot().waiting(Waiting::TakenBackUnsent, first).map_err(text)? {
            let order = || Order::new("anna", "the end of the world").unwrap();
            let attempt = store.snapshot().payout(no).map_err(text)?.and_then(|payout| payout.attempt());
            let verdict = if self.random.one_in(2) {
                Verdict::Pay
            } else {
                match withdraw(store, attempt.ok_or("it is signed")?, order()).await {
                    Ok(()) | Err(ActError::Course(CourseRefused::Withdrawn)) => Verdict::Void,
                    Err(error) => return Err(error.to_string()),
                }
            };
            rule(store, no, verdict, order()).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// The final deposits are exactly the payments of the best chain.
    fn compare(&mut self) -> Result<(), String> {
        let final_height = self.world.chain.height() - self.world.settings.confirmations;
        let mut there: Vec<String> =
            self.world.chain.payments_up_to(final_height).into_iter().map(|payment| payment.tx).collect();
        let snapshot = self.world.service().unwrap().store.snapshot();
        let mut known = Vec::new();
        for no in snapshot.deposits(None, Page::ALL).unwrap() {
            let deposit = snapshot.deposit(no).unwrap().unwrap();
            if deposit.is_final() {
                known.push(deposit.id.tx);
            }
        }
        there.sort();
        known.sort();
        if there == known { Ok(()) } else { Err(format!("the chain holds {there:?}, final are {known:?}")) }
    }
}
