//! An ordinary number of worlds from seeds.
//!
//! `TELLER_SIM_SEED=7 cargo test --test sim seeded` plays one seed, `TELLER_SIM_SEEDS=1000` so many from 0 on, both on
//! every chain.

use std::collections::BTreeSet;

use teller::types::Coin;

use crate::worlds::{History, play, shortest, told};

/// Seeds of an ordinary run.
const SEEDS: u64 = 24;
/// The same of each other chain of the catalogue.
const SEEDS_OF_OTHERS: u64 = 5;
/// Seeds that once found something, and are not among those.
const ONCE_FOUND: [u64; 5] = [31, 309, 2126, 2205, 8873];

fn seeds(usual: u64, once_found: &[u64]) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    match number("TELLER_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("TELLER_SIM_SEEDS").unwrap_or(usual)).chain(once_found.iter().copied()).collect(),
    }
}

fn play_on(coin: Coin, seeds: Vec<u64>) {
    for seed in seeds {
        let history = History::on(coin, seed);
        if let Err(why) = play(&history) {
            panic!("{}", told(seed, &shortest(&history, why)));
        }
    }
}

#[test]
fn should_keep_every_promise_in_a_seeded_world() {
    play_on(Coin::BTC, seeds(SEEDS, &ONCE_FOUND));
}

#[test]
fn should_keep_every_promise_on_every_other_chain() {
    for coin in Coin::all().filter(|coin| *coin != Coin::BTC) {
        play_on(coin, seeds(SEEDS_OF_OTHERS, &[]));
    }
}

/// Every other coin in turn: what an exchange does knows no chain.
#[test]
fn should_buy_once_and_forget_nothing_in_a_seeded_world() {
    // What is paid out is not bought with itself.
    let coins: Vec<Coin> = Coin::all().filter(|coin| *coin != Coin::SKY).collect();
    for seed in seeds(SEEDS, &[]) {
        let coin = coins[usize::try_from(seed).unwrap() % coins.len()];
        let history = History::upstream(coin, seed);
        if let Err(why) = play(&history) {
            panic!("upstream on {coin}, {}", told(seed, &shortest(&history, why)));
        }
    }
}

#[test]
fn should_withdraw_once_and_lose_nothing_in_a_seeded_world() {
    for seed in seeds(SEEDS, &[]) {
        let history = History::withdrawing(Coin::BTC, seed);
        if let Err(why) = play(&history) {
            panic!("withdrawing, {}", told(seed, &shortest(&history, why)));
        }
    }
}

#[test]
fn should_promise_a_price_once_and_only_a_good_one_in_a_seeded_world() {
    let (coins, mut stood) = ([Coin::BTC, Coin::ETH, Coin::LTC], BTreeSet::new());
    for seed in seeds(SEEDS, &[]) {
        let coin = coins[usize::try_from(seed / 2).unwrap() % coins.len()];
        let history = History::living(coin, seed);
        match play(&history) {
            Ok((_, prices)) => stood.extend(prices),
            Err(why) => panic!("living on {coin}, {}", told(seed, &shortest(&history, why))),
        }
    }
    // They were all of this: a world in which nothing goes wrong shows nothing.
    let all = ["jumped", "no_reading", "out_of_band", "priced", "sources_disagree", "too_old"];
    assert!(std::env::var("TELLER_SIM_SEED").is_ok() || stood == BTreeSet::from(all), "{stood:?}");
}

#[test]
fn should_play_a_history_twice_alike() {
    let history = History::of_seed(7);
    assert_eq!(play(&history), play(&history));
}
