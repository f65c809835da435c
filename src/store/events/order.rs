//! What happens to an order at an exchange.

use minicbor::{Decode, Encode};

use crate::exchange::VenueOrderId;
use crate::types::OrderNo;
use crate::upstream::{Outcome, Share, Terms};

/// A change of an order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum OrderEvent {
    /// It is to be placed: stored before the one call that does it.
    #[n(0)]
    Intended {
        /// The order's number.
        #[n(0)]
        order: OrderNo,
        /// What is ordered.
        #[n(1)]
        terms: Terms,
        /// For which deposits.
        #[n(2)]
        shares: Vec<Share>,
    },
    /// The venue has it.
    #[n(1)]
    Placed {
        /// The order's number.
        #[n(0)]
        order: OrderNo,
        /// The venue's id of it.
        #[n(1)]
        id: VenueOrderId,
    },
    /// Nobody knows whether the venue has it.
    #[n(2)]
    Doubted {
        /// The order's number.
        #[n(0)]
        order: OrderNo,
        /// What came instead of an answer.
        #[n(1)]
        words: String,
    },
    /// The venue never had it, and never will. By a person where it cannot be found out.
    #[n(3)]
    Missed {
        /// The order's number.
        #[n(0)]
        order: OrderNo,
        /// Why.
        #[n(1)]
        words: String,
    },
    /// What became of it cannot be found out: a person has to look.
    #[n(4)]
    Held {
        /// The order's number.
        #[n(0)]
        order: OrderNo,
        /// Why.
        #[n(1)]
        words: String,
    },
    /// It has ended, and this came of it. By a person where it cannot be found out.
    #[n(5)]
    Closed {
        /// The order's number.
        #[n(0)]
        order: OrderNo,
        /// What was bought and spent.
        #[n(1)]
        outcome: Outcome,
        /// The reason that a person gave; none where the exchange told it.
        #[n(2)]
        why: Option<String>,
    },
    /// A person wants a held one looked up again.
    #[n(6)]
    LookAsked {
        /// The order's number.
        #[n(0)]
        order: OrderNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
}
