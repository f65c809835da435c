//! What leaves the exchange.

use super::ids::{AccountId, AssetId, WithdrawalId};

/// Where a withdrawal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WithdrawalState {
    /// Taken out of the account and not sent yet.
    Requested,
    /// Sent with this transaction. Final.
    Sent { txid: String },
    /// Back in the account. Final.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Withdrawal {
    pub(crate) id: WithdrawalId,
    pub(crate) account: AccountId,
    pub(crate) asset: AssetId,
    /// What arrives, in units.
    pub(crate) amount: u128,
    /// What it costs on top, in units.
    pub(crate) fee: u128,
    /// The address.
    pub(crate) to: String,
    pub(crate) state: WithdrawalState,
    /// When it was asked for, in milliseconds.
    pub(crate) created: u64,
    /// When its state changed last, in milliseconds.
    pub(crate) updated: u64,
}
