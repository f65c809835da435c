//! Why a signed transaction that a person gives up is not given up.

use crate::types::{Claim, Height, TxId};

/// Why the chain does not let a transaction be given up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AbandonRefused {
    #[error("it stands in block {0}")]
    Confirmed(Height),
    #[error("its input {0} can still be spent: withdraw it, and it can never confirm")]
    Spendable(Claim),
    #[error("its input {input} is made by transaction {by}, which waits for a block")]
    Awaited { input: Claim, by: TxId },
    #[error(
        "its input {input} is spent by transaction {by}, {confirmations} of {required} blocks deep: wait for that"
    )]
    Shallow { input: Claim, by: TxId, confirmations: u64, required: u64 },
    #[error("the node has blocks up to {head}, {known} was seen before: it does not know what those hold")]
    Behind { head: Height, known: Height },
    #[error("nothing shows that it can never confirm")]
    Possible,
}
