//! Teller: a self-hosted OTC desk for coins.
//!
//! A buyer binds a Skycoin address and gets a deposit address that is theirs for life; deposits to it are
//! credited once they are final, and each is paid out exactly once.
//!
//! The map of the house, from the ground up. A module knows only what stands above it in this list:
//!
//! | layer | modules | what lives there |
//! |---|---|---|
//! | L0 | [`types`], [`skycoin`] | amounts, rates, ids; Skycoin's formats. Pure. |

pub mod address;
pub mod api;
pub mod app;
pub mod clock;
pub mod config;
pub mod deposit;
pub mod dummy;
pub mod engine;
pub mod http;
pub mod monitor;
pub mod payout;
pub mod report;
pub mod skycoin;
pub mod store;
pub mod task;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod types;
pub mod wallet;
