//! Withdrawals from the exchange, as their worker saw them last.

use crate::skycoin::Address;
use crate::types::UnixTime;

/// See the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalsView {
    /// Whether anything new is withdrawn.
    pub is_on: bool,
    /// Where to.
    pub to: Address,
    /// Why nothing new is withdrawn, or why one does not go on, in words; none where nothing stands in the way.
    pub trouble: Option<String>,
    /// When it was seen.
    pub at: UnixTime,
}
