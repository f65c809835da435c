//! Worlds from seeds: buyers, deposits in blocks, forks of both chains, crashes, lost replies, nodes that
//! change, and an operator, in an order that follows from the seed. The promises are held against the chains
//! all along; then the troubles end, and everything must come to rest paid.

mod history;
mod living;
mod play;
mod shrink;
mod venue;
mod verdicts;

pub(crate) use history::History;
pub(crate) use play::play;
pub(crate) use shrink::{shortest, told};
