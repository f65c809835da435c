//! Binds from a pool that follows from a key, against binds from a file: in the store, without HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures_util::stream::{self, StreamExt};
use teller::address::AccountXpub;
use teller::chain::Unvetted;
use teller::engine::{PoolFile, load_pool};
use teller::store::{Derivation, HandOut, Offer, Store};
use teller::types::Coin;

use crate::append::open;
use crate::fill;
use crate::measure::{ROUNDS, median, scaled, thousands};

/// Of BIP-84's vectors.
const ZPUB: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE\
                    3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";
/// Less than what is derived ahead.
const BURST: u64 = 10_000;
/// Binds that are under way at a time.
const WIDTH: usize = 256;

pub(crate) fn run() {
    println!("## Binds from an account's key\n");
    println!("| binds in a row | from a file, binds/s | from a key, binds/s | ratio |\n|--:|--:|--:|--:|");
    for count in [BURST, scaled(100_000)] {
        let (mut files, mut keys, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (file, key) = (from_file(count), from_key(count));
            files.push(file);
            keys.push(key);
            ratios.push(key / file);
        }
        let (file, key) = (thousands(median(&mut files)), thousands(median(&mut keys)));
        println!("| {count} | {file} | {key} | {:.2} |", median(&mut ratios));
    }
    println!();
    start_far_on();
}

/// Binds a second out of a file.
fn from_file(count: u64) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), 0, 0);
    let (store, path) = (open(dir.path()), dir.path().join("pool.txt"));
    let file = PoolFile { network: Coin::BTC.main_network(), path, own: vec![], is_real: false };
    fill::address_file(&file.path, 0, count);
    load_pool(&store, &file, false).unwrap();
    binds_per_second(&store, count)
}

/// Binds a second out of an account, of which more is derived meanwhile.
fn from_key(count: u64) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), 0, 0);
    let store = open(dir.path());
    store.use_account(&key()).unwrap();
    while store.look_ahead(Coin::BTC).unwrap() {}
    let (ahead, is_done) = (store.clone(), Arc::new(AtomicBool::new(false)));
    let until = Arc::clone(&is_done);
    let deriver = std::thread::spawn(move || {
        while !until.load(Ordering::Relaxed) {
            if !ahead.look_ahead(Coin::BTC).unwrap() {
                std::thread::yield_now();
            }
        }
    });
    let rate = binds_per_second(&store, count);
    is_done.store(true, Ordering::Relaxed);
    deriver.join().unwrap();
    rate
}

fn key() -> AccountXpub {
    AccountXpub::parse(Coin::BTC.main_network(), ZPUB).unwrap()
}

fn binds_per_second(store: &Store, count: u64) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let began = Instant::now();
    runtime.block_on(stream::iter(0..count).for_each_concurrent(WIDTH, |payee| async move {
        let bound = store.write(move |tx| {
            let HandOut::Address(offer) = tx.take_address(Coin::BTC, Unvetted::Given)? else {
                panic!("the pool is empty");
            };
            tx.bind_offer(fill::payee(payee), offer).map(drop)
        });
        bound.await.unwrap();
    }));
    f64::from(u32::try_from(count).unwrap()) / began.elapsed().as_secs_f64()
}

/// What a start costs where ten million indexes were handed out before.
fn start_far_on() {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), 0, 0);
    let store = open(dir.path());
    let (key, index) = (key(), 9_999_999);
    store.use_account(&key).unwrap();
    let offer =
        Offer { address: key.derive(index).unwrap(), derivation: Some(Derivation { account: 1, index }) };
    store.write_blocking(move |tx| tx.bind_offer(fill::payee(1), offer).map(drop)).unwrap();
    close(store);
    let began = Instant::now();
    let store = open(dir.path());
    store.use_account(&key).unwrap();
    let started = began.elapsed();
    let next = store.write_blocking(|tx| tx.take_address(Coin::BTC, Unvetted::Given)).unwrap();
    let HandOut::Address(next) = next else { panic!("the pool is empty") };
    assert_eq!(next.derivation, Some(Derivation { account: 1, index: index + 1 }));
    println!("A start after ten million indexes, with the first thousand addresses derived: {started:.1?}\n");
}

fn close(store: Store) {
    store.release();
    drop(store);
}
