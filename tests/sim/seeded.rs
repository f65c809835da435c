//! A world from a seed: buyers, deposits, crashes, lost replies and repeats in random order, with the invariants
//! checked all along; then the faults end, and everything must come to rest paid.
//!
//! `TELLER_SIM_SEED=7 cargo test --test sim seeded` runs one seed, `TELLER_SIM_SEEDS=1000` so many from 0 on.

use teller::skycoin::Address;
use teller::testing::{Faults, StepEnd, World};
use teller::types::Droplets;

use crate::random::Random;

/// Seeds of an ordinary run.
const SEEDS: u64 = 24;
const STEPS: u64 = 160;
const PAYEES: u64 = 6;

struct Run {
    world: World,
    random: Random,
    transactions: u64,
}

impl Run {
    fn new(seed: u64) -> Run {
        let mut random = Random::new(seed);
        let balance = Droplets::new(1_000_000 * (1 + random.below(300)));
        Run { world: World::new(balance, 400), random, transactions: 0 }
    }

    async fn step(&mut self) {
        if self.random.one_in(12) {
            self.world.fuse.set(self.random.below(12));
        }
        let end = match self.random.below(12) {
            0 | 1 => self.bind().await,
            2..=5 => self.deposit().await,
            6 => self.world.buyer_step().await,
            7 | 8 => self.world.payer_step().await,
            9 => self.confirm_one(),
            10 => self.trouble(),
            _ => self.restart(),
        };
        self.world.clock.advance(self.random.below(30));
        if end == StepEnd::Died {
            self.come_back();
        }
    }

    async fn bind(&mut self) -> StepEnd {
        let number = u8::try_from(self.random.below(PAYEES)).unwrap() + 1;
        self.world.bind(Address::from_bytes([number; 20])).await
    }

    /// A new deposit, or one that was acknowledged before handed on once more.
    async fn deposit(&mut self) -> StepEnd {
        if self.random.one_in(4)
            && let Some(again) = self.random.pick(&self.world.acked.deposits.clone())
        {
            let satoshi = u64::try_from(again.amount.get()).unwrap();
            return self.world.deposit(again.address, &again.id.tx, again.id.n, satoshi).await;
        }
        let Some((_, address)) = self.random.pick(&self.world.acked.binds.clone()).copied() else {
            return StepEnd::Done(None);
        };
        let n = u32::try_from(self.random.below(2)).unwrap();
        self.transactions += u64::from(n == 0);
        let satoshi = match self.random.below(5) {
            0 => 1 + self.random.below(300),
            1 => 100_000_000 * (1 + self.random.below(9)),
            _ => 1_000 * (1 + self.random.below(2_000)),
        };
        let tx = format!("tx{}", self.transactions);
        self.world.deposit(address, &tx, n, satoshi).await
    }

    fn confirm_one(&mut self) -> StepEnd {
        let waiting: Vec<_> =
            self.world.node.broadcasts().into_iter().filter(|sent| !sent.confirmed).collect();
        if let Some(sent) = self.random.pick(&waiting) {
            self.world.node.confirm(&sent.txid.to_string());
        }
        StepEnd::Done(None)
    }

    fn trouble(&mut self) -> StepEnd {
        let mut few = || u32::try_from(self.random.below(3)).unwrap();
        let (lose_requests, lose_replies, refuse) = (few(), few(), few());
        let unreachable = self.random.one_in(3);
        self.world.set_faults(Faults {
            unreachable,
            lose_requests,
            lose_replies,
            refuse,
            ..Faults::default()
        });
        if self.random.one_in(2) {
            self.world.node.fund(Droplets::new(1_000_000 * (1 + self.random.below(200))));
        }
        StepEnd::Done(None)
    }

    /// An orderly restart with other settings: the price of what was seen before must stay.
    fn restart(&mut self) -> StepEnd {
        self.world.stop();
        let rates = ["500", "0.25", "1000/3", "777"];
        self.world.settings.rate = (*self.random.pick(&rates).unwrap()).to_owned();
        self.world.settings.send_enabled = !self.random.one_in(3);
        self.begin()
    }

    fn come_back(&mut self) {
        let random = &mut self.random;
        self.world.cut_power(|| random.one_in(2));
        while self.begin() == StepEnd::Died {
            let random = &mut self.random;
            self.world.cut_power(|| random.one_in(2));
        }
        self.world.verify(false).unwrap();
    }

    /// The fuse may burn while the desk starts, too.
    fn begin(&mut self) -> StepEnd {
        match self.world.start() {
            Ok(()) => StepEnd::Done(None),
            Err(error) if error.to_string().contains("died") || error.to_string().contains("power") => {
                StepEnd::Died
            }
            Err(error) => panic!("the desk does not start: {error}"),
        }
    }

    /// No more faults: all that is owed gets paid.
    async fn liveness(&mut self) {
        self.world.fuse.unset();
        self.world.set_faults(Faults::default());
        self.world.stop();
        self.world.settings.send_enabled = true;
        self.world.node.fund(Droplets::new(1_000_000_000_000_000));
        self.world.start().unwrap();
        let mut tries = 0;
        while !matches!(self.world.rest().await, StepEnd::Done(_)) {
            tries += 1;
            assert!(tries < 10, "the desk does not come to rest");
        }
        self.world.verify(true).unwrap();
    }
}

async fn run(seed: u64) {
    let mut run = Run::new(seed);
    for step in 0..STEPS {
        run.step().await;
        if step.is_multiple_of(10) && run.world.service().is_some() {
            run.world.verify(false).unwrap();
        }
    }
    run.liveness().await;
}

fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    match number("TELLER_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("TELLER_SIM_SEEDS").unwrap_or(SEEDS)).collect(),
    }
}

#[tokio::test]
async fn should_keep_every_promise_in_a_seeded_world() {
    for seed in seeds() {
        let result = tokio::spawn(run(seed)).await;
        if let Err(panic) = result {
            let panic = panic.into_panic();
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            panic!("TELLER_SIM_SEED={seed}: {}", text.unwrap_or_default());
        }
    }
}
