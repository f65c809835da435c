//! The encrypted part of a wallet file: base64 of a JSON map from addresses, and names, to secrets.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::error::WalletError;
use super::{chacha, sha256xor};

/// How a wallet is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crypto {
    /// Version 0.2 and later. Its `-insecure` form differs only in what it writes as parameters.
    ScryptChacha20Poly1305,
    /// Weak, but there are such wallets.
    Sha256Xor,
}

impl Crypto {
    pub(super) fn parse(name: &str) -> Result<Crypto, WalletError> {
        match name {
            "scrypt-chacha20poly1305" | "scrypt-chacha20poly1305-insecure" => {
                Ok(Crypto::ScryptChacha20Poly1305)
            }
            "sha256-xor" => Ok(Crypto::Sha256Xor),
            other => Err(WalletError::CryptoUnknown(other.to_owned())),
        }
    }
}

/// Secrets by the address they own, or by the name of the account.
pub(super) struct Secrets(HashMap<String, SecretString>);

impl Secrets {
    pub(super) fn decrypt(crypto: Crypto, text: &str, password: &str) -> Result<Secrets, WalletError> {
        let bytes = STANDARD.decode(text).map_err(|_| WalletError::SecretsDamaged)?;
        let plain = match crypto {
            Crypto::ScryptChacha20Poly1305 => chacha::decrypt(&bytes, password.as_bytes()),
            Crypto::Sha256Xor => sha256xor::decrypt(&bytes, password.as_bytes()),
        }?;
        serde_json::from_slice(&plain).map(Secrets).map_err(|_| WalletError::SecretsDamaged)
    }

    pub(super) fn get(&self, name: &str) -> Option<&SecretString> {
        self.0.get(name)
    }
}
