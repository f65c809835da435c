//! What a scrape by Prometheus costs, with nothing stored and with a million deposits.

use crate::client::{get, send_all};
use crate::desk::Desk;
use crate::fill;
use crate::measure::{ROUNDS, median, scaled};

const SCRAPES: u32 = 200;
/// Milliseconds that one may take.
const AIM: f64 = 5.0;

pub(crate) fn run() {
    println!("## A scrape of /metrics, one after the other\n");
    println!("| deposits stored | ms a scrape | aim |\n|---|---|---|");
    for deposits in [0, scaled(1_000_000)] {
        let ms = one(deposits);
        println!("| {deposits} | {ms:.2} | {}", if ms < AIM { "5 |" } else { "5, **not reached** |" });
    }
    println!();
}

fn one(deposits: u64) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), scaled(1_000_000), deposits);
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, 1 << 40, 10_000);
    let desk = Desk::start(dir.path(), &pool);
    let address = desk.listening.admin.unwrap();
    let requests: Vec<Vec<u8>> = (0..SCRAPES).map(|_| get("/metrics")).collect();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| send_all(address, 1, requests.clone()).as_secs_f64() * 1_000.0 / f64::from(SCRAPES))
        .collect();
    median(&mut rounds)
}
