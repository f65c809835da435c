//! Teller: a self-hosted OTC desk for coins.
//!
//! A buyer binds a Skycoin address and gets a deposit address that is theirs for life; deposits to it are
//! credited once they are final, and each is paid out exactly once.
//!
//! The map of the house, from the ground up. A module knows only modules of lower floors (`tests/tidy`):
//!
//! | floor | modules | what lives there |
//! |---|---|---|
//! | 0 | [`coins`] | the catalogue: what each coin is, as data |
//! | 1 | [`types`] | amounts, rates, ids |
//! | 2 | [`skycoin`], [`clock`], [`price`] | Skycoin's formats; where time comes from; prices made of what sources say |
//! | 3 | [`address`], [`deposit`], [`people`], [`task`], [`rpc`] | deposit addresses and their files; a deposit's states; passwords, second factors, what a guess costs; how workers are run; clients of nodes |
//! | 4 | [`rail`], [`exchange`], [`config`], [`chain`] | how coins leave: the port, Skycoin's plan, signer and node; how they are bought: the port, an adapter a venue; the configuration; reading chains, the logic of forks |
//! | 5 | [`payout`], [`upstream`] | a payout's states, and a person's rulings; an order's states upstream |
//! | 6 | [`ledger`], [`original`], [`breaker`] | the books: accounts, entries, and what everything comes to in them; a reader of the original's database; what stops by itself |
//! | 7 | [`store`], [`telemetry`], [`live`] | what is kept; the log; what workers know and listeners show |
//! | 8 | [`engine`], [`backup`] | the workers, the steps that listeners ask for, what may be bound; copies of the database that make themselves |
//! | 9 | [`report`] | facts put into words, in every language that buyers read; the verdict of health |
//! | 10 | [`http`], [`outbox`] | what listeners share; events told until they are acknowledged |
//! | 11 | [`api`], [`monitor`], [`dummy`], [`alerts`] | the public, the admin and the dummy listener; who is told of problems without asking |
//! | 12 | [`app`], `testing` | everything put together; what tests share, compiled for tests only |
//!
//! `docs/architecture.md` walks one purchase through it.

pub mod address;
pub mod alerts;
pub mod api;
pub mod app;
pub mod backup;
pub mod breaker;
pub mod chain;
pub mod clock;
pub mod coins;
pub mod config;
pub mod deposit;
pub mod dummy;
pub mod engine;
pub mod exchange;
pub mod http;
pub mod ledger;
pub mod live;
pub mod monitor;
pub mod original;
pub mod outbox;
pub mod payout;
pub mod people;
pub mod price;
pub mod rail;
pub mod report;
pub mod rpc;
pub mod skycoin;
pub mod store;
pub mod task;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod types;
pub mod upstream;
