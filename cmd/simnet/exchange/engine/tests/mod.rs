//! Tests of the exchange as a whole.

mod census;
mod ends;
mod funds;
mod history;
mod load;
mod maker;
mod naive;
mod operations;
mod orders;
mod property;
mod refusals;
mod settings;
/// The work of the benchmark.
#[path = "../../../../../benches/exchange/load.rs"]
mod work;
mod world;

use crate::exchange::engine;
