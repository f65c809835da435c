//! Where a payout stands, and what stands in its way.

use minicbor::{Decode, Encode};

use super::inherited::Inherited;
use super::reason::Reason;
use crate::rail::Hold;
use crate::types::{AttemptNo, BuyMethod, OrderNo};

/// Why an owed payout is not being sent although sending is on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum HoldReason {
    /// The rail that it would leave by cannot pay it now.
    #[n(0)]
    Rail(#[n(0)] Hold),
    /// The deposit's block left the best chain.
    #[n(1)]
    DepositOrphaned,
    /// The deposit is worth more than can be written down: no wallet will ever hold it.
    #[n(2)]
    Unpayable,
    /// The deposit has no price yet: what it is worth is not known.
    #[n(3)]
    NoPrice,
}

/// Where a payout stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PayoutState {
    /// Its deposit is final; how the coins are come by is not decided yet.
    #[n(0)]
    Undecided,
    /// To be sent from the hot wallet.
    #[n(1)]
    Owed {
        /// How its coins are come by.
        #[n(0)]
        method: BuyMethod,
    },
    /// Owed, but something stands in the way.
    #[n(2)]
    Held {
        /// How its coins are come by.
        #[n(0)]
        method: BuyMethod,
        /// What stands in the way.
        #[n(1)]
        why: HoldReason,
    },
    /// Part of a signed and stored transaction that is not known to have reached the network.
    #[n(3)]
    Signed {
        /// How its coins are come by.
        #[n(0)]
        method: BuyMethod,
        /// The transaction that it is part of.
        #[n(1)]
        attempt: AttemptNo,
    },
    /// The network has the transaction.
    #[n(4)]
    Sent {
        /// How its coins are come by.
        #[n(0)]
        method: BuyMethod,
        /// The transaction that it is part of.
        #[n(1)]
        attempt: AttemptNo,
    },
    /// The transaction is confirmed.
    #[n(5)]
    Settled {
        /// How its coins are come by.
        #[n(0)]
        method: BuyMethod,
        /// The transaction that it is part of.
        #[n(1)]
        attempt: AttemptNo,
    },
    /// The deposit is worth less than the smallest amount that can be sent.
    #[n(6)]
    Void,
    /// A person has ruled that it is never paid; how it would have been, where that was decided.
    #[n(7)]
    Voided {
        /// As it was decided; none where it was not.
        #[n(0)]
        method: Option<BuyMethod>,
    },
    /// Its coins are to be bought upstream.
    #[n(8)]
    ToBuy {
        /// Why a person wants it to wait; none where it does not.
        #[n(0)]
        paused: Option<Reason>,
    },
    /// It is part of an order upstream that has not ended.
    #[n(9)]
    Buying {
        /// The order.
        #[n(0)]
        order: OrderNo,
    },
    /// It was the original's, whose database was taken over: paid by it, or waiting for a person to say what became
    /// of it.
    #[n(10)]
    Inherited(#[n(0)] Inherited),
}
