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
        #[n(0)]
        addresses: Vec<Address>,
    },
    /// The chain shows a transaction that spends from it and that is not known here, or another block of it.
    #[n(1)]
    SpendFound {
        #[n(0)]
        spend: Spend,
    },
    /// It is neither in a block nor on its way any more.
    #[n(2)]
    SpendGone {
        #[n(0)]
        txid: TxId,
    },
    /// A person has said what it is.
    #[n(3)]
    SpendRuled {
        #[n(0)]
        txid: TxId,
        #[n(1)]
        verdict: SpendVerdict,
        #[n(2)]
        why: String,
    },
    /// A person has said that it paid these: its bytes are a transaction of this desk from now on.
    #[n(4)]
    SpendAdopted {
        #[n(0)]
        txid: TxId,
        #[n(1)]
        attempt: AttemptNo,
        #[n(2)]
        pays: Vec<Pays>,
        #[n(3)]
        why: String,
    },
}
