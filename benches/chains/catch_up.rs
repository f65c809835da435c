//! Catching up with a local bitcoind and a local litecoind, against fetching the same blocks and throwing them away.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bitcoin::consensus::encode::serialize_hex;
use bitcoin::{Amount, OutPoint, ScriptBuf};
use futures_util::StreamExt;
use futures_util::stream;
use secrecy::SecretString;
use serde_json::json;
use teller::chain::{BitcoinReader, BitcoinSettings};
use teller::clock::SystemClock;
use teller::coins::Network;
use teller::engine::{BuyMethods, Intake, Scanner, ScannerSettings};
use teller::live::{ChainLimits, Live};
use teller::rpc::{Auth, HttpClient, HttpSettings, JsonRpc};
use teller::store::{Purpose, RedbBackend, Store};
use teller::task::{Next, Worker};
use teller::types::{Coin, Height, PerCoin, Rate};

use crate::measure::{ROUNDS, median, rate, scaled};
use crate::support::Absent;
use crate::support::bitcoind::{self, Bitcoind, MATURITY, Options};
use crate::support::litecoind::{self, EXTENSIONS_FROM, Litecoind};
use crate::support::miner::{Miner, Spendable};

/// Requests at a time, as the reader makes them.
const PIPELINE: usize = 8;
/// Payments in a transaction, and transactions in a full block.
const PAYMENTS: usize = 2_000;
const TRANSACTIONS: usize = 2;
const DATA: u8 = 180;
const FULL: u64 = 200;
const PAYMENT: Amount = Amount::from_sat(600);
const FEE: Amount = Amount::from_sat(100_000);
const EMPTY: u64 = 3_000;

pub(crate) async fn run() -> Result<(), Absent> {
    println!("## Catching up with a local node\n");
    println!(
        "| blocks | by | fetching alone, blocks/s | followed, blocks/s | fetching alone / followed \
         |\n|--:|---|--:|--:|--:|"
    );
    for (by, rest) in [("REST", true), ("JSON-RPC", false)] {
        let node = Bitcoind::start_with(Options { rest, ..Options::default() }).await?;
        let from = fill(&node, scaled(FULL)).await;
        let target = Target::bitcoin(&node);
        compare(&target, by, from..=node.height().await, "full").await;
        let from = node.height().await + 1;
        node.mine(scaled(EMPTY), &Miner::new().address()).await;
        compare(&target, by, from..=node.height().await, "empty").await;
    }
    let node = Litecoind::start().await?;
    // Later blocks need somebody who moves coins into the extension.
    node.mine(scaled(EMPTY).min(EXTENSIONS_FROM - 1)).await;
    let (url, network) = (node.rpc().url().to_owned(), Coin::LTC.network("regtest").unwrap());
    let target = Target { url, user: litecoind::USER, password: litecoind::PASSWORD, network };
    compare(&target, "REST", 1..=node.height().await, "empty, of Litecoin").await;
    println!();
    Ok(())
}

/// Blocks with thousands of payments each; answers the first of them.
async fn fill(node: &Bitcoind, blocks: u64) -> u64 {
    let miner = Miner::new();
    let wanted = usize::try_from(blocks).unwrap() * TRANSACTIONS;
    let rewards = node.mine(u64::try_from(wanted).unwrap(), &miner.address()).await;
    node.mine(MATURITY, &miner.address()).await;
    let from = node.height().await + 1;
    // On the main chain a payment comes with some 230 bytes of its transaction; here these are data.
    let data = ScriptBuf::from_bytes([vec![0x6a, 0x4c, DATA], vec![7; usize::from(DATA)]].concat());
    let foreign: Vec<_> = (0..PAYMENTS)
        .flat_map(|n| [(strange(n).script_pubkey(), PAYMENT), (data.clone(), Amount::ZERO)])
        .collect();
    for rewards in rewards.chunks(TRANSACTIONS) {
        let mut transactions = Vec::new();
        for hash in rewards {
            let coinbase = &node.block(*hash).await.txdata[0];
            let outpoint = OutPoint { txid: coinbase.compute_txid(), vout: 0 };
            let coin = Spendable { outpoint, value: coinbase.output[0].value };
            transactions.push(serialize_hex(&miner.spend(coin, &foreign, FEE)));
        }
        let to = miner.address().to_string();
        node.rpc().call("generateblock", json!([to, transactions])).await;
    }
    from
}

fn strange(n: usize) -> bitcoin::Address {
    let mut program = [7; 20];
    program[..8].copy_from_slice(&n.to_be_bytes());
    let program = bitcoin::WitnessProgram::new(bitcoin::WitnessVersion::V0, &program).unwrap();
    bitcoin::Address::from_witness_program(program, bitcoin::KnownHrp::Regtest)
}

/// A node that is caught up with.
struct Target {
    url: String,
    user: &'static str,
    password: &'static str,
    network: Network,
}

impl Target {
    fn bitcoin(node: &Bitcoind) -> Target {
        let (url, network) = (node.rpc().url().to_owned(), Coin::BTC.network("regtest").unwrap());
        Target { url, user: bitcoind::USER, password: bitcoind::PASSWORD, network }
    }
}

async fn compare(node: &Target, by: &str, heights: RangeInclusive<u64>, kind: &str) {
    let (from, to, has_rest) = (*heights.start(), *heights.end(), by == "REST");
    let count = to - from + 1;
    let (mut alone, mut followed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(rate(count, fetch(&rpc(node), from, to, has_rest).await));
        followed.push(rate(count, follow(rpc(node), node.network, from).await));
    }
    let (alone, followed) = (median(&mut alone), median(&mut followed));
    println!("| {count} {kind} | {by} | {alone:.0} | {followed:.0} | {:.2} |", alone / followed);
}

fn rpc(node: &Target) -> JsonRpc {
    let pass = SecretString::from(node.password);
    let settings = HttpSettings {
        base: node.url.clone(),
        auth: Auth::Basic { user: node.user.to_owned(), pass },
        certificate: None,
        max_answer: 32 << 20,
    };
    JsonRpc::new(HttpClient::new(settings).unwrap(), "1.0")
}

async fn fetch(rpc: &JsonRpc, from: u64, to: u64, has_rest: bool) -> Duration {
    let began = Instant::now();
    let blocks = stream::iter(from..=to).map(async |height| {
        let hash: String = rpc.call("getblockhash", json!([height])).await.unwrap();
        if has_rest {
            rpc.http().get(&format!("/rest/block/{hash}.bin")).await.unwrap().len()
        } else {
            rpc.call::<String>("getblock", json!([hash, 0])).await.unwrap().len()
        }
    });
    let bytes: usize = blocks.buffered(PIPELINE).collect::<Vec<_>>().await.into_iter().sum();
    assert!(bytes > 0);
    began.elapsed()
}

async fn follow(rpc: JsonRpc, network: Network, from: u64) -> Duration {
    let dir = tempfile::tempdir().unwrap();
    let mut scanner = scanner(dir.path(), rpc, network, from);
    let began = Instant::now();
    while scanner.step().await.unwrap() == Next::Again {}
    began.elapsed()
}

fn scanner(dir: &Path, rpc: JsonRpc, network: Network, from: u64) -> Scanner<BitcoinReader> {
    let backend = Arc::new(RedbBackend::open(&dir.join("teller.db"), |_| {}).unwrap());
    let store = Store::open(backend, Purpose::real(network), Arc::new(SystemClock), &|_| {}).unwrap();
    let rates = PerCoin::new(|coin| Rate::parse(coin.facts().settings.rate.unwrap()).unwrap());
    let settings = ScannerSettings {
        initial_height: Height::new(from),
        confirmations: 1,
        use_finalized: false,
        scan_period: Duration::from_secs(1),
        shorter_chain_wait: Duration::from_secs(600),
        limits: ChainLimits { max_tip_age: None, max_silence: Duration::from_secs(60) },
    };
    let reader = Arc::new(BitcoinReader::new(rpc, BitcoinSettings { network }));
    let intake = Intake::fixed(&rates, &[], 3, BuyMethods::default());
    Scanner::new(store, reader, intake, settings, Arc::new(Live::default()), Arc::new(SystemClock))
}
