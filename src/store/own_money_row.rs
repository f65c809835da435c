//! What is kept of own money that came to a deposit address.

use minicbor::{Decode, Encode};

use crate::address::DepositAddress;
use crate::deposit::BlockAt;
use crate::types::Units;

/// An output that is no deposit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OwnMoney {
    /// The deposit address that it came to.
    #[n(0)]
    pub address: DepositAddress,
    /// How much, in the smallest unit of the coin or token.
    #[n(1)]
    pub amount: Units,
    /// The block it was seen in last.
    #[n(2)]
    pub block: BlockAt,
}
