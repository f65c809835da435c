//! Makes and checks deposit addresses.

use std::path::Path;

use anyhow::bail;
use clap::Args;
use teller::address::{AccountXpub, DepositAddress, Network, network_from_name, read_address_file};
use teller::coins::Family;
use teller::skycoin::{KeyChain, SecretKey, bitcoin_address};
use teller::types::Coin;

use super::{NewAddresses, coin, print, secret};

#[derive(Debug, Args)]
pub(super) struct Derive {
    /// Coin of the addresses
    #[arg(value_parser = coin)]
    coin: Coin,
    /// The account's public key: xpub, ypub, zpub and so on, or a descriptor; `-` reads it from standard input
    #[arg(long, value_name = "KEY")]
    from: String,
    /// How many
    #[arg(long, default_value_t = 1)]
    count: u32,
    /// The first one's index
    #[arg(long, default_value_t = 0)]
    index: u32,
    /// Bitcoin network: bitcoin, testnet, testnet4, signet or regtest
    #[arg(long, default_value = "bitcoin")]
    network: String,
}

pub(super) fn make(coin: Coin, new: &NewAddresses, json: bool) -> anyhow::Result<bool> {
    if json && new.with_keys {
        bail!("an address file holds no keys: give either --json or --with-keys");
    }
    let network = network_from_name(&new.network)?;
    let seed = secret(&new.seed, "seed")?;
    let keys = KeyChain::new(seed.as_bytes()).take(usize::try_from(new.count)?);
    if json {
        let all: Vec<String> = keys.map(|key| address(coin, &key, network)).collect();
        return print_json(coin, &all);
    }
    for key in keys {
        let address = address(coin, &key, network);
        match new.with_keys {
            true => print(&format!("{address} {}", *key.expose_hex()))?,
            false => print(&address)?,
        }
    }
    Ok(true)
}

fn address(coin: Coin, key: &SecretKey, network: Network) -> String {
    match coin.family() {
        Family::BitcoinLike => {
            let script = bitcoin_address(&key.public()).script_pubkey();
            let address = DepositAddress::of_script(script.as_bytes(), network);
            address.expect("BUG: a P2PKH script is an address's").to_string()
        }
        Family::Ethereum => DepositAddress::of_public_key(&key.public()).to_string(),
        Family::Skycoin => key.address().to_string(),
    }
}

fn print_json(coin: Coin, addresses: &[String]) -> anyhow::Result<bool> {
    let field = coin.facts().settings.addresses_key.to_owned();
    let mut text = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, indent);
    let file = serde_json::Map::from_iter([(field, addresses.into())]);
    serde::Serialize::serialize(&file, &mut serializer)?;
    print(&String::from_utf8(text)?)?;
    Ok(true)
}

/// Prints addresses of an account, one a line, which is an address file as well.
pub(super) fn derive(derive: &Derive, json: bool) -> anyhow::Result<bool> {
    let network = network_from_name(&derive.network)?;
    let coin = derive.coin;
    let account = AccountXpub::parse(coin, &secret(&derive.from, "key")?, network)?;
    let addresses = account.addresses(derive.index).take(usize::try_from(derive.count)?);
    let mut addresses = addresses.map(|(_, address)| address.to_string());
    match json {
        true => print_json(coin, &addresses.collect::<Vec<_>>()),
        false => addresses.try_for_each(|address| print(&address)).map(|()| true),
    }
}

pub(super) fn check(coin: Coin, file: &Path, network: &str) -> anyhow::Result<bool> {
    let network = network_from_name(network)?;
    let read = read_address_file(file, coin, network, |_| Ok(()))?;
    print(&format!("{}: {} {coin} addresses, all good", file.display(), read.count))?;
    Ok(true)
}
