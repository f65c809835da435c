//! Dummy mode: a scanner that takes deposits by hand, and a hot wallet on a Skycoin chain that exists in memory.
//!
//! Everything between the two is the real thing: real signed transactions, the real store, the real workers.

mod described;
mod listener;
mod node;
mod player;
mod routes;
mod scanner;

pub use described::described;
pub use listener::DummyState;
pub use node::{Broadcast, DummyNode};
pub use player::Player;
pub use routes::configure;
