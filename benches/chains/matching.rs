//! One real Bitcoin block, read and matched against many watched addresses,
//! against decoding it with the bitcoin crate.

use std::hint::black_box;
use std::time::Instant;

use bitcoin::consensus::deserialize;
use bitcoin::hashes::Hash;
use bitcoin::{Block, PubkeyHash, ScriptBuf};
use teller::address::DepositAddress;
use teller::chain::block_payments;
use teller::store::IndexAlone;
use teller::types::Coin;

use crate::measure::{ROUNDS, median, scaled, thousands};
use crate::rng::Rng;

const BLOCK: &[u8] = include_bytes!(
    "../../tests/data/bitcoin/mainnet_block_000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae.raw"
);
const LITECOIN: &[u8] = include_bytes!("../../tests/data/litecoin/regtest-435.raw");
const DOGECOIN: &[u8] = include_bytes!("../../tests/data/dogecoin/auxpow-80f90867.raw");
/// Blocks in a round.
const REPEATS: u32 = 20;

pub(crate) fn run() {
    let block: Block = deserialize(BLOCK).unwrap();
    let outputs: usize = block.txdata.iter().map(|transaction| transaction.output.len()).sum();
    println!("## Matching a real block ({} bytes, {outputs} outputs)\n", thousands_of(BLOCK.len()));
    println!("| watched addresses | decode, ms | read and match, ms | ratio |\n|--:|--:|--:|--:|");
    for count in [10_000, 1_000_000, 10_000_000].map(scaled) {
        let mut rng = Rng::fixed();
        let watch = IndexAlone::of((0..count).map(|_| address(&mut rng))).unwrap();
        let (mut alone, mut matched) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            alone.push(milliseconds(|| drop(black_box(deserialize::<Block>(black_box(BLOCK)).unwrap()))));
            matched.push(milliseconds(|| {
                let found = block_payments(black_box(BLOCK), Coin::BTC.main_network(), &watch).unwrap();
                assert!(black_box(found).len() < outputs);
            }));
        }
        let (alone, matched) = (median(&mut alone), median(&mut matched));
        println!("| {count} | {alone:.2} | {matched:.2} | {:.2} |", matched / alone);
    }
    println!();
    others();
}

/// Blocks of the other chains, which the bitcoin crate does not decode: in time for each kilobyte, as they are small.
fn others() {
    let mut rng = Rng::fixed();
    let watch = IndexAlone::of((0..scaled(1_000_000)).map(|_| address(&mut rng))).unwrap();
    println!("| block | bytes | read and match, µs | µs for each kB |\n|---|--:|--:|--:|");
    let (ltc, doge) = (Coin::LTC.network("regtest").unwrap(), Coin::DOGE.main_network());
    let blocks = [
        ("Bitcoin", BLOCK, Coin::BTC.main_network()),
        ("Litecoin, with an extension block", LITECOIN, ltc),
        ("Dogecoin, merge-mined", DOGECOIN, doge),
    ];
    for (name, bytes, network) in blocks {
        let mut all: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                milliseconds(|| drop(black_box(block_payments(black_box(bytes), network, &watch).unwrap())))
            })
            .collect();
        let micros = median(&mut all) * 1000.0;
        let kilobytes = f64::from(u32::try_from(bytes.len()).unwrap()) / 1000.0;
        println!("| {name} | {} | {micros:.1} | {:.2} |", thousands_of(bytes.len()), micros / kilobytes);
    }
    println!();
}

fn thousands_of(count: usize) -> String {
    thousands(f64::from(u32::try_from(count).unwrap()))
}

fn milliseconds(mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    (0..REPEATS).for_each(|_| work());
    began.elapsed().as_secs_f64() * 1000.0 / f64::from(REPEATS)
}

fn address(rng: &mut Rng) -> DepositAddress {
    let mut hash = [0; 20];
    hash.chunks_mut(8).for_each(|part| part.copy_from_slice(&rng.next().to_be_bytes()[..part.len()]));
    let script = ScriptBuf::new_p2pkh(&PubkeyHash::from_byte_array(hash));
    DepositAddress::of_script(script.as_bytes(), Coin::BTC.main_network()).unwrap()
}
