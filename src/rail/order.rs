//! What is to leave, and what a transaction of ours is for.

use minicbor::{Decode, Encode};

use crate::skycoin::Address;
use crate::types::{AttemptNo, DepositNo, Droplets};

/// A payout that is owed, cut to the places that payouts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// The payout's number.
    pub no: DepositNo,
    /// Who is to be paid.
    pub payee: Address,
    /// How much, in droplets.
    pub amount: Droplets,
}

/// Which output of a transaction pays which payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Pays {
    /// The payout's number.
    #[n(0)]
    pub payout: DepositNo,
    /// Position among the outputs, from 0.
    #[n(1)]
    pub output: u32,
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Purpose {
    /// It pays what is owed.
    #[n(0)]
    Payouts,
    /// It spends an input of another one back to the wallet, so that the other can never confirm.
    #[n(1)]
    Withdrawal {
        /// The other one.
        #[n(0)]
        of: AttemptNo,
    },
}
