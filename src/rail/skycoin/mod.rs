//! Skycoin's rail: coin hours are the fee, outputs of one transaction must differ, amounts have few decimal places.

mod assign;
mod hot;
mod node;
mod plan;
mod ports;
mod rail;
mod request;
#[cfg(test)]
mod request_tests;
mod signed;
mod spends;
mod withdrawal;

pub use hot::{HotWallet, HotWalletError, PASSWORD_VARIABLE};
pub use node::SkyNode;
pub use plan::{ChainRules, Unspent};
pub use ports::{Broadcaster, Funds, Signer, SignerError, Wallet};
pub use rail::SkyRail;
pub use request::{RequestRefused, SigningRequest};
pub use signed::{MismatchError, PaidOutput, SignedTransaction};
