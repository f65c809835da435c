use std::sync::LazyLock;

use bitcoin::secp256k1::{All, Secp256k1};
use bitcoin::{Network, NetworkKind};
use miniscript::{Descriptor, DescriptorPublicKey};
use proptest::prelude::*;
use teller::address::{AccountXpub, DepositAddress};
use teller::types::Coin;

use super::{account_key, first};

static SECP: LazyLock<Secp256k1<All>> = LazyLock::new(Secp256k1::new);

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const SCRIPTS: [(&str, &str); 4] = [("pkh(", ")"), ("sh(wpkh(", "))"), ("wpkh(", ")"), ("tr(", ")")];
const NETWORKS: [Network; 3] = [Network::Bitcoin, Network::Testnet4, Network::Regtest];

proptest! {
    /// The library's own way through the whole descriptor gives the same text, and it is read as the same place.
    #[test]
    fn should_agree_with_miniscript(script in 0..4usize, network in 0..3usize, index in 0..1u32 << 31) {
        let (network, (open, close)) = (NETWORKS[network], SCRIPTS[script]);
        let key = account_key(WORDS, NetworkKind::from(network), "m/7'/2");
        let account = format!("{open}{key}/0/*{close}");
        let theirs: Descriptor<DescriptorPublicKey> = account.parse().unwrap();
        let theirs = theirs.at_derivation_index(index).unwrap().derived_descriptor(&*SECP);
        let theirs = theirs.address(network).unwrap().to_string();
        // With the library's checksum, as wallets write it.
        let own = Coin::BTC.network(&network.to_string()).unwrap();
        for text in [account.clone(), account.parse::<Descriptor<DescriptorPublicKey>>().unwrap().to_string()] {
            let ours = AccountXpub::parse(own, &text).unwrap().derive(index).unwrap();
            prop_assert_eq!(ours.to_string(), theirs.clone());
            prop_assert_eq!(DepositAddress::parse(own, &theirs), Ok(ours));
        }
    }
}

/// Every coin's addresses are written as an address file has them.
#[test]
fn should_write_addresses_as_files_have_them() {
    for (coin, path) in [(Coin::ETH, "m/44'/60'/0'"), (Coin::SKY, "m/44'/8000'/0'")] {
        let key = account_key(WORDS, NetworkKind::Main, path);
        let account = AccountXpub::parse(coin.main_network(), &key).unwrap();
        for text in first(&account, 50) {
            assert_eq!(DepositAddress::parse(coin.main_network(), &text).unwrap().to_string(), text);
        }
    }
}

#[test]
fn should_end_where_indexes_end() {
    let key = account_key(WORDS, NetworkKind::Main, "m/84'/0'/0'");
    let account = AccountXpub::parse(Coin::BTC.main_network(), &key).unwrap();
    let last: Vec<u32> = account.addresses(AccountXpub::END - 2).map(|(index, _)| index).collect();
    assert_eq!(last, [AccountXpub::END - 2, AccountXpub::END - 1]);
    assert!(account.derive(AccountXpub::END).is_err());
}
