//! Bitcoin: blocks, deposits, the mempool, other histories.

use serde_json::json;
use teller::chain::{BitcoinReader, BitcoinSettings, ChainSource, Payment, SourceError};
use teller::coins::{Coin, Network};
use teller::rpc::{JsonRpc, RpcError};
use teller::types::{Height, Units};

use super::everybody;
use crate::support::rpc::http_client;
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;

pub(super) const ADDRESS: &str = "n453LN8EshzdsGZqk2Ry1sAmwar7B7q8p3";
const START: u64 = 492_477;

pub(super) fn regtest() -> Network {
    Coin::BTC.network("regtest").unwrap()
}

pub(super) fn reader(simnet: &Simnet, network: Network) -> BitcoinReader {
    BitcoinReader::new(simnet.btc_rpc(), BitcoinSettings { network })
}

/// What a block pays to an address: transaction, output, satoshi.
async fn paid(reader: &BitcoinReader, height: u64, address: &str) -> Vec<(String, u32, Units)> {
    let block = reader.block(Height::new(height), &everybody()).await.unwrap().unwrap();
    let to = |payment: &&Payment| payment.address.to_string() == address;
    block.payments.iter().filter(to).map(|payment| (payment.tx.clone(), payment.n, payment.amount)).collect()
}

pub(crate) async fn should_follow_blocks_and_deposits() -> Outcome {
    for dialect in ["btcd", "bitcoind"] {
        let simnet = Simnet::start(&["--btc-dialect", dialect]).await;
        let reader = reader(&simnet, regtest());
        reader.check_network().await.unwrap();
        let tip = reader.tip().await.unwrap();
        assert_eq!(tip.block.height, Height::new(START));
        assert_eq!(reader.hash_at(Height::new(START)).await.unwrap(), Some(tip.block.hash));
        assert_eq!(reader.hash_at(Height::new(START + 1)).await.unwrap(), None);
        assert_eq!(reader.hash_at(Height::new(START - 1)).await.unwrap(), None);

        let deposit = json!({ "address": ADDRESS, "amount": 123_456_789, "n": 3, "pool_only": true });
        let tx = simnet.deposit("btc", deposit).await;
        let pending = reader.pending(&everybody()).await.unwrap().unwrap();
        assert_eq!(pending.iter().map(|payment| payment.tx.as_str()).collect::<Vec<_>>(), [tx.as_str()]);
        simnet.mine("btc", 3).await;
        assert_eq!(paid(&reader, START + 1, ADDRESS).await, [(tx, 3, Units::new(123_456_789))]);
        assert_eq!(reader.pending(&everybody()).await.unwrap().unwrap(), []);

        let blocks = reader.blocks(Height::new(START), 9, &everybody()).await.unwrap();
        assert_eq!(blocks.len(), 4);
        assert!(blocks.windows(2).all(|pair| pair[1].parent == pair[0].at.hash));
    }
    Ok(())
}

pub(crate) async fn should_change_its_history() -> Outcome {
    let simnet = Simnet::start(&["--btc-network", "regtest", "--btc-start", "0"]).await;
    let reader = reader(&simnet, regtest());
    reader.check_network().await.unwrap();
    let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
    let tx = simnet.deposit("btc", json!({ "address": address, "amount": 5000 })).await;
    simnet.mine("btc", 2).await;
    let old = reader.tip().await.unwrap().block;
    assert_eq!(old.height, Height::new(3));

    simnet.control("btc/reorg", json!({ "depth": 3, "length": 4, "keep": true })).await;
    assert_eq!(paid(&reader, 1, address).await, [(tx, 0, Units::new(5000))]);
    assert_ne!(reader.hash_at(old.height).await.unwrap(), Some(old.hash));
    assert_eq!(reader.tip().await.unwrap().block.height, Height::new(4));

    simnet.control("btc/reorg", json!({ "depth": 4, "length": 2 })).await;
    assert_eq!(paid(&reader, 1, address).await, []);
    assert_eq!(reader.tip().await.unwrap().block.height, Height::new(2));
    Ok(())
}

pub(crate) async fn should_take_deposits_as_the_original_does() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    let reader = reader(&simnet, regtest());
    let url = format!("http://127.0.0.1:{}/api/nextdeposit", simnet.deposits);
    let client = http_client();
    let deposits = json!([
        { "Address": ADDRESS, "Value": 100_000_000, "Height": 494_713, "Tx": "any", "N": 1 },
        { "Address": "mvABBJn9ENPz6as1Tyoc1FKTkiUMjUzKAc", "Value": 10_000, "N": 4 },
    ]);
    let answer = client.post(&url).json(&deposits).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let block: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(block["height"], START + 1);
    let tx = block["rawtx"][1]["txid"].as_str().unwrap().to_owned();
    assert_eq!(paid(&reader, START + 1, ADDRESS).await, [(tx, 1, Units::new(100_000_000))]);

    let empty = client.post(&url).json(&json!([])).send().await.unwrap();
    assert_eq!(empty.status(), 200);
    assert_eq!(reader.tip().await.unwrap().block.height, Height::new(START + 2));
    for (body, words) in [
        ("x", "reading JSON"),
        (r#"[{"Address":"bad","Value":1}]"#, "bad"),
        (r#"[{"Address":"mvABBJn9ENPz6as1Tyoc1FKTkiUMjUzKAc","Value":-1}]"#, "reading JSON"),
        (r#"[{"Address":"1FeDtFhARLxjKUPPkQqEBL78tisenc9znS","Value":1}]"#, "network"),
    ] {
        let refused = client.post(&url).body(body).send().await.unwrap();
        assert_eq!(refused.status(), 400, "{body}");
        let text = refused.text().await.unwrap();
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(client.get(&url).send().await.unwrap().status(), 405);
    assert_eq!(reader.tip().await.unwrap().block.height, Height::new(START + 2));
    Ok(())
}

pub(crate) async fn should_have_the_errors_of_its_model() -> Outcome {
    let missing = "00".repeat(32);
    for (dialect, out_of_range) in [("btcd", -1), ("bitcoind", -8)] {
        let simnet = Simnet::start(&["--btc-dialect", dialect, "--btc-auth", "user:pass"]).await;
        let rpc = JsonRpc::new(Simnet::http(simnet.btc, Some(("user", "pass"))), "1.0");
        let code = async |method: &str, params| match rpc.call::<serde_json::Value>(method, params).await {
            Err(RpcError::Call { code, .. }) => code,
            other => panic!("{method}: {other:?}"),
        };
        assert_eq!(code("getblockhash", json!([900_000_000])).await, out_of_range);
        assert_eq!(code("getblock", json!([missing, 0])).await, -5);
        assert_eq!(code("getrawtransaction", json!([missing, 0])).await, -5);
        assert_eq!(code("nosuch", json!([])).await, -32601);
        let best: String = rpc.call("getbestblockhash", json!([])).await.unwrap();
        for verbosity in [json!(0), json!(false)] {
            let raw: String = rpc.call("getblock", json!([best, verbosity])).await.unwrap();
            assert!(raw.len() > 160);
        }
        let shown: serde_json::Value = rpc.call("getblock", json!([best, true])).await.unwrap();
        assert_eq!(shown["hash"], best);

        let stranger = BitcoinReader::new(simnet.btc_rpc(), BitcoinSettings { network: regtest() });
        assert!(matches!(stranger.tip().await, Err(SourceError::Unauthorized(_))));
    }
    Ok(())
}

pub(crate) async fn should_tell_why_a_block_is_not_there() -> Outcome {
    for dialect in ["btcd", "bitcoind"] {
        let simnet = Simnet::start(&["--btc-dialect", dialect]).await;
        let reader = reader(&simnet, regtest());
        simnet.mine("btc", 3).await;
        let first = Height::new(START);
        let block = async || reader.block(first, &everybody()).await.map(drop);
        assert_eq!(block().await, Ok(()));

        simnet.trouble("btc", json!({ "kind": "pruned", "blocks": 2 })).await;
        assert!(matches!(block().await, Err(SourceError::Pruned(_))), "{dialect}: {:?}", block().await);
        simnet.clear("btc").await;
        simnet.trouble("btc", json!({ "kind": "syncing", "blocks": 9 })).await;
        let told = block().await;
        assert_eq!(reader.tip().await.unwrap().is_syncing, dialect == "bitcoind");
        if dialect == "bitcoind" {
            assert!(matches!(told, Err(SourceError::Syncing(_))), "{told:?}");
        }
        simnet.clear("btc").await;

        simnet.trouble("btc", json!({ "kind": "forbidden", "only": "getblock" })).await;
        match block().await {
            // Where the node has REST, nothing else is asked for.
            Ok(()) => assert_eq!(dialect, "bitcoind"),
            Err(SourceError::Forbidden(why)) => assert!(why.contains("forbids getblock (HTTP 403)"), "{why}"),
            other => panic!("{other:?}"),
        }
        simnet.clear("btc").await;
        // Asked again after a while, as often as it takes.
        simnet.trouble("btc", json!({ "kind": "rate-limited", "count": 2 })).await;
        assert_eq!(block().await, Ok(()));
        simnet.trouble("btc", json!({ "kind": "rate-limited" })).await;
        match block().await {
            Err(SourceError::RateLimited { why, .. }) => assert!(why.starts_with("HTTP 503: "), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    Ok(())
}
