//! Real nodes for tests: each type here starts one on loopback, in a temporary folder of its own, waits until
//! it answers, and stops it when dropped.
//!
//! A node whose program is absent is not a failure: `start` gives [`Absent`], and the runner reports the test
//! as ignored with that reason, unless `TELLER_REQUIRE_NODES` names the node. Everything else that goes wrong
//! panics at once and shows the end of the node's log: a harness that limps proves nothing.
//!
//! A test crate takes this folder in with `#[path = "../nodes/support/mod.rs"] mod support;`.

#![allow(dead_code, unreachable_pub, reason = "each test crate that includes this uses a part of it")]

pub mod anvil;
pub mod bitcoind;
pub mod btcd;
pub mod contract;
pub mod eth;
pub mod geth;
pub mod limiter;
pub mod litecoind;
pub mod miner;
pub mod ports;
pub mod process;
pub mod program;
pub mod proxy;
pub mod rewrite;
pub mod rpc;
pub mod runner;
pub mod simnet;
pub mod skycoin;
pub mod skycoin_cli;
pub mod skycoin_node;
pub mod solc;
pub mod token;
pub mod wait;
pub mod zmq;

pub use program::Absent;
