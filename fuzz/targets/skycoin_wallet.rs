//! Any file is a wallet or is refused, and no wallet shows its keys.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use teller::skycoin::Wallet;

/// Key derivation of full cost would leave no time for anything else.
const MAX_N: u64 = 1 << 10;

fuzz_target!(|file: &[u8]| {
    check(Wallet::load(file, None).ok());
    if is_cheap(file) {
        check(Wallet::load(file, Some(&"pwd".into())).ok());
    }
});

fn check(wallet: Option<Wallet>) {
    let Some(wallet) = wallet else { return };
    let shown = format!("{wallet:?}");
    for key in wallet.keys() {
        assert_eq!(key.secret.address(), key.address);
        assert!(!shown.contains(key.secret.expose_hex().as_str()));
    }
    assert!(wallet.key(wallet.change_address()).is_some());
}

fn is_cheap(file: &[u8]) -> bool {
    let file: Value = serde_json::from_slice(file).unwrap_or_default();
    let secrets = STANDARD.decode(file["meta"]["secrets"].as_str().unwrap_or_default()).unwrap_or_default();
    let head =
        secrets.split_first_chunk().and_then(|(length, rest)| rest.get(..u16::from_le_bytes(*length).into()));
    let head: Value = head.and_then(|head| serde_json::from_slice(head).ok()).unwrap_or_default();
    head["n"].as_u64().is_none_or(|n| n <= MAX_N)
}
