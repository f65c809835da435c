//! Teller: a self-hosted OTC desk for coins.
//!
//! A buyer binds a Skycoin address and gets a deposit address that is theirs for life; deposits to it are
//! credited once they are final, and each is paid out exactly once.
//!
//! The map of the house, from the ground up. A module knows only modules of lower floors (`tests/tidy.rs`):
//!
//! | floor | modules | what lives there |
//! |---|---|---|
//! | 0 | [`types`] | coins, amounts, rates, ids |
//! | 1 | [`skycoin`], [`clock`] | Skycoin's formats; where time comes from |
//! | 2 | [`address`], [`deposit`], [`task`] | deposit addresses and their files; a deposit's states; how workers are run |
//! | 3 | [`payout`], [`config`] | a payout's states and the plan of a transaction; the configuration |
//! | 4 | [`store`], [`wallet`], [`http`], [`telemetry`] | what is kept; the ports to wallet and node; what listeners share |
//! | 5 | [`engine`], [`report`] | the workers and what listeners ask of them; facts put into words |
//! | 6 | [`api`], [`monitor`], [`dummy`] | the public, the admin and the dummy listener |
//! | 7 | [`app`] | everything put together |
//!
//! `docs/architecture.md` walks one purchase through it.

pub mod address;
pub mod api;
pub mod app;
pub mod chain;
pub mod clock;
pub mod config;
pub mod deposit;
pub mod desk;
pub mod dummy;
pub mod engine;
pub mod http;
pub mod monitor;
pub mod payout;
pub mod report;
pub mod rpc;
pub mod skycoin;
pub mod store;
pub mod task;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod types;
pub mod wallet;
