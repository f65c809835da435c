//! The catalogue: what each coin is, as data.
//!
//! A [`Coin`] is a row of the catalogue. What differs between coins is looked up there; how a chain is read,
//! paid on and written differs by its [`Family`], and only the adapters of a family look at that.

mod accounts;
mod bitcoin_like;
mod catalogue;
mod described;
mod network;
mod per_coin;
mod token;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

pub use accounts::{AccountFacts, AddressRule};
pub use bitcoin_like::{BitcoinLike, BlockFormat, Landmark, ProofOfWork};
pub use described::{DESCRIBED_NUMBERS, DescribedTwice, Description};
pub use network::{Network, NetworkFacts, UnknownNetwork};
pub use per_coin::PerCoin;
pub use token::{Contract, MAX_DECIMALS, MAX_SYMBOL, Symbol, SymbolError, Token};

/// A coin that buyers can deposit: a row of the catalogue.
#[derive(Clone, Copy)]
pub struct Coin(&'static Facts);

/// Chains that are read, and whose addresses are written, in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Blocks of transactions that spend outputs by script.
    BitcoinLike,
    /// Accounts, and contracts that pass coins on.
    Ethereum,
    /// Blocks that a known publisher signs.
    Skycoin,
}

/// What the catalogue knows of a coin.
#[derive(Debug)]
pub struct Facts {
    /// Stands for the coin in the store: never change one, never give one anew.
    pub number: u8,
    /// The code on every API, in upper case.
    pub code: &'static str,
    /// The code in lower case: keys of the configuration and names of workers begin with it.
    pub prefix: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The smallest unit, which amounts are counted in.
    pub unit: &'static str,
    /// Decimal places between the coin and its smallest unit.
    pub decimals: u8,
    /// What kind of chain it has, which says how that is read.
    pub family: Family,
    /// Of payment links, without the colon (BIP-21, EIP-681, Skycoin's own).
    pub uri_scheme: &'static str,
    /// Whether nodes tell which blocks are final, so that it need not be counted by depth.
    pub tells_finality: bool,
    /// Whether contracts pass coins on inside a transaction, so that one transaction can pay an address several times
    /// over, and a node has to tell what happened inside.
    pub inner_transfers: bool,
    /// More than there can ever be, in the smallest unit.
    pub most: u128,
    /// A deposit to try things with, in the smallest unit: it is worth one SKY at the usual rate.
    pub sample: &'static str,
    /// The networks of its chain, the main one first.
    pub networks: &'static [NetworkFacts],
    /// The workers that follow its chain.
    pub workers: Workers,
    /// Its keys in the configuration, and what they are where they are left out.
    pub settings: Settings,
}

/// Names of the workers that follow a chain, as health and the log have them.
#[derive(Debug)]
pub struct Workers {
    /// Reads new blocks.
    pub scanner: &'static str,
    /// Reads old blocks again.
    pub rescanner: &'static str,
    /// Looks at what waits for a block.
    pub pending: &'static str,
    /// Asks about addresses before they are given out.
    pub vetter: &'static str,
    /// Holds balances against what was seen.
    pub balance_checker: &'static str,
    /// Holds final blocks against the books.
    pub reconciler: &'static str,
    /// Asks a second node.
    pub second_look: &'static str,
}

/// Keys of the configuration with their defaults, the original's where it has them.
#[derive(Debug)]
pub struct Settings {
    /// Whether lists of all coins have it also where it is disabled, as the original's clients expect of its coins.
    pub is_always_listed: bool,
    /// Its node, where that is spoken to as all Bitcoin-like chains' are; others have sections of their own.
    pub node: Option<NodeSettings>,
    /// The section of what follows its chain.
    pub section: &'static str,
    /// The key that says where its deposit addresses come from.
    pub addresses_key: &'static str,
    /// Whether it is bought for at all.
    pub enabled: bool,
    /// Between two looks at the node.
    pub scan_period: Duration,
    /// The first block that is looked at.
    pub initial_scan_height: u64,
    /// Blocks on top of a deposit's own.
    pub confirmations: u64,
    /// Age of the newest block at which the node counts as stuck; none for a chain that makes blocks only when there is
    /// something in them.
    pub max_tip_age: Option<Duration>,
    /// The key of its rate in `sky_exchanger`.
    pub rate_key: &'static str,
    /// SKY for one coin; none where it has to be configured.
    pub rate: Option<&'static str>,
}

/// Where a Bitcoin-like chain's node is configured.
#[derive(Debug, Clone, Copy)]
pub struct NodeSettings {
    /// The section of the node.
    pub section: &'static str,
    /// The node's own default address.
    pub server: &'static str,
}

/// Text that names no coin.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown coin type {0:?}, expected one of {codes}", codes = codes())]
pub struct UnknownCoin(pub String);

impl Coin {
    /// Returns all coins of the catalogue and those that are described, by ascending number.
    pub fn all() -> impl ExactSizeIterator<Item = Coin> + Clone {
        described::all().iter().map(|facts| Coin(facts))
    }

    /// Returns the coins that come with the program.
    pub fn built_in() -> impl ExactSizeIterator<Item = Coin> + Clone {
        catalogue::BUILT_IN.iter().map(|facts| Coin(facts))
    }

    /// Returns what the catalogue knows of it.
    pub const fn facts(self) -> &'static Facts {
        self.0
    }

    /// Returns the code used on every API, in upper case.
    pub const fn code(self) -> &'static str {
        self.0.code
    }

    /// Returns the decimal places between the coin and its smallest unit.
    pub const fn decimals(self) -> u8 {
        self.0.decimals
    }

    /// Returns the family of its chain.
    pub const fn family(self) -> Family {
        self.0.family
    }

    /// Returns the number that stands for this coin in the store.
    pub const fn tag(self) -> u8 {
        self.0.number
    }

    /// Returns the coin that [`Coin::tag`] gave this number.
    pub fn from_tag(tag: u8) -> Option<Coin> {
        Coin::all().find(|coin| coin.tag() == tag)
    }

    /// Returns the coin with an upper-case code. Lower case is refused: the original's clients rely on it.
    ///
    /// # Errors
    ///
    /// Where the catalogue has no such code.
    pub fn from_code(code: &str) -> Result<Coin, UnknownCoin> {
        Coin::all().find(|coin| coin.code() == code).ok_or_else(|| UnknownCoin(code.to_owned()))
    }
}

fn codes() -> String {
    Coin::all().map(Coin::code).collect::<Vec<_>>().join(", ")
}

impl PartialEq for Coin {
    fn eq(&self, other: &Coin) -> bool {
        self.tag() == other.tag()
    }
}

impl Eq for Coin {}

impl Ord for Coin {
    fn cmp(&self, other: &Coin) -> Ordering {
        self.tag().cmp(&other.tag())
    }
}

impl PartialOrd for Coin {
    fn partial_cmp(&self, other: &Coin) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Coin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u8(self.tag());
    }
}

impl fmt::Display for Coin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Coin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl<C> minicbor::Encode<C> for Coin {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.tag())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Coin {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let tag = d.u8()?;
        Coin::from_tag(tag).ok_or_else(|| {
            minicbor::decode::Error::message(format_args!(
                "no coin has number {tag}; was it described before?"
            ))
        })
    }
}
