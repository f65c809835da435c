use std::collections::HashMap;

use bitcoin::bip32::Xpub;
use teller::address::{Secret, XpubError};

use super::{bitcoin, json, list, text};

/// Where the vectors have a public key and a child of it, the child is what is derived.
#[test]
fn should_derive_the_children_of_bip_32() {
    let mut seen = 0;
    for vector in list(&json("xpub/bip32.json")["vectors"]) {
        let chains = list(&vector["chains"]).iter();
        let keys: HashMap<&str, &str> =
            chains.map(|chain| (text(&chain["path"]), text(&chain["xpub"]))).collect();
        for (path, key) in &keys {
            let (parent, index) = path.rsplit_once('/').unwrap_or((path, "h"));
            let Ok(index) = index.parse::<u32>() else { continue };
            let account = bitcoin(&format!("pkh({}/*)", keys[parent])).unwrap();
            let child: Xpub = key.parse().unwrap();
            let expected = bitcoin::Address::p2pkh(child.to_pub(), bitcoin::Network::Bitcoin);
            assert_eq!(account.derive(index).unwrap().to_string(), expected.to_string(), "{path}");
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn should_refuse_every_private_key_of_bip_32_and_every_broken_key() {
    let vectors = json("xpub/bip32.json");
    let chains = list(&vectors["vectors"]).iter().flat_map(|vector| list(&vector["chains"]));
    let secret = Some(XpubError::Secret(Secret::ExtendedKey));
    for private in chains.map(|chain| text(&chain["xprv"])) {
        assert_eq!(bitcoin(private).err(), secret);
    }
    for invalid in list(&vectors["invalid"]) {
        let key = text(&invalid["key"]);
        for text in [key.to_owned(), format!("{key}/0/*"), format!("wpkh({key}/0/*)")] {
            let error = bitcoin(&text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains(&key[8..16]), "{error}");
            // The key of an invalid prefix is not told apart: nothing public begins like it.
            assert!(!key.starts_with("xprv") || Some(&error) == secret.as_ref(), "{key}");
        }
    }
}
