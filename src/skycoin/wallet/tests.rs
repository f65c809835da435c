use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::skycoin::keys::{AccountChain, AccountKey, BIP44_COIN};
use crate::types::UnixTime;

const SEED: &str = "voyage say extend find sheriff surge priority merit ignore maple cash argue";

fn load(file: &Value) -> Result<Wallet, WalletError> {
    Wallet::load(file.to_string().as_bytes(), Some(&"pwd".into()))
}

fn new_wallet(addresses: u32) -> Value {
    let seed = SecretString::from(SEED);
    let created = UnixTime::new(1_600_000_000);
    let new = NewWallet { filename: "hot.wlt", label: "hot", seed: &seed, addresses, created };
    serde_json::from_str(&new.to_json().unwrap()).unwrap()
}

fn bip44() -> Value {
    let account = AccountKey::from_mnemonic(&SEED.into(), &"".into(), BIP44_COIN, 0).unwrap();
    let chain = |chain: AccountChain| {
        let key = account.key(chain, 0).unwrap();
        let (address, public, secret) =
            (key.address().to_string(), key.public().to_string(), key.expose_hex());
        json!({"chain": chain.name(), "entries": [
            {"address": address, "public": public, "secret": *secret, "child_number": 0},
        ]})
    };
    json!({
        "meta": {"type": "bip44", "coin": "skycoin", "label": "l"},
        "accounts": [{"private_key": *account.expose_xprv(), "index": 0,
            "chains": [chain(AccountChain::External), chain(AccountChain::Change)]}],
    })
}

/// The file with the value at this place changed.
fn with(mut file: Value, place: &str, value: Value) -> Value {
    *file.pointer_mut(place).unwrap() = value;
    file
}

fn entry_error(file: &Value) -> (String, EntryError) {
    match load(file) {
        Err(WalletError::Entry { entry, error }) => (entry, error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn should_load_what_it_creates() {
    let file = new_wallet(3);
    let wallet = load(&file).unwrap();
    assert_eq!(wallet.keys().len(), 3);
    assert_eq!((wallet.label.as_str(), wallet.encrypted), ("hot", false));
    assert_eq!(wallet.change_address(), wallet.keys()[0].address);
    assert_eq!(file["meta"]["tm"], "1600000000");
    assert_eq!(file["meta"]["lastSeed"].as_str().unwrap().len(), 64);
    assert_eq!(load(&new_wallet(2)).unwrap().keys(), &wallet.keys()[..2]);
}

#[test]
fn should_not_create_what_it_would_not_load() {
    let create = |seed: &str, addresses| {
        let created = UnixTime::new(0);
        NewWallet { filename: "f", label: "", seed: &seed.into(), addresses, created }.to_json().unwrap_err()
    };
    assert_eq!(create("", 1), WalletError::SeedMissing);
    assert_eq!(create("seed", 0), WalletError::NoKeys);
}

#[test]
fn should_find_a_key_by_its_address_only() {
    let wallet = load(&new_wallet(2)).unwrap();
    let second = &wallet.keys()[1];
    assert_eq!(wallet.key(second.address), Some(&second.secret));
    assert_eq!(wallet.key(Address::from_bytes([0; 20])), None);
}

#[test]
fn should_refuse_what_is_no_wallet_file() {
    let load = |file: &[u8]| Wallet::load(file, None).unwrap_err();
    assert!(matches!(load(b""), WalletError::Json { .. }));
    assert!(matches!(load(b"[]"), WalletError::Json { .. }));
    assert!(matches!(load(br#"{"entries": []}"#), WalletError::Json { .. }));
    assert_eq!(load(&vec![b' '; MAX_FILE_SIZE + 1]), WalletError::TooLarge(MAX_FILE_SIZE + 1));
}

#[test]
fn should_name_what_is_wrong_in_the_head() {
    for (field, value, error) in [
        ("coin", "Bitcoin", WalletError::CoinUnknown("Bitcoin".into())),
        ("encrypted", "yes", WalletError::EncryptedUnknown("yes".into())),
        ("encrypted", "true", WalletError::SecretsMissing),
        ("seed", "", WalletError::SeedMissing),
    ] {
        assert_eq!(load(&with(new_wallet(1), &format!("/meta/{field}"), value.into())).unwrap_err(), error);
    }
    let mut secrets = new_wallet(1);
    secrets["meta"]["secrets"] = "AAAA".into();
    assert_eq!(load(&secrets).unwrap_err(), WalletError::SecretsUnexpected);
}

#[test]
fn should_name_what_is_wrong_with_the_encryption() {
    let load = |crypto: &str, secrets: &str| {
        let mut file = with(new_wallet(1), "/meta/cryptoType", crypto.into());
        file["meta"]["secrets"] = secrets.into();
        load(&with(file, "/meta/encrypted", "true".into())).unwrap_err()
    };
    assert_eq!(load("", "AAAA"), WalletError::CryptoMissing);
    assert_eq!(load("rot13", "AAAA"), WalletError::CryptoUnknown("rot13".into()));
    for crypto in ["sha256-xor", "scrypt-chacha20poly1305"] {
        for secrets in ["?", "AAAA", "////", &"A".repeat(400)] {
            assert_eq!(load(crypto, secrets), WalletError::SecretsDamaged, "{crypto} {secrets}");
        }
    }
}

#[test]
fn should_bound_what_scrypt_may_cost() {
    use base64::Engine;
    let load = |n: u64, r: u64, p: u64| {
        let head = json!({"n": n, "r": r, "p": p, "keyLen": 32, "salt": "", "nonce": "AAAAAAAAAAAAAAAA"});
        let head = head.to_string();
        let mut bytes = u16::try_from(head.len()).unwrap().to_le_bytes().to_vec();
        bytes.extend(head.as_bytes());
        let mut file = with(new_wallet(1), "/meta/encrypted", "true".into());
        file["meta"]["secrets"] = base64::engine::general_purpose::STANDARD.encode(bytes).into();
        load(&file).unwrap_err()
    };
    for (n, r, p) in [(1 << 21, 8, 1), (1 << 20, 9, 1), (2, 1 << 31, 1), (3, 8, 1), (0, 8, 1), (2, 8, 2)] {
        let refused = [n, r, p].map(|number| u32::try_from(number).unwrap());
        assert_eq!(load(n, r, p), WalletError::Scrypt { n: refused[0], r: refused[1], p: refused[2] });
    }
    assert!(matches!(load(2, 0, 1), WalletError::Scrypt { .. }));
    assert!(matches!(load(2, 8, 0), WalletError::Scrypt { .. }));
    assert_eq!(load(1 << 40, 8, 1), WalletError::SecretsDamaged);
    assert_eq!(load(2, 8, 1), WalletError::PasswordWrong);
}

#[test]
fn should_prove_every_entry() {
    let file = new_wallet(3);
    let other = new_wallet(4)["entries"][3].clone();
    let bent =
        |field: &str, value: Value| entry_error(&with(file.clone(), &format!("/entries/1/{field}"), value));
    let name = format!("entry 2 ({})", file["entries"][1]["address"].as_str().unwrap());
    let named = |error| (name.clone(), error);
    assert_eq!(bent("secret_key", other["secret_key"].clone()), named(EntryError::PublicMismatch));
    assert_eq!(bent("public_key", other["public_key"].clone()), named(EntryError::PublicMismatch));
    assert_eq!(bent("public_key", "02".into()), named(EntryError::PublicKey));
    assert_eq!(bent("secret_key", "".into()), named(EntryError::SecretMissing));
    assert!(matches!(bent("secret_key", "00".into()).1, EntryError::SecretKey(_)));
    assert_eq!(bent("address", other["address"].clone()).1, EntryError::AddressMismatch);
    assert!(matches!(bent("address", "x".into()), (place, EntryError::Address(_)) if place == "entry 2"));
    let twice = with(file.clone(), "/entries/2", file["entries"][1].clone());
    assert_eq!(entry_error(&twice).1, EntryError::Duplicate);
}

#[test]
fn should_prove_every_entry_of_an_account() {
    let file = bip44();
    let wallet = load(&file).unwrap();
    assert_eq!(wallet.change_address(), wallet.keys()[1].address);
    let change = "/accounts/0/chains/1";
    let bent = |field: &str, value: Value| with(file.clone(), &format!("{change}/{field}"), value);
    let place = format!("account 0, change 0 ({})", wallet.keys()[1].address);
    let other = file.pointer("/accounts/0/chains/0/entries/0/secret").unwrap().clone();
    assert_eq!(entry_error(&bent("entries/0/secret", other)), (place.clone(), EntryError::NotDerived));
    assert!(load(&bent("entries/0/secret", "".into())).is_ok());
    assert_eq!(entry_error(&bent("entries/0/child_number", 1.into())).1, EntryError::NotDerived);
    assert!(matches!(
        entry_error(&bent("entries/0/child_number", (1u64 << 31).into())).1,
        EntryError::SecretKey(_)
    ));
    let unknown = WalletError::ChainUnknown { account: 0, chain: "side".into() };
    assert_eq!(load(&bent("chain", "side".into())).unwrap_err(), unknown);
    let missing = WalletError::Account { account: 0, error: EntryError::SecretMissing };
    assert_eq!(load(&with(file.clone(), "/accounts/0/private_key", "".into())).unwrap_err(), missing);
    assert!(load(&with(file, "/accounts/0/private_key", "xprv".into())).is_err());
}

#[test]
fn should_pay_change_to_the_first_address_without_a_change_chain() {
    let wallet = load(&with(bip44(), "/accounts/0/chains/1/entries", Value::Null)).unwrap();
    assert_eq!(wallet.change_address(), wallet.keys()[0].address);
    let nothing = with(bip44(), "/accounts", Value::Null);
    assert_eq!(load(&nothing).unwrap_err(), WalletError::NoKeys);
}

/// Whatever is wrong with a file, the message has none of its secrets, not even where they stand in wrong places.
#[test]
fn should_never_repeat_a_secret_in_an_error() {
    let (file, account) = (new_wallet(2), bip44());
    let secret = file["entries"][0]["secret_key"].clone();
    let mut places = 0;
    for (file, fields) in [
        (
            &file,
            ["/entries/0/address", "/entries/0/public_key", "/entries/0", "/entries", "/meta"].as_slice(),
        ),
        (
            &account,
            &["/accounts/0/index", "/accounts/0/private_key", "/accounts/0/chains/0/entries/0/child_number"],
        ),
    ] {
        for place in fields {
            let error = load(&with(file.clone(), place, secret.clone())).unwrap_err();
            let said = format!("{error} {error:?}");
            assert!(!said.contains(secret.as_str().unwrap()) && !said.contains("voyage"), "{said}");
            places += 1;
        }
    }
    assert_eq!(places, 8);
}
