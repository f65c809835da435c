//! What happens to a deposit.

use minicbor::{Decode, Encode};

use crate::deposit::BlockAt;
use crate::types::{BindingNo, DepositId, DepositNo, Droplets, Token, Units};

/// A change of a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum DepositEvent {
    /// Coins for a bound address appeared in a block for the first time; their price is fixed from here on.
    #[n(0)]
    Seen {
        #[n(0)]
        deposit: DepositNo,
        #[n(1)]
        id: DepositId,
        #[n(2)]
        binding: BindingNo,
        #[n(3)]
        payee_seq: u32,
        #[n(4)]
        amount: Units,
        #[n(5)]
        rate: String,
        /// None where it is worth more than can be written down.
        #[n(6)]
        quote: Option<Droplets>,
        #[n(7)]
        block: BlockAt,
        #[n(8)]
        token: Option<Token>,
    },
    /// It is confirmed as deep as required. Its payout comes into being with it.
    #[n(1)]
    Finalized {
        #[n(0)]
        deposit: DepositNo,
    },
    /// Its block left the best chain before a payout was signed.
    #[n(2)]
    Orphaned {
        #[n(0)]
        deposit: DepositNo,
    },
    /// It was orphaned or quarantined, and stands in a block again.
    #[n(3)]
    Reincluded {
        #[n(0)]
        deposit: DepositNo,
        #[n(1)]
        block: BlockAt,
    },
    /// Its block left the best chain although its payout was signed.
    #[n(4)]
    Quarantined {
        #[n(0)]
        deposit: DepositNo,
    },
}
