//! A payment that waits for a block, as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

/// A payment that is not in a block.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeenPayment {
    /// In whole coins, with all decimals.
    pub amount: String,
    /// The transaction.
    pub txid: String,
    /// The number of the transaction's output.
    pub n: u32,
    /// `seen`, or `gone` once it was replaced or dropped.
    pub state: &'static str,
}
