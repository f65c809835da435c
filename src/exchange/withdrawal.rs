//! Withdrawals, as they are asked for and as they are told.

use rust_decimal::Decimal;

use super::ClientId;
use crate::types::UnixTime;

/// A withdrawal to an address of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWithdrawal {
    /// Our own id of it.
    pub client_id: ClientId,
    /// As the venue calls the coin.
    pub asset: String,
    /// How much is asked for, in whole coins: with the fee in it, or without: see
    /// [`Exchange::takes_fee_on_top`](super::Exchange::takes_fee_on_top).
    pub amount: Decimal,
    /// Where to.
    pub address: String,
    /// The venue's name of the network; none where it has one alone.
    pub network: Option<String>,
    /// The name that a person has given the address at the venue; none where the venue wants none.
    pub key: Option<String>,
    /// The highest fee, in whole coins. Not every venue keeps to it.
    pub max_fee: Decimal,
}

/// How a withdrawal without an answer is found out about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalTrace {
    /// It is asked for again under its id: the one that has the id is the answer.
    Repeat,
    /// The venue's list tells our id of each.
    ById,
    /// The venue's list tells no id of ours: it is known by address, amount and time.
    ByTerms,
}

/// Where a withdrawal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithdrawalState {
    /// On its way.
    Pending,
    /// Sent, by this transaction where the venue tells it.
    Sent {
        /// The transaction's id on its chain.
        txid: Option<String>,
    },
    /// The coins are back in the account.
    Failed,
}

/// What a venue tells of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalReport {
    /// The venue's id of it.
    pub id: String,
    /// Ours; none where the venue does not tell it.
    pub client_id: Option<ClientId>,
    /// What leaves the account, in whole coins, with the fee.
    pub amount: Decimal,
    /// What the venue keeps of it, in whole coins.
    pub fee: Decimal,
    /// Where it goes; none where the venue does not tell.
    pub address: Option<String>,
    /// When it was asked for; none where the venue does not tell.
    pub at: Option<UnixTime>,
    /// Where it stands.
    pub state: WithdrawalState,
}
