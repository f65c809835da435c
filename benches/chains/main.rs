//! What it costs to follow a chain and to pay on one: matching the outputs of a real block, deriving addresses,
//! blocks that somebody made expensive, catching up with a local node, payouts on two Skycoin daemons.
//!
//! `cargo bench --bench chains` prints the tables of `docs/performance.md`. `TELLER_BENCH=matching,catch_up` runs some
//! parts, `TELLER_BENCH_SCALE=10` a tenth of the sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::float_arithmetic)]

#[path = "../../tests/process/api.rs"]
mod api;
#[path = "../../tests/process/desk.rs"]
mod desk;
#[path = "../../tests/process/once.rs"]
mod once;
#[path = "../../tests/process/rng.rs"]
mod rng;
#[path = "../../tests/nodes/support/mod.rs"]
mod support;
#[path = "../../tests/nodes/service/treasury.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod treasury;

mod catch_up;
mod derive;
mod hostile;
mod matching;
#[path = "../service/measure.rs"]
mod measure;
mod payouts;
mod tokens;

use std::future::Future;

use support::Absent;

fn main() {
    // `cargo test --benches` starts this too, and wants no measurements.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let parts = std::env::var("TELLER_BENCH").unwrap_or_default();
    let wanted = |name: &str| parts.is_empty() || parts.split(',').any(|part| part == name);
    println!("{}\n", measure::machine());
    if wanted("matching") {
        matching::run();
    }
    if wanted("derive") {
        derive::run();
    }
    if wanted("tokens") {
        with_nodes("tokens", async {
            tokens::run().await;
            Ok(())
        });
    }
    if wanted("hostile") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(hostile::run());
    }
    if wanted("catch_up") {
        with_nodes("catch_up", catch_up::run());
    }
    if wanted("payouts") {
        with_nodes("payouts", payouts::run());
    }
}

fn with_nodes(part: &str, run: impl Future<Output = Result<(), Absent>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let Err(absent) = runtime.block_on(run) {
        println!("{part}: not measured, {absent}\n");
    }
}
