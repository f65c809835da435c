//! Circuit breakers: what stops by itself where something is not as it should be, with the evidence, until a person
//! closes it. Pure.
//!
//! Each stops only what it concerns. Whether one is open is stored, so that a restart closes none.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod budget;
mod lately;

use std::fmt;

use minicbor::{Decode, Encode};

use crate::payout::Reason;
use crate::types::{AttemptNo, Coin, Symbol, UnixTime};

pub use budget::{PayoutBudget, Spent, WINDOW};
pub use lately::SignedLately;

/// What can stop by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Breaker {
    /// All payouts: more was to be paid within an hour than is meant to be.
    #[n(0)]
    Payouts,
    /// Payouts of deposits on one chain: it says otherwise than the books what deposit addresses received.
    #[n(1)]
    Books(#[n(0)] Coin),
    /// Payouts of deposits on one chain: two nodes have different blocks where one stands.
    #[n(2)]
    Nodes(#[n(0)] Coin),
    /// What is promised at the price of one asset, by its code: it moved too far in too short a time.
    #[n(3)]
    Price(#[n(0)] Symbol),
}

impl Breaker {
    /// Returns the breaker of this name.
    pub fn parse(name: &str) -> Option<Breaker> {
        if name == "payouts" {
            return Some(Breaker::Payouts);
        }
        let (kind, code) = name.split_once('-')?;
        let coin = || Coin::from_code(code).ok();
        match kind {
            "books" => coin().map(Breaker::Books),
            "nodes" => coin().map(Breaker::Nodes),
            "price" => Symbol::parse(code).ok().map(Breaker::Price),
            _ => None,
        }
    }

    /// Returns what stands for it in the store.
    pub fn key(self) -> Vec<u8> {
        match self {
            Breaker::Payouts => vec![0],
            Breaker::Books(coin) => vec![1, coin.tag()],
            Breaker::Nodes(coin) => vec![2, coin.tag()],
            Breaker::Price(code) => [&[3], code.as_str().as_bytes()].concat(),
        }
    }

    /// Returns the breaker that [`Breaker::key`] gave this form.
    pub fn from_key(key: &[u8]) -> Option<Breaker> {
        match key {
            [0] => Some(Breaker::Payouts),
            [1, tag] => Coin::from_tag(*tag).map(Breaker::Books),
            [2, tag] => Coin::from_tag(*tag).map(Breaker::Nodes),
            [3, code @ ..] => Symbol::parse(std::str::from_utf8(code).ok()?).ok().map(Breaker::Price),
            _ => None,
        }
    }

    /// Returns the coin whose deposits are not paid while it is open; none where it stops all payouts, or none.
    pub const fn coin(self) -> Option<Coin> {
        match self {
            Breaker::Payouts | Breaker::Price(_) => None,
            Breaker::Books(coin) | Breaker::Nodes(coin) => Some(coin),
        }
    }
}

/// Its name on the API: `payouts`, `books-BTC`, `nodes-BTC`, `price-BTC`.
impl fmt::Display for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breaker::Payouts => f.write_str("payouts"),
            Breaker::Books(coin) => write!(f, "books-{}", coin.code()),
            Breaker::Nodes(coin) => write!(f, "nodes-{}", coin.code()),
            Breaker::Price(code) => write!(f, "price-{}", code.as_str()),
        }
    }
}

/// Why a breaker has opened.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Opened {
    /// When.
    #[n(0)]
    pub at: UnixTime,
    /// What was seen, in words for the operator.
    #[n(1)]
    pub evidence: String,
    /// What was seen, one by one: what a person has closed it over does not open it again.
    #[n(2)]
    pub grounds: Vec<String>,
}

/// How a breaker stands that has opened at some time.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BreakerState {
    /// Why it is open; none where it is closed.
    #[n(0)]
    pub opened: Option<Opened>,
    /// How often it has opened.
    #[n(1)]
    pub times: u64,
    /// Who closed it last, and why; none where nobody has.
    #[n(2)]
    pub closed: Option<Reason>,
    /// The last transaction that was signed when it was closed: what was paid up to there does not count any more.
    #[n(3)]
    pub after: AttemptNo,
    /// All grounds that it was ever closed over.
    #[n(4)]
    pub accepted: Vec<String>,
}

impl BreakerState {
    /// Returns the state of one that opens for the first time.
    pub fn new(opened: Opened) -> BreakerState {
        let (closed, after, accepted) = (None, AttemptNo::new(0), Vec::new());
        BreakerState { opened: Some(opened), times: 1, closed, after, accepted }
    }

    /// Returns the state after it opened once more.
    pub fn reopened(self, opened: Opened) -> BreakerState {
        BreakerState { opened: Some(opened), times: self.times.saturating_add(1), ..self }
    }

    /// Returns the state after a person closed it; none where it is not open.
    pub fn close(self, after: AttemptNo, reason: Reason) -> Option<BreakerState> {
        let mut accepted = self.accepted;
        accepted.extend(self.opened?.grounds);
        Some(BreakerState { opened: None, times: self.times, closed: Some(reason), after, accepted })
    }

    /// Returns the state after its cause was gone.
    pub fn over(self) -> BreakerState {
        BreakerState { opened: None, ..self }
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.opened.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_know_each_breaker_by_its_name_and_by_its_key() {
        for breaker in [
            Breaker::Payouts,
            Breaker::Books(Coin::BTC),
            Breaker::Books(Coin::SKY),
            Breaker::Nodes(Coin::ETH),
            Breaker::Price(Symbol::parse("USDT").unwrap()),
        ] {
            assert_eq!(Breaker::parse(&breaker.to_string()), Some(breaker));
            assert_eq!(Breaker::from_key(&breaker.key()), Some(breaker));
        }
        for name in
            ["", "books", "books-", "books-XYZ", "payouts-BTC", "nodes-", "nodes-btc", "price-", "price-A-B"]
        {
            assert_eq!(Breaker::parse(name), None, "{name}");
        }
        assert_eq!(Breaker::from_key(&[1]), None);
    }
}
