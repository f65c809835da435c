//! Everything that can happen, in the past tense, with when and by whom. Append-only: a variant's number and meaning
//! never change.
//!
//! Replaying the events gives the tables; `tool db check` does exactly that.

mod address;
mod attempt;
mod breaker;
mod chain;
mod deposit;
mod order;
mod payout;
mod person;
mod price;
mod problem;
mod proposal;
mod receiver;
mod switch;
mod wallet;
mod withdrawal;

use minicbor::{Decode, Encode};

pub use address::AddressEvent;
pub use attempt::AttemptEvent;
pub use breaker::BreakerEvent;
pub use chain::ChainEvent;
pub use deposit::DepositEvent;
pub use order::OrderEvent;
pub use payout::PayoutEvent;
pub use person::{FactorUsed, PersonEvent};
pub use price::PriceEvent;
pub use problem::ProblemEvent;
pub use proposal::ProposalEvent;
pub use receiver::ReceiverEvent;
pub use switch::SwitchEvent;
pub use wallet::WalletEvent;
pub use withdrawal::WithdrawalEvent;

use crate::types::{Actor, UnixTime};

/// One thing that happened, when it was recorded, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Record {
    /// When it happened, by the desk's clock.
    #[n(0)]
    pub at: UnixTime,
    /// What happened.
    #[n(1)]
    pub event: Event,
    /// The person whose act it was; none where the desk did it by itself.
    #[n(2)]
    pub by: Option<Actor>,
}

/// A change of state, by what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Event {
    /// Of deposit addresses.
    #[n(0)]
    Address(#[n(0)] AddressEvent),
    /// Of a deposit.
    #[n(1)]
    Deposit(#[n(0)] DepositEvent),
    /// Of what is owed for a deposit.
    #[n(2)]
    Payout(#[n(0)] PayoutEvent),
    /// Of a signed transaction.
    #[n(3)]
    Attempt(#[n(0)] AttemptEvent),
    /// Of the hot wallet.
    #[n(4)]
    Wallet(#[n(0)] WalletEvent),
    /// Of a chain that is followed, or paid on.
    #[n(5)]
    Chain(#[n(0)] ChainEvent),
    /// Of an order at an exchange.
    #[n(6)]
    Order(#[n(0)] OrderEvent),
    /// Of the price of an asset.
    #[n(7)]
    Price(#[n(0)] PriceEvent),
    /// Of who operates the desk.
    #[n(8)]
    Person(#[n(0)] PersonEvent),
    /// Of an act that wants a second person.
    #[n(9)]
    Proposal(#[n(0)] ProposalEvent),
    /// Of a withdrawal from an exchange.
    #[n(10)]
    Withdrawal(#[n(0)] WithdrawalEvent),
    /// Of what a person can switch off.
    #[n(11)]
    Switch(#[n(0)] SwitchEvent),
    /// Of the desk's health.
    #[n(12)]
    Problem(#[n(0)] ProblemEvent),
    /// Of who is told of events.
    #[n(13)]
    Receiver(#[n(0)] ReceiverEvent),
    /// Of a circuit breaker.
    #[n(14)]
    Breaker(#[n(0)] BreakerEvent),
}

macro_rules! is_event {
    ($($name:ident: $of:ty),+) => {
        $(impl From<$of> for Event {
            fn from(event: $of) -> Event {
                Event::$name(event)
            }
        })+
    };
}

is_event! {
    Address: AddressEvent,
    Deposit: DepositEvent,
    Payout: PayoutEvent,
    Attempt: AttemptEvent,
    Wallet: WalletEvent,
    Chain: ChainEvent,
    Order: OrderEvent,
    Price: PriceEvent,
    Person: PersonEvent,
    Proposal: ProposalEvent,
    Withdrawal: WithdrawalEvent,
    Switch: SwitchEvent,
    Problem: ProblemEvent,
    Receiver: ReceiverEvent,
    Breaker: BreakerEvent
}
