//! Addresses: who is paid.
//!
//! Text is base58 of 25 bytes: the key's hash (20), the version (1), the checksum (4). Decoding is on the path of
//! every request: one pass over the text, no allocation, and no work that grows faster than the text does.

use std::fmt;

use bitcoin::hashes::{Hash, ripemd160};
use bitcoin::secp256k1::PublicKey;
use minicbor::{Decode, Encode};

use super::digest::sha256;

/// Bytes of the public key's hash.
const KEY: usize = 20;
/// Key, version and checksum.
const BYTES: usize = KEY + 1 + 4;
/// Longest text that can stand for 25 bytes: 58^35 is the first power of 58 above 2^200.
const MAX_TEXT: usize = 35;
/// The only version there is.
const VERSION: u8 = 0;

/// Why a text is no address. The messages are part of the HTTP contract, to the letter.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// A character outside the base58 alphabet.
    #[error("Invalid base58 character")]
    Character,
    /// Nothing but ones, or nothing at all.
    #[error("Invalid base58 string")]
    Text,
    /// Not 25 bytes.
    #[error("Invalid address length")]
    Length,
    /// A version other than 0. Looked at before the checksum, as the original does.
    #[error("Invalid version")]
    Version,
    /// Mistyped: the last four bytes do not fit the others.
    #[error("Invalid checksum")]
    Checksum,
}

/// An address: RIPEMD160(SHA256(SHA256(compressed public key))).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Address(#[cbor(n(0), with = "minicbor::bytes")] [u8; KEY]);

impl Address {
    /// Parses the base58 text, without trimming.
    pub fn decode(text: &str) -> Result<Address, AddressError> {
        let digits = text.as_bytes();
        if !digits.iter().all(|digit| is_base58(*digit)) {
            return Err(AddressError::Character);
        }
        if digits.iter().all(|digit| *digit == b'1') {
            return Err(AddressError::Text);
        }
        let mut bytes = [0; BYTES];
        // The text is bounded before it is decoded, because base58 takes quadratic time.
        let length = match digits.len() {
            0..=MAX_TEXT => bs58::decode(digits).onto(&mut bytes[..]),
            _ => return Err(AddressError::Length),
        };
        if length != Ok(BYTES) {
            return Err(AddressError::Length);
        }
        Address::from_checked_bytes(&bytes)
    }

    /// Returns the address that this key owns.
    pub fn from_pubkey(key: &PublicKey) -> Address {
        let hash = sha256([&sha256([&key.serialize()]).0]);
        Address(ripemd160::Hash::hash(&hash.0).to_byte_array())
    }

    /// The address of the twenty bytes a transaction names it by.
    pub const fn from_bytes(key: [u8; KEY]) -> Address {
        Address(key)
    }

    /// Returns the twenty bytes of the hash, without version and checksum.
    pub const fn as_bytes(&self) -> &[u8; KEY] {
        &self.0
    }

    /// Whether this is the address of nobody, made of zeros. What is sent there is lost.
    pub fn is_null(&self) -> bool {
        self.0 == [0; KEY]
    }

    fn from_checked_bytes(bytes: &[u8; BYTES]) -> Result<Address, AddressError> {
        let [key @ .., version, c0, c1, c2, c3] = *bytes;
        let address = Address(key);
        if version != VERSION {
            return Err(AddressError::Version);
        }
        if [c0, c1, c2, c3] != address.checksum() {
            return Err(AddressError::Checksum);
        }
        Ok(address)
    }

    fn checksum(&self) -> [u8; 4] {
        let [c0, c1, c2, c3, ..] = sha256([&self.0, &[VERSION]]).0;
        [c0, c1, c2, c3]
    }
}

/// The base58 text.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [VERSION; BYTES];
        let (key, tail) = bytes.split_at_mut(KEY);
        key.copy_from_slice(&self.0);
        tail[1..].copy_from_slice(&self.checksum());
        f.pad(&bs58::encode(bytes).into_string())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const fn is_base58(digit: u8) -> bool {
    digit.is_ascii_alphanumeric() && !matches!(digit, b'0' | b'O' | b'I' | b'l')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = "7HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR";

    /// Every address error in the recorded answers of the original service.
    #[test]
    fn should_say_what_the_recorded_answers_say() {
        for (text, message) in [
            ("0HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR", "Invalid base58 character"),
            ("7HpXWl9KfqsRwDJCSaDqgPUx1uiEvw51fR", "Invalid base58 character"),
            ("7HpXWO9KfqsRwDJCSaDqgPUx1uiEvw51fR", "Invalid base58 character"),
            ("7HpXW w9KfqsRwDJCSaDqgPUx1uiEvw51fR", "Invalid base58 character"),
            ("7HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR\r", "Invalid base58 character"),
            ("éé", "Invalid base58 character"),
            ("7HpXWw9KfqsRwDJCSaDqgPUx1uiEvxYzwm", "Invalid checksum"),
            ("2RexQ6UG75jEoikmjVpmZVCmducQHY6ay", "Invalid address length"),
            ("7HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51f", "Invalid address length"),
            ("7HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR1", "Invalid address length"),
            ("17HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR", "Invalid address length"),
            ("2", "Invalid address length"),
            ("1111", "Invalid base58 string"),
        ] {
            assert_eq!(Address::decode(text).unwrap_err().to_string(), message, "{text:?}");
        }
        for text in [GOOD, "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y"] {
            assert_eq!(Address::decode(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn should_know_the_null_address() {
        let null = Address::from_bytes([0; 20]);
        assert!(null.is_null());
        assert_eq!(Address::decode(&null.to_string()), Ok(null));
        assert!(!Address::decode(GOOD).unwrap().is_null());
    }

    #[test]
    fn should_answer_long_texts_at_once() {
        let long = "z".repeat(10_000_000);
        assert_eq!(Address::decode(&long), Err(AddressError::Length));
        assert_eq!(Address::decode(&(long + "0")), Err(AddressError::Character));
    }

    proptest! {
        #[test]
        fn should_read_the_text_it_writes(key: [u8; 20], zeros in 0usize..=20) {
            let mut key = key;
            key[..zeros].fill(0);
            let address = Address::from_bytes(key);
            prop_assert_eq!(Address::decode(&address.to_string()), Ok(address));
        }

        #[test]
        fn should_never_take_one_text_for_two(text in "[1-9A-HJ-NP-Za-km-z]{30,36}") {
            if let Ok(address) = Address::decode(&text) {
                prop_assert_eq!(address.to_string(), text);
            }
        }

        #[test]
        fn should_never_panic_on_any_text(text in any::<String>()) {
            let _ = Address::decode(&text);
        }

        #[test]
        fn should_notice_one_wrong_character(key: [u8; 20], place: prop::sample::Index, by in 1usize..58) {
            const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
            let mut text = Address::from_bytes(key).to_string().into_bytes();
            let place = place.index(text.len());
            let digit = DIGITS.iter().position(|d| *d == text[place]).unwrap();
            text[place] = DIGITS[(digit + by) % 58];
            prop_assert!(Address::decode(std::str::from_utf8(&text).unwrap()).is_err());
        }

        #[test]
        fn should_keep_addresses_through_the_codec(key: [u8; 20]) {
            let address = Address::from_bytes(key);
            let bytes = minicbor::to_vec(address).unwrap();
            prop_assert_eq!(bytes.len(), 21);
            prop_assert_eq!(minicbor::decode::<Address>(&bytes).unwrap(), address);
        }
    }
}
