//! The house as its plan has it: who may know whom, how long a file, a function and a line may be, and a sample
//! configuration that tells the truth.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod configuration;
mod floors;
mod lengths;
mod names;
mod runbooks;
mod sources;
mod states;
mod threats;
mod unit;
