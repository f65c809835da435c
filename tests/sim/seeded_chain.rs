//! A chain from a seed: deposits, forks, deaths and a person's rulings in random order, and at rest the final
//! deposits are exactly the payments of the best chain.

use teller::chain::Payment;
use teller::engine::operator::{ActError, Order, rule, send_on, withdraw};
use teller::payout::{CourseRefused, Verdict, Waiting};
use teller::skycoin::Address;
use teller::store::{Page, Store, StoreError, Tables, WaitingPage};
use teller::testing::{StepEnd, World};
use teller::types::{Coin, Droplets};

use crate::forks::settle;
use crate::random::Random;

const SEEDS: u64 = 24;
/// The same of each other chain of the catalogue.
const SEEDS_OF_OTHERS: u64 = 5;
const STEPS: u64 = 200;
const ANNA: Address = Address::from_bytes([1; 20]);

async fn play_on(coin: Coin, usual: u64) {
    let seeds = match std::env::var("TELLER_SIM_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..usual).collect::<Vec<u64>>(),
    };
    for seed in seeds {
        for is_wild in [false, true] {
            let run = Seeded::new(coin, seed, is_wild).run().await;
            run.unwrap_or_else(|why| panic!("TELLER_SIM_SEED={seed} on {coin}, wild {is_wild}: {why}"));
        }
    }
}

#[tokio::test]
async fn should_keep_its_promises_on_a_seeded_chain() {
    play_on(Coin::BTC, SEEDS).await;
}

#[tokio::test]
async fn should_keep_its_promises_on_a_seeded_chain_of_every_other_coin() {
    for coin in Coin::all().filter(|coin| *coin != Coin::BTC) {
        play_on(coin, SEEDS_OF_OTHERS).await;
    }
}

struct Seeded {
    world: World,
    random: Random,
    /// Whether forks are deep, blocks of the payouts' chain rare, and people rule on all of it.
    is_wild: bool,
    /// Payments that wait to be in a block.
    mempool: Vec<Payment>,
    transactions: u64,
}

impl Seeded {
    fn new(coin: Coin, seed: u64, is_wild: bool) -> Self {
        let (world, random) = (World::on(coin, Droplets::new(1_000_000_000), 200), Random::new(seed));
        Seeded { world, random, is_wild, mempool: Vec::new(), transactions: 0 }
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
        if self.is_wild && self.random.one_in(4) {
            return if self.random.one_in(3) { self.fork() } else { self.rule_one().await };
        }
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
                if !self.is_wild || self.random.one_in(3) {
                    self.world.confirm_all();
                }
                self.world.payer_step().await
            }
        }
    }

    fn pay(&mut self) -> StepEnd {
        if let Some((_, address)) = self.random.pick(&self.world.acked.binds.clone()) {
            self.transactions += 1;
            let satoshi = 1_000 * (1 + self.random.below(50));
            let (tx, number) = (format!("tx{}", self.transactions), self.transactions);
            self.mempool.push(self.world.payment(tx, 0, *address, satoshi, number));
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
        let is_deep = self.random.one_in(if self.is_wild { 2 } else { 6 });
        let depth = if is_deep { 4 } else { 1 + self.random.below(2) };
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

    /// A person rules on one of what forks took back, one way or the other, as far as its state allows.
    async fn rule_one(&mut self) -> StepEnd {
        let Some(service) = self.world.service() else { return StepEnd::Died };
        let (store, first) = (service.store.clone(), WaitingPage { after: None, limit: 100 });
        let listed = |code| store.snapshot().waiting(code, first).unwrap_or_default();
        let codes =
            [Waiting::TakenBackUnsent, Waiting::TakenBackSent, Waiting::TakenBackPaid, Waiting::Voided];
        let all: Vec<_> =
            codes.into_iter().chain([Waiting::Gone, Waiting::Returning]).flat_map(listed).collect();
        let Some(&(_, no)) = self.random.pick(&all) else { return StepEnd::Done(None) };
        let attempt = store.snapshot().payout(no).ok().flatten().and_then(|payout| payout.attempt());
        let order = Order::new("anna", "at random").unwrap();
        let verdicts = [Verdict::Pay, Verdict::Void, Verdict::Wait];
        let done = match (self.random.below(3), attempt) {
            (0, Some(attempt)) => withdraw(&store, attempt, order).await,
            (1, Some(attempt)) => send_on(&store, attempt, order).await.map(drop),
            _ => rule(&store, no, *self.random.pick(&verdicts).unwrap(), order).await,
        };
        match done {
            Err(ActError::Store(error)) if error.is_fatal() => StepEnd::Died,
            Ok(()) | Err(_) => StepEnd::Done(None),
        }
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
