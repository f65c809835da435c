//! What the engine of the simulated exchange does in a second on one core: `cargo bench --bench exchange`.
//!
//! Counted is the time that the thread had a core for, so that other work on the machine counts little; the time on
//! the wall stands beside it. `TELLER_BENCH=mixed` runs the cases with that word; `flat` those that hold a large book
//! against a small one.
#![allow(clippy::expect_used, clippy::print_stdout)]

#[path = "../../cmd/simnet/exchange/engine/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a part of it is measured here")]
mod engine;
mod load;

use std::time::Instant;

use load::{Load, Mix};

const MILLION: u64 = 1_000_000;

/// Name, resting orders, prices on each side, final orders kept of each account, what is done.
type Case = (&'static str, u64, u64, Option<usize>, Mix);

const CASES: [Case; 7] = [
    ("match, empty book", 0, 10, None, Mix::Match),
    ("match, empty book, 1,000 final orders kept", 0, 10, Some(1_000), Mix::Match),
    ("match, 1,000,000 resting on 2 x 10,000 prices", MILLION, 10_000, None, Mix::Match),
    ("match, 1,000,000 resting on 2 x 500,000 prices", MILLION, 500_000, None, Mix::Match),
    ("mixed, 10,000 resting on 2 x 1,000 prices", 10_000, 1_000, None, Mix::Mixed),
    ("mixed, 1,000,000 resting on 2 x 10,000 prices", MILLION, 10_000, None, Mix::Mixed),
    ("mixed, the same, 1,000 final orders kept", MILLION, 10_000, Some(1_000), Mix::Mixed),
];

/// What is done with a small and a large book, and whether in front of what rests there.
const FLAT: [(&str, Mix, bool); 3] = [
    ("flat, match", Mix::Match, false),
    ("flat, steady", Mix::Steady, false),
    ("flat, steady in front", Mix::Steady, true),
];

fn main() {
    // `cargo test --benches` starts this too, and wants no measurements.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let only = std::env::var("TELLER_BENCH").unwrap_or_default();
    for (name, resting, levels, kept, mix) in CASES.into_iter().filter(|case| case.0.contains(only.as_str()))
    {
        let mut load = Load::new(1, resting, levels, kept);
        load.run(mix, 100_000);
        let mut runs: Vec<Run> = (0..5).map(|_| measure(&mut load, mix)).collect();
        runs.sort_unstable_by_key(|run| run.nanos);
        let all: Vec<String> = runs.iter().map(|run| run.rate(MILLION, run.nanos).to_string()).collect();
        let median = &runs[runs.len() / 2];
        let operations = median.rate(MILLION, median.nanos);
        let trades = median.rate(median.trades, median.nanos);
        let wall = median.rate(MILLION, median.wall);
        println!("{name}: {operations} operations/s, {trades} trades/s; all {}; wall {wall}", all.join(" "));
        load.exchange().check().expect("an exchange is sound");
    }
    for (name, mix, is_in_front) in FLAT.into_iter().filter(|(name, ..)| name.contains(only.as_str())) {
        compare(name, mix, is_in_front);
    }
}

/// Holds a book of a million orders against one of a thousand on as many prices, in turns: what else the machine does
/// slows both.
fn compare(name: &str, mix: Mix, is_in_front: bool) {
    let mut loads = [1_000, MILLION].map(|resting| Load::new(1, resting, 500, Some(1_000)));
    let mut rates = [Vec::new(), Vec::new()];
    for load in &mut loads {
        if is_in_front {
            load.move_in_front();
        }
        load.run(mix, 100_000);
    }
    for _ in 0..9 {
        for (load, rates) in loads.iter_mut().zip(&mut rates) {
            let run = measure(load, mix);
            rates.push(run.rate(MILLION, run.nanos));
        }
    }
    let [small, large] = rates.map(|mut rates| {
        rates.sort_unstable();
        rates[rates.len() / 2]
    });
    let [few, many] = loads.map(|load| load.resting());
    let percent = large * 100 / small.max(1);
    println!("{name}: {few} resting {small} operations/s, {many} resting {large} operations/s: {percent} %");
}

struct Run {
    trades: u64,
    /// On a core.
    nanos: u64,
    wall: u64,
}

impl Run {
    fn rate(&self, count: u64, nanos: u64) -> u64 {
        u64::try_from(u128::from(count) * 1_000_000_000 / u128::from(nanos.max(1))).unwrap_or(u64::MAX)
    }
}

fn measure(load: &mut Load, mix: Mix) -> Run {
    let (start, before) = (Instant::now(), on_core());
    let trades = load.run(mix, MILLION);
    let wall = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    Run { trades, nanos: on_core().zip(before).map_or(wall, |(after, before)| after - before), wall }
}

/// Returns how many nanoseconds this thread has had a core for, where Linux tells.
fn on_core() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok()
}
