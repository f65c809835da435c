//! A mainnet block of 3,000 transactions.

use std::collections::HashSet;

use bitcoin::consensus::deserialize;
use bitcoin::{Address, AddressType, Block, Network};
use teller::address::{AddressKey, DepositAddress};
use teller::chain::{Watch, block_payments};
use teller::types::Coin;

const HASH: &str = "000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae";

fn bytes() -> Vec<u8> {
    let name = format!("{}/tests/data/bitcoin/mainnet_block_{HASH}.raw", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(name).unwrap()
}

fn block() -> Block {
    deserialize(&bytes()).unwrap()
}

struct All;

impl Watch for All {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        true
    }
}

struct Some(HashSet<AddressKey>);

impl Watch for Some {
    fn may_be_watched(&self, address: &DepositAddress) -> bool {
        self.0.contains(&address.key())
    }
}

/// Txid, output, address text and satoshi of every output that has one address, by the bitcoin crate's own rules.
fn expected(block: &Block) -> Vec<(String, u32, String, u64)> {
    let mut all = Vec::new();
    for transaction in &block.txdata {
        let txid = transaction.compute_txid().to_string();
        for (n, output) in (0u32..).zip(&transaction.output) {
            let Ok(address) = Address::from_script(&output.script_pubkey, Network::Bitcoin) else { continue };
            let is_standard = matches!(
                address.address_type(),
                Option::Some(
                    AddressType::P2pkh
                        | AddressType::P2sh
                        | AddressType::P2wpkh
                        | AddressType::P2wsh
                        | AddressType::P2tr
                )
            );
            if is_standard && output.value.to_sat() > 0 {
                all.push((txid.clone(), n, address.to_string(), output.value.to_sat()));
            }
        }
    }
    all
}

#[test]
fn should_have_the_hash_and_the_transactions_that_it_says() {
    let block = block();
    assert_eq!(block.block_hash().to_string(), HASH);
    assert!(block.check_merkle_root());
    assert!(block.txdata.len() > 1_000, "{} transactions", block.txdata.len());
}

#[test]
fn should_find_every_output_that_pays_an_address() {
    let block = block();
    let found = block_payments(&bytes(), Coin::BTC.main_network(), &All).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|p| (p.tx.clone(), p.n, p.address.to_string(), u64::try_from(p.amount.get()).unwrap()))
        .collect();
    let expected = expected(&block);
    assert!(expected.len() > 3_000, "{} outputs", expected.len());
    assert_eq!(found, expected);
}

#[test]
fn should_find_one_watched_address_of_each_type_and_nothing_else() {
    let block = block();
    let expected = expected(&block);
    let mut watched = HashSet::new();
    for prefix in ["1", "3", "bc1q", "bc1p"] {
        // The block is of a time before taproot.
        let one = expected.iter().find(|(_, _, text, _)| text.starts_with(prefix));
        watched.extend(one.map(|(_, _, text, _)| text.clone()));
    }
    assert_eq!(watched.len(), 3);
    let parse = |text: &String| DepositAddress::parse(Coin::BTC.main_network(), text).unwrap().key();
    let watch = Some(watched.iter().map(parse).collect());
    let found = block_payments(&bytes(), Coin::BTC.main_network(), &watch).unwrap();
    let paying = expected.iter().filter(|(_, _, text, _)| watched.contains(text)).count();
    assert_eq!(found.len(), paying);
    assert!(found.iter().all(|payment| watched.contains(&payment.address.to_string())));
}
