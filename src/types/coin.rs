//! The coins a deposit can be made in.

use std::fmt;

/// A coin that buyers can deposit. The numbers are stored: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Coin {
    Btc,
    Eth,
    Sky,
}

/// Text that names no coin.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown coin type {0:?}, expected one of BTC, ETH, SKY")]
pub struct UnknownCoin(pub String);

impl Coin {
    pub const ALL: [Coin; 3] = [Coin::BTC, Coin::ETH, Coin::SKY];

    /// The code used on every API, in upper case.
    pub const fn code(self) -> &'static str {
        match self {
            Coin::BTC => "BTC",
            Coin::ETH => "ETH",
            Coin::SKY => "SKY",
        }
    }

    /// Decimal places between the coin and its smallest unit (satoshi, wei, droplet).
    pub const fn decimals(self) -> u8 {
        match self {
            Coin::BTC => 8,
            Coin::ETH => 18,
            Coin::SKY => 6,
        }
    }

    /// The number that stands for this coin in the store.
    pub const fn tag(self) -> u8 {
        match self {
            Coin::BTC => 0,
            Coin::ETH => 1,
            Coin::SKY => 2,
        }
    }

    /// The coin that [`Coin::tag`] gave this number.
    pub const fn from_tag(tag: u8) -> Option<Coin> {
        match tag {
            0 => Some(Coin::BTC),
            1 => Some(Coin::ETH),
            2 => Some(Coin::SKY),
            _ => None,
        }
    }

    /// Parses the upper-case code. Lower case is refused: the original's clients rely on it.
    pub fn from_code(code: &str) -> Result<Coin, UnknownCoin> {
        Coin::all().find(|coin| coin.code() == code).ok_or_else(|| UnknownCoin(code.to_owned()))
    }
}

impl fmt::Display for Coin {
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
        Coin::from_tag(d.u8()?).ok_or_else(|| minicbor::decode::Error::message("unknown coin tag"))
    }
}

/// How the coins that are paid out are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
pub enum BuyMethod {
    /// From the hot wallet, at the configured rate.
    #[n(0)]
    Direct,
    /// Bought on an upstream exchange first.
    #[n(1)]
    Passthrough,
}

impl BuyMethod {
    /// The word used in the configuration and on the API.
    pub const fn name(self) -> &'static str {
        match self {
            BuyMethod::Direct => "direct",
            BuyMethod::Passthrough => "passthrough",
        }
    }
}
