//! The JSON-RPC of the simulated Bitcoin nodes beside that of real ones, where these are there: refusals have
//! the same code and words, and every field of an answer is of a kind that the real node has too.

use serde_json::{Value, json};

use crate::support::bitcoind::{self, Bitcoind, Options};
use crate::support::btcd::Btcd;
use crate::support::miner::Miner;
use crate::support::rpc::{Auth, Rpc, RpcError};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;

const BLOCKS: u64 = 3;

/// Questions about a chain of [`BLOCKS`] blocks, the hash of whose newest one is given.
fn bitcoin_questions(best: &Value) -> Vec<(&'static str, Value)> {
    let missing = "00".repeat(32);
    vec![
        ("getblockcount", json!([])),
        ("getbestblockhash", json!([])),
        ("getblockhash", json!([0])),
        ("getblockhash", json!([BLOCKS])),
        ("getblockhash", json!([BLOCKS + 1])),
        ("getblock", json!([best])),
        ("getblock", json!([best, 0])),
        ("getblock", json!([best, 1])),
        ("getblock", json!([best, 2])),
        ("getblock", json!([missing, 0])),
        ("getblock", json!([missing, 1])),
        ("getblockheader", json!([best, true])),
        ("getblockheader", json!([best, false])),
        ("getblockheader", json!([missing, true])),
        ("getblockchaininfo", json!([])),
        ("getnetworkinfo", json!([])),
        ("getdifficulty", json!([])),
        ("getrawmempool", json!([])),
        ("getrawtransaction", json!([missing, 0])),
        ("nosuchmethod", json!([])),
    ]
}

pub(crate) async fn should_call_like_bitcoind() -> Outcome {
    let real = Bitcoind::start().await?;
    real.mine(BLOCKS, &Miner::new().address()).await;
    let mut questions = bitcoin_questions(&json!(real.tip().await.to_string()));
    questions.push(("getblock", json!(["abc", 0])));
    compare_bitcoin("bitcoind", real.rpc(), questions).await;
    Ok(())
}

pub(crate) async fn should_call_like_btcd() -> Outcome {
    let mut real = Btcd::start().await?;
    real.generate(BLOCKS).await;
    let mut questions = bitcoin_questions(&json!(real.tip().await.to_string()));
    questions.extend([("getbestblock", json!([])), ("getinfo", json!([]))]);
    compare_bitcoin("btcd", real.rpc(), questions).await;
    Ok(())
}

/// Of a block that is thrown away, and of a call that is forbidden.
pub(crate) async fn should_refuse_like_bitcoind() -> Outcome {
    const FORBIDDING: &[&str] = &["-rpcwhitelistdefault=0", "-rpcwhitelist=teller:getblockcount"];
    let options = Options { pruned: true, more: FORBIDDING, ..Options::default() };
    let real = Bitcoind::start_with(options).await?;
    real.mine(900, &Miner::new().address()).await;
    assert!(real.prune(600).await > 0, "nothing was pruned");
    let simnet = Simnet::start(&["--btc-dialect=bitcoind", "--btc-start=0", "--chains=btc"]).await;
    simnet.mine("btc", BLOCKS).await;
    simnet.trouble("btc", json!({ "kind": "pruned", "blocks": 1 })).await;
    let ours = Rpc::new(format!("http://127.0.0.1:{}", simnet.btc), Auth::None);
    let refused = async |rpc: &Rpc| {
        let hash = rpc.call("getblockhash", json!([1])).await;
        rpc.try_call("getblock", json!([hash, 0])).await.unwrap_err()
    };
    assert_eq!(refused(&ours).await, refused(real.rpc()).await);

    let (user, password) = (bitcoind::USER.to_owned(), bitcoind::PASSWORD.to_owned());
    let real = Rpc::new(real.rpc().url().to_owned(), Auth::Password { user, password });
    simnet.trouble("btc", json!({ "kind": "forbidden", "only": "getrawmempool" })).await;
    let forbidden = async |rpc: &Rpc| rpc.try_call("getrawmempool", json!([])).await.unwrap_err();
    assert_eq!(forbidden(&ours).await, forbidden(&real).await);
    Ok(())
}

async fn compare_bitcoin(dialect: &str, real: &Rpc, questions: Vec<(&'static str, Value)>) {
    let simnet =
        Simnet::start(&["--btc-dialect", dialect, "--btc-network=regtest", "--btc-start=0", "--chains=btc"])
            .await;
    simnet.mine("btc", BLOCKS).await;
    let ours = Rpc::new(format!("http://127.0.0.1:{}", simnet.btc), Auth::None);
    let best = ours.call("getbestblockhash", json!([])).await;
    let theirs = real.call("getbestblockhash", json!([])).await;
    let mut wrong = Vec::new();
    for (method, params) in questions {
        let told = real.try_call(method, params.clone()).await;
        let params = params
            .as_array()
            .unwrap()
            .iter()
            .map(|param| if *param == theirs { best.clone() } else { param.clone() });
        let said = ours.try_call(method, params.collect()).await;
        wrong.extend(difference(&said, &told, true).map(|words| format!("{dialect} {method}: {words}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub(super) fn difference(
    said: &Result<Value, RpcError>,
    told: &Result<Value, RpcError>,
    with_words: bool,
) -> Option<String> {
    match (said, told) {
        (Ok(said), Ok(told)) => misshapen("", said, told),
        (Err(said), Err(told)) if said == told || (!with_words && said.code() == told.code()) => None,
        _ => Some(format!("said {said:?}, the real one {told:?}")),
    }
}

/// Where an answer has something that the real one has not, or of another kind.
fn misshapen(path: &str, said: &Value, told: &Value) -> Option<String> {
    match (said, told) {
        (Value::Object(said), Value::Object(told)) => said.iter().find_map(|(key, value)| {
            let path = format!("{path}.{key}");
            match told.get(key) {
                Some(other) => misshapen(&path, value, other),
                None => Some(format!("the real one has no {path}")),
            }
        }),
        (Value::Array(said), Value::Array(told)) => {
            said.iter().zip(told).find_map(|(said, told)| misshapen(&format!("{path}[]"), said, told))
        }
        (Value::Number(_), Value::Number(_))
        | (Value::Null, Value::Null)
        | (Value::Bool(_), Value::Bool(_)) => None,
        // Hashes and addresses are as long; quantities are not.
        (Value::String(said), Value::String(told)) if said.len() < 40 || said.len() == told.len() => None,
        (Value::String(_), Value::String(_)) if path.ends_with("hex") || path.is_empty() => None,
        _ => Some(format!("{path} is {said}, of the real one {told}")),
    }
}
