//! Blocks that somebody made to cost as much as they can, taken up at two sizes: what each payment costs stays the
//! same.

use std::sync::Arc;
use std::time::Instant;

use teller::address::DepositAddress;
use teller::chain::{Origin, Payment};
use teller::skycoin::Address;
use teller::testing::{StepEnd, World};
use teller::types::{Coin, Droplets, Units};

use crate::measure::{ROUNDS, median, scaled};

/// Transfers by one contract, or outputs of one transaction.
const PAYMENTS: [u64; 2] = [1_000, 4_000];
/// Outputs that one transaction spends: what a block of Bitcoin has room for.
const SPENT: u64 = 20_000;

pub(crate) async fn run() {
    println!("Blocks of one transaction that pays one address, microseconds a payment:\n");
    println!("| made by | payments | each |\n|---|--:|--:|");
    for count in PAYMENTS.map(scaled) {
        row("a contract, other amounts each", count, measured(Coin::ETH, || transfers(count)).await);
    }
    for count in PAYMENTS.map(scaled) {
        row("inputs of strangers, 20,000", count, measured(Coin::BTC, || outputs(count)).await);
    }
    println!();
}

fn row(by: &str, count: u64, micros: f64) {
    println!("| {by} | {count} | {micros:.1} |");
}

fn address() -> DepositAddress {
    DepositAddress::of_account([7; 20])
}

fn payment(n: u64, amount: u64) -> Payment {
    Payment::new("0xaa".to_owned(), u32::try_from(n).unwrap(), address(), Units::new(amount.into()))
}

fn transfers(count: u64) -> Vec<Payment> {
    (0..count).map(|n| payment(1, 1_000_000 + n)).collect()
}

fn outputs(count: u64) -> Vec<Payment> {
    let spent: Arc<[(String, u32)]> = (0..scaled(SPENT)).map(|n| (format!("{n:064x}"), 0)).collect();
    let pays = |n| Payment { origin: Origin::Outputs(Arc::clone(&spent)), ..payment(n, 1_000) };
    (0..count).map(pays).collect()
}

/// The median over worlds of what each payment of the block costs.
async fn measured(coin: Coin, payments: impl Fn() -> Vec<Payment>) -> f64 {
    let mut each = Vec::new();
    for _ in 0..ROUNDS {
        let mut world = World::new(Droplets::new(1_000_000_000), 10);
        world.chain.be(coin);
        let store = world.service().unwrap().store.clone();
        let bound = store.write(|tx| tx.bind(Address::from_bytes([1; 20]), address()).map(drop));
        bound.await.unwrap();
        let payments = payments();
        let count = u32::try_from(payments.len()).unwrap();
        world.chain.mine(payments);
        let began = Instant::now();
        assert!(matches!(world.scan().await, StepEnd::Done(_)));
        each.push(began.elapsed().as_secs_f64() * 1e6 / f64::from(count));
    }
    median(&mut each)
}
