//! An act that moves money, as it is proposed to a second person.

use minicbor::{Decode, Encode};

use crate::address::DepositAddress;
use crate::breaker::Breaker;
use crate::skycoin::Address;
use crate::types::{AttemptNo, DepositNo, Height, OrderNo, TxId, WithdrawalNo};
use crate::upstream::{Departure, Outcome};

/// An act that moves money, with all that it was asked with but who wants it and why.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Deed {
    /// A deposit is paid although it is gone.
    #[n(0)]
    Pay(#[n(0)] DepositNo),
    /// A deposit whose coins were to be bought is paid from stock.
    #[n(1)]
    Direct(#[n(0)] DepositNo),
    /// A transaction that is held back is sent.
    #[n(2)]
    Send(#[n(0)] AttemptNo),
    /// A transaction is given up, and what it was to pay is owed again.
    #[n(3)]
    Abandon(#[n(0)] AttemptNo),
    /// An order has ended, and this came of it.
    #[n(4)]
    Book {
        /// Which.
        #[n(0)]
        order: OrderNo,
        /// What came of it.
        #[n(1)]
        outcome: Outcome,
    },
    /// What a spend of the hot wallet paid is paid again.
    #[n(5)]
    PayAgain(#[n(0)] TxId),
    /// An address that received coins before it was bound is bound to this payee.
    #[n(6)]
    Bind {
        /// The address.
        #[n(0)]
        address: DepositAddress,
        /// The payee.
        #[n(1)]
        payee: Address,
    },
    /// An asset costs this from here on.
    #[n(7)]
    SetPrice {
        /// The asset's code.
        #[n(0)]
        code: String,
        /// SKY for one.
        #[n(1)]
        rate: String,
    },
    /// An address that received coins before it was bound is given back to its pool.
    #[n(8)]
    Release(#[n(0)] DepositAddress),
    /// The original has paid a deposit that was taken over.
    #[n(9)]
    PaidBefore {
        /// The deposit.
        #[n(0)]
        deposit: DepositNo,
        /// The transaction that has; none where it is the one that the original names.
        #[n(1)]
        txid: Option<TxId>,
    },
    /// A spend of the hot wallet is the operator's own.
    #[n(10)]
    Own(#[n(0)] TxId),
    /// All unknown spends of the hot wallet are the operator's own, up to this block where one is given.
    #[n(11)]
    OwnAll(#[n(0)] Option<Height>),
    /// A spend of the hot wallet has paid these deposits, or those that match, and the rest of it is the operator's
    /// own.
    #[n(12)]
    AdoptAndOwn {
        /// The transaction.
        #[n(0)]
        txid: TxId,
        /// The deposits; empty for those that match.
        #[n(1)]
        deposits: Vec<DepositNo>,
    },
    /// An order never was: what it was for is ordered again.
    #[n(13)]
    OrderMissed(#[n(0)] OrderNo),
    /// A withdrawal from the exchange has arrived, so much of it.
    #[n(14)]
    BookWithdrawal {
        /// Which.
        #[n(0)]
        withdrawal: WithdrawalNo,
        /// What left the account, with the fee in it, and the fee.
        #[n(1)]
        departure: Departure,
    },
    /// What a circuit breaker stopped goes on.
    #[n(15)]
    CloseBreaker {
        /// Which.
        #[n(0)]
        breaker: Breaker,
        /// The opening that was looked at: the first, the second ...
        #[n(1)]
        opening: u64,
    },
}

impl Deed {
    /// Returns its name, as the last part of its path.
    pub const fn name(&self) -> &'static str {
        match self {
            Deed::Pay(_) => "pay",
            Deed::Direct(_) => "direct",
            Deed::Send(_) => "send",
            Deed::Abandon(_) => "abandon",
            Deed::Book { .. } | Deed::BookWithdrawal { .. } => "booked",
            Deed::PayAgain(_) => "again",
            Deed::Bind { .. } => "bind",
            Deed::SetPrice { .. } => "set",
            Deed::Release(_) => "release",
            Deed::PaidBefore { .. } | Deed::AdoptAndOwn { .. } => "paid",
            Deed::Own(_) | Deed::OwnAll(_) => "mine",
            Deed::OrderMissed(_) => "missed",
            Deed::CloseBreaker { .. } => "close",
        }
    }

    /// Returns the path of what it is done to.
    pub fn target(&self) -> String {
        match self {
            Deed::Pay(no) | Deed::Direct(no) | Deed::PaidBefore { deposit: no, .. } => {
                format!("/api/deposits/{no}")
            }
            Deed::Send(no) | Deed::Abandon(no) => format!("/api/transactions/{no}"),
            Deed::Book { order, .. } | Deed::OrderMissed(order) => format!("/api/orders/{order}"),
            Deed::BookWithdrawal { withdrawal, .. } => format!("/api/withdrawals/{withdrawal}"),
            Deed::PayAgain(txid) | Deed::Own(txid) | Deed::AdoptAndOwn { txid, .. } => {
                format!("/api/wallet/spends/{txid}")
            }
            Deed::OwnAll(_) => "/api/wallet/spends".to_owned(),
            Deed::Bind { address, .. } | Deed::Release(address) => {
                format!("/api/deposit-addresses/{address}")
            }
            Deed::SetPrice { code, .. } => format!("/api/prices/{code}"),
            Deed::CloseBreaker { breaker, .. } => format!("/api/breakers/{breaker}"),
        }
    }
}
