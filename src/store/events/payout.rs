//! What happens to a payout.

use minicbor::{Decode, Encode};

use crate::payout::{FromStock, HoldReason, Verdict};
use crate::types::{BuyMethod, DepositNo, TxId};

/// A change of what is owed for a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PayoutEvent {
    /// How its coins are come by was decided.
    #[n(0)]
    Decided {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// How the coins are come by.
        #[n(1)]
        method: BuyMethod,
    },
    /// Something stands in the way of it.
    #[n(1)]
    Held {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// What stands in the way.
        #[n(1)]
        why: HoldReason,
    },
    /// Nothing stands in its way any more.
    #[n(2)]
    Released {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
    },
    /// What is paid is cut to so many decimal places: the chain's rule, or the desk's.
    #[n(3)]
    Cut {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// Decimal places of SKY that it is cut to.
        #[n(1)]
        max_decimals: u8,
    },
    /// A person ruled what becomes of it: its deposit was taken back.
    #[n(4)]
    Ruled {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// What was ruled.
        #[n(1)]
        verdict: Verdict,
        /// The reason that was given.
        #[n(2)]
        why: String,
    },
    /// Nothing more is bought for it: it is owed what was bought.
    #[n(5)]
    PurchaseEnded {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// What the desk sells out of its own stock for the rest of the deposit; none where it does not.
        #[n(1)]
        stock: Option<FromStock>,
        /// Decimal places of SKY that it is cut to.
        #[n(2)]
        max_decimals: u8,
    },
    /// It is paid directly after all: by the configured fallback, or as a person wants.
    #[n(6)]
    PaidDirect {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// Why.
        #[n(1)]
        why: String,
    },
    /// A person wants it to wait before its coins are bought.
    #[n(7)]
    PurchasePaused {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// A person lets its coins be bought again.
    #[n(8)]
    PurchaseResumed {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// A person says that the original has paid it, whose database was taken over. By a person.
    #[n(9)]
    PaidBefore {
        /// The payout's number.
        #[n(0)]
        payout: DepositNo,
        /// The transaction that has; none where the one counts that the original names, if it names one.
        #[n(1)]
        by: Option<TxId>,
        /// The reason that was given.
        #[n(2)]
        why: String,
    },
}
