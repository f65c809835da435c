//! A dialogue per venue, replayed: what each call asks, field by field, and what is read of the answer.
//!
//! `tests/data/exchange/VENUE` has answers with the fields that the venue's public documentation tells of, each file
//! with the pages that it was made by; the values are our own. What is signed or dated is only asked to be there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use async_trait::async_trait;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::clock::SystemClock;

/// Throw-away keys, as simnet's venues know them.
const PEM: &str = include_str!("../../cmd/simnet/exchange/coinbase/es256.pem");
/// What is signed and dated: of these it is enough that they are there.
const SIGNED: [&str; 7] = ["timestamp", "recvWindow", "signature", "nonce", "deadline", "sign", "apiKey"];

#[derive(Deserialize)]
struct Dialogue {
    venue: String,
    documentation: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    call: String,
    with: Value,
    asks: Vec<Ask>,
    /// What is made of it; absent where it fails.
    #[serde(default)]
    tells: Value,
    /// Why it fails; absent where it does not.
    #[serde(default)]
    fails: Option<Value>,
}

#[derive(Deserialize, Clone)]
struct Ask {
    method: String,
    path: String,
    parameters: Value,
    headers: BTreeSet<String>,
    status: u16,
    answer: Value,
}

/// A request as it came.
#[derive(Debug)]
struct Asked {
    method: String,
    path: String,
    headers: BTreeSet<String>,
    parameters: Value,
    signed: BTreeSet<String>,
}

/// Reads `a=b&c=d`, with the few escapes that are used here.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let plain = |text: &str| {
        let (mut bytes, mut rest) = (Vec::new(), text.bytes());
        while let Some(byte) = rest.next() {
            match byte {
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                }
                b'+' => bytes.push(b' '),
                other => bytes.push(other),
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    let fields = text.split('&').filter(|field| !field.is_empty());
    fields
        .map(|field| field.split_once('=').unwrap_or((field, "")))
        .map(|(k, v)| (plain(k), plain(v)))
        .collect()
}

impl Asked {
    fn read(stream: &mut TcpStream) -> Asked {
        let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
        let head = loop {
            let count = stream.read(&mut part).unwrap();
            bytes.extend_from_slice(&part[..count]);
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
        let mut lines = text.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
        let fields: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let length = fields.get("content-length").map_or(0, |length| length.parse().unwrap());
        while bytes.len() < head + length {
            let count = stream.read(&mut part).unwrap();
            bytes.extend_from_slice(&part[..count]);
        }
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let body = String::from_utf8(bytes[head..].to_vec()).unwrap();
        let (mut parameters, mut signed) = (json!({}), BTreeSet::new());
        if body.starts_with('{') {
            parameters = serde_json::from_str(&body).unwrap();
        } else {
            for (name, value) in pairs(query).into_iter().chain(pairs(&body)) {
                match SIGNED.contains(&name.as_str()) {
                    true => drop(signed.insert(name)),
                    false => parameters[name] = json!(value),
                }
            }
        }
        let headers = fields.into_keys().collect();
        Asked { method, path: path.to_owned(), headers, parameters, signed }
    }
}

/// Answers these, in this order, and returns what was asked.
fn serve(asks: Vec<Ask>) -> (String, JoinHandle<Vec<Asked>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let answers = std::thread::spawn(move || {
        let answer = |ask: Ask| {
            let (mut stream, _) = listener.accept().unwrap();
            let asked = Asked::read(&mut stream);
            let (status, body) = (ask.status, ask.answer.to_string());
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close", body.len());
            write!(stream, "{head}\r\ncontent-type: application/json\r\n\r\n{body}").unwrap();
            asked
        };
        asks.into_iter().map(answer).collect()
    });
    (base, answers)
}

#[derive(Debug)]
struct Counting(std::sync::atomic::AtomicU64);

#[async_trait]
impl Nonces for Counting {
    async fn next(&self) -> Result<u64, CallError> {
        Ok(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }
}

fn venue(name: &str, base: String) -> Arc<dyn Exchange> {
    let settings = |secret: &str| VenueSettings {
        base: base.clone(),
        key: SecretString::from("a key"),
        secret: SecretString::from(secret),
        clock: Arc::new(SystemClock),
    };
    match name {
        "c2cx" => Arc::new(C2cx::new(settings("secret")).unwrap()),
        "binance" => Arc::new(Binance::new(settings("secret")).unwrap()),
        "kraken" => {
            let nonces = Arc::new(Counting(1.into()));
            Arc::new(Kraken::new(settings("c2VjcmV0"), nonces).unwrap())
        }
        "coinbase" => Arc::new(Coinbase::new(settings(PEM)).unwrap()),
        other => panic!("no venue {other}"),
    }
}

fn number(amount: Decimal) -> Value {
    json!(amount.normalize().to_string())
}

fn report(told: OrderReport) -> Value {
    let fee = |fee: Fee| json!([fee.asset, number(fee.amount)]);
    let state = match told.state {
        OrderState::Open => "open",
        OrderState::Ended => "ended",
    };
    json!({
        "id": told.id.0, "client_id": told.client_id.map(|id| id.0), "state": state, "filled": number(told.filled),
        "cost": number(told.cost), "fees": told.fees.map(|fees| fees.into_iter().map(fee).collect::<Vec<_>>()),
    })
}

fn withdrawal(told: WithdrawalReport) -> Value {
    let state = match told.state {
        WithdrawalState::Pending => json!("pending"),
        WithdrawalState::Failed => json!("failed"),
        WithdrawalState::Sent { txid } => json!(["sent", txid]),
    };
    json!({
        "id": told.id, "client_id": told.client_id.map(|id| id.0), "amount": number(told.amount),
        "fee": number(told.fee), "address": told.address, "at": told.at.map(|at| at.get()), "state": state,
    })
}

fn market(told: Market) -> Value {
    let state = match told.state {
        MarketState::Trading => "trading",
        MarketState::Closed => "closed",
    };
    json!({
        "name": told.name, "base": told.base, "quote": told.quote, "state": state,
        "price_step": number(told.price_step), "quantity_step": number(told.quantity_step),
        "least_quantity": number(told.least_quantity), "least_cost": number(told.least_cost),
    })
}

fn book(told: Book) -> Value {
    let side = |levels: Vec<Level>| -> Vec<Value> {
        levels.into_iter().map(|level| json!([number(level.price), number(level.quantity)])).collect()
    };
    json!({ "bids": side(told.bids), "asks": side(told.asks) })
}

fn networks(told: Vec<AssetNetwork>) -> Value {
    told.into_iter().map(|one| json!({ "name": one.name, "contract": one.contract })).collect()
}

/// Makes the call of a step, and returns what came of it.
async fn call(venue: &dyn Exchange, step: &Step) -> Result<Value, CallError> {
    let text =
        |name: &str| step.with[name].as_str().unwrap_or_else(|| panic!("{}: {name}", step.call)).to_owned();
    let amount = |name: &str| text(name).parse::<Decimal>().unwrap();
    let client_id = || ClientId(text("client_id"));
    let leaving = || NewWithdrawal {
        client_id: client_id(),
        asset: text("asset"),
        amount: amount("amount"),
        address: text("address"),
        network: step.with["network"].as_str().map(str::to_owned),
        key: step.with["key"].as_str().map(str::to_owned),
        max_fee: amount("max_fee"),
    };
    Ok(match step.call.as_str() {
        "market" => market(venue.market(&text("market")).await?),
        "book" => {
            let depth = usize::try_from(step.with["depth"].as_u64().unwrap()).unwrap();
            book(venue.book(&text("market"), depth).await?)
        }
        "ticker" => {
            let Ticker { bid, ask, last } = venue.ticker(&text("market")).await?;
            json!({ "bid": bid.map(number), "ask": ask.map(number), "last": last.map(number) })
        }
        "place" => {
            let (price, quantity) = (amount("price"), amount("quantity"));
            let order = NewOrder { market: text("market"), client_id: client_id(), price, quantity };
            json!(venue.place(&order).await?.0)
        }
        "find" => json!(venue.find(&text("market"), &client_id()).await?.map(report)),
        "order" => report(venue.order(&text("market"), &VenueOrderId(text("id"))).await?),
        "cancel" => json!(venue.cancel(&text("market"), &VenueOrderId(text("id"))).await?),
        "balances" => {
            let told = venue.balances().await?.into_iter();
            told.map(|one| json!([one.asset, number(one.available), number(one.reserved)])).collect()
        }
        "networks" => json!(venue.networks(&text("asset")).await?.map(networks)),
        "withdrawal_fee" => json!(venue.withdrawal_fee(&leaving()).await?.map(number)),
        "withdraw" => json!(venue.withdraw(&leaving()).await?),
        "withdrawals" => venue.withdrawals(&text("asset")).await?.into_iter().map(withdrawal).collect(),
        other => panic!("no call {other}"),
    })
}

/// What a venue's requests are signed by, beside headers.
fn signed_by(venue: &str, ask: &Ask) -> &'static [&'static str] {
    let is_private = !ask.headers.is_empty() || (venue == "c2cx" && ask.method == "POST");
    match (venue, is_private) {
        ("binance", true) => &["recvWindow", "signature", "timestamp"],
        ("kraken", true) if ask.path.ends_with("/AddOrder") => &["deadline", "nonce"],
        ("kraken", true) => &["nonce"],
        ("c2cx", true) => &["apiKey", "sign"],
        _ => &[],
    }
}

async fn replay(dialogue: &Dialogue, place: &str) {
    for (at, step) in dialogue.steps.iter().enumerate() {
        let place = format!("{place}: step {at}, {}", step.call);
        let (base, answers) = serve(step.asks.clone());
        let came = call(&*venue(&dialogue.venue, base), step).await;
        match (&step.fails, came) {
            (None, Ok(told)) => assert_eq!(told, step.tells, "{place}"),
            (Some(expected), Err(error)) => {
                let refusal = error.refusal().map(|kind| format!("{kind:?}"));
                let told = json!({ "refusal": refusal, "may_have_happened": error.may_have_happened() });
                assert_eq!(told, *expected, "{place}: {error}");
            }
            (_, came) => panic!("{place}: {came:?}"),
        }
        for (asked, ask) in answers.join().unwrap().iter().zip(&step.asks) {
            assert_eq!((&asked.method, &asked.path), (&ask.method, &ask.path), "{place}");
            assert_eq!(asked.parameters, ask.parameters, "{place}: {}", ask.path);
            assert!(asked.headers.is_superset(&ask.headers), "{place}: {:?}", asked.headers);
            let signed: Vec<&str> = asked.signed.iter().map(String::as_str).collect();
            assert_eq!(signed, signed_by(&dialogue.venue, ask), "{place}: {}", ask.path);
        }
    }
}

/// The calls that a dialogue of every venue has.
const CALLS: [&str; 8] = ["market", "book", "ticker", "place", "find", "order", "cancel", "balances"];

#[tokio::test]
async fn should_speak_with_each_venue_as_its_documentation_has_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/exchange");
    for name in ["c2cx", "binance", "kraken", "coinbase"] {
        let mut calls = BTreeSet::new();
        for file in std::fs::read_dir(root.join(name)).unwrap().map(|file| file.unwrap().path()) {
            let dialogue: Dialogue = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            assert_eq!(dialogue.venue, name, "{}", file.display());
            assert!(!dialogue.documentation.is_empty(), "{}", file.display());
            calls.extend(dialogue.steps.iter().map(|step| step.call.clone()));
            replay(&dialogue, &file.display().to_string()).await;
        }
        let missing: Vec<_> = CALLS.iter().filter(|call| !calls.contains(**call)).collect();
        assert!(missing.is_empty(), "{name}: no dialogue of {missing:?}");
    }
}

#[tokio::test]
async fn should_let_no_call_that_hangs_keep_the_others_waiting_for_long() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let answers = std::thread::spawn(move || {
        let (mut hangs, _) = listener.accept().unwrap();
        let first = Asked::read(&mut hangs);
        let (mut stream, _) = listener.accept().unwrap();
        let second = Asked::read(&mut stream);
        let body = json!({ "error": [], "result": {} }).to_string();
        write!(stream, "HTTP/1.1 200 X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
            .unwrap();
        (hangs, first.path, second.path)
    });
    let kraken = venue("kraken", base);
    let hanging = tokio::spawn({
        let kraken = Arc::clone(&kraken);
        async move { kraken.find("XBTUSD", &ClientId("one".to_owned())).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let begun = std::time::Instant::now();
    assert_eq!(kraken.balances().await.unwrap().len(), 0);
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
    hanging.abort();
    let (_, first, second) = answers.join().unwrap();
    assert!(first.ends_with("/OpenOrders") && second.ends_with("/BalanceEx"), "{first} {second}");
}
