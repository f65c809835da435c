//! A payment that waits for a block, as it is shown.

use serde::Serialize;

/// A payment that is not in a block.
#[derive(Debug, Clone, Serialize)]
pub struct SeenPayment {
    /// In whole coins, with all decimals.
    pub amount: String,
    pub txid: String,
    pub n: u32,
    /// `seen`, or `gone` once it was replaced or dropped.
    pub state: &'static str,
}
