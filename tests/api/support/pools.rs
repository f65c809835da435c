//! Deposit addresses: those that the recording hands out, in its order, then valid ones that nobody owns.

use std::fs;
use std::path::Path;

use bitcoin::hashes::Hash;
use bitcoin::{PubkeyHash, ScriptBuf};
use serde_json::Value;
use teller::address::DepositAddress;
use teller::coins::Family;
use teller::types::Coin;

/// What the recording hands out, first to last.
const BTC: [&str; 6] = [
    "1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Kr",
    "1HWbuhpB6xrLYMUQDgyokGxXnshNhpBGxc",
    "13XswJkWXcAuCbmvZtANZaxdD1PHjjjPWm",
    "1EFVUWrRrknjB2RpU8QCw5GEwWkRDiW73",
    "14jTyF9w33hYf4HpiRnR9Mhto6yvR7ryVJ",
    "13tVVjFVX9PUMQxeVU79ZHVmxR1i1LVBay",
];
const ETH: &str = "0x00a3c1d7931c0662fb591d5252fa483ab8063943";
const SKY: &str = "x2s2GorhPXsEwYNGusZ32E6GSBrgqDzAcK";

/// A valid Bitcoin address that is in no pool here.
pub const FOREIGN_BTC: &str = "14njGFANHsP7w8LMZ4gCuWvXTiZzmsC7SW";

pub fn file_name(coin: Coin) -> String {
    format!("{}_addresses.txt", coin.facts().prefix)
}

/// What each coin's file holds where a test says nothing.
pub fn usual(coin: Coin) -> Vec<String> {
    match coin.family() {
        Family::BitcoinLike if coin == Coin::BTC => btc(60),
        Family::BitcoinLike => key_hashes(coin, 10),
        Family::Ethereum => eth(10),
        Family::Skycoin => sky(10),
    }
}

/// Addresses of a Bitcoin-like chain that nobody has the keys of.
fn key_hashes(coin: Coin, count: u8) -> Vec<String> {
    let script = |n: u8| ScriptBuf::new_p2pkh(&PubkeyHash::from_byte_array([n; 20]));
    let address = |n: u8| DepositAddress::of_script(script(n).as_bytes(), coin.main_network());
    (1..=count).map(|n| address(n).unwrap().to_string()).collect()
}

pub fn btc(count: usize) -> Vec<String> {
    fill(&BTC, json("btc_addresses"), count)
}

pub fn eth(count: usize) -> Vec<String> {
    fill(&[ETH], json("eth_addresses"), count)
}

pub fn sky(count: usize) -> Vec<String> {
    let lines = shipped("sky_addresses.txt");
    let addresses = lines.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    fill(&[SKY], addresses.map(str::to_owned).collect(), count)
}

/// The first ones, then others, `count` in all.
fn fill(first: &[&str], others: Vec<String>, count: usize) -> Vec<String> {
    let first = first.iter().map(|&address| address.to_owned());
    let all: Vec<String> = first.chain(others).take(count).collect();
    assert_eq!(all.len(), count, "the shipped address files hold too few");
    all
}

fn json(name: &str) -> Vec<String> {
    let file: Value = serde_json::from_str(&shipped(&format!("{name}.json"))).unwrap();
    file[name].as_array().unwrap().iter().map(|address| address.as_str().unwrap().to_owned()).collect()
}

fn shipped(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("addresses").join(name)).unwrap()
}
