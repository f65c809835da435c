//! The acts of a person. Each is one event with its actor and reason, or none: what the state does not allow
//! is refused.
//!
//! Listeners ask for them here; they write nothing themselves.

mod addresses;
mod attendance;
mod breakers;
mod gaps;
mod inherited;
mod order;
mod payouts;
mod people;
mod prices;
mod proposals;
mod purchases;
mod receivers;
mod rescan;
mod restored;
mod spends;
mod switches;
#[cfg(test)]
mod tests;
mod transactions;
mod withdrawals;

pub use addresses::{give_back_address, release_address};
pub use attendance::{end_session, log_act, log_again, use_session};
pub use breakers::close_breaker;
pub use gaps::{forget_blind, read_again, see};
pub use inherited::pay_before;
pub use order::{Order, OrderError};
pub use payouts::rule;
pub use people::{
    LastApprover, NewFactor, NewToken, PROGRAM, PersonError, add_person, end_token, log_in, make_token,
    remove_person, set_password, set_role, set_second_factor,
};
pub use prices::set_price;
pub use proposals::{confirm_proposal, decline_proposal, propose};
pub use purchases::{OrderAct, PurchaseAct, decide_order, decide_purchase};
pub use receivers::{
    ReaderError, ReceiverAct, acknowledge_reader, forget_reader, resume_hooks, steer_receiver,
};
pub use rescan::set_rescan;
pub use restored::clear_restored;
pub use spends::{adopt_spend, matching, matching_beside, own_all_spends, rule_spend, unknown_spends};
pub use switches::{SwitchRefused, show_switches, turn_switch};
pub use transactions::{retry, send_on, withdraw};
pub use withdrawals::{WithdrawalAct, decide_withdrawal};

use crate::payout::{
    AbandonRefused, CourseRefused, PaidRefused, PurchaseRefused, RulingRefused, SpendRefused,
};
use crate::store::StoreError;
use crate::types::Height;
use crate::upstream::{OrderRefused, WithdrawalRefused};

/// Why an act was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// There is no deposit, or transaction, of that number or name.
    #[error("there is none of that number")]
    Unknown,
    /// Other blocks are being read again, and one range at a time is.
    #[error(
        "blocks {from} to {to} are being read again, and those come first: ask again when they are, or end that"
    )]
    Busy {
        /// The first block of that range.
        from: Height,
        /// The last block of that range.
        to: Height,
    },
    /// Each payout to it would be the next deposit, or the wallet's own money.
    #[error("Invalid skyaddr: it belongs to this service")]
    PayeeIsOurs,
    /// What is known of the payout does not allow the ruling.
    #[error(transparent)]
    Ruling(#[from] RulingRefused),
    /// The state of the transaction does not allow its course to change.
    #[error(transparent)]
    Course(#[from] CourseRefused),
    /// There is nothing to be cleared.
    #[error("the database is none that was restored, or that was cleared already")]
    NotRestored,
    /// The foreign spend is not what it is said to be.
    #[error(transparent)]
    Spend(#[from] SpendRefused),
    /// The chain does not let the transaction be given up.
    #[error(transparent)]
    Abandon(#[from] AbandonRefused),
    /// It cannot be said that the original has paid it.
    #[error(transparent)]
    Paid(#[from] PaidRefused),
    /// The state of what is bought for a deposit does not allow it.
    #[error(transparent)]
    Purchase(#[from] PurchaseRefused),
    /// The state of an order upstream does not allow it.
    #[error(transparent)]
    Order(#[from] OrderRefused),
    /// The state of a withdrawal from the exchange does not allow it.
    #[error(transparent)]
    Withdrawal(#[from] WithdrawalRefused),
    /// The switch cannot be turned.
    #[error(transparent)]
    Switch(#[from] SwitchRefused),
    /// The circuit breaker is closed, or not in the opening that was looked at.
    #[error("the breaker is not open, or has opened once more since")]
    NotOpen,
    /// It depends on the chain, and nobody tells that now.
    #[error("the payout node cannot be asked at the moment: {0}")]
    Node(String),
    /// The payer has not taken the order up in time.
    #[error("payouts are not being worked on at the moment, nothing was done: ask again")]
    Unheard,
    /// The payer has taken the order up, and ended without an answer.
    #[error("it is not known whether this was done: look at the transaction before you ask again")]
    Unsure,
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}
