//! Payouts of the original service, whose database was taken over: what it says has paid them, and what a person says.
//!
//! The original broadcasts before it writes down that it did, so that nothing which it had not ended is known to be
//! unpaid. Such a payout never leaves by itself: a person says that it was paid, or that it is to be, or a transaction
//! of the hot wallet that pays just that is taken over.

use minicbor::{Decode, Encode};

use super::public::PublicStatus;
use crate::types::{BuyMethod, TxId};

/// What the original says of a payout, and what was said since.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Inherited {
    /// It has paid it.
    #[n(0)]
    Paid {
        /// How its coins were come by.
        #[n(0)]
        method: BuyMethod,
        /// The transaction that has; none where a person said so and knew none.
        #[n(1)]
        txid: Option<TxId>,
    },
    /// It had not ended it, or says nothing that shows how.
    #[n(1)]
    Unclear {
        /// How its coins were to be come by.
        #[n(0)]
        method: BuyMethod,
        /// Where it stood.
        #[n(1)]
        status: PublicStatus,
        /// The transaction that it says it has sent; none where it says of none.
        #[n(2)]
        txid: Option<TxId>,
        /// What it says went wrong; empty where it says nothing of the kind.
        #[n(3)]
        error: String,
    },
}

impl Inherited {
    /// Returns how its coins were come by, or were to be.
    pub const fn method(&self) -> BuyMethod {
        match self {
            Inherited::Paid { method, .. } | Inherited::Unclear { method, .. } => *method,
        }
    }

    /// Returns the transaction that the original, or a person, says pays it.
    pub const fn txid(&self) -> Option<TxId> {
        match self {
            Inherited::Paid { txid, .. } | Inherited::Unclear { txid, .. } => *txid,
        }
    }

    /// Returns the transaction that has paid it, where that is said for good.
    pub const fn paid_by(&self) -> Option<TxId> {
        match self {
            Inherited::Paid { txid, .. } => *txid,
            Inherited::Unclear { .. } => None,
        }
    }

    /// Returns whether its coins have left, as far as is said.
    pub const fn has_left(&self) -> bool {
        matches!(self, Inherited::Paid { .. } | Inherited::Unclear { txid: Some(_), .. })
    }

    /// Returns what the public is told.
    pub const fn status(&self) -> PublicStatus {
        match self {
            Inherited::Paid { .. } => PublicStatus::Done,
            Inherited::Unclear { status, .. } => *status,
        }
    }

    /// Returns what the original says went wrong; empty where it says nothing of the kind.
    pub fn error(&self) -> &str {
        match self {
            Inherited::Paid { .. } => "",
            Inherited::Unclear { error, .. } => error,
        }
    }
}
