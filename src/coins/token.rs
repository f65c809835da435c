//! Tokens: assets that a contract keeps on a coin's chain (ERC-20). Which there are is configured, not catalogued.

use std::fmt;

use minicbor::{Decode, Encode};

/// The account of a contract.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Contract(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 20]);

/// Most letters of a symbol.
pub const MAX_SYMBOL: usize = 11;

/// What people call a token: one to eleven letters and digits, as the configuration has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Symbol(#[cbor(n(0), with = "minicbor::bytes")] [u8; MAX_SYMBOL]);

/// Text that is no symbol.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected a symbol of 1 to {MAX_SYMBOL} letters and digits, got {0:?}")]
pub struct SymbolError(pub String);

/// A token, with all that it takes to show an amount of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Token {
    /// What it is: the rest is how it is shown.
    #[n(0)]
    pub contract: Contract,
    /// What people call it.
    #[n(1)]
    pub symbol: Symbol,
    /// Decimal places between the token and its smallest unit.
    #[n(2)]
    pub decimals: u8,
}

/// More places than any amount has.
pub const MAX_DECIMALS: u8 = 36;

impl Symbol {
    /// Reads a symbol.
    ///
    /// # Errors
    ///
    /// Where it is empty, too long, or has anything but ASCII letters and digits.
    pub fn parse(text: &str) -> Result<Symbol, SymbolError> {
        let mut letters = [0; MAX_SYMBOL];
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match letters.get_mut(..text.len()).filter(|_| is_plain) {
            Some(place) => place.copy_from_slice(text.as_bytes()),
            None => return Err(SymbolError(text.to_owned())),
        }
        Ok(Symbol(letters))
    }

    /// Returns its letters.
    pub fn as_str(&self) -> &str {
        let letters = self.0.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

impl Token {
    /// Returns a form of fixed length, to be part of keys: two tokens never share one.
    pub fn key(&self) -> [u8; 32] {
        let mut key = [0; 32];
        key[..20].copy_from_slice(&self.contract.0);
        key[20] = self.decimals;
        key[21..].copy_from_slice(&self.symbol.0);
        key
    }

    /// Returns the token that [`Token::key`] gave this form.
    pub fn from_key(key: &[u8]) -> Option<Token> {
        let (contract, rest) = key.split_first_chunk::<20>()?;
        let (decimals, symbol) = rest.split_first()?;
        Some(Token {
            contract: Contract(*contract),
            symbol: Symbol(symbol.try_into().ok()?),
            decimals: *decimals,
        })
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_take_symbols_and_nothing_else() {
        for text in ["USDT", "A", "usdc", "ABCDEFGHIJK", "1INCH"] {
            assert_eq!(Symbol::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "ABCDEFGHIJKL", "US DT", "USDT.e", "\0", "ÜSD"] {
            assert_eq!(Symbol::parse(text), Err(SymbolError(text.to_owned())));
        }
    }

    #[test]
    fn should_read_its_key_back() {
        let token =
            Token { contract: Contract([7; 20]), symbol: Symbol::parse("USDT").unwrap(), decimals: 6 };
        assert_eq!(Token::from_key(&token.key()), Some(token));
        assert_eq!(Token::from_key(&token.key()[1..]), None);
        assert_eq!(token.contract.to_string(), "0x0707070707070707070707070707070707070707");
    }
}
