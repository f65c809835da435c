//! What a comparison of balances told of a transaction that could not be read.

use minicbor::{Decode, Encode};

use crate::address::DepositAddress;
use crate::types::{BindingNo, Units};

/// How far balances were compared, and what that told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct BalanceCheck {
    /// The last binding whose address was compared.
    #[n(0)]
    pub up_to: Option<BindingNo>,
    /// Bound addresses that grew by more than the desk saw coming, and by how much more.
    #[n(1)]
    pub grew: Vec<(DepositAddress, Units)>,
    /// How it ended; none while it goes on.
    #[n(2)]
    pub end: Option<CheckEnd>,
}

/// How a comparison ended.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum CheckEnd {
    /// Every bound address was compared.
    #[n(0)]
    Done,
    /// The node does not tell the balances of that time, and why.
    #[n(1)]
    Failed(#[n(0)] String),
}

impl BalanceCheck {
    /// Whether every bound address was compared, and none grew by more than was seen.
    pub fn is_nothing_missing(&self) -> bool {
        self.end == Some(CheckEnd::Done) && self.grew.is_empty()
    }
}
