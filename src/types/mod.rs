//! The values that money is counted in: coins, amounts, rates, ids. Knows nothing of the rest.
//!
//! Invariant: every amount is an integer in the smallest unit of its coin, every operation on it is checked,
//! and nothing here rounds without saying so in its name or documentation.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod actor;
mod amount;
mod buy_method;
mod event_name;
mod exact;
mod head;
mod height;
mod hidden;
mod ids;
mod language;
mod rate;
mod role;
mod switch;
mod time;
mod work;

pub use crate::coins::{Coin, Contract, PerCoin, Symbol, Token, UnknownCoin};
pub use actor::{Actor, InvalidActor};
pub use amount::{AmountOutOfRange, Droplets, ParseAmountError, Units};
pub use buy_method::BuyMethod;
pub use event_name::{EventFilter, EventName, UnknownEvent};
pub use exact::{Exact, ExactError};
pub use head::{HistoryHead, ParseHeadError};
pub use height::{BlockRef, Height};
pub use hidden::Hidden;
pub use ids::{
    AttemptNo, BindingNo, BlockHash, Claim, DepositId, DepositNo, Hash32, HashParseError, OrderNo,
    ProposalNo, TxId, WithdrawalNo,
};
pub use language::Language;
pub use rate::{ParseRateError, Quote, QuoteError, Rate};
pub use role::Role;
pub use switch::Switch;
pub use time::{Moment, UnixTime, go_duration};
pub use work::Work;
