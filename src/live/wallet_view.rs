//! The hot wallet as the payer saw it last.

use std::time::Duration;

use crate::skycoin::CoinHours;
use crate::types::{Droplets, UnixTime};

/// See the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalletView {
    /// When it was seen; none before the first time.
    pub at: Option<UnixTime>,
    /// All coins, once everything on its way is confirmed.
    pub coins: Droplets,
    /// Coin hours, which fees are paid out of, of this moment.
    pub hours: CoinHours,
    /// Confirmed, and neither claimed by a transaction of ours nor spent by another that is on its way.
    pub spendable: Droplets,
    /// Change on its way back.
    pub incoming: Droplets,
    /// Confirmed, and claimed by a transaction of ours or spent by another that is on its way.
    pub claimed: Droplets,
    /// How long coins and hours will last.
    pub runway: Runway,
    /// Why payouts are not going out, in words that anybody may read; empty while they are.
    pub error: String,
    /// The same in the words of the node or the connection, for the operator; empty where there are none.
    pub detail: String,
}

/// How long something lasts at the pace of the last day; none where it is not being used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Runway {
    /// Of coins.
    pub coins: Option<Duration>,
    /// Of coin hours.
    pub hours: Option<Duration>,
}
