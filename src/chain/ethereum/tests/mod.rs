//! The reader against nodes that answer as a test says.

mod blocks;
mod hostile;
mod odd;
mod past;
mod sight;
mod tokens;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::{Value, json};
use web3::types::H256;

use super::*;
use crate::address::DepositAddress;
use crate::chain::Effect;
use crate::rpc::{Auth, HttpClient, HttpSettings};
use crate::types::Units;

pub(super) const MAX_ANSWER: usize = 20_000;
/// Whom somebody waits for payments to.
pub(super) const PAYEE: &str = "0x0909090909090909090909090909090909090909";
pub(super) const STRANGER: &str = "0x0707070707070707070707070707070707070707";

/// The result of a call, or an error with its code.
pub(super) type Told = Result<Value, (i64, &'static str)>;
type Answers = dyn Fn(&str, &Value) -> Option<Told> + Send + Sync;

/// A node with one block, number 7, and what else it says.
pub(super) struct Node {
    pub(super) reader: EthereumReader,
}

struct Payee;

impl Watch for Payee {
    fn may_be_watched(&self, address: &DepositAddress) -> bool {
        address.to_string() == PAYEE
    }
}

/// A node of a chain whose block 7 this is. `answers` comes before what a node of the kind says by itself.
pub(super) fn node(
    block: Value,
    answers: impl Fn(&str, &Value) -> Option<Told> + Send + Sync + 'static,
) -> Node {
    let answers: Arc<Answers> = Arc::new(move |method, params| {
        Some(answers(method, params).unwrap_or_else(|| usual(&block, method, params)))
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| serve(stream, &*answers)));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = HttpSettings { base, auth: Auth::None, certificate: None, max_answer: MAX_ANSWER };
    let rpc = JsonRpc::new(HttpClient::new(settings).unwrap(), "2.0");
    let reader = EthereumReader::new(rpc, EthereumSettings { chain_id: 1, traces: true });
    Node { reader }
}

fn usual(block: &Value, method: &str, params: &Value) -> Told {
    match method {
        "eth_chainId" => Ok(json!("0x1")),
        "eth_syncing" => Ok(json!(false)),
        "eth_getBlockByNumber" if params[0] == "latest" || params[0] == block["number"] => Ok(block.clone()),
        "eth_getBlockByNumber" if params[0] == "0x0" => {
            Ok(json!({ "number": "0x0", "hash": H256([1; 32]), "timestamp": "0x0" }))
        }
        "eth_getBlockByNumber" => Ok(Value::Null),
        "eth_getBlockReceipts" => {
            let receipts = block["transactions"].as_array().unwrap().iter().enumerate();
            Ok(receipts.map(|(index, tx)| receipt(index, &tx["hash"], &block["hash"])).collect())
        }
        _ => Err((-32_601, "the method does not exist/is not available")),
    }
}

fn receipt(index: usize, hash: &Value, block: &Value) -> Value {
    json!({ "transactionHash": hash, "blockHash": block, "status": "0x1", "type": "0x0",
        "cumulativeGasUsed": format!("{:#x}", 21_000 * (index + 1)), "logs": [],
        "logsBloom": format!("0x{}", "0".repeat(512)) })
}

fn serve(mut stream: TcpStream, answers: &Answers) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let call: Value = serde_json::from_slice(&body).unwrap();
    let mut answer = json!({ "jsonrpc": "2.0", "id": call["id"] });
    match answers(call["method"].as_str().unwrap(), &call["params"]) {
        Some(Ok(result)) => answer["result"] = result,
        Some(Err((code, message))) => answer["error"] = json!({ "code": code, "message": message }),
        None => return,
    }
    let body = answer.to_string();
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    // The client hangs up in the middle of what is too long for it.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

/// A transaction with the hash that it has.
pub(super) fn transaction(nonce: u64, to: &str, wei: u64) -> Value {
    let mut tx = json!({ "hash": H256::zero(), "from": STRANGER, "to": to, "value": format!("{wei:#x}"), "input": "0x",
        "nonce": format!("{nonce:#x}"), "gas": "0x5208", "gasPrice": "0x1", "type": "0x0", "v": "0x1b",
            "r": "0x1", "s": "0x1" });
    let read: EthTransaction = serde_json::from_value(tx.clone()).unwrap();
    tx["hash"] = json!(roots::transaction_hash(&read).unwrap());
    tx
}

/// Block 7 with these transactions and withdrawals, with the hash that it has.
pub(super) fn block(transactions: &[Value], withdrawals: &[Value]) -> Value {
    let zero = H256::zero();
    let mut block = json!({
        "hash": zero, "number": "0x7", "parentHash": H256([6; 32]), "timestamp": "0x65", "miner": STRANGER,
        "sha3Uncles": zero, "stateRoot": zero, "transactionsRoot": zero, "receiptsRoot": zero, "withdrawalsRoot": zero,
        "logsBloom": format!("0x{}", "0".repeat(512)), "difficulty": "0x0", "gasLimit": "0x1", "gasUsed": "0x0",
        "extraData": "0x", "mixHash": zero, "nonce": "0x0000000000000000", "baseFeePerGas": "0x1",
        "transactions": transactions, "withdrawals": withdrawals, "uncles": [], "size": "0x1",
    });
    let content: EthBlock = serde_json::from_value(block.clone()).unwrap();
    let receipts = transactions.iter().enumerate();
    let receipts = receipts
        .map(|(index, tx)| serde_json::from_value(receipt(index, &tx["hash"], &json!(zero))).unwrap());
    block["transactionsRoot"] = json!(roots::transactions_root(&content.transactions).unwrap());
    block["receiptsRoot"] = json!(roots::receipts_root(&receipts.collect::<Vec<EthReceipt>>()).unwrap());
    block["withdrawalsRoot"] = json!(roots::withdrawals_root(&content.withdrawals.unwrap()));
    seal(&mut block);
    block
}

/// Gives a block the hash of its header.
pub(super) fn seal(block: &mut Value) {
    let read: EthBlock = serde_json::from_value(block.clone()).unwrap();
    block["hash"] = json!(roots::header_hash(&read));
}

/// The tree of a transaction that pays this inside.
pub(super) fn tree(inside: Value) -> Value {
    json!({ "type": "CALL", "to": STRANGER, "value": "0x0", "calls": [inside] })
}

pub(super) fn call(to: &str, wei: u64) -> Value {
    json!({ "type": "CALL", "from": STRANGER, "to": to, "value": format!("{wei:#x}") })
}

impl Node {
    /// Looks at the node's identity, then reads block 7.
    pub(super) async fn read(&self) -> Result<super::Block, SourceError> {
        self.reader.check_network().await?;
        self.follow().await
    }

    pub(super) async fn follow(&self) -> Result<super::Block, SourceError> {
        let watcher: Watcher = Arc::new(Payee);
        Ok(self.reader.block(Height::new(7), &watcher).await?.expect("there is a block 7"))
    }
}

/// What was paid: number and wei.
pub(super) fn paid(block: &super::Block) -> Vec<(u32, u128)> {
    let wei = |units: Units| units.to_string().parse().unwrap();
    block.payments.iter().map(|payment| (payment.n, wei(payment.amount))).collect()
}
