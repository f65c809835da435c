//! The reader against nodes that answer as a test says.

mod node;
mod past;
mod waiting;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use bitcoin::block::{Header, Version};
use bitcoin::consensus::encode::serialize_hex;
use bitcoin::constants::genesis_block;
use bitcoin::hashes::Hash as _;
use bitcoin::hex::FromHex as _;
use bitcoin::{BlockHash, CompactTarget, Network, TxMerkleNode};
use serde_json::{Value, json};

use super::*;
use crate::address::DepositAddress;
use crate::chain::Watch;
use crate::coins::{Description, ProofOfWork};
use crate::rpc::{Auth, HttpClient, HttpSettings};

/// Easiest of regtest, two hashes a block; and sixteen times as hard.
const EASY: u32 = 0x207f_ffff;
const HARD: u32 = 0x2007_ffff;

/// What bitcoind refuses a parameter of the wrong type with.
const MISC: i64 = -1;

/// The result of a call, or an error with its code and its words. REST is asked as the method `rest`, with the path:
/// its results are bytes in hexadecimal, and an error is a page.
type Told = Result<Value, (i64, &'static str)>;
type Answers = dyn Fn(&str, &Value) -> Told + Send + Sync;

fn reader(
    network: Network,
    answers: impl Fn(&str, &Value) -> Result<Value, i64> + Send + Sync + 'static,
) -> BitcoinReader {
    reader_on(Coin::BTC.network(&network.to_string()).unwrap(), answers)
}

fn reader_on(
    network: crate::coins::Network,
    answers: impl Fn(&str, &Value) -> Result<Value, i64> + Send + Sync + 'static,
) -> BitcoinReader {
    reader_saying(network, move |method, params| {
        let words = |code| if code == MISC { "JSON value is not a boolean as expected" } else { "no" };
        answers(method, params).map_err(|code| (code, words(code)))
    })
}

fn reader_saying(
    network: crate::coins::Network,
    answers: impl Fn(&str, &Value) -> Told + Send + Sync + 'static,
) -> BitcoinReader {
    let answers: Arc<Answers> = Arc::new(answers);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| serve(stream, &*answers)));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = HttpSettings { base, auth: Auth::None, certificate: None, max_answer: 20_000 };
    let rpc = JsonRpc::new(HttpClient::new(settings).unwrap(), "1.0");
    BitcoinReader::new(rpc, BitcoinSettings { network })
}

fn serve(stream: TcpStream, answers: &Answers) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
    let _ = reader.read_line(&mut first);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        line.clear();
    }
    if length == 0 {
        // A gateway answers whatever it is asked by GET.
        let told = answers("rest", &json!([first.split(' ').nth(1)]));
        let bytes = told.map(|hex| Vec::from_hex(hex.as_str().unwrap()).unwrap());
        return write(stream, &bytes.unwrap_or_else(|_| b"<html>Welcome</html>".to_vec()));
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let call: Value = serde_json::from_slice(&body).unwrap();
    let answer = match answers(call["method"].as_str().unwrap(), &call["params"]) {
        Ok(result) => json!({ "id": call["id"], "result": result, "error": null }),
        Err((code, message)) => {
            json!({ "id": call["id"], "result": null, "error": { "code": code, "message": message } })
        }
    };
    write(stream, answer.to_string().as_bytes());
}

fn write(mut stream: TcpStream, body: &[u8]) {
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

#[tokio::test]
async fn should_not_take_a_chain_with_the_same_beginning_for_its_own() {
    let told = |cash: &'static str| {
        let genesis = genesis_block(Network::Bitcoin).block_hash().to_string();
        let landmarks: Vec<(u64, &str)> = Coin::BTC.main_network().bitcoin_like().unwrap().landmarks.to_vec();
        reader(Network::Bitcoin, move |method, params| match (method, params[0].as_u64()) {
            ("getblockhash", Some(0)) => Ok(json!(genesis)),
            ("getblockhash", Some(478_559)) if !cash.is_empty() => Ok(json!(cash)),
            ("getblockhash", Some(height)) => {
                let known = landmarks.iter().find(|(landmark, _)| *landmark == height);
                known.map(|(_, hash)| json!(hash)).ok_or(-8)
            }
            _ => Err(-32601),
        })
    };
    assert!(told("").check_network().await.unwrap().starts_with("bitcoin, first block "));
    // The first block of Bitcoin Cash that Bitcoin does not have.
    let cash = "000000000000000000651ef99cb9fcbe0dadde1d424bd9f15ff20136191a5eec";
    let refused = told(cash).check_network().await;
    let Err(SourceError::WrongNetwork(words)) = refused else { panic!("{refused:?}") };
    assert!(words.contains("its block 478559 is"), "{words}");
}

/// A header on top of another one, with the work that it names.
fn on(below: BlockHash, bits: u32) -> Header {
    let mut header = Header {
        version: Version::TWO,
        prev_blockhash: below,
        merkle_root: TxMerkleNode::all_zeros(),
        time: 1,
        bits: CompactTarget::from_consensus(bits),
        nonce: 0,
    };
    while header.validate_pow(header.target()).is_err() {
        header.nonce += 1;
    }
    header
}

/// The work that is computed from what a node tells of these blocks, of which the first has height 5.
async fn work(headers: &[Header], told: impl Fn(Header) -> Header) -> Result<Work, SourceError> {
    let known: Vec<(String, String)> = headers
        .iter()
        .map(|header| (header.block_hash().to_string(), serialize_hex(&told(*header))))
        .collect();
    let tip = headers.last().unwrap().block_hash();
    let height = Height::new(4 + u64::try_from(headers.len()).unwrap());
    let reader = reader(Network::Regtest, move |method, params| {
        // As bytes: what the node makes of a header, its chainwork among that, is not asked for.
        assert_eq!((method, &params[1]), ("getblockheader", &json!(false)));
        let asked = known.iter().find(|(hash, _)| params[0] == *hash);
        asked.map(|(_, header)| json!(header)).ok_or(-5)
    });
    reader.work_between(Height::new(5), BlockRef { height, hash: displayed(tip) }, ALL).await
}

/// More than there is.
const ALL: Work = Work::new(u128::MAX);

#[tokio::test]
async fn should_compute_work_from_headers() {
    let first = on(BlockHash::all_zeros(), EASY);
    let second = on(first.block_hash(), HARD);
    let third = on(second.block_hash(), EASY);
    assert_eq!(work(&[first, second, third], |header| header).await, Ok(Work::new(2 + 32 + 2)));
    assert_eq!(work(&[second], |header| header).await, Ok(Work::new(32)));
}

#[tokio::test]
async fn should_look_at_no_more_headers_than_it_takes() {
    let first = on(BlockHash::all_zeros(), EASY);
    let second = on(first.block_hash(), HARD);
    // The node has lost the first: nobody asks for it.
    let reader = reader(Network::Regtest, move |method, params| {
        assert_eq!((method, &params[0]), ("getblockheader", &json!(second.block_hash().to_string())));
        Ok(json!(serialize_hex(&second)))
    });
    let tip = BlockRef { height: Height::new(6), hash: displayed(second.block_hash()) };
    for enough in [1, 32] {
        assert_eq!(reader.work_between(Height::new(5), tip, Work::new(enough)).await, Ok(Work::new(32)));
    }
}

#[tokio::test]
async fn should_count_no_work_that_was_not_done() {
    let first = on(BlockHash::all_zeros(), EASY);
    let lies = |told: Header| Header { bits: CompactTarget::from_consensus(HARD), ..told };
    let refused = work(&[first], lies).await;
    assert!(matches!(&refused, Err(SourceError::Nonsense(words)) if words.contains("another one came")));
    // Called by its hash, and that is above the target that it names.
    let mut cheap = first;
    cheap.bits = CompactTarget::from_consensus(0x1b00_ffff);
    let refused = work(&[cheap], |header| header).await;
    assert!(matches!(&refused, Err(SourceError::Nonsense(words)) if words.contains("not the work")));
    // The chain changed while it was read.
    let reader = reader(Network::Regtest, |_, _| Err(-5));
    let tip = BlockRef { height: Height::new(5), hash: displayed(first.block_hash()) };
    assert_eq!(reader.work_between(Height::new(5), tip, ALL).await, Err(SourceError::changed()));
}

/// A block of another chain than Bitcoin's, with what its node tells of it.
struct Real {
    row: Value,
    bytes: Vec<u8>,
}

impl Real {
    fn all() -> Vec<Real> {
        let data =
            |name: &str| std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let rows: Vec<Value> = serde_json::from_slice(&data("blocks.json")).unwrap();
        rows.into_iter().map(|row| Real { bytes: data(row["file"].as_str().unwrap()), row }).collect()
    }

    fn text(&self, key: &str) -> &str {
        self.row[key].as_str().unwrap()
    }

    fn number(&self, key: &str) -> u64 {
        self.row[key].as_u64().unwrap()
    }

    fn network(&self) -> crate::coins::Network {
        Coin::from_code(self.text("coin")).unwrap().network(self.text("network")).unwrap()
    }

    fn read(&self, bytes: &[u8]) -> Result<Vec<String>, SourceError> {
        let (height, place) = (Height::new(self.number("height")), Place::new(self.network()));
        let (_, transactions) = proof::checked_block(bytes, height, self.text("hash"), place)?;
        Ok(transactions.iter().map(|one| one.decode().unwrap().compute_txid().to_string()).collect())
    }
}

#[test]
fn should_read_real_blocks_of_every_chain() {
    for block in Real::all() {
        let (bytes, file) = (&block.bytes, block.text("file"));
        assert_eq!(json!(block.read(bytes).unwrap()), block.row["transactions"], "{file}");
        // What an extension block has in it nobody reads here.
        if block.row["has_extension"] != true {
            assert!(block.read(&bytes[..bytes.len() - 1]).is_err(), "less: {file}");
            assert!(block.read(&[bytes, &[0][..]].concat()).is_err(), "more: {file}");
        }
        let mut other = bytes.clone();
        other[76] ^= 1;
        assert!(block.read(&other).is_err(), "another nonce: {file}");
    }
}

#[tokio::test]
async fn should_follow_real_blocks_of_every_chain() {
    for block in Real::all() {
        let (hash, bytes) = (block.text("hash").to_owned(), block.bytes.clone());
        let (head, height) = (usize::try_from(block.number("head")).unwrap(), block.number("height"));
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let reader = reader_on(block.network(), move |method, params| match (method, &params[1]) {
            ("getblockhash", _) if params[0] == height => Ok(json!(hash)),
            ("getblock", _) if params[0] == *hash => Ok(json!(hex(&bytes))),
            ("getblockheader", Value::Bool(false)) if params[0] == *hash => Ok(json!(hex(&bytes[..head]))),
            _ => Err(-5),
        });
        let watch: Watcher = Arc::new(Nobody);
        let read = reader.block(Height::new(height), &watch).await.unwrap().unwrap();
        let work = Work::new(block.text("work").parse().unwrap());
        assert_eq!((read.at.hash.to_string().as_str(), read.work), (block.text("hash"), work));
        assert_eq!(
            reader.work_between(read.at.height, read.at, ALL).await,
            Ok(work),
            "{}",
            block.text("file")
        );
    }
}

struct Nobody;

impl Watch for Nobody {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        false
    }
}

/// AppleByte by its node's `chainparams.cpp`; the first block is made of what stands there.
#[tokio::test]
async fn should_read_a_chain_that_is_described() {
    let genesis = "e8492193de64cc8c5ec569841f009d575832c630dd730b1c00af94238a4aba79";
    let described = |work, easiest| Description {
        number: 64,
        code: "ABY".to_owned(),
        name: "AppleByte".to_owned(),
        unit: "satoshi".to_owned(),
        decimals: 8,
        uri_scheme: "applebyte".to_owned(),
        network: "main".to_owned(),
        genesis: genesis.to_owned(),
        p2pkh: 23,
        p2sh: vec![5],
        bech32: None,
        chain_id: None,
        work,
        maturity: 100,
        landmarks: Vec::new(),
        easiest,
        easiest_by_now: (0, easiest),
        slip44: None,
        rpc_port: 8607,
    };
    let bytes =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/applebyte/genesis.raw")).unwrap();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let watch: Watcher = Arc::new(Nobody);
    for (work, easiest, is_own) in [
        (ProofOfWork::Scrypt, 0x1e0f_ffff, true),
        // Its first block has not the work of another kind, nor that of a stricter network.
        (ProofOfWork::DoubleSha256, 0x1e0f_ffff, false),
        (ProofOfWork::Scrypt, 0x1e00_ffff, false),
    ] {
        let (network, hex) = (described(work, easiest).coin().main_network(), hex.clone());
        let reader = reader_on(network, move |method, params| match method {
            "getblockhash" if params[0] == 0 => Ok(json!(genesis)),
            "getblock" if params[0] == genesis => Ok(json!(hex)),
            _ => Err(-5),
        });
        reader.check_network().await.unwrap();
        let read = reader.block(Height::new(0), &watch).await;
        assert_eq!(read.is_ok(), is_own, "{work:?} {easiest:08x}: {read:?}");
    }
    let network = described(ProofOfWork::Scrypt, 0x1e0f_ffff).coin().main_network();
    let paid = payments::block_payments(&bytes, network, &Nobody).unwrap();
    assert_eq!(paid, []);
    let script = [&[0x76, 0xa9, 0x14][..], &[7; 20], &[0x88, 0xac]].concat();
    let address = DepositAddress::of_script(&script, network).unwrap().to_string();
    assert!(address.starts_with('A'), "{address}");
    assert_eq!(DepositAddress::parse(network, &address).unwrap().to_string(), address);
}

/// A node of regtest behind a gateway, with the first block alone and a mempool that nobody reads to its end.
fn behind_a_gateway() -> BitcoinReader {
    let genesis = genesis_block(Network::Regtest);
    let (hash, block) = (genesis.block_hash().to_string(), serialize_hex(&genesis));
    reader(Network::Regtest, move |method, params| match method {
        "getblockhash" if params[0] == 0 => Ok(json!(hash)),
        "getblockhash" => Err(-8),
        "getblock" if params[0] == *hash => Ok(json!(block)),
        "getrawmempool" => Ok(json!(vec!["00".repeat(32); 1_000])),
        _ => Err(-32601),
    })
}

/// As those that described coins often have.
#[tokio::test]
async fn should_ask_an_old_node_in_its_words() {
    let genesis = genesis_block(Network::Regtest);
    let (hash, block) = (genesis.block_hash().to_string(), serialize_hex(&genesis));
    let reader = reader(Network::Regtest, move |method, params| match (method, &params[1]) {
        ("getblockhash", _) if params[0] == 0 => Ok(json!(hash)),
        ("getblock", Value::Bool(false)) if params[0] == *hash => Ok(json!(block)),
        ("getblock", _) => Err(MISC),
        _ => Err(-8),
    });
    let watch: Watcher = Arc::new(Nobody);
    for _ in 0..2 {
        let block = reader.block(Height::new(0), &watch).await.unwrap().unwrap();
        assert_eq!(block.at.hash, displayed(genesis_block(Network::Regtest).block_hash()));
    }
}

#[tokio::test]
async fn should_not_take_a_page_for_a_block() {
    let reader = behind_a_gateway();
    reader.check_network().await.unwrap();
    let watch: Watcher = Arc::new(Nobody);
    for _ in 0..2 {
        let block = reader.block(Height::new(0), &watch).await.unwrap().unwrap();
        assert_eq!(block.at.hash, displayed(genesis_block(Network::Regtest).block_hash()));
    }
}

#[tokio::test]
async fn should_follow_blocks_where_the_mempool_is_too_long_to_be_read() {
    let reader = behind_a_gateway();
    let watch: Watcher = Arc::new(Nobody);
    let told = reader.pending(&watch).await;
    assert!(matches!(&told, Err(SourceError::Nonsense(words)) if words.contains("20000")), "{told:?}");
    assert!(reader.block(Height::new(0), &watch).await.unwrap().is_some());
}
