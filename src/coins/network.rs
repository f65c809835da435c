//! The networks of a coin's chain: the main one, and those that tests are made on.

use std::fmt;

use super::Coin;
use super::accounts::AccountFacts;
use super::bitcoin_like::BitcoinLike;

/// A network of a coin's chain: a row of the catalogue.
#[derive(Clone, Copy)]
pub struct Network {
    coin: Coin,
    facts: &'static NetworkFacts,
}

/// What the catalogue knows of a network.
#[derive(Debug)]
pub struct NetworkFacts {
    /// Stands for the network in stored addresses: the place among those of its coin, below 16. Never change one.
    pub number: u8,
    /// As the configuration names it.
    pub name: &'static str,
    /// What the account keys are like.
    pub accounts: AccountFacts,
    /// What the chain is, where it is like Bitcoin's.
    pub bitcoin_like: Option<BitcoinLike>,
}

/// A name that is none of a coin's networks.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown network {name:?}, expected one of {expected}")]
pub struct UnknownNetwork {
    name: String,
    expected: String,
}

impl Network {
    /// Returns the coin whose chain it is.
    pub const fn coin(self) -> Coin {
        self.coin
    }

    /// Returns what the catalogue knows of it.
    pub const fn facts(self) -> &'static NetworkFacts {
        self.facts
    }

    /// Returns what the chain is, where it is like Bitcoin's.
    pub const fn bitcoin_like(self) -> Option<&'static BitcoinLike> {
        self.facts.bitcoin_like.as_ref()
    }

    /// Whether coins are worth something there.
    pub const fn is_main(self) -> bool {
        self.facts.number == 0
    }
}

impl Coin {
    /// Returns the networks of its chain, the main one first.
    pub fn networks(self) -> impl ExactSizeIterator<Item = Network> + Clone {
        self.facts().networks.iter().map(move |facts| Network { coin: self, facts })
    }

    /// Returns the network that its coins are worth something on.
    pub const fn main_network(self) -> Network {
        Network { coin: self, facts: &self.facts().networks[0] }
    }

    /// Returns the network that the configuration names so.
    ///
    /// # Errors
    ///
    /// Where its chain has no such network.
    pub fn network(self, name: &str) -> Result<Network, UnknownNetwork> {
        self.networks().find(|network| network.facts.name == name).ok_or_else(|| UnknownNetwork {
            name: name.to_owned(),
            expected: self.networks().map(|network| network.facts.name).collect::<Vec<_>>().join(", "),
        })
    }

    /// Returns the network that this number stands for.
    pub fn network_numbered(self, number: u8) -> Option<Network> {
        let facts = self.facts().networks.get(usize::from(number))?;
        Some(Network { coin: self, facts })
    }
}

impl PartialEq for Network {
    fn eq(&self, other: &Network) -> bool {
        (self.coin, self.facts.number) == (other.coin, other.facts.number)
    }
}

impl Eq for Network {}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts.name)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{self}", self.coin)
    }
}
