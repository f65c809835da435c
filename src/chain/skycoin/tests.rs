//! The reader against nodes that answer as a test says, with blocks of the real chain.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::rpc::{Auth, HttpClient, HttpSettings};

const MAX_ANSWER: usize = 20_000;
/// Whom block 100 pays.
const PAYEE: &str = "qxmeHkwgAMfwXyaQrwv9jq3qt228xMuoT5";

/// Status and body of an answer to a path.
type Told = (u16, Value);
type Answers = dyn Fn(&str) -> Told + Send + Sync;

fn reader(answers: impl Fn(&str) -> Told + Send + Sync + 'static) -> SkycoinReader {
    let answers: Arc<Answers> = Arc::new(answers);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| serve(stream, &*answers)));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = HttpSettings { base, auth: Auth::None, certificate: None, max_answer: MAX_ANSWER };
    SkycoinReader::new(SkyRest::new(HttpClient::new(settings).unwrap()))
}

fn serve(mut stream: TcpStream, answers: &Answers) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut line) = (String::new(), String::new());
    let _ = reader.read_line(&mut first);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        line.clear();
    }
    let (status, body) = answers(first.split(' ').nth(1).unwrap().strip_prefix("/api/v1/").unwrap());
    let (body, end) = (body.to_string(), "connection: close");
    let head = format!("HTTP/1.1 {status} told\r\n{end}\r\ncontent-length: {}\r\n\r\n", body.len());
    // The client hangs up in the middle of what is too long for it.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

/// A block of the real chain; verbose ones name the owners of what is spent.
fn real(seq: u64, is_verbose: bool) -> Value {
    let file = if is_verbose { "blocks-verbose-all" } else { "blocks-all" };
    let name = format!("{}/tests/data/skycoin/api/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let all: Value = serde_json::from_slice(&std::fs::read(name).unwrap()).unwrap();
    all["blocks"][usize::try_from(seq).unwrap()].clone()
}

/// The first and the last block that a path asks for.
fn asked_for(path: &str) -> Option<(u64, u64)> {
    let (start, end) = path.strip_prefix("blocks?start=")?.split_once("&end=")?;
    Some((start.parse().unwrap(), end.parse().unwrap()))
}

struct Payee;

impl Watch for Payee {
    fn may_be_watched(&self, address: &DepositAddress) -> bool {
        address.to_string() == PAYEE
    }
}

struct Nobody;

impl Watch for Nobody {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        false
    }
}

fn health(name: &str, peers: u64) -> Value {
    let rules = json!({ "burn_factor": 10, "max_transaction_size": 32_768, "max_decimals": 3 });
    json!({ "blockchain": { "head": real(100, false)["header"] }, "open_connections": peers,
        "user_verify_transaction": rules, "unconfirmed_verify_transaction": rules,
        "fiber": { "name": name, "ticker": "SKY" } })
}

/// A node whose newest block is number 100, with so many peers, of which the highest has so many blocks.
fn with_peers(peers: u64, highest: Told) -> SkycoinReader {
    reader(move |path| match path {
        "health" => (200, health("skycoin", peers)),
        "blockchain/progress" => highest.clone(),
        "block?seq=0" => (200, real(0, false)),
        "block?seq=100" => (200, real(100, false)),
        _ => (404, Value::Null),
    })
}

fn peers_at(highest: u64) -> Told {
    (200, json!({ "current": 100, "highest": highest, "peers": [] }))
}

#[tokio::test]
async fn should_tell_the_newest_block_and_whether_peers_are_ahead() {
    for (highest, is_syncing) in [(100, false), (102, false), (103, true), (0, false)] {
        let tip = with_peers(3, peers_at(highest)).tip().await.unwrap();
        let told: BlockHash = hash(real(100, false)["header"]["block_hash"].as_str().unwrap()).unwrap();
        assert_eq!(tip.block, BlockRef { height: Height::new(100), hash: told });
        assert_eq!((tip.time, tip.finalized), (UnixTime::new(1_429_274_636), None));
        assert_eq!(tip.is_syncing, is_syncing, "{highest}");
    }
    let untold = with_peers(3, (403, Value::Null)).tip().await.unwrap();
    assert!(!untold.is_syncing, "what is not told is not asked for twice");
    assert!(with_peers(3, (500, Value::Null)).tip().await.is_err(), "unknown is not in step");
}

#[tokio::test]
async fn should_say_that_a_node_is_alone_until_it_is_not() {
    use std::sync::atomic::AtomicU64;
    let peers = Arc::new(AtomicU64::new(0));
    let says = Arc::clone(&peers);
    let reader = reader(move |path| match path {
        "health" => (200, health("skycoin", says.load(Ordering::Relaxed))),
        _ => peers_at(200),
    });
    assert_eq!(reader.limits(), None, "nobody has looked yet");
    assert!(!reader.tip().await.unwrap().is_syncing, "there is nobody to catch up with");
    assert!(reader.limits().unwrap().contains("no connection"));
    peers.store(1, Ordering::Relaxed);
    assert!(reader.tip().await.unwrap().is_syncing);
    assert_eq!(reader.limits(), None);
}

#[tokio::test]
async fn should_know_its_own_network_by_name_and_first_block() {
    let identity = with_peers(1, peers_at(100)).check_network().await.unwrap();
    let first = real(0, false)["header"]["block_hash"].as_str().unwrap().to_owned();
    assert!(identity.contains(&first), "{identity}");
    let other = reader(|_| (200, health("mdl", 1))).check_network().await;
    assert!(matches!(&other, Err(SourceError::WrongNetwork(words)) if words.contains("mdl")), "{other:?}");
    let empty =
        reader(|path| if path == "health" { (200, health("skycoin", 1)) } else { (404, Value::Null) });
    assert!(matches!(empty.check_network().await, Err(SourceError::Nonsense(_))));
}

#[tokio::test]
async fn should_tell_a_height_above_the_tip_from_an_error() {
    let node = with_peers(1, peers_at(100));
    let told = real(100, false)["header"]["block_hash"].as_str().unwrap().to_owned();
    assert_eq!(node.hash_at(Height::new(100)).await.unwrap().unwrap().to_string(), told);
    assert_eq!(node.hash_at(Height::new(101)).await, Ok(None));
    let watch: Watcher = Arc::new(Nobody);
    assert_eq!(node.block(Height::new(101), &watch).await, Ok(None));
    assert!(node.block(Height::new(100), &watch).await.unwrap().is_some());
    let broken = reader(|_| (500, Value::Null));
    assert!(broken.hash_at(Height::new(101)).await.is_err() && broken.block(GENESIS, &watch).await.is_err());
    let another = reader(|_| (200, real(99, false)));
    assert!(another.hash_at(Height::new(100)).await.is_err(), "it is not what was asked for");
}

#[tokio::test]
async fn should_ask_for_fewer_blocks_where_an_answer_is_too_long_and_for_more_again() {
    let asked: Arc<Mutex<Vec<(u64, u64)>>> = Arc::default();
    let noted = Arc::clone(&asked);
    let reader = reader(move |path| {
        let (start, end) = asked_for(path).unwrap();
        noted.lock().unwrap().push((start, end));
        (200, json!({ "blocks": (start..=end).map(|seq| real(seq, false)).collect::<Vec<_>>() }))
    });
    let watch: Watcher = Arc::new(Nobody);
    let mut counts = Vec::new();
    for _ in 0..4 {
        let count = reader.blocks(Height::new(10), 100, &watch).await.map(|blocks| blocks.len());
        counts.push(count.ok());
    }
    // A block has about a thousand bytes here, and an answer may have twenty thousand.
    assert_eq!(counts, [None, None, Some(16), None]);
    assert_eq!(asked.lock().unwrap()[..], [(10, 73), (10, 41), (10, 25), (10, 41)]);
    let few = reader.blocks(Height::new(10), 3, &watch).await.unwrap();
    assert_eq!(few.iter().map(|block| block.at.height.get()).collect::<Vec<_>>(), [10, 11, 12]);
    assert_eq!(reader.blocks(Height::new(10), 0, &watch).await, Ok(Vec::new()));
}

#[tokio::test]
async fn should_hand_on_the_blocks_before_one_that_makes_no_sense() {
    let reader = reader(|path| {
        let (start, _) = asked_for(path).unwrap();
        let mut blocks = [real(10, false), real(11, false), real(12, false)];
        blocks[2]["header"]["fee"] = json!(1);
        (200, json!({ "blocks": blocks[usize::try_from(start - 10).unwrap()..] }))
    });
    let watch: Watcher = Arc::new(Nobody);
    assert_eq!(reader.blocks(Height::new(10), 3, &watch).await.unwrap().len(), 2);
    let told = reader.blocks(Height::new(12), 1, &watch).await;
    assert!(matches!(&told, Err(SourceError::Nonsense(words)) if words.contains("block 12")), "{told:?}");
}

#[tokio::test]
async fn should_ask_for_the_owners_of_what_is_spent_where_a_block_pays_somebody() {
    let watch: Watcher = Arc::new(Payee);
    let pays = |verbose: Told| {
        reader(move |path| match path {
            "block?seq=100" => (200, real(100, false)),
            "block?seq=100&verbose=1" => verbose.clone(),
            _ => (404, Value::Null),
        })
    };
    let block = pays((200, real(100, true))).block(Height::new(100), &watch).await.unwrap().unwrap();
    let payee = DepositAddress::of_skycoin(Address::decode(PAYEE).unwrap());
    assert_eq!(block.payments.len(), 1);
    assert_eq!(block.payments[0].origin, Origin::Addresses([payee].into()));
    for (verbose, why) in [((404, Value::Null), "it is gone"), ((200, real(99, true)), "it is another one")] {
        assert!(pays(verbose).block(Height::new(100), &watch).await.is_err(), "{why}");
    }
    // Whom nobody waits for costs no second question.
    let nobody: Watcher = Arc::new(Nobody);
    let block = pays((500, Value::Null)).block(Height::new(100), &nobody).await.unwrap().unwrap();
    assert_eq!(block.payments, []);
}

#[tokio::test]
async fn should_tell_the_first_output_that_an_address_ever_had() {
    let payee = DepositAddress::of_skycoin(Address::decode(PAYEE).unwrap());
    let output = |tx: &str, height: u64, coins: u64| {
        json!({ "uxid": "u", "src_tx": tx, "src_block_seq": height, "coins": coins, "spent_tx": "",
            "spent_block_seq": 0 })
    };
    let asked = async |told: Told| {
        let path = format!("address_uxouts?address={PAYEE}");
        reader(move |asked| if asked == path { told.clone() } else { (404, Value::Null) })
            .past(&[payee])
            .await
    };
    assert_eq!(asked((200, json!([]))).await, Ok(Past::Told(Vec::new())));
    let told = asked((200, json!([output("b", 9, 7_000_000), output("a", 7, 5_000_000)]))).await;
    let (tx, amount) = (Some("a".to_owned()), Some(Units::new(5_000_000)));
    let used = PastUse { address: payee, tx, amount, height: Height::new(7) };
    assert_eq!(told, Ok(Past::Told(vec![used])));
    assert!(matches!(asked((403, Value::Null)).await, Ok(Past::Untold(_))));
    assert!(asked((500, Value::Null)).await.is_err(), "no answer is not an unused address");
}
