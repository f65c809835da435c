//! What a purchase costs, as ratios within one run: against a bare actix-web handler that answers the same bytes, and
//! against itself with more addresses and deposits stored.
//!
//! `cargo bench --bench service` prints the tables of `docs/performance.md`. `TELLER_BENCH=binds,reads` runs some
//! parts, `TELLER_BENCH_SCALE=10` a tenth of the sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::float_arithmetic)]

mod account;
mod append;
mod bare;
mod binds;
mod client;
mod desk;
mod fill;
mod measure;
mod passthrough;
mod pipeline;
mod pool;
mod process;
mod reads;
mod receivers;
mod scrape;
mod streams;

fn main() {
    // `cargo test --benches` starts this too, and wants no measurements.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let parts = std::env::var("TELLER_BENCH").unwrap_or_default();
    let wanted = |name: &str| parts.is_empty() || parts.split(',').any(|part| part == name);
    println!("{}\n", measure::machine());
    for (name, run) in [
        ("binds", binds::run as fn()),
        ("reads", reads::run),
        ("scrape", scrape::run),
        ("pipeline", pipeline::run),
        ("passthrough", passthrough::run),
        ("process", process::run),
        ("pool", pool::run),
        ("streams", streams::run),
        ("receivers", receivers::run),
        ("append", append::run),
        ("account", account::run),
    ] {
        if wanted(name) {
            run();
        }
    }
}
