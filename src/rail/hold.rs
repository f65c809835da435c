//! What can stand in the way of a payout on a rail.

use minicbor::{Decode, Encode};

use crate::types::Droplets;

/// Why a payout cannot leave now.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Hold {
    /// The hot wallet cannot spend that many coins now.
    #[n(0)]
    NotEnoughCoins {
        /// What it can spend, in droplets.
        #[n(0)]
        spendable: Droplets,
    },
    /// The hot wallet has no coin hours to burn as the fee.
    #[n(1)]
    NotEnoughHours,
    /// The node accepts fewer decimal places than this amount has.
    #[n(2)]
    TooPrecise {
        /// How many it accepts.
        #[n(0)]
        max_decimals: u8,
    },
}
