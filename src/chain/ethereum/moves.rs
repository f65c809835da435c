//! Wei that moves inside transactions, and what came of it.

use std::collections::BTreeMap;

use web3::types::{H160, U256};

/// Wei that a call moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) from: Option<H160>,
    pub(super) to: H160,
    pub(super) value: U256,
}

/// By how much the balances of accounts grew.
pub(super) type Growth = BTreeMap<H160, U256>;
