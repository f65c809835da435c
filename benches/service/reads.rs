//! Status, config and health requests a second.

use crate::bare::Bare;
use crate::client::{ask, get, send_all};
use crate::desk::Desk;
use crate::fill;
use crate::measure::{ROUNDS, median, rate, scaled, thousands};

const CONNECTIONS: usize = 64;
const REQUESTS: u64 = 100_000;
/// Those who look at their purchases are mostly those who have bought lately.
const NEWEST: u64 = 10_000;

/// Makes the request with a number.
type Request<'a> = Box<dyn Fn(u64) -> Vec<u8> + 'a>;

pub(crate) fn run() {
    println!("## Reads at {CONNECTIONS} connections\n");
    println!(
        "| deposits stored | request | bare handler | requests a second | ratio |\n|---|---|---|---|---|"
    );
    for deposits in [0, scaled(1_000_000)] {
        one(deposits);
    }
    println!();
}

fn one(deposits: u64) {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), scaled(1_000_000), deposits);
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, 1 << 40, 10_000);
    let desk = Desk::start(dir.path(), &pool);
    let address = desk.listening.http.unwrap();
    let payees = scaled(1_000_000);
    let status = |number: u64| get(&format!("/api/status?skyaddr={}", fill::payee(number)));
    let newest = payees.min(NEWEST);
    let requests: [(&str, Request<'_>); 4] = [
        ("status of the newest 10,000 payees", Box::new(|n| status(payees - 1 - n * 7919 % newest))),
        ("status of any payee", Box::new(|n| status(n * 7919 % payees))),
        ("config", Box::new(|_| get("/api/config"))),
        ("health", Box::new(|_| get("/api/health"))),
    ];
    for (name, request) in requests {
        let bare = Bare::start(ask(address, &request(1)).1);
        let count = scaled(REQUESTS);
        let all: Vec<Vec<u8>> = (0..count).map(&request).collect();
        let (mut reads, mut yardstick, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let plain = rate(count, send_all(bare.address, CONNECTIONS, all.clone()));
            let real = rate(count, send_all(address, CONNECTIONS, all.clone()));
            if round > 0 {
                reads.push(real);
                yardstick.push(plain);
                ratios.push(real / plain);
            }
        }
        println!(
            "| {deposits} | {name} | {} | {} | {:.2} |",
            thousands(median(&mut yardstick)),
            thousands(median(&mut reads)),
            median(&mut ratios)
        );
    }
}
