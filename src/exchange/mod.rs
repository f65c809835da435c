//! Upstream exchanges: the port that coins are bought through, and one adapter a venue behind it.
//!
//! An adapter speaks the protocol of one venue and decides nothing. It says of each call that failed, once and by
//! typed evidence, whether the venue may have done what was asked ([`CallError`]), and what the venue guarantees of an
//! order's own id ([`Idempotency`]): the engine picks its recovery from the two.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod binance;
mod c2cx;
mod call_error;
mod coinbase;
#[cfg(test)]
mod dialogues;
mod exact;
mod form;
mod keys;
mod kraken;
mod market;
mod order;
mod port;
mod read;
mod settings;
mod transport;
mod withdrawal;

pub use binance::Binance;
pub use c2cx::C2cx;
pub use call_error::{CallError, Refusal};
pub use coinbase::Coinbase;
pub use kraken::Kraken;
pub use market::{AssetNetwork, Book, Level, Market, MarketState, Ticker};
pub use order::{ClientId, Fee, NewOrder, OrderReport, OrderState, VenueOrderId};
pub use port::{Balance, Exchange, Idempotency, Nonces};
pub use settings::{SetupError, VenueSettings};
pub use withdrawal::{NewWithdrawal, WithdrawalReport, WithdrawalState, WithdrawalTrace};
