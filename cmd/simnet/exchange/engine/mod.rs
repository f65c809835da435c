//! A simulated exchange: accounts, order books and what happened, as a value without input, output or clock.
//!
//! [`Exchange`] is the whole of it. Its operations are told who asks and what time it is, and the same operations give
//! the same exchange again. Amounts are integers in the smallest unit of their asset, prices integers in the last
//! decimal of their market.
//! Invariant: of each asset, what accounts hold, what was taken as fees and what was withdrawn is what was deposited.

mod accounts;
mod book;
mod cancel;
mod charts;
mod check;
mod close;
mod funds;
mod history;
mod ids;
mod maker;
mod market;
mod matching;
mod order;
mod orders;
mod place;
mod quotes;
mod random;
mod rate;
mod request;
mod state;
mod tape;
mod terms;
mod venue;
mod withdrawal;

pub(crate) use accounts::{AccountSettings, Balance};
pub(crate) use cancel::CancelError;
pub(crate) use charts::Candle;
pub(crate) use check::Violation;
pub(crate) use funds::FundsError;
pub(crate) use history::Fill;
pub(crate) use ids::{AccountId, AssetId, MarketId, OrderId, TradeId, WithdrawalId};
pub(crate) use maker::{MarketMaker, Quoting};
pub(crate) use market::{Asset, Market, MarketSpec, SetupError};
pub(crate) use order::OrderInfo;
pub(crate) use quotes::{DepthLevel, Ticker};
pub(crate) use random::{Random, Walk};
pub(crate) use rate::{FeeCoin, Fees, Rate};
pub(crate) use request::{OrderRequest, PlaceError, Placed, Refusal, Terms};
pub(crate) use state::{Exchange, Listing, Settings};
pub(crate) use tape::Trade;
pub(crate) use terms::{
    ExpiryReason, IdPolicy, MarketState, OrderKind, OrderState, Price, SelfTrade, Side, TimeInForce,
};
pub(crate) use withdrawal::{Withdrawal, WithdrawalState};

#[cfg(test)]
pub(crate) use {accounts::Totals, maker::Action, rate::MAX_UNITS, request::ClientId, terms::RejectReason};
