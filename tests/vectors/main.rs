//! Account keys against what others published: `tests/data/xpub` has the vectors of BIP-32, and accounts with their
//! first addresses from BIP-49, 84 and 86, SLIP-132, anvil and litecoind; `tests/data/skycoin` has wallets and keys of
//! Skycoin's node.
#![allow(clippy::unwrap_used)]

mod accounts;
mod bip32;
mod quotes;
mod skycoin;
mod yardstick;

use std::fs;
use std::path::Path;

use bip39::{Language, Mnemonic};
use bitcoin::NetworkKind;
use bitcoin::bip32::{DerivationPath, Xpriv, Xpub};
use bitcoin::secp256k1::Secp256k1;
use serde_json::Value;
use teller::address::{AccountXpub, XpubError};
use teller::types::Coin;

fn json(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn bitcoin(text: &str) -> Result<AccountXpub, XpubError> {
    AccountXpub::parse(Coin::BTC.main_network(), text)
}

/// `[fingerprint/path]xpub` of a mnemonic's account, made by the library alone.
fn account_key(words: &str, kind: NetworkKind, path: &str) -> String {
    let secp = Secp256k1::new();
    let seed = Mnemonic::parse_in_normalized(Language::English, words).unwrap().to_seed_normalized("");
    let master = Xpriv::new_master(kind, &seed).unwrap();
    let steps: DerivationPath = path.parse().unwrap();
    let account = Xpub::from_priv(&secp, &master.derive_priv(&secp, &steps).unwrap());
    format!("[{}/{}]{account}", master.fingerprint(&secp), path.trim_start_matches("m/"))
}

/// The first addresses, as texts.
fn first(account: &AccountXpub, count: usize) -> Vec<String> {
    account.addresses(0).take(count).map(|(_, address)| address.to_string()).collect()
}
