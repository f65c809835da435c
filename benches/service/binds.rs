//! Durable binds a second.

use crate::bare::Bare;
use crate::client::{ask, post_json, send_all};
use crate::desk::Desk;
use crate::fill;
use crate::measure::{ROUNDS, median, rate, scaled, thousands};

const CONNECTIONS: usize = 256;
/// Binds of one round.
const BINDS: u64 = 40_000;

fn requests(from: u64, count: u64) -> Vec<Vec<u8>> {
    let body = |n| format!(r#"{{"skyaddr":"{}","coin_type":"BTC"}}"#, fill::payee(n));
    (from..from + count).map(|n| post_json("/api/bind", &body(n))).collect()
}

pub(crate) fn run() {
    println!("## Durable binds at {CONNECTIONS} connections\n");
    println!("| bound before | bare handler | binds a second | ratio |\n|---|---|---|---|");
    for bound in [0, scaled(100_000), scaled(1_000_000)] {
        one(bound);
    }
    println!();
}

fn one(bound: u64) {
    let dir = tempfile::tempdir().unwrap();
    let count = scaled(BINDS);
    fill::database(dir.path(), bound, 0);
    let pool = dir.path().join("pool.txt");
    let rounds = u64::try_from(ROUNDS).unwrap() + 1;
    fill::address_file(&pool, bound, count * rounds + 1);
    let desk = Desk::start(dir.path(), &pool);
    let address = desk.listening.http.unwrap();
    // Payees of their own, so that nobody's limit or earlier binding matters.
    let first = 1 << 40;
    let sample = ask(address, &requests(first, 1).remove(0)).1;
    let bare = Bare::start(sample);
    let (mut binds, mut yardstick, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let all = requests(first + 1 + round * count, count);
        let plain = rate(count, send_all(bare.address, CONNECTIONS, all.clone()));
        let durable = rate(count, send_all(address, CONNECTIONS, all));
        // The first round warms up.
        if round > 0 {
            binds.push(durable);
            yardstick.push(plain);
            ratios.push(durable / plain);
        }
    }
    println!(
        "| {} | {} | {} | {:.2} |",
        bound,
        thousands(median(&mut yardstick)),
        thousands(median(&mut binds)),
        median(&mut ratios)
    );
}
