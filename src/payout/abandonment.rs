//! Why a signed transaction that a person gives up is not given up.

use crate::types::{Claim, Height, TxId};

/// Why the chain does not let a transaction be given up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AbandonRefused {
    /// It is in a block, at this height or below it.
    #[error("it stands in block {0}")]
    Confirmed(Height),
    /// This input, of the wallet's own, is unspent.
    #[error("its input {0} can still be spent: withdraw it, and it can never confirm")]
    Spendable(Claim),
    /// An input is not there yet, and another transaction on its way makes it.
    #[error("its input {input} is made by transaction {by}, which waits for a block")]
    Awaited {
        /// The output that is to be spent.
        input: Claim,
        /// The transaction that makes it.
        by: TxId,
    },
    /// An input is spent by another transaction, which a fork could still take back.
    #[error(
        "its input {input} is spent by transaction {by}, {confirmations} of {required} blocks deep: wait for that"
    )]
    Shallow {
        /// The output that is spent.
        input: Claim,
        /// The transaction that spends it.
        by: TxId,
        /// How many blocks deep that is; 1 in the newest.
        confirmations: u64,
        /// How many blocks deep it has to be.
        required: u64,
    },
    /// An input is unknown to a node that lacks blocks which were seen before.
    #[error("the node has blocks up to {head}, {known} was seen before: it does not know what those hold")]
    Behind {
        /// The height of the node's newest block.
        head: Height,
        /// The height of the newest block that was ever seen.
        known: Height,
    },
    /// Every input exists, and none is spent by another transaction.
    #[error("nothing shows that it can never confirm")]
    Possible,
}
