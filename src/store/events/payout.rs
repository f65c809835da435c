//! What happens to a payout.

use minicbor::{Decode, Encode};

use crate::payout::{HoldReason, Verdict};
use crate::types::{BuyMethod, DepositNo};

/// A change of what is owed for a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PayoutEvent {
    /// How its coins are come by was decided.
    #[n(0)]
    Decided {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        method: BuyMethod,
    },
    /// Something stands in the way of it.
    #[n(1)]
    Held {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        why: HoldReason,
    },
    /// Nothing stands in its way any more.
    #[n(2)]
    Released {
        #[n(0)]
        payout: DepositNo,
    },
    /// What is paid is cut to so many decimal places: the chain's rule, or the desk's.
    #[n(3)]
    Cut {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        max_decimals: u8,
    },
    /// A person ruled what becomes of it: its deposit was taken back.
    #[n(4)]
    Ruled {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        verdict: Verdict,
        #[n(2)]
        why: String,
    },
}
