//! Tokens: what arrives of them is told and paid for, whatever their contracts tell, until a fork takes it back.

use serde_json::{Value, json};
use teller::chain::{ChainSource, EthereumReader, EthereumSettings, SourceError};
use teller::config::known_tokens;
use teller::types::{Coin, Droplets, Height, Token, Units};

use super::eth::ADDRESS;
use super::everybody;
use super::service::{bound, configure, done};
use crate::desk::{self, Desk};
use crate::rng::Rng;
use crate::service::world::{admin, scan, status};
use crate::support::rpc::{Auth, Rpc};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::skycoin_node::Node;

const START: u64 = 10;
const OPTIONS: &[&str] = &["--eth-start=10", "--chains=eth"];

fn reader(simnet: &Simnet, tokens: Vec<Token>) -> EthereumReader {
    EthereumReader::new(simnet.eth_rpc(), EthereumSettings { chain_id: 1, traces: true }).with_tokens(tokens)
}

async fn pay(simnet: &Simnet, body: Value) -> String {
    simnet.control("eth/token", body).await["tx"].as_str().unwrap().to_owned()
}

/// What a block pays to [`ADDRESS`] in tokens: transaction, symbol, units.
async fn paid(reader: &EthereumReader, height: u64) -> Vec<(String, String, Units)> {
    let block = reader.block(Height::new(height), &everybody()).await.unwrap().unwrap();
    assert!(block.gaps.unread.is_empty(), "{:?}", block.gaps.unread);
    let own = block.payments.iter().filter(|payment| payment.address.to_string() == ADDRESS);
    let tokens = own.filter_map(|paid| Some((paid.tx.clone(), paid.token?.symbol.to_string(), paid.amount)));
    tokens.collect()
}

pub(crate) async fn should_tell_what_arrives_of_tokens() -> Outcome {
    let simnet = Simnet::start(OPTIONS).await;
    let reader = reader(&simnet, known_tokens().collect());
    reader.check_network().await.unwrap();
    let body = |more: Value| {
        let mut body = json!({ "token": "USDT", "address": ADDRESS, "amount": 100, "pool_only": true });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    // All in one block, with ether before and after them.
    let mut expected = Vec::new();
    simnet.deposit("eth", json!({ "address": ADDRESS, "amount": 7, "pool_only": true })).await;
    for more in [json!({}), json!({ "amount": "1000000", "fee": 10 })] {
        let amount = if more == json!({}) { 100 } else { 999_990 };
        expected.push((pay(&simnet, body(more)).await, "USDT".to_owned(), Units::new(amount)));
    }
    let usdc = pay(&simnet, body(json!({ "token": "USDC", "amount": 5 }))).await;
    expected.push((usdc, "USDC".to_owned(), Units::new(5)));
    pay(&simnet, body(json!({ "failed": true }))).await;
    simnet.deposit("eth", json!({ "address": ADDRESS, "amount": 9, "internal": true })).await;
    expected.sort();
    // By receipts, which the block's hash promises, and where there are none together by the node's word.
    for only in [None, Some("eth_getBlockReceipts")] {
        if let Some(only) = only {
            simnet.trouble("eth", json!({ "kind": "errors", "only": only })).await;
        }
        let mut told = paid(&reader, START + 1).await;
        told.sort();
        assert_eq!(told, expected, "without {only:?}");
        simnet.clear("eth").await;
    }
    // Of what a contract hides the balance tells.
    let hidden =
        pay(&simnet, json!({ "token": "USDC", "address": ADDRESS, "amount": 50, "fee": 1, "hidden": true }));
    let expected = [(hidden.await, "USDC".to_owned(), Units::new(49))];
    assert_eq!(paid(&reader, START + 2).await, expected);
    Ok(())
}

pub(crate) async fn should_forget_tokens_with_their_blocks() -> Outcome {
    let simnet = Simnet::start(OPTIONS).await;
    let (usdt, rpc) = (known_tokens().next().unwrap(), Rpc::new(url(&simnet), Auth::None));
    let held = async || {
        let word = format!("0x70a08231{:0>64}", &ADDRESS[2..]);
        let asked = json!([{ "to": usdt.contract.to_string(), "data": word }, "latest"]);
        let told = rpc.call("eth_call", asked).await;
        u128::from_str_radix(told.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
    };
    let body = json!({ "token": "USDT", "address": ADDRESS, "amount": 5 });
    pay(&simnet, body.clone()).await;
    pay(&simnet, body).await;
    assert_eq!(held().await, 10);
    simnet.control("eth/reorg", json!({ "depth": 2, "length": 1, "keep": true })).await;
    assert_eq!(held().await, 10, "both are in the block that came");
    simnet.control("eth/reorg", json!({ "depth": 1, "length": 3 })).await;
    assert_eq!(held().await, 0);
    // A contract of another token than it is configured to be is none that coins are taken for.
    let reader = reader(&simnet, vec![Token { decimals: 18, ..usdt }]);
    let refused = reader.check_network().await;
    assert!(matches!(refused, Err(SourceError::WrongNetwork(_))), "{refused:?}");
    Ok(())
}

fn url(simnet: &Simnet) -> String {
    format!("http://127.0.0.1:{}", simnet.eth)
}

pub(crate) async fn should_refuse_tokens_that_are_not_there() -> Outcome {
    let simnet = Simnet::start(OPTIONS).await;
    let before = simnet.state("eth").await;
    let to = format!(r#""address":"{ADDRESS}""#);
    for (body, words) in [
        (format!(r#"{{"token":"usdt",{to},"amount":1}}"#), "USDT, USDC"),
        (format!(r#"{{"token":"USDT",{to},"amount":"0.5"}}"#), "expected the smallest unit in digits"),
        (format!(r#"{{"token":"USDT",{to},"amount":5,"fee":6}}"#), "the fee is more"),
        (format!(r#"{{"token":"USDT",{to},"amount":"1000000000000000000000001"}}"#), "no more than"),
        (format!(r#"{{"token":"USDT",{to}}}"#), "missing field"),
        (r#"{"token":"USDT","address":"bad","amount":1}"#.to_owned(), "not a ETH address"),
    ] {
        let (code, text) = simnet.raw(reqwest::Method::POST, "/control/eth/token", &body).await;
        assert!(code == 400 && text.contains(words), "{body}: {code} {text}");
    }
    assert_eq!(simnet.state("eth").await, before);
    Ok(())
}

pub(crate) async fn should_pay_for_tokens_and_ether_through_a_fork() -> Outcome {
    let (mut desk, mut rng) = (Desk::prepare(), Rng::fixed());
    let wallet = desk.path("hot.wlt").display().to_string();
    let options =
        ["--sky-wallet", &wallet, "--sky-block-every=50ms", "--btc-start", "10", "--eth-start", "10"];
    let simnet = Simnet::start(&options).await;
    configure(&simnet, &mut desk, &mut rng);
    let addresses: Vec<String> = (0..4).map(|_| desk::simnet_address(Coin::ETH, &mut rng)).collect();
    scan(&mut desk, Coin::ETH, START + 1, 3, &addresses);
    desk.set("eth_tokens.USDT.rate", "0.5").set("eth_tokens.USDC.rate", "0.5");
    desk.go().await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let to = bound(&desk, &payee, Coin::ETH).await;
    // A hundredth of an ether and two tokens buy a SKY each, at one address.
    let body = |token: &str, amount: u64| json!({ "token": token, "address": to, "amount": amount });
    simnet.deposit("eth", json!({ "address": to, "amount": "10000000000000000", "pool_only": true })).await;
    pay(&simnet, body("USDT", 2_000_000)).await;
    simnet.mine("eth", 3).await;
    done(&desk, &payee, 2).await;
    // A fork takes the next one back before it is final, and puts another one into the place.
    pay(&simnet, body("USDC", 20_000_000)).await;
    let says = async |words: &str| {
        let says = |all: &[Value]| all.iter().any(|one| one["message"].as_str().unwrap().starts_with(words));
        status(&desk, &payee, words, says).await;
    };
    says("waiting for confirmations of the deposit").await;
    simnet.control("eth/reorg", json!({ "depth": 1, "length": 2 })).await;
    says("waiting for the deposit to be in a block again").await;
    pay(&simnet, body("USDC", 6_000_000)).await;
    simnet.mine("eth", 6).await;
    done(&desk, &payee, 3).await;
    let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
    assert_eq!(node.balance(&payee).await, Droplets::new(5_000_000));
    let listed = admin(&desk, "/api/deposits").await;
    let all = listed["deposits"].as_array().unwrap().iter();
    let coins: Vec<_> = all.map(|one| (&one["coin_type"], &one["deposit_value_exact"])).collect();
    assert_eq!(
        json!(coins),
        json!([["ETH", "10000000000000000"], ["USDT", "2000000"], ["USDC", "20000000"], ["USDC", "6000000"]])
    );
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}
