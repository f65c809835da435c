//! Names of things: numbers given by the store, and hashes given by chains.

use std::fmt;

use bitcoin::hex::DisplayHex;
use minicbor::{Decode, Encode};

use crate::coins::{Coin, Contract};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] u64);

        impl $name {
            /// The first number that is given.
            pub const FIRST: $name = $name(1);

            /// Returns this number.
            pub const fn new(number: u64) -> Self {
                $name(number)
            }

            /// Returns the bare number.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Returns the number that is given after this one.
            pub const fn next(self) -> Self {
                $name(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// Number of a binding, ascending from 1 in the order of binding.
    BindingNo
}
number! {
    /// Number of a deposit, ascending from 1 in the order of arrival. It is also the number of its payout:
    /// that is what makes a second payout for one deposit impossible rather than merely avoided.
    DepositNo
}
number! {
    /// Number of a signed payout transaction, ascending from 1.
    AttemptNo
}
number! {
    /// Number of an order at an exchange, ascending from 1.
    OrderNo
}
number! {
    /// Number of an act that was proposed to a second person, ascending from 1.
    ProposalNo
}
number! {
    /// Number of a withdrawal from an exchange to the hot wallet, ascending from 1.
    WithdrawalNo
}

macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

        impl $name {
            /// Reads 64 hexadecimal digits, in the order of the bytes.
            ///
            /// # Errors
            ///
            /// Where the text is anything else.
            pub fn parse(text: &str) -> Result<Self, HashParseError> {
                bitcoin::hex::FromHex::from_hex(text).map($name).map_err(|_| HashParseError(text.to_owned()))
            }
        }

        impl std::str::FromStr for $name {
            type Err = HashParseError;

            fn from_str(text: &str) -> Result<Self, HashParseError> {
                $name::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.as_hex(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

hash! {
    /// Any other 32 bytes of a hash: a Merkle root, an inner hash, a fingerprint. By default all zero.
    #[derive(Default)]
    Hash32
}
hash! {
    /// The id of a transaction of the chain that payouts are made on.
    TxId
}
hash! {
    /// The hash of a block, in the byte order that its chain displays.
    BlockHash
}
hash! {
    /// What one transaction alone can spend: an output (Skycoin's uxid).
    Claim
}

/// Text that is not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected 64 hexadecimal digits, got {0:?}")]
pub struct HashParseError(String);

/// What names a deposit for ever: the outpoint that paid it, in its chain's own text, `txid:n`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub struct DepositId {
    /// The coin whose chain the transaction is on.
    #[n(0)]
    pub coin: Coin,
    /// The transaction, as its chain writes it (Ethereum with `0x`). Dummy deposits may use any text.
    #[n(1)]
    pub tx: String,
    /// Output index on UTXO chains; on Ethereum 0 for the transfer itself, from 1 for transfers inside it.
    #[n(2)]
    pub n: u32,
    /// What of, where that is a token; none for the chain's own coin.
    #[n(3)]
    pub token: Option<Contract>,
}

/// Set in the first byte of the key of what is of a token.
const OF_TOKEN: u8 = 0x80;

impl DepositId {
    /// The key this id has in the store: two different ids never share one.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.tx.len().saturating_add(25));
        match self.token {
            None => key.push(self.coin.tag()),
            Some(Contract(contract)) => {
                key.push(self.coin.tag() | OF_TOKEN);
                key.extend_from_slice(&contract);
            }
        }
        key.extend_from_slice(self.tx.as_bytes());
        key.extend_from_slice(&self.n.to_be_bytes());
        key
    }

    /// The id that has this key; none where none has.
    pub fn from_key(key: &[u8]) -> Option<DepositId> {
        let (tag, mut rest) = key.split_first()?;
        let mut token = None;
        if tag & OF_TOKEN != 0 {
            let (contract, tail) = rest.split_first_chunk::<20>()?;
            (token, rest) = (Some(Contract(*contract)), tail);
        }
        let (tx, n) = rest.split_last_chunk::<4>()?;
        let tx = std::str::from_utf8(tx).ok()?.to_owned();
        Some(DepositId { coin: Coin::from_tag(tag & !OF_TOKEN)?, tx, n: u32::from_be_bytes(*n), token })
    }
}

impl fmt::Display for DepositId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.tx, self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn should_never_give_two_deposits_one_key(
            a in "[0-9a-z]{1,70}", b in "[0-9a-z]{1,70}", n: u32, m: u32,
            c in prop::option::of(any::<[u8; 20]>()), d in prop::option::of(any::<[u8; 20]>()),
        ) {
            let one = DepositId { coin: Coin::ETH, tx: a, n, token: c.map(Contract) };
            let two = DepositId { coin: Coin::ETH, tx: b, n: m, token: d.map(Contract) };
            prop_assert_eq!(one == two, one.key() == two.key());
            prop_assert_eq!(DepositId::from_key(&one.key()), Some(one));
        }
    }

    #[test]
    fn should_write_ids_as_the_original_does() {
        let id = DepositId { coin: Coin::BTC, tx: "ab".into(), n: 4_294_967_295, token: None };
        assert_eq!(id.to_string(), "ab:4294967295");
        assert_eq!(Hash32([0xab; 32]).to_string(), "ab".repeat(32));
        assert_eq!(Hash32::parse(&"ab".repeat(32)), Ok(Hash32([0xab; 32])));
        assert!(Hash32::parse("ab").is_err());
    }
}
