//! What is bought upstream: an order at an exchange, its states, and how what it bought is shared out; and how what was
//! bought comes to the hot wallet. Pure.
//!
//! ```text
//! Intended -> Placed -> Closed
//!    |  |       |
//!    |  v       v
//!    | Unclear -+-> Held -> Closed, Missed   (by a person)
//!    v  |
//!   Missed      (nothing was bought, and nothing will be)
//! ```
//! Invariant: an order is stored before the one call that places it, and is never placed again under another id
//! before it has ended. A payout is part of one order at most that has not ended.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod order;
mod share;
mod sizing;
#[cfg(test)]
mod tests;
mod withdrawal;
mod withdrawal_terms;
#[cfg(test)]
pub(crate) mod withdrawal_tests;

pub use order::{
    BuyOrder, BuyOrderState, IllegalOrderStep, OrderRefused, Outcome, PaidFee, Portion, Share, Terms,
};
pub use share::share_out;
pub use sizing::{PriceGuard, Sizing, SizingRefused, size_order, smallest_budget};
pub use withdrawal::{IllegalWithdrawalStep, Withdrawal, WithdrawalRefused, WithdrawalState};
pub use withdrawal_terms::{Departure, Wanted, WithdrawalTerms};
