//! A simulated exchange.

#[allow(dead_code, unused_imports, reason = "protocols use it")]
mod engine;
