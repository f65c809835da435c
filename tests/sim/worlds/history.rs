//! What happens in a world, as a list that follows from a seed. An act names what it means by numbers that
//! are taken modulo what there is at that moment, so that the others mean the same when one of them is left
//! out.

use teller::exchange::{Idempotency, WithdrawalTrace};
use teller::price::Promised;
use teller::testing::{Faults, Habit};
use teller::types::Coin;

use crate::random::Random;

const STEPS: u64 = 160;
pub(crate) const PAYEES: u8 = 6;
pub(crate) const RATES: [&str; 4] = ["500", "0.25", "1000/3", "777"];

/// What the world is before anything happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setup {
    /// Whose chain deposits are made on.
    pub(crate) coin: Coin,
    /// Droplets in each of the wallet's first outputs.
    pub(crate) balance: u64,
    pub(crate) confirmations: u64,
    pub(crate) payout_confirmations: u64,
    /// How the desk buys upstream; none where it pays directly.
    pub(crate) upstream: Option<Upstream>,
    /// When deposits get a price that lives; none where the rate is written down.
    pub(crate) living: Option<Promised>,
}

/// How a desk buys upstream, and what its exchange guarantees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Upstream {
    pub(crate) idempotency: Idempotency,
    pub(crate) rests: bool,
    pub(crate) gather_count: usize,
    pub(crate) is_from_stock: bool,
    /// How a withdrawal to the hot wallet is found out about; none where nothing is withdrawn.
    pub(crate) withdraws: Option<WithdrawalTrace>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    Bind {
        payee: u8,
    },
    /// Somebody pays to an address, in one transaction with the last payment or in a new one.
    Pay {
        bind: u64,
        satoshi: u64,
        is_together: bool,
    },
    /// A block with some of what waits.
    Mine {
        some: u64,
    },
    /// The newest blocks are replaced; what was in them waits again, but for one that was spent otherwise.
    Fork {
        depth: u64,
        is_spent: bool,
        blocks: u64,
    },
    /// The same between the node's word on its tip and the next question.
    ForkMeanwhile {
        depth: u64,
        blocks: u64,
    },
    /// The reader had overlooked a payment in an old block.
    Overlook {
        back: u64,
        bind: u64,
        satoshi: u64,
    },
    /// An operator has blocks read again.
    Rescan {
        from: u64,
    },
    /// The node of the chain goes away, or comes back.
    Away {
        is_away: bool,
    },
    /// The node that answers has not seen so many blocks, until it is asked for its tip.
    Lag {
        blocks: u64,
    },
    /// Another node answers, which stands where this one stood when it was last remembered.
    Remember,
    Show,
    /// A deposit that is final is handed in, as in dummy mode, or one of them once more.
    Hand {
        bind: u64,
        satoshi: u64,
    },
    HandAgain {
        pick: u64,
    },
    Scan,
    Decide,
    Payer,
    /// Everything that has something to do does it.
    Work,
    /// A block of the payout chain with one of the transactions that wait.
    MinePayout {
        pick: u64,
    },
    BuryPayout {
        blocks: u64,
    },
    /// A fork of the payout chain, shallower than what is taken for settled.
    UnminePayout {
        depth: u64,
    },
    Forget {
        node: usize,
    },
    Gossip,
    LagNode {
        node: usize,
        behind: usize,
    },
    ChangeNode {
        after: u32,
        node: usize,
    },
    /// The operator spends from the hot wallet by hand.
    Rival {
        pick: u64,
        node: usize,
    },
    Trouble {
        faults: Faults,
    },
    Fund {
        coins: u64,
    },
    /// An orderly restart with other settings: the price of what was seen before must stay.
    Restart {
        rate: usize,
        is_sending: bool,
    },
    /// The operator rules on everything that forks took back: each bit rules on one.
    Rule {
        verdicts: u64,
    },
    /// What the exchange makes of the next calls, how much of the next orders it carries out (in tenths), and its
    /// price, in hundred thousandths.
    Exchange {
        placing: Vec<Habit>,
        asking: Vec<Habit>,
        tenths: Vec<u32>,
        price: u32,
        is_closed: bool,
    },
    /// One step of the worker that withdraws.
    Withdraw,
    /// One step of the worker that prices.
    Price,
    /// Somebody pushes a price: so many hundredths of what the exchange asks.
    Push {
        hundredths: u32,
    },
    /// A person accepts what has jumped.
    AcceptJumps,
    /// What the exchange makes of the next calls that ask for a withdrawal, how many of those fail in the end, and how
    /// long they take.
    Vault {
        habits: Vec<Habit>,
        fails: u32,
        pending: u64,
    },
}

/// One act, and what else happens while it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) act: Act,
    /// Moments after which the process dies.
    pub(crate) dies_in: Option<u64>,
    /// Which pieces of what was not synced survive.
    pub(crate) survives: u64,
    /// Seconds that pass afterwards.
    pub(crate) seconds: u64,
    /// Seconds by which somebody then sets the clock back, or forward where it is negative.
    pub(crate) set_back: i64,
}

/// A world's whole life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) setup: Setup,
    pub(crate) steps: Vec<Step>,
}

impl History {
    pub(crate) fn of_seed(seed: u64) -> History {
        History::on(Coin::BTC, seed)
    }

    /// The same things, to deposits of another coin.
    pub(crate) fn on(coin: Coin, seed: u64) -> History {
        let mut random = Random::new(seed);
        let setup = Setup {
            coin,
            balance: 1_000_000 * (1 + random.below(300)),
            confirmations: random.below(4),
            payout_confirmations: 1 + random.below(3),
            upstream: None,
            living: None,
        };
        // Numbers of their own: what a seed once found, it finds for ever.
        let mut clocks = Random::new(!seed);
        let steps =
            (0..STEPS).map(|_| Step { set_back: set_back(&mut clocks), ..step(&mut random) }).collect();
        History { setup, steps }
    }

    /// The same things, to a desk that buys upstream: among them are those that happen at its exchange.
    pub(crate) fn upstream(coin: Coin, seed: u64) -> History {
        let mut history = History::on(coin, seed);
        let mut random = Random::new(seed ^ 0x5eed);
        let classes = [Idempotency::SameOrder, Idempotency::UniqueForever, Idempotency::UniqueAmongOpen];
        history.setup.upstream = Some(Upstream {
            idempotency: classes[usize::try_from(random.below(3)).unwrap()],
            rests: random.one_in(2),
            gather_count: usize::try_from(1 + 7 * random.below(2)).unwrap(),
            is_from_stock: random.one_in(3),
            withdraws: None,
        });
        for step in &mut history.steps {
            match random.below(8) {
                0 => step.act = at_the_exchange(&mut random),
                1 => step.act = Act::Decide,
                _ => {}
            }
        }
        history
    }

    /// The same things, to a desk that withdraws what it has bought, too.
    pub(crate) fn withdrawing(coin: Coin, seed: u64) -> History {
        withdrawing(History::upstream(coin, seed), seed)
    }
}

/// The same things, to a desk that withdraws what it has bought, too.
fn withdrawing(mut history: History, seed: u64) -> History {
    let mut random = Random::new(seed ^ 0xcafe);
    let traces = [WithdrawalTrace::Repeat, WithdrawalTrace::ById, WithdrawalTrace::ByTerms];
    if let Some(upstream) = &mut history.setup.upstream {
        upstream.withdraws = Some(traces[usize::try_from(random.below(3)).unwrap()]);
    }
    for step in &mut history.steps {
        match random.below(10) {
            0 => {
                step.act = Act::Vault {
                    habits: (0..random.below(4)).map(|_| habit(&mut random)).collect(),
                    fails: u32::try_from(random.below(3) / 2).unwrap(),
                    pending: [0, 30, 30, 2_000][usize::try_from(random.below(4)).unwrap()],
                };
            }
            1 | 2 => step.act = Act::Withdraw,
            _ => {}
        }
    }
    history
}

pub(super) fn at_the_exchange(random: &mut Random) -> Act {
    let habits = |random: &mut Random| {
        let count = random.below(4);
        (0..count).map(|_| habit(random)).collect::<Vec<Habit>>()
    };
    let tenths = |random: &mut Random| u32::try_from(random.below(11)).unwrap();
    Act::Exchange {
        placing: habits(random),
        asking: habits(random),
        tenths: (0..random.below(4)).map(|_| tenths(random)).collect(),
        price: 180 + u32::try_from(random.below(40)).unwrap(),
        is_closed: random.one_in(8),
    }
}

fn habit(random: &mut Random) -> Habit {
    match random.below(7) {
        0 | 1 => Habit::LoseReply,
        2 => Habit::LoseRequest,
        3 => Habit::Late,
        4 => Habit::TooOften,
        5 => Habit::Down,
        _ => Habit::Fine,
    }
}

fn set_back(random: &mut Random) -> i64 {
    match random.below(160) {
        0 => 3_600,
        1 => 10 * 86_400,
        2 => -3_600,
        _ => 0,
    }
}

fn step(random: &mut Random) -> Step {
    let dies_in = random.one_in(12).then(|| random.below(12));
    let act = act(random);
    let seconds = match random.below(40) {
        0 => 86_400,
        1 => 700,
        _ => random.below(30),
    };
    Step { act, dies_in, survives: random.next(), seconds, set_back: 0 }
}

fn act(random: &mut Random) -> Act {
    match random.below(50) {
        0..=3 => Act::Bind { payee: 1 + u8::try_from(random.below(PAYEES.into())).unwrap() },
        4..=9 => Act::Pay { bind: random.next(), satoshi: satoshi(random), is_together: random.one_in(3) },
        10..=14 => Act::Mine { some: random.below(3) },
        15..=20 => Act::Scan,
        21 | 22 => Act::Decide,
        23..=27 => Act::Payer,
        28..=30 => Act::Work,
        31..=34 => on_the_deposit_chain(random),
        35..=44 => on_the_payout_chain(random),
        45 => Act::Hand { bind: random.next(), satoshi: satoshi(random) },
        46 => Act::HandAgain { pick: random.next() },
        47 => Act::Restart { rate: usize::try_from(random.below(4)).unwrap(), is_sending: !random.one_in(3) },
        48 => Act::Rule { verdicts: random.next() },
        _ => Act::Fund { coins: 1_000_000 * (1 + random.below(200)) },
    }
}

fn satoshi(random: &mut Random) -> u64 {
    match random.below(5) {
        0 => 1 + random.below(300),
        1 => 100_000_000 * (1 + random.below(9)),
        _ => 1_000 * (1 + random.below(2_000)),
    }
}

fn on_the_deposit_chain(random: &mut Random) -> Act {
    let depth = if random.one_in(5) { 1 + random.below(6) } else { 1 + random.below(2) };
    let blocks = random.below(depth + 2);
    match random.below(12) {
        0..=3 => Act::Fork { depth, is_spent: random.one_in(4), blocks },
        4 => Act::ForkMeanwhile { depth, blocks },
        5 => Act::Overlook { back: random.below(12), bind: random.next(), satoshi: satoshi(random) },
        6 => Act::Rescan { from: random.next() },
        7 | 8 => Act::Away { is_away: random.one_in(2) },
        9 => Act::Lag { blocks: random.below(5) },
        10 => Act::Remember,
        _ => Act::Show,
    }
}

fn on_the_payout_chain(random: &mut Random) -> Act {
    let node = usize::try_from(random.below(3)).unwrap();
    let few = |random: &mut Random| u32::try_from(random.below(3)).unwrap();
    match random.below(20) {
        0..=5 => Act::MinePayout { pick: random.next() },
        6..=8 => Act::BuryPayout { blocks: 1 + random.below(2) },
        9 | 10 => Act::UnminePayout { depth: 1 + random.below(2) },
        11 => Act::Forget { node },
        12 => Act::Gossip,
        13 => Act::LagNode { node, behind: usize::try_from(random.below(4)).unwrap() },
        14 | 15 => Act::ChangeNode { after: few(random) + few(random), node },
        16 | 17 => Act::Rival { pick: random.next(), node },
        _ => Act::Trouble {
            faults: Faults {
                unreachable: random.one_in(3),
                lose_requests: few(random),
                lose_replies: few(random),
                refuse: few(random),
                ..Faults::default()
            },
        },
    }
}
