use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bitcoin::NetworkKind;
use bitcoin::bip32::{DerivationPath, Xpriv, Xpub};
use bitcoin::secp256k1::Secp256k1;
use serde_json::Value;
use teller::address::AccountXpub;
use teller::types::Coin;

use super::{account_key, json, list, text};

fn parse(coin: Coin, key: &str) -> AccountXpub {
    AccountXpub::parse(coin.main_network(), key).unwrap()
}

/// Each entry of a wallet file is the derivation of its number.
fn check_entries(account: &AccountXpub, entries: &Value) -> usize {
    for entry in list(entries) {
        let index = u32::try_from(entry["child_number"].as_u64().unwrap()).unwrap();
        assert_eq!(account.derive(index).unwrap().to_string(), text(&entry["address"]));
    }
    list(entries).len()
}

/// The account's key from the words of a wallet file, and the key of its receiving chain as the file has it.
#[test]
fn should_give_the_addresses_of_a_bip44_wallet() {
    let wallet = json("skycoin/wallets/test5-bip44.wlt");
    let chain = &wallet["accounts"][0]["chains"][0];
    assert_eq!(chain["chain"], "external");
    let by_words = account_key(text(&wallet["meta"]["seed"]), NetworkKind::Main, "m/44'/8000'/0'");
    for key in [by_words.as_str(), text(&chain["public_key"])] {
        assert_eq!(check_entries(&parse(Coin::SKY, key), &chain["entries"]), 6);
    }
}

/// Wallets of the kind `xpub` have their addresses directly below the key that they were made from.
#[test]
fn should_give_the_addresses_of_an_xpub_wallet() {
    let wallet = json("skycoin/wallets/xpub-test.wlt");
    let account = parse(Coin::SKY, &format!("{}/*", text(&wallet["meta"]["xpub"])));
    assert_eq!(check_entries(&account, &wallet["entries"]), 2);
}

/// Keys that Skycoin's node made, up to the last index there is.
#[test]
fn should_give_the_addresses_of_the_node_s_seeds() {
    let secp = Secp256k1::new();
    for number in 0..5 {
        let file = json(&format!("skycoin/seeds/seed-bip32-000{number}.json"));
        let seed = STANDARD.decode(text(&file["seed"])).unwrap();
        let path: DerivationPath = text(&file["base_path"]).parse().unwrap();
        let chain = Xpriv::new_master(NetworkKind::Main, &seed).unwrap().derive_priv(&secp, &path).unwrap();
        let chain = Xpub::from_priv(&secp, &chain).to_string();
        let (skycoin, bitcoin) = (parse(Coin::SKY, &chain), parse(Coin::BTC, &chain));
        for (index, key) in list(&file["child_numbers"]).iter().zip(list(&file["keys"])) {
            let index = u32::try_from(index.as_u64().unwrap()).unwrap();
            assert_eq!(skycoin.derive(index).unwrap().to_string(), text(&key["address"]));
            assert_eq!(bitcoin.derive(index).unwrap().to_string(), text(&key["bitcoin_address"]));
        }
    }
}
