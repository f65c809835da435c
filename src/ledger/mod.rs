//! The books: accounts, entries and balances, and what a purchase, a transaction or a foreign spend comes to in
//! them. Pure.
//!
//! Double entry: whatever is put to one account is taken from another, so that each entry sums to zero in each asset.
//! What something comes to is a *position*, made from its row alone. An event's entry is what the positions of all that
//! it changes are afterwards, less what they were before; and the balances are at any time the sum of all positions.
//! So they can be counted anew from the rows, and from the events, and both have to agree.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod account;
mod balances;
mod entry;
mod position;
#[cfg(test)]
mod tests;
mod upstream;
#[cfg(test)]
mod withdrawal_tests;

pub use account::{Account, Asset, VENUE_DECIMALS};
pub use balances::Balances;
pub use entry::{Balance, Entry, LedgerError, Posting};
pub use position::{of_attempt, of_purchase, of_spend, rest_of};
pub use upstream::{of_order, of_withdrawal};
