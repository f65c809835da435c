use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bitcoin::NetworkKind;
use bitcoin::bip32::{DerivationPath, Xpriv, Xpub};
use bitcoin::secp256k1::Secp256k1;
use serde_json::Value;
use teller::skycoin::{AccountChain, AccountKey, Address, KeyChain, SecretKey, Signature, bitcoin_address};
use teller::types::Hash32;

use super::{files, hash, json, list, number, text};

fn seed(file: &Value) -> Vec<u8> {
    STANDARD.decode(text(&file["seed"])).unwrap()
}

fn digests() -> Vec<Hash32> {
    list(&json("seeds/input-hashes.json")["hashes"]).iter().map(hash).collect()
}

fn check_key(key: &SecretKey, expected: &Value, digests: &[Hash32]) {
    assert_eq!(*key.expose_hex(), text(&expected["secret"]));
    assert_eq!(key.public().to_string(), text(&expected["public"]));
    assert_eq!(key.address().to_string(), text(&expected["address"]));
    assert_eq!(bitcoin_address(&key.public()).to_string(), text(&expected["bitcoin_address"]));
    assert_eq!(Address::decode(text(&expected["address"])), Ok(key.address()));
    let signatures = list(&expected["signatures"]);
    assert_eq!(signatures.len(), digests.len());
    for (signature, digest) in signatures.iter().zip(digests) {
        let signature = Signature::parse(text(signature)).unwrap();
        assert_eq!(signature.recover(digest), Ok(key.public()));
        assert_eq!(signature.verify(digest, key.address()), Ok(()));
        assert_eq!(key.sign(digest).recover(digest), Ok(key.public()));
    }
}

#[test]
fn should_make_the_keys_of_deterministic_wallets() {
    let digests = digests();
    let names: Vec<_> = files("seeds").into_iter().filter(|name| name.contains("seed-0")).collect();
    assert_eq!(names.len(), 7);
    for name in names {
        let file = json(&name);
        let expected = list(&file["keys"]);
        let keys: Vec<_> = KeyChain::new(&seed(&file)).take(expected.len()).collect();
        keys.iter().zip(expected).for_each(|(key, expected)| check_key(key, expected, &digests));
    }
}

#[test]
fn should_make_the_keys_of_bip44_wallets() {
    let digests = digests();
    let names: Vec<_> = files("seeds").into_iter().filter(|name| name.contains("bip32")).collect();
    assert_eq!(names.len(), 5);
    for name in names {
        let file = json(&name);
        assert_eq!(text(&file["base_path"]), "m/44'/0'/0'/0");
        let account = AccountKey::from_seed(&seed(&file), 0, 0).unwrap();
        let expected = list(&file["keys"]);
        assert_eq!(expected.len(), list(&file["child_numbers"]).len());
        for (child, expected) in list(&file["child_numbers"]).iter().zip(expected) {
            let child = u32::try_from(number(child)).unwrap();
            check_key(&account.key(AccountChain::External, child).unwrap(), expected, &digests);
            check_extended_key(&seed(&file), expected);
        }
    }
}

/// The library under `AccountKey` follows BIP-32 to the letter.
fn check_extended_key(seed: &[u8], expected: &Value) {
    let secp = Secp256k1::new();
    let path: DerivationPath = text(&expected["path"]).parse().unwrap();
    let key = Xpriv::new_master(NetworkKind::Main, seed).unwrap().derive_priv(&secp, &path).unwrap();
    let public = Xpub::from_priv(&secp, &key);
    assert_eq!(key.to_string(), text(&expected["xpriv"]));
    assert_eq!(public.to_string(), text(&expected["xpub"]));
    assert_eq!(public.identifier().to_string(), text(&expected["identifier"]));
    assert_eq!(u64::from(key.depth), number(&expected["depth"]));
    assert_eq!(u64::from(u32::from(key.child_number)), number(&expected["child_number"]));
}
