//! An ordinary number of worlds from seeds.
//!
//! `TELLER_SIM_SEED=7 cargo test --test sim seeded` plays one seed, `TELLER_SIM_SEEDS=1000` so many from 0 on.

use crate::worlds::{History, play, shortest, told};

/// Seeds of an ordinary run.
const SEEDS: u64 = 24;
/// Seeds that once found something, and are not among those.
const ONCE_FOUND: [u64; 5] = [31, 309, 2126, 2205, 8873];

fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    match number("TELLER_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("TELLER_SIM_SEEDS").unwrap_or(SEEDS)).chain(ONCE_FOUND).collect(),
    }
}

#[test]
fn should_keep_every_promise_in_a_seeded_world() {
    for seed in seeds() {
        let history = History::of_seed(seed);
        if let Err(why) = play(&history) {
            panic!("{}", told(seed, &shortest(&history, why)));
        }
    }
}

#[test]
fn should_play_a_history_twice_alike() {
    let history = History::of_seed(7);
    assert_eq!(play(&history), play(&history));
}
