//! What happens to an act that wants a second person.

use minicbor::{Decode, Encode};

use crate::store::deed::Deed;
use crate::types::{Droplets, ProposalNo, UnixTime};

/// A change of a proposal. Each but the last is somebody's act.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ProposalEvent {
    /// Somebody wants it done.
    #[n(0)]
    Made {
        /// Its number.
        #[n(0)]
        proposal: ProposalNo,
        /// What is to be done.
        #[n(1)]
        deed: Deed,
        /// The same in words.
        #[n(2)]
        words: String,
        /// What it moves; none where nobody can tell.
        #[n(3)]
        coins: Option<Droplets>,
        /// The reason that was given.
        #[n(4)]
        why: String,
        /// Until when it may be confirmed.
        #[n(5)]
        ends_at: UnixTime,
    },
    /// Another person has confirmed it, and it was done.
    #[n(1)]
    Confirmed {
        /// Its number.
        #[n(0)]
        proposal: ProposalNo,
    },
    /// Somebody does not want it done.
    #[n(2)]
    Declined {
        /// Its number.
        #[n(0)]
        proposal: ProposalNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// Nobody has confirmed it in time.
    #[n(3)]
    Expired {
        /// Its number.
        #[n(0)]
        proposal: ProposalNo,
    },
}
