//! What happens to a withdrawal from an exchange.

use minicbor::{Decode, Encode};

use crate::types::WithdrawalNo;
use crate::upstream::{Departure, WithdrawalTerms};

/// A change of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum WithdrawalEvent {
    /// It is to be asked for: stored before the one call that does it.
    #[n(0)]
    Intended {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// What is withdrawn.
        #[n(1)]
        terms: WithdrawalTerms,
    },
    /// The venue has it.
    #[n(1)]
    Asked {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// The venue's id of it.
        #[n(1)]
        id: String,
    },
    /// Nobody knows whether the venue has it.
    #[n(2)]
    Doubted {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// What came instead of an answer.
        #[n(1)]
        words: String,
    },
    /// The coins have left the account, or it is told by which transaction.
    #[n(3)]
    Left {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// What left.
        #[n(1)]
        departure: Departure,
        /// The transaction's id on its chain; none while the venue does not tell it.
        #[n(2)]
        txid: Option<String>,
    },
    /// Nothing left the account, or it is back. By a person where it cannot be found out.
    #[n(4)]
    Missed {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// Why.
        #[n(1)]
        words: String,
    },
    /// What became of it cannot be found out: a person has to look.
    #[n(5)]
    Held {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// Why.
        #[n(1)]
        words: String,
    },
    /// The coins are in the hot wallet. By a person where it cannot be found out.
    #[n(6)]
    Arrived {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// What left the account for it.
        #[n(1)]
        departure: Departure,
        /// The reason that a person gave; none where the chain told it.
        #[n(2)]
        why: Option<String>,
    },
    /// A person wants a held one looked up again.
    #[n(7)]
    LookAsked {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// A fork of the chain took back the transaction by which it had arrived.
    #[n(8)]
    TakenBack {
        /// The withdrawal's number.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// What shows that.
        #[n(1)]
        words: String,
    },
}

impl WithdrawalEvent {
    /// Returns the number of the withdrawal that it happens to.
    pub const fn withdrawal(&self) -> WithdrawalNo {
        match self {
            WithdrawalEvent::Intended { withdrawal, .. }
            | WithdrawalEvent::Asked { withdrawal, .. }
            | WithdrawalEvent::Doubted { withdrawal, .. }
            | WithdrawalEvent::Left { withdrawal, .. }
            | WithdrawalEvent::Missed { withdrawal, .. }
            | WithdrawalEvent::Held { withdrawal, .. }
            | WithdrawalEvent::Arrived { withdrawal, .. }
            | WithdrawalEvent::LookAsked { withdrawal, .. }
            | WithdrawalEvent::TakenBack { withdrawal, .. } => *withdrawal,
        }
    }
}
