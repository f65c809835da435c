//! Deposit addresses from an account's public key: how many a second one core derives, by how they are made.

use std::hint::black_box;
use std::time::Instant;

use teller::address::AccountXpub;
use teller::types::Coin;

use crate::measure::{ROUNDS, median, scaled, thousands};

/// Of BIP-86's vectors; what is measured is the same for any key.
const XPUB: &str = "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2af\
    YWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ";

pub(crate) fn run() {
    println!("## Deriving addresses from an account's public key\n");
    println!("| coin | rule | addresses/s | each, µs |\n|---|---|--:|--:|");
    for (coin, rule, text) in [
        (Coin::BTC, "P2PKH", format!("pkh({XPUB}/0/*)")),
        (Coin::BTC, "P2WPKH in P2SH", format!("sh(wpkh({XPUB}/0/*))")),
        (Coin::BTC, "P2WPKH", format!("wpkh({XPUB}/0/*)")),
        (Coin::BTC, "P2TR", format!("tr({XPUB}/0/*)")),
        (Coin::ETH, "keccak", XPUB.to_owned()),
        (Coin::SKY, "Skycoin", XPUB.to_owned()),
    ] {
        let account = AccountXpub::parse(coin.main_network(), &text).unwrap();
        let count = u32::try_from(scaled(20_000)).unwrap();
        let mut each: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let began = Instant::now();
                (0..count).for_each(|index| drop(black_box(account.derive(index).unwrap().to_string())));
                began.elapsed().as_secs_f64() / f64::from(count)
            })
            .collect();
        let each = median(&mut each);
        println!("| {coin} | {rule} | {} | {:.1} |", thousands(1.0 / each), each * 1e6);
    }
    println!();
}
