//! What happens to a signed transaction.

use minicbor::{Decode, Encode};

use crate::rail::Pays;
use crate::skycoin::{Address, CoinHours};
use crate::types::{AttemptNo, BlockRef};

/// A change of a transaction of this desk.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum AttemptEvent {
    /// It was signed for these payouts. Not sent yet: it is stored first.
    #[n(0)]
    Signed {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// The serialized, signed transaction: what it spends and pays is read from it.
        #[cbor(n(1), with = "minicbor::bytes")]
        raw: Vec<u8>,
        /// The wallet's own address, which everything goes back to that pays nobody.
        #[n(2)]
        change: Address,
        /// Which of its outputs pays which payout.
        #[n(3)]
        pays: Vec<Pays>,
    },
    /// It was signed to spend an input of another one back to the wallet. Not sent yet: it is stored first.
    #[n(1)]
    WithdrawalSigned {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// The transaction that is withdrawn.
        #[n(1)]
        of: AttemptNo,
        /// The serialized, signed transaction.
        #[cbor(n(2), with = "minicbor::bytes")]
        raw: Vec<u8>,
        /// The wallet's own address, which all of it goes back to.
        #[n(3)]
        change: Address,
    },
    /// The network has it.
    #[n(2)]
    Sent {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
    },
    /// The node refused it, in these words.
    #[n(3)]
    Refused {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// The node's own words.
        #[n(1)]
        words: String,
    },
    /// A node has it again, which one had refused after it was sent.
    #[n(4)]
    Taken {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
    },
    /// A person wants it offered again at once, although it was refused.
    #[n(5)]
    RetryAsked {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// A person gave it up, which the chain showed to be impossible; its payouts are owed again.
    #[n(6)]
    Abandoned {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// What the chain showed.
        #[n(1)]
        found: String,
        /// The reason that was given.
        #[n(2)]
        why: String,
    },
    /// It is confirmed at the depth required. Where it withdraws another one, or another one withdraws it, the other is
    /// dead with it.
    #[n(7)]
    Settled {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// The block that it stands in.
        #[n(1)]
        block: BlockRef,
        /// Its fee, as the chain tells it.
        #[n(2)]
        burnt: CoinHours,
    },
    /// It can never confirm; its payouts are owed again.
    #[n(8)]
    Died {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// What showed that.
        #[n(1)]
        why: String,
    },
    /// A person wants it never to confirm.
    #[n(9)]
    WithdrawalAsked {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// A person wants it sent after all.
    #[n(10)]
    SendOnAsked {
        /// The transaction's number.
        #[n(0)]
        attempt: AttemptNo,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
}
