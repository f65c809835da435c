use std::fs;

use secrecy::SecretString;
use serde_json::Value;
use teller::skycoin::{AccountKey, BIP44_COIN, Wallet, WalletError, WalletKind};

use super::{data, files, json, list, number, objects, text};

/// The password of every encrypted wallet here.
const PASSWORD: &str = "pwd";
/// Takes seconds and a GiB, so it has a test of its own.
const FULL_COST: &str = "wallets/made-deterministic-scrypt-full.wlt";

fn load(name: &str) -> Result<Wallet, WalletError> {
    Wallet::load(&fs::read(data(name)).unwrap(), Some(&SecretString::from(PASSWORD)))
}

fn check(name: &str) {
    let wallet = load(name).unwrap();
    let file = json(name);
    let expected: Vec<_> =
        objects(&file).into_iter().filter(|object| object.get("address").is_some()).collect();
    assert_eq!(wallet.keys().len(), expected.len(), "{name}");
    for (key, expected) in wallet.keys().iter().zip(&expected) {
        assert_eq!(key.address.to_string(), text(&expected["address"]), "{name}");
        assert_eq!(key.secret.address(), key.address);
        assert!(wallet.key(key.address).is_some());
        let secret = expected.get("secret").or(expected.get("secret_key")).map_or("", text);
        assert!(secret.is_empty() || *key.secret.expose_hex() == secret, "{name}");
    }
    assert_eq!(wallet.label, text(&file["meta"]["label"]));
    assert_eq!(wallet.encrypted, file["meta"]["encrypted"] == "true");
    check_secrecy(&wallet, &file);
}

/// Neither what the file hides nor what it shows of its secrets is in the debug text.
fn check_secrecy(wallet: &Wallet, file: &Value) {
    let shown = format!("{wallet:?}");
    assert!(shown.contains("redacted"));
    for key in wallet.keys() {
        assert!(!shown.contains(key.secret.expose_hex().as_str()));
    }
    for secret in ["seed", "lastSeed", "seedPassphrase"].iter().filter_map(|name| file["meta"][name].as_str())
    {
        // One fixture's seed is the word "seed", which is no part of the text either.
        assert!(secret.is_empty() || !shown.contains(secret), "{secret:?} in {shown}");
    }
}

#[test]
fn should_load_every_valid_wallet() {
    let names: Vec<_> =
        files("wallets").into_iter().filter(|name| is_valid(name) && name != FULL_COST).collect();
    assert_eq!(names.len(), 15);
    names.iter().for_each(|name| check(name));
}

#[test]
#[ignore = "takes a GiB of memory and seconds"]
fn should_load_a_wallet_of_full_cost() {
    check(FULL_COST);
}

fn is_valid(name: &str) -> bool {
    !name.contains("invalid") && !name.contains("xpub")
}

#[test]
fn should_say_what_is_wrong_with_every_invalid_wallet() {
    let expected = [
        ("invalid-empty", "the wallet has no addresses"),
        (
            "invalid-err_type",
            "wallet type \"invalid_type\" is unknown, expected deterministic, bip44 or collection",
        ),
        ("invalid-no_coin", "the wallet's coin is missing (meta.coin)"),
        ("invalid-no_seed", "the wallet's seed is missing (meta.seed)"),
        ("invalid-no_type", "the wallet's type is missing (meta.type)"),
        ("xpub-test", "an xpub wallet has no keys, so it cannot pay"),
    ];
    let names: Vec<_> = files("wallets").into_iter().filter(|name| !is_valid(name)).collect();
    assert_eq!(names, expected.map(|(name, _)| format!("wallets/{name}.wlt")));
    for (name, (_, message)) in names.iter().zip(expected) {
        assert_eq!(load(name).unwrap_err().to_string(), message);
    }
}

#[test]
fn should_want_the_right_password() {
    let encrypted = files("wallets").into_iter().filter(|name| name != FULL_COST);
    let encrypted: Vec<_> = encrypted.filter(|name| json(name)["meta"]["encrypted"] == "true").collect();
    assert_eq!(encrypted.len(), 6);
    for name in encrypted {
        let file = fs::read(data(&name)).unwrap();
        let with = |password: &str| Wallet::load(&file, Some(&SecretString::from(password))).unwrap_err();
        assert_eq!(Wallet::load(&file, None).unwrap_err(), WalletError::PasswordMissing);
        assert_eq!(with(""), WalletError::PasswordMissing);
        assert_eq!(with("Pwd"), WalletError::PasswordWrong);
    }
}

#[test]
fn should_send_change_where_the_node_sends_it() {
    for (name, kind, change) in [
        ("test1", WalletKind::Deterministic, "JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ"),
        ("test4-collection", WalletKind::Collection, "JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ"),
        ("test5-bip44", WalletKind::Bip44, "oHvj7oy8maES9HJiQHJTp4GvcUcpz3voDq"),
        ("test6-passphrase-bip44", WalletKind::Bip44, "6svsJB1nzNxqYQSShczT1iXcm5mLX1ZmtS"),
        ("made-bip44-two-accounts", WalletKind::Bip44, "oHvj7oy8maES9HJiQHJTp4GvcUcpz3voDq"),
    ] {
        let wallet = load(&format!("wallets/{name}.wlt")).unwrap();
        assert_eq!((wallet.kind, wallet.change_address().to_string().as_str()), (kind, change), "{name}");
    }
}

/// Seed and passphrase give the account's key that the file holds, and it gives the entries.
#[test]
fn should_derive_accounts_from_seed_and_passphrase() {
    let mut seen = 0;
    for name in files("wallets") {
        let file = json(&name);
        let meta = &file["meta"];
        if meta["type"] != "bip44" || meta["encrypted"] == "true" {
            continue;
        }
        let (seed, passphrase) = (text(&meta["seed"]).into(), text(&meta["seedPassphrase"]).into());
        assert_eq!(text(&meta["bip44Coin"]), BIP44_COIN.to_string());
        for account in list(&file["accounts"]) {
            let index = u32::try_from(number(&account["index"])).unwrap();
            let key = AccountKey::from_mnemonic(&seed, &passphrase, BIP44_COIN, index).unwrap();
            assert_eq!(*key.expose_xprv(), text(&account["private_key"]), "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
}
