//! A simulated exchange: one order book exchange with accounts and market makers, which speaks as C2CX, Binance, Kraken
//! and Coinbase do, each on a port of its own, and as badly as it is told to.

mod accounts;
mod amount;
mod binance;
mod board;
mod c2cx;
mod clock;
mod coinbase;
mod directions;
mod engine;
#[cfg(test)]
#[path = "engine/tests/mod.rs"]
mod engine_tests;
mod kraken;
mod limits;
mod makers;
mod markets;
mod scale;
mod shape;
mod sign;
mod state;
mod venue;

pub(crate) use board::Look;
pub(crate) use directions::{Expiry, Funding, MarketChange, Ordering, WithdrawalEnd};
pub(crate) use venue::{House, Protocol, Settings, Venue};

/// The venues by their names, each with how it speaks.
pub(crate) const VENUES: [(&str, Protocol); 4] = [
    ("c2cx", c2cx::PROTOCOL),
    ("binance", binance::PROTOCOL),
    ("kraken", kraken::PROTOCOL),
    ("coinbase", coinbase::PROTOCOL),
];
