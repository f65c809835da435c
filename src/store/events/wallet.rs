//! What happens to the hot wallet.

use minicbor::{Decode, Encode};

use crate::payout::SpendVerdict;
use crate::rail::{Pays, Spend};
use crate::skycoin::Address;
use crate::types::{AttemptNo, TxId};

/// A change of what is known of the hot wallet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum WalletEvent {
    /// It has keys of these addresses.
    #[n(0)]
    Known {
        /// The wallet's own addresses.
        #[n(0)]
        addresses: Vec<Address>,
    },
    /// The chain shows a transaction that spends from it and that is not known here, or another block of it.
    #[n(1)]
    SpendFound {
        /// The transaction as the chain tells it.
        #[n(0)]
        spend: Spend,
    },
    /// It is neither in a block nor on its way any more.
    #[n(2)]
    SpendGone {
        /// The transaction's id.
        #[n(0)]
        txid: TxId,
    },
    /// A person has said what it is.
    #[n(3)]
    SpendRuled {
        /// The transaction's id.
        #[n(0)]
        txid: TxId,
        /// What was ruled.
        #[n(1)]
        verdict: SpendVerdict,
        /// The reason that was given.
        #[n(2)]
        why: String,
    },
    /// A person has said that it paid these: its bytes are a transaction of this desk from now on.
    #[n(4)]
    SpendAdopted {
        /// The transaction's id.
        #[n(0)]
        txid: TxId,
        /// The transaction's number.
        #[n(1)]
        attempt: AttemptNo,
        /// Which of its outputs pays which payout.
        #[n(2)]
        pays: Vec<Pays>,
        /// The reason that was given.
        #[n(3)]
        why: String,
    },
    /// The database was made of a copy: what happened after that was made is not in it.
    #[n(5)]
    Restored {
        /// The head of the history in the copy.
        #[n(0)]
        from: String,
    },
    /// A person has said that nothing is missing, or that all that was missing is known.
    #[n(6)]
    RestoreCleared {
        /// The reason that was given.
        #[n(0)]
        why: String,
    },
}
