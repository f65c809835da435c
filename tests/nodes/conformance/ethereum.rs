//! The JSON-RPC of the simulated Ethereum node beside that of geth and anvil: refusals have the same code,
//! and every field of an answer is of a kind that the real node has too.

use serde_json::{Value, json};

use super::calls::difference;
use crate::support::anvil::Anvil;
use crate::support::eth::{Eth, PAYEE};
use crate::support::geth::Geth;
use crate::support::rpc::{Auth, Rpc};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;

const BLOCKS: u64 = 3;
/// A transaction, and a block, that no chain has.
const MISSING: &str = "0x00000000000000000000000000000000000000000000000000000000000000ff";

type Questions = Vec<(&'static str, Value)>;

/// A node, and the block with a payment to [`PAYEE`] in it.
struct Place {
    rpc: Rpc,
    tx: String,
    block: Value,
    number: Value,
}

impl Place {
    async fn of(rpc: Rpc, tx: String) -> Place {
        let receipt = rpc.call("eth_getTransactionReceipt", json!([tx])).await;
        Place { block: receipt["blockHash"].clone(), number: receipt["blockNumber"].clone(), rpc, tx }
    }

    async fn real(eth: &Eth) -> Place {
        let tx = eth.pay(PAYEE, 5).await;
        assert!(eth.confirmed(&tx).await.succeeded);
        Place::of(eth.rpc().clone(), tx).await
    }

    async fn simulated(simnet: &Simnet) -> Place {
        simnet.mine("eth", BLOCKS).await;
        let tx = simnet.deposit("eth", json!({ "address": PAYEE, "amount": 5 })).await;
        simnet.mine("eth", 1).await;
        Place::of(Rpc::new(format!("http://127.0.0.1:{}", simnet.eth), Auth::None), tx).await
    }
}

async fn simnet() -> Simnet {
    Simnet::start(&["--eth-start=0", "--eth-final-depth=1", "--eth-traces=both", "--chains=eth"]).await
}

pub(crate) async fn should_call_like_geth() -> Outcome {
    let real = Geth::start().await?;
    real.reach(BLOCKS).await;
    let simnet = simnet().await;
    let questions = |place: &Place| {
        let mut all = questions(place);
        all.push(("debug_traceTransaction", json!([MISSING, { "tracer": "callTracer" }])));
        all.push(("debug_traceBlockByHash", json!([MISSING, { "tracer": "callTracer" }])));
        all.push(("eth_getBalance", json!([PAYEE, "0xfffffff"])));
        all
    };
    compare(&Place::simulated(&simnet).await, &Place::real(&real.eth).await, questions).await;
    Ok(())
}

pub(crate) async fn should_call_like_anvil() -> Outcome {
    let real = Anvil::start().await?;
    real.mine(BLOCKS).await;
    let simnet = simnet().await;
    // It has words and codes of its own for what it does not know.
    let questions = |place: &Place| {
        let mut all = questions(place);
        all.extend([
            ("trace_block", json!(["0x1"])),
            ("trace_block", json!([place.number])),
            // As with Erigon, blocks are traced by number alone.
            ("trace_block", json!([place.block])),
            ("trace_transaction", json!([place.tx])),
        ]);
        all
    };
    compare(&Place::simulated(&simnet).await, &Place::real(&real.eth).await, questions).await;
    Ok(())
}

fn questions(place: &Place) -> Questions {
    let Place { tx, block, number, .. } = place;
    let changes = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    vec![
        ("eth_chainId", json!([])),
        ("net_version", json!([])),
        ("web3_clientVersion", json!([])),
        ("eth_syncing", json!([])),
        ("eth_blockNumber", json!([])),
        ("eth_getBlockByNumber", json!(["latest", false])),
        ("eth_getBlockByNumber", json!(["earliest", true])),
        ("eth_getBlockByNumber", json!([number, true])),
        ("eth_getBlockByNumber", json!(["0xfffffff", true])),
        ("eth_getBlockByHash", json!([block, true])),
        ("eth_getBlockByHash", json!([MISSING, false])),
        ("eth_getTransactionByHash", json!([MISSING])),
        ("eth_getTransactionReceipt", json!([tx])),
        ("eth_getTransactionReceipt", json!([MISSING])),
        ("eth_getBlockReceipts", json!([number])),
        ("eth_getBlockReceipts", json!([block])),
        ("eth_getBalance", json!([PAYEE, number])),
        ("eth_getBalance", json!([PAYEE, "latest"])),
        ("eth_getBalance", json!([])),
        ("debug_traceBlockByHash", json!([block, { "tracer": "callTracer" }])),
        ("debug_traceTransaction", json!([tx, { "tracer": "callTracer" }])),
        ("debug_traceTransaction", json!([tx, changes])),
        ("eth_nosuchMethod", json!([])),
        ("eth_getBlockByNumber", json!([])),
        ("eth_getBlockByNumber", json!(["five", false])),
    ]
}

async fn compare(ours: &Place, theirs: &Place, questions: impl Fn(&Place) -> Questions) {
    let mut wrong = Vec::new();
    for ((method, ask), (_, tell)) in questions(ours).into_iter().zip(questions(theirs)) {
        let said = ours.rpc.try_call(method, ask).await;
        let told = theirs.rpc.try_call(method, tell.clone()).await;
        let words = difference(&said, &told, false);
        wrong.extend(words.map(|words| format!("{method} {tell}: {words}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
