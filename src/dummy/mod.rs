//! Dummy mode: a scanner that takes deposits by hand, and a hot wallet on a Skycoin chain that exists in memory.
//!
//! Everything between the two is the real thing: real signed transactions, the real store, the real workers.

mod listener;
mod node;
mod player;
mod scanner;

pub use listener::{DummyState, configure};
pub use node::{Broadcast, DummyNode};
pub use player::Player;
