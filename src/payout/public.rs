//! The names that the public APIs use.

use minicbor::{Decode, Encode};

/// What a buyer or operator is told. The numbers are stored in indexes: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum PublicStatus {
    /// Nothing has been deposited, or not deep enough.
    #[n(0)]
    WaitingDeposit,
    /// How the coins are come by is not decided.
    #[n(1)]
    WaitingDecide,
    /// They are to be bought.
    #[n(2)]
    WaitingPassthrough,
    /// They are ordered, and what comes of it is not known yet.
    #[n(3)]
    WaitingPassthroughOrderComplete,
    /// They are to be sent.
    #[n(4)]
    WaitingSend,
    /// They are sent.
    #[n(5)]
    WaitingConfirm,
    /// It is confirmed, or nothing is paid for it.
    #[n(6)]
    Done,
}

impl PublicStatus {
    /// All of them, in the order of a purchase.
    pub const ALL: [PublicStatus; 7] = [
        PublicStatus::WaitingDeposit,
        PublicStatus::WaitingDecide,
        PublicStatus::WaitingPassthrough,
        PublicStatus::WaitingPassthroughOrderComplete,
        PublicStatus::WaitingSend,
        PublicStatus::WaitingConfirm,
        PublicStatus::Done,
    ];

    /// Returns the name that the API has, which is the original's.
    pub const fn name(self) -> &'static str {
        match self {
            PublicStatus::WaitingDeposit => "waiting_deposit",
            PublicStatus::WaitingDecide => "waiting_decide",
            PublicStatus::WaitingPassthrough => "waiting_passthrough",
            PublicStatus::WaitingPassthroughOrderComplete => "waiting_passthrough_order_complete",
            PublicStatus::WaitingSend => "waiting_send",
            PublicStatus::WaitingConfirm => "waiting_confirm",
            PublicStatus::Done => "done",
        }
    }

    /// Returns the number that is stored: never change one.
    pub const fn tag(self) -> u8 {
        match self {
            PublicStatus::WaitingDeposit => 0,
            PublicStatus::WaitingDecide => 1,
            PublicStatus::WaitingPassthrough => 2,
            PublicStatus::WaitingPassthroughOrderComplete => 3,
            PublicStatus::WaitingSend => 4,
            PublicStatus::WaitingConfirm => 5,
            PublicStatus::Done => 6,
        }
    }

    /// Returns the status of this name.
    pub fn from_name(name: &str) -> Option<PublicStatus> {
        PublicStatus::ALL.into_iter().find(|status| status.name() == name)
    }
}
