//! What happens to circuit breakers.

use minicbor::{Decode, Encode};

use crate::breaker::Breaker;

/// A change of a circuit breaker.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum BreakerEvent {
    /// It opens, or sees more while it is open: what it concerns stops. By the desk itself.
    #[n(0)]
    Opened {
        /// Which.
        #[n(0)]
        breaker: Breaker,
        /// What was seen, in words for the operator.
        #[n(1)]
        evidence: String,
        /// What was seen, one by one.
        #[n(2)]
        grounds: Vec<String>,
    },
    /// Its cause is gone: what it stopped goes on. By the desk itself.
    #[n(2)]
    Over {
        /// Which.
        #[n(0)]
        breaker: Breaker,
        /// Why, in words for the operator.
        #[n(1)]
        why: String,
    },
    /// It closes: what it stopped goes on. By a person.
    #[n(1)]
    Closed {
        /// Which.
        #[n(0)]
        breaker: Breaker,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
}
