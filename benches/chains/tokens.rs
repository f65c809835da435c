//! One Ethereum block with many transfers of a token, read and held against its hash, against fetching it and its
//! receipts and throwing them away.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use alloy_primitives::hex;
use serde_json::{Value, json};
use teller::address::DepositAddress;
use teller::chain::ethereum::roots;
use teller::chain::ethereum::{EthBlock, EthReceipt, EthTransaction};
use teller::chain::{ChainSource, EthereumReader, EthereumSettings, Watch, Watcher};
use teller::coins::{Contract, Symbol, Token};
use teller::rpc::{Auth, HttpClient, HttpSettings, JsonRpc};
use teller::types::Height;

use crate::measure::{ROUNDS, median, scaled};

const TOKEN: &str = "0xdadadadadadadadadadadadadadadadadadadada";
const STRANGER: &str = "0x0707070707070707070707070707070707070707";
const TRANSFER: &str = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
/// Transfers in a block.
const LOGS: u64 = 5_000;
/// Logs of a transaction.
const EACH: u64 = 5;
const HEIGHT: &str = "0x7";

struct Payee(DepositAddress);

impl Watch for Payee {
    fn may_be_watched(&self, address: &DepositAddress) -> bool {
        *address == self.0
    }
}

/// The block, and its receipts.
struct Told {
    block: Value,
    receipts: Value,
}

pub(crate) async fn run() {
    let logs = scaled(LOGS);
    let told = Arc::new(told(logs));
    let base = serve(Arc::clone(&told));
    let rpc = || JsonRpc::new(HttpClient::new(settings(&base)).unwrap(), "2.0");
    let (fetching, token) = (rpc(), token());
    let reader = EthereumReader::new(rpc(), EthereumSettings { chain_id: 1, traces: false });
    let reader = reader.with_tokens(vec![token]);
    let watcher: Watcher = Arc::new(Payee(DepositAddress::of_account([9; 20])));
    let (mut alone, mut read) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let block: Box<serde_json::value::RawValue> =
            fetching.call("eth_getBlockByNumber", json!([HEIGHT, true])).await.unwrap();
        let receipts: Box<serde_json::value::RawValue> =
            fetching.call("eth_getBlockReceipts", json!([told.block["hash"]])).await.unwrap();
        assert!(block.get().len() + receipts.get().len() > 1_000);
        alone.push(began.elapsed().as_secs_f64() * 1_000.0);
        let began = Instant::now();
        let block = reader.block(Height::new(7), &watcher).await.unwrap().unwrap();
        read.push(began.elapsed().as_secs_f64() * 1_000.0);
        assert_eq!((block.payments.len(), block.gaps.unread.len()), (1, 0));
    }
    let (alone, read) = (median(&mut alone), median(&mut read));
    println!("## An Ethereum block with {logs} transfers of a token, one of them to a watched address\n");
    println!("| fetch, ms | read, ms | a transfer, µs | ratio |\n|--:|--:|--:|--:|");
    let each = read * 1_000.0 / f64::from(u32::try_from(logs).unwrap());
    println!("| {alone:.1} | {read:.1} | {each:.1} | {:.2} |\n", read / alone);
}

fn token() -> Token {
    Token { contract: Contract([0xda; 20]), symbol: Symbol::parse("USDT").unwrap(), decimals: 6 }
}

fn settings(base: &str) -> HttpSettings {
    HttpSettings { base: base.to_owned(), auth: Auth::None, certificate: None, max_answer: 64 << 20 }
}

/// A node that has this block alone. Of the payee's balance it tells what arrived.
fn serve(told: Arc<Told>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let told = Arc::clone(&told);
            std::thread::spawn(move || answer(stream, &told));
        }
    });
    base
}

fn answer(mut stream: TcpStream, told: &Told) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(call) = call(&mut reader) {
        let params = &call["params"];
        let result = match call["method"].as_str().unwrap() {
            "eth_getBlockByNumber" => told.block.clone(),
            "eth_getBlockReceipts" => told.receipts.clone(),
            "eth_call" => json!(format!("0x{:064x}", u8::from(params[1] == HEIGHT))),
            other => panic!("nobody asks for {other}"),
        };
        let body = json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }).to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
    }
}

/// The next call; none where the client has gone.
fn call(reader: &mut BufReader<TcpStream>) -> Option<Value> {
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn told(logs: u64) -> Told {
    let transactions: Vec<Value> = (0..logs / EACH).map(transaction).collect();
    let hashes: Vec<Value> = transactions.iter().map(|one| one["hash"].clone()).collect();
    let nothing = json!(format!("0x{}", "0".repeat(64)));
    let mut receipts = receipts(&hashes, &nothing);
    let mut block = block(&transactions);
    let read: EthBlock = serde_json::from_value(block.clone()).unwrap();
    block["transactionsRoot"] = json!(roots::transactions_root(&read.transactions).unwrap());
    let told: Vec<EthReceipt> = serde_json::from_value(json!(receipts)).unwrap();
    block["receiptsRoot"] = json!(roots::receipts_root(&told).unwrap());
    block["withdrawalsRoot"] = json!(roots::withdrawals_root(&[]));
    let read: EthBlock = serde_json::from_value(block.clone()).unwrap();
    block["hash"] = json!(roots::header_hash(&read));
    receipts.iter_mut().for_each(|receipt| receipt["blockHash"] = block["hash"].clone());
    Told { block, receipts: json!(receipts) }
}

fn block(transactions: &[Value]) -> Value {
    let zero = format!("0x{}", "0".repeat(64));
    json!({
        "hash": zero, "number": HEIGHT, "parentHash": zero, "timestamp": "0x65", "miner": STRANGER,
        "sha3Uncles": zero, "stateRoot": zero, "transactionsRoot": zero, "receiptsRoot": zero,
        "withdrawalsRoot": zero, "logsBloom": format!("0x{}", "f".repeat(512)), "difficulty": "0x0",
        "gasLimit": "0x1", "gasUsed": "0x0", "extraData": "0x", "mixHash": zero,
        "nonce": "0x0000000000000000", "baseFeePerGas": "0x1", "transactions": transactions, "withdrawals": [],
    })
}

fn transaction(nonce: u64) -> Value {
    let mut transaction = json!({
        "hash": format!("0x{}", "0".repeat(64)), "from": STRANGER, "to": TOKEN, "value": "0x0",
        "input": format!("0x{}", hex::encode([7; 68])), "nonce": format!("{nonce:#x}"), "gas": "0x5208",
        "gasPrice": "0x1", "type": "0x0", "v": "0x1b", "r": "0x1", "s": "0x1",
    });
    let read: EthTransaction = serde_json::from_value(transaction.clone()).unwrap();
    transaction["hash"] = json!(roots::transaction_hash(&read).unwrap());
    transaction
}

fn receipts(hashes: &[Value], block: &Value) -> Vec<Value> {
    let told = (0..).zip(hashes).map(|(index, hash): (u64, &Value)| {
        let logs: Vec<Value> = (0..EACH).map(|n| log(index * EACH + n)).collect();
        json!({ "transactionHash": hash, "blockHash": block, "status": "0x1", "type": "0x0",
            "cumulativeGasUsed": format!("{:#x}", 21_000 * (index + 1)), "logs": logs,
            "logsBloom": format!("0x{}", "0".repeat(512)) })
    });
    told.collect()
}

/// A transfer of one unit: the first is the payee's, the others are anybody's.
fn log(number: u64) -> Value {
    let payee = if number == 0 { "09".repeat(20) } else { format!("{:040x}", number << 32) };
    let topic = |account: &str| format!("0x{}{account}", "0".repeat(24));
    let topics = [TRANSFER.to_owned(), topic(&STRANGER[2..]), topic(&payee)];
    json!({ "address": TOKEN, "topics": topics, "data": format!("0x{:064x}", 1) })
}
