//! Keys: secrets that own addresses, the chains that make them, and what they sign.
//!
//! Invariant: a secret is wiped when dropped and never appears in `Debug`, `Display` or an error.

mod bip44;
mod chain;
mod signature;

use std::fmt;
use std::sync::LazyLock;

pub use bitcoin::secp256k1::PublicKey;
use bitcoin::secp256k1::{All, Message, Secp256k1, ecdsa::RecoverableSignature};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::address::Address;
use crate::types::Hash32;

pub use bip44::{AccountChain, AccountKey, BIP44_COIN};
pub use chain::KeyChain;
pub(super) use chain::salted_hash;
pub use signature::{Signature, SignatureError};

static SECP: LazyLock<Secp256k1<All>> = LazyLock::new(Secp256k1::new);

/// Why something is no key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// Not 64 hexadecimal digits, or a number that is no key of this curve.
    #[error("not a secret key, expected 64 hexadecimal digits")]
    Secret,
    /// Wrong words, wrong number of words, or a wrong checksum.
    #[error("not a BIP-39 mnemonic: {0}")]
    Mnemonic(bip39::Error),
    /// Not the text of an extended private key.
    #[error("not an extended private key, expected xprv...")]
    Extended,
    /// A child number from 2^31, which would ask for a hardened child, or the one in 2^127 that has no key.
    #[error("there is no child key of number {0}")]
    Child(u32),
}

/// A secret key.
#[derive(PartialEq, Eq)]
pub struct SecretKey(bitcoin::secp256k1::SecretKey);

impl SecretKey {
    /// Parses 64 hexadecimal digits.
    pub fn parse(hex: &str) -> Result<SecretKey, KeyError> {
        hex.parse().map(SecretKey).map_err(|_| KeyError::Secret)
    }

    /// Takes 32 bytes, the most significant first, for a key.
    ///
    /// # Errors
    ///
    /// Where they are zero, or not below the order of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<SecretKey, KeyError> {
        bitcoin::secp256k1::SecretKey::from_slice(bytes).map(SecretKey).map_err(|_| KeyError::Secret)
    }

    /// Returns the public key.
    pub fn public(&self) -> PublicKey {
        self.0.public_key(&SECP)
    }

    /// Returns the address that the key owns.
    pub fn address(&self) -> Address {
        Address::from_pubkey(&self.public())
    }

    /// Signs a digest. The nonce is derived from key and digest (RFC 6979): signing again gives the same bytes.
    pub fn sign(&self, digest: &Hash32) -> Signature {
        let signature: RecoverableSignature =
            SECP.sign_ecdsa_recoverable(&Message::from_digest(digest.0), &self.0);
        Signature::from(signature)
    }

    /// The secret in the clear, as wallet files hold it.
    pub fn expose_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.display_secret().to_string())
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.0.non_secure_erase();
    }
}

impl ZeroizeOnDrop for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(redacted)")
    }
}

/// The Bitcoin address of a key (P2PKH, main net).
pub fn bitcoin_address(key: &PublicKey) -> bitcoin::Address {
    bitcoin::Address::p2pkh(bitcoin::CompressedPublicKey(*key), bitcoin::NetworkKind::Main)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "1fc5396e91e60b9fc613d004ea5bd2ccea17053a12127301b3857ead76fdb93e";

    #[test]
    fn should_never_show_a_secret() {
        let key = SecretKey::parse(SECRET).unwrap();
        assert_eq!(format!("{key:?}"), "SecretKey(redacted)");
        assert_eq!(*key.expose_hex(), SECRET);
        let mistyped = SECRET.replace('1', "x");
        let error = SecretKey::parse(&mistyped).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&mistyped[4..20]));
    }

    #[test]
    fn should_refuse_what_is_no_key() {
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        for text in ["", "00", order, &"0".repeat(64), &"f".repeat(64), &SECRET[1..], &format!("{SECRET}00")]
        {
            assert_eq!(SecretKey::parse(text), Err(KeyError::Secret), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn should_recover_who_signed(secret: [u8; 32], digest: [u8; 32]) {
            let digest = Hash32(digest);
            let key = SecretKey::from_bytes(&secret);
            prop_assume!(key.is_ok());
            let key = key.unwrap();
            let signature = key.sign(&digest);
            prop_assert_eq!(signature, key.sign(&digest));
            prop_assert_eq!(signature.recover(&digest), Ok(key.public()));
            prop_assert_eq!(signature.verify(&digest, key.address()), Ok(()));
        }
    }
}
