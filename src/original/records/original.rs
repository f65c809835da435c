//! What is taken over of the original's database.

use crate::address::DepositAddress;
use crate::payout::PublicStatus;
use crate::skycoin::Address;
use crate::types::{BuyMethod, DepositId, Droplets, Height, TxId, Units, UnixTime};

/// All that is taken over of the original's database.
#[derive(Debug, Default)]
pub struct Original {
    /// Addresses with whom they are bound to: those of one payee side by side, in the order of binding.
    pub bindings: Vec<OriginalBinding>,
    /// Deposits with what became of them, in the order in which the original took them up.
    pub deposits: Vec<OriginalDeposit>,
    /// Addresses that were taken from the pools or watched, and are bound to nobody.
    pub used: Vec<DepositAddress>,
    /// What its scanner saw and nothing became of.
    pub unhandled: Vec<Unhandled>,
    /// Where its records differ from each other, in words.
    pub differences: Vec<String>,
}

/// An address that is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalBinding {
    /// The deposit address.
    pub address: DepositAddress,
    /// Whom deposits to it are paid to.
    pub payee: Address,
}

/// A deposit with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalDeposit {
    /// Its number.
    pub seq: u64,
    /// What names it. Its place in its transaction is often 0 for another one.
    pub id: DepositId,
    /// The address that it came to.
    pub address: DepositAddress,
    /// Who is paid.
    pub payee: Address,
    /// What arrived, in the smallest unit of its coin.
    pub amount: Units,
    /// SKY for one whole coin, as the original wrote it.
    pub rate: String,
    /// How high its block stood.
    pub height: Height,
    /// When it was changed last.
    pub updated_at: UnixTime,
    /// How what is paid for it was to be come by.
    pub method: BuyMethod,
    /// Where it stood.
    pub status: PublicStatus,
    /// The transaction that the original says has paid it.
    pub txid: Option<TxId>,
    /// How much that paid.
    pub sent: Droplets,
    /// How much was bought upstream for it.
    pub bought: Droplets,
    /// What went wrong; empty where nothing did.
    pub error: String,
    /// The order upstream, by the name that the exchange or the original gave it; empty where there was none.
    pub order: String,
}

/// A deposit that the original's scanner saw, and that its exchange never took up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unhandled {
    /// What names it.
    pub id: DepositId,
    /// The address that it came to.
    pub address: DepositAddress,
    /// What arrived, in the smallest unit of its coin.
    pub amount: Units,
    /// How high its block stood.
    pub height: Height,
}
