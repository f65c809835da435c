use bitcoin::NetworkKind;
use serde_json::Value;
use teller::address::{AccountXpub, XpubError};
use teller::coins::{Family, Network};
use teller::types::Coin;

use super::{account_key, json, list, text};

fn parse(account: &Value, key: &str) -> AccountXpub {
    AccountXpub::parse(place(account), key).unwrap_or_else(|error| panic!("{}: {error}", account["source"]))
}

fn place(account: &Value) -> Network {
    let coin = Coin::from_code(text(&account["coin"])).unwrap();
    coin.network(text(&account["network"])).unwrap()
}

/// What a mnemonic's account is, without anything of the house.
fn key_of(account: &Value) -> String {
    let kind = if place(account).is_main() { NetworkKind::Main } else { NetworkKind::Test };
    account_key(text(&account["words"]), kind, text(&account["path"]))
}

fn check(account: &Value, key: &str) -> AccountXpub {
    let read = parse(account, key);
    for (index, address) in list(&account["addresses"]).iter().enumerate() {
        let derived = read.derive(u32::try_from(index).unwrap()).unwrap();
        assert_eq!(derived.to_string(), text(address), "{}", account["source"]);
    }
    read
}

/// By the key as it is published, by the key with its origin, and by descriptors: all are one account.
#[test]
fn should_give_the_published_addresses_however_the_account_is_written() {
    for account in list(&json("xpub/accounts.json")) {
        let key = key_of(account);
        let mut all = vec![check(account, &key), check(account, &format!("{key}/0/*"))];
        all.extend(account["key"].as_str().map(|published| check(account, published)));
        if let Some(script) = account["script"].as_str() {
            let close = ")".repeat(script.matches('(').count() + 1);
            all.push(check(account, &format!("{script}({key}/0/*{close}")));
            all.push(check(account, &format!("{script}({key}/<0;1>/*{close}")));
        }
        assert!(all.iter().all(|other| other.identity() == all[0].identity()), "{}", account["source"]);
    }
}

/// Of the accounts of one mnemonic none is another's.
#[test]
fn should_tell_accounts_apart() {
    let accounts = json("xpub/accounts.json");
    let mut all: Vec<_> =
        list(&accounts).iter().map(|account| parse(account, &key_of(account)).identity()).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), list(&accounts).len());
}

#[test]
fn should_refuse_the_chain_of_change() {
    let mut seen = Vec::new();
    for account in list(&json("xpub/accounts.json")) {
        let key = key_of(account);
        let change = AccountXpub::parse(place(account), &format!("{key}/1/*"));
        assert_eq!(change.err(), Some(XpubError::Change));
        seen.push(place(account).coin());
    }
    assert_eq!(seen.len(), 11);
    for coin in Coin::all().filter(|coin| coin.family() == Family::BitcoinLike) {
        assert!(seen.contains(&coin), "no account of {coin}");
    }
}
