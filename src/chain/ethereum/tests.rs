use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use super::*;
use crate::rpc::{Auth, HttpClient, HttpSettings};

const MAX_ANSWER: usize = 2_000;
const BLOCK: H256 = H256([0xb; 32]);
const PLAIN: H256 = H256([1; 32]);
const HUGE: H256 = H256([2; 32]);
const PAYEE: H160 = H160([9; 20]);

/// A node that answers as `answer` says, one request a connection.
fn node(answer: fn(&str, &Value) -> Value) -> EthereumReader {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| serve(stream, answer)));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = HttpSettings { base, auth: Auth::None, certificate: None, max_answer: MAX_ANSWER };
    let rpc = JsonRpc::new(HttpClient::new(settings).unwrap(), "2.0");
    EthereumReader::new(rpc, EthereumSettings { chain_id: 1, traces: true })
}

fn serve(mut stream: TcpStream, answer: fn(&str, &Value) -> Value) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let call: Value = serde_json::from_slice(&body).unwrap();
    let result = answer(call["method"].as_str().unwrap(), &call["params"][0]);
    let body = json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }).to_string();
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    // The client hangs up in the middle of what is too long for it.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

fn frame(input: usize) -> Value {
    json!({ "type": "CALL", "calls": [
        { "type": "CALL", "to": PAYEE, "value": "0x5", "input": "0".repeat(input) } ] })
}

fn entries(transaction: H256, input: usize) -> Value {
    let entry = |trace: Value| {
        json!({ "type": "call", "traceAddress": trace, "transactionHash": transaction,
            "action": { "callType": "call", "to": PAYEE, "value": "0x5", "input": "0".repeat(input) } })
    };
    json!([entry(json!([])), entry(json!([0]))])
}

fn answer(method: &str, what: &Value) -> Value {
    let input = if *what == json!(PLAIN) { 10 } else { MAX_ANSWER };
    match method {
        "debug_traceBlockByHash" => json!([{ "result": frame(10) }, { "result": frame(MAX_ANSWER) }]),
        "debug_traceTransaction" => frame(input),
        "trace_block" => entries(HUGE, MAX_ANSWER),
        "trace_transaction" => entries(PLAIN, input),
        "eth_getTransactionReceipt" => json!({ "transactionHash": what, "transactionIndex": "0x0",
            "blockHash": BLOCK, "from": PAYEE, "cumulativeGasUsed": "0x1", "logs": [], "status": "0x1",
            "logsBloom": format!("0x{}", "0".repeat(512)) }),
        other => panic!("{other} was called"),
    }
}

#[tokio::test]
async fn should_get_past_a_transaction_whose_traces_are_too_long() {
    let reader = node(answer);
    for kind in [TraceKind::Debug, TraceKind::Trace] {
        let found = reader.transfers(kind, BLOCK, &[PLAIN, HUGE]).await.unwrap();
        assert_eq!(
            found,
            [Transfer { transaction: PLAIN, n: 1, to: PAYEE, value: U256::from(5) }],
            "{kind:?}"
        );
    }
    // The chain changed since: the transaction is in another block.
    let elsewhere = reader.transfers(TraceKind::Debug, HUGE, &[PLAIN, HUGE]).await;
    assert!(matches!(elsewhere, Err(SourceError::Unreachable(_))));
}

#[test]
fn should_say_how_to_get_past_a_block_whose_state_is_gone() {
    let told = |message: &str| {
        let code = jsonrpc_core::ErrorCode::ServerError(-32000);
        source_error(web3::Error::Rpc(jsonrpc_core::Error { code, message: message.to_owned(), data: None }))
    };
    let gone = told("required historical state unavailable (reexec=128)");
    assert!(
        matches!(&gone, SourceError::Pruned(words) if words.contains("eth_rpc.traces = false")),
        "{gone}"
    );
    assert!(matches!(told("transaction indexing is in progress"), SourceError::Starting(_)));
    assert!(matches!(told("insufficient funds"), SourceError::Nonsense(_)));
}
