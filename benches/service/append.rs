//! The first bind after an address file was appended to, with many addresses bound before.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use teller::chain::Unvetted;
use teller::clock::SystemClock;
use teller::engine::{PoolFile, load_pool};
use teller::store::{HandOut, Purpose, RedbBackend, Store};
use teller::types::Coin;

use crate::fill;
use crate::measure::{ROUNDS, median, scaled};

/// What is appended.
const NEW: u64 = 1_000;
/// Binds that the first is held against.
const NEXT: u64 = 100;

pub(crate) fn run() {
    println!("## The first bind after an append\n");
    println!("| bound before | the first bind, ms | one of the next {NEXT}, ms | ratio |\n|--:|--:|--:|--:|");
    for bound in [scaled(30_000), scaled(300_000)] {
        one(bound);
    }
    println!();
}

fn one(bound: u64) {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), bound, 0);
    let store = open(dir.path());
    let path = dir.path().join("pool.txt");
    let file = PoolFile { network: Coin::BTC.main_network(), path, own: vec![], is_real: false };
    let (mut firsts, mut nexts, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=u64::try_from(ROUNDS).unwrap() {
        fill::address_file(&file.path, 0, bound + (round + 1) * NEW);
        load_pool(&store, &file, false).unwrap();
        let first = bind(&store, 1 << 40);
        let mut next: Vec<f64> = (0..NEXT).map(|_| bind(&store, 1 << 40)).collect();
        let next = median(&mut next);
        if round > 0 {
            firsts.push(first);
            nexts.push(next);
            ratios.push(first / next);
        }
    }
    println!(
        "| {bound} | {:.2} | {:.2} | {:.2} |",
        median(&mut firsts),
        median(&mut nexts),
        median(&mut ratios)
    );
}

pub(crate) fn open(dir: &Path) -> Store {
    let backend = Arc::new(RedbBackend::open(&dir.join("teller.db"), |_| {}).unwrap());
    let purpose = Purpose::play(Coin::BTC.main_network());
    Store::open(backend, purpose, Arc::new(SystemClock), &|_| {}).unwrap()
}

/// Binds the next address; answers how many milliseconds that took.
fn bind(store: &Store, payee: u64) -> f64 {
    let began = Instant::now();
    let bound = store.write_blocking(move |tx| {
        let HandOut::Address(offer) = tx.take_address(Coin::BTC, Unvetted::Given)? else { return Ok(()) };
        tx.bind_offer(fill::payee(payee), offer).map(drop)
    });
    let took: Duration = began.elapsed();
    bound.unwrap();
    took.as_secs_f64() * 1000.0
}
