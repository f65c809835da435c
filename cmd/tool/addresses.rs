//! Makes and checks deposit addresses.

use std::path::Path;

use anyhow::bail;
use clap::Args;
use teller::address::{AccountXpub, DepositAddress, read_address_file};
use teller::coins::{Family, Network, UnknownNetwork};
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
    /// Network, such as testnet or regtest; the coin's main one where it is left out
    #[arg(long)]
    network: Option<String>,
}

pub(super) fn make(coin: Coin, new: &NewAddresses, json: bool) -> anyhow::Result<bool> {
    if json && new.with_keys {
        bail!("an address file holds no keys: give either --json or --with-keys");
    }
    let network = network(coin, new.network.as_deref())?;
    let seed = secret(&new.seed, "seed")?;
    let keys = KeyChain::new(seed.as_bytes()).take(usize::try_from(new.count)?);
    if json {
        let all: Vec<String> = keys.map(|key| address(&key, network)).collect();
        return print_json(coin, &all);
    }
    for key in keys {
        let address = address(&key, network);
        match new.with_keys {
            true => print(&format!("{address} {}", *key.expose_hex()))?,
            false => print(&address)?,
        }
    }
    Ok(true)
}

/// The coin's network of this name; the main one where there is none, or where addresses are alike on all networks.
fn network(coin: Coin, name: Option<&str>) -> Result<Network, UnknownNetwork> {
    match name {
        Some(name) if coin.networks().len() > 1 => coin.network(name),
        Some(_) | None => Ok(coin.main_network()),
    }
}

fn address(key: &SecretKey, network: Network) -> String {
    match network.coin().family() {
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
    let coin = derive.coin;
    let network = network(coin, derive.network.as_deref())?;
    let account = AccountXpub::parse(network, &secret(&derive.from, "key")?)?;
    let addresses = account.addresses(derive.index).take(usize::try_from(derive.count)?);
    let mut addresses = addresses.map(|(_, address)| address.to_string());
    match json {
        true => print_json(coin, &addresses.collect::<Vec<_>>()),
        false => addresses.try_for_each(|address| print(&address)).map(|()| true),
    }
}

pub(super) fn check(coin: Coin, file: &Path, name: Option<&str>) -> anyhow::Result<bool> {
    let read = read_address_file(file, network(coin, name)?, |_| Ok(()))?;
    print(&format!("{}: {} {coin} addresses, all good", file.display(), read.count))?;
    Ok(true)
}
