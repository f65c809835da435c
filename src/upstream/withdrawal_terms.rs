//! What is withdrawn, and what leaves an account by it.

use minicbor::{Decode, Encode};

use crate::exchange::ClientId;
use crate::rail::OwnAddress;
use crate::skycoin::Address;
use crate::types::{AmountOutOfRange, Exact, Symbol};

/// What a venue is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Wanted {
    /// The venue's name, as the configuration has it.
    #[n(0)]
    pub exchange: String,
    /// What stands for the key that it is asked for with: another account knows nothing of it.
    #[n(1)]
    pub account: String,
    /// The coin, as the venue calls it.
    #[n(2)]
    pub coin: String,
    /// The coin, as the books call it.
    #[n(3)]
    pub asset: Symbol,
    /// Our own id of it.
    #[n(4)]
    pub client_id: ClientId,
    /// How much, in whole coins.
    #[n(5)]
    pub amount: Exact,
    /// Whether the fee leaves the account beside the amount, rather than out of it.
    #[n(6)]
    pub is_fee_on_top: bool,
    /// The highest fee that it is asked for with, in whole coins.
    #[n(7)]
    pub max_fee: Exact,
    /// The venue's name of the network; none where it has one alone.
    #[n(8)]
    pub network: Option<String>,
    /// The name that a person has given the address at the venue; none where the venue wants none.
    #[n(9)]
    pub key: Option<String>,
}

/// What is withdrawn, and where to: an address of the hot wallet, and never another one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct WithdrawalTerms {
    /// What the venue is asked for.
    #[n(0)]
    pub wanted: Wanted,
    /// Where to.
    #[n(1)]
    to: Address,
}

impl WithdrawalTerms {
    /// Returns the terms of a withdrawal to the hot wallet.
    pub fn new(wanted: Wanted, to: OwnAddress) -> WithdrawalTerms {
        WithdrawalTerms { wanted, to: to.get() }
    }

    /// Returns where it goes.
    pub const fn to(&self) -> Address {
        self.to
    }

    /// Returns the most that leaves the account by it, as far as the venue keeps to the fee, in whole coins.
    ///
    /// # Errors
    ///
    /// Where that cannot be counted.
    pub fn most(&self) -> Result<Exact, AmountOutOfRange> {
        let Wanted { amount, max_fee, is_fee_on_top, .. } = self.wanted;
        if is_fee_on_top { amount.checked_add(max_fee).ok_or(AmountOutOfRange) } else { Ok(amount) }
    }
}

/// What left the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Departure {
    /// In whole coins, with the fee.
    #[n(0)]
    pub amount: Exact,
    /// What the venue kept of it.
    #[n(1)]
    pub fee: Exact,
}

impl Departure {
    /// Returns what is left for the wallet.
    ///
    /// # Errors
    ///
    /// Where the fee is more than all.
    pub fn net(&self) -> Result<Exact, AmountOutOfRange> {
        self.amount.checked_sub(self.fee).ok_or(AmountOutOfRange)
    }
}
