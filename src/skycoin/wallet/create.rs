//! New wallet files: `deterministic`, plain, as the node of today writes them.

use bitcoin::hex::DisplayHex;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use zeroize::Zeroizing;

use super::error::WalletError;
use crate::skycoin::keys::KeyChain;
use crate::types::UnixTime;

/// What a new wallet shall be.
#[derive(Debug)]
pub struct NewWallet<'a> {
    /// The name of the file: nodes want it inside too.
    pub filename: &'a str,
    /// The name that people give it.
    pub label: &'a str,
    /// Best a mnemonic, though any text will do.
    pub seed: &'a SecretString,
    /// The number of addresses to make, at least one.
    pub addresses: u32,
    /// When it was made.
    pub created: UnixTime,
}

#[derive(Serialize)]
struct File<'a> {
    meta: Meta<'a>,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta<'a> {
    coin: &'static str,
    crypto_type: &'static str,
    encrypted: &'static str,
    filename: &'a str,
    label: &'a str,
    last_seed: &'a str,
    seed: &'a str,
    tm: String,
    r#type: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Entry {
    address: String,
    public_key: String,
    secret_key: Zeroizing<String>,
}

impl NewWallet<'_> {
    /// The text of the file, secrets in the clear.
    pub fn to_json(&self) -> Result<Zeroizing<String>, WalletError> {
        if self.seed.expose_secret().is_empty() {
            return Err(WalletError::SeedMissing);
        }
        if self.addresses == 0 {
            return Err(WalletError::NoKeys);
        }
        let mut chain = KeyChain::new(self.seed.expose_secret().as_bytes());
        let entries = (0..self.addresses).zip(&mut chain).map(|(_, key)| Entry {
            address: key.address().to_string(),
            public_key: key.public().to_string(),
            secret_key: key.expose_hex(),
        });
        let entries = entries.collect();
        let last_seed = Zeroizing::new(chain.next_seed().to_lower_hex_string());
        let meta = Meta {
            coin: "skycoin",
            crypto_type: "scrypt-chacha20poly1305",
            encrypted: "false",
            filename: self.filename,
            label: self.label,
            last_seed: &last_seed,
            seed: self.seed.expose_secret(),
            tm: self.created.get().to_string(),
            r#type: "deterministic",
            version: "0.4",
        };
        let text = serde_json::to_string_pretty(&File { meta, entries });
        Ok(Zeroizing::new(text.expect("BUG: texts and lists are always JSON")))
    }
}
