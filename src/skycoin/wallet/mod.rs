//! Wallet files of the Skycoin node, versions 0.1 to 0.4: `deterministic`, `bip44` and `collection`, plain and
//! encrypted.
//!
//! Invariant: every key of a [`Wallet`] owns the address it stands beside; the file's word is never taken for it.
//! That is also why the version is not looked at. A file that cannot be used is refused as a whole, with an error
//! that says which entry is wrong and never repeats a secret.

mod chacha;
mod create;
mod entries;
mod error;
mod meta;
mod secrets;
mod sha256xor;
#[cfg(test)]
mod tests;

use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::address::Address;
use super::keys::SecretKey;

pub use create::NewWallet;
pub use error::{EntryError, WalletError};
pub use meta::WalletKind;

/// Most bytes of a wallet file. Some ten thousand addresses fit, and to prove them takes about a second.
const MAX_FILE_SIZE: usize = 4 * 1024 * 1024;

/// An address and the key that owns it.
#[derive(Debug, PartialEq, Eq)]
pub struct WalletKey {
    /// The address, which this key owns.
    pub address: Address,
    /// The secret key, wiped when it is dropped.
    pub secret: SecretKey,
}

/// A wallet of Skycoin keys, decrypted.
#[derive(Debug)]
pub struct Wallet {
    /// The type of the file.
    pub kind: WalletKind,
    /// The name that people gave it; empty where there is none.
    pub label: String,
    /// Whether the file was encrypted.
    pub encrypted: bool,
    keys: Vec<WalletKey>,
    change: Address,
}

impl Wallet {
    /// Reads a wallet file. The password is not looked at where the file is plain.
    pub fn load(file: &[u8], password: Option<&SecretString>) -> Result<Wallet, WalletError> {
        if file.len() > MAX_FILE_SIZE {
            return Err(WalletError::TooLarge(file.len()));
        }
        let meta = parse::<meta::Head>(file)?.meta;
        let kind = meta.kind()?;
        meta.check_coin()?;
        let secrets = meta.decrypt(kind, password)?;
        let entries = match kind {
            WalletKind::Deterministic | WalletKind::Collection => {
                parse::<entries::Flat>(file)?.prove(secrets.as_ref())?
            }
            WalletKind::Bip44 => parse::<entries::Accounts>(file)?.prove(secrets.as_ref())?,
        };
        let first = entries.keys.first().ok_or(WalletError::NoKeys)?.address;
        Ok(Wallet {
            kind,
            label: meta.label.unwrap_or_default(),
            encrypted: secrets.is_some(),
            change: entries.change.unwrap_or(first),
            keys: entries.keys,
        })
    }

    /// The keys in the order of the file: at least one, no address twice.
    pub fn keys(&self) -> &[WalletKey] {
        &self.keys
    }

    /// The key that owns an address.
    pub fn key(&self, address: Address) -> Option<&SecretKey> {
        self.keys.iter().find(|key| key.address == address).map(|key| &key.secret)
    }

    /// Where change goes: the first address of the change chain, else the first address.
    pub fn change_address(&self) -> Address {
        self.change
    }
}

/// Only the place of a mistake is told: what stands there may be a secret.
fn parse<T: DeserializeOwned>(file: &[u8]) -> Result<T, WalletError> {
    serde_json::from_slice(file)
        .map_err(|error| WalletError::Json { line: error.line(), column: error.column() })
}
