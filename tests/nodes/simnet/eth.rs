//! Ethereum: transfers, also inside contracts and failed ones, final blocks, other histories.

use serde_json::json;
use teller::chain::{ChainSource, EthereumReader, EthereumSettings};
use teller::types::{Height, Units};

use super::everybody;
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;

pub(super) const ADDRESS: &str = "0x2222222222222222222222222222222222222222";
const START: u64 = 4_654_258;
/// More than a JSON number of many a program holds.
const WEI: &str = "1500000000000000001";

pub(super) fn reader(simnet: &Simnet) -> EthereumReader {
    EthereumReader::new(simnet.eth_rpc(), EthereumSettings { chain_id: 1, traces: true })
}

/// What a block pays to [`ADDRESS`]: transaction, number inside, wei.
async fn paid(reader: &EthereumReader, height: u64) -> Vec<(String, u32, Units)> {
    let block = reader.block(Height::new(height), &everybody()).await.unwrap().unwrap();
    let own = block.payments.iter().filter(|payment| payment.address.to_string() == ADDRESS);
    own.map(|payment| (payment.tx.clone(), payment.n, payment.amount)).collect()
}

pub(crate) async fn should_follow_every_kind_of_transfer() -> Outcome {
    let wei = Units::new(WEI.parse().unwrap());
    for traces in ["debug", "trace", "both", "none"] {
        let simnet = Simnet::start(&["--eth-traces", traces]).await;
        let reader = reader(&simnet);
        reader.check_network().await.unwrap();
        assert_eq!(reader.limits().is_some(), traces == "none");
        assert_eq!(reader.tip().await.unwrap().block.height, Height::new(START));

        let mut txs = Vec::new();
        for (internal, failed) in [(false, false), (false, true), (true, false), (true, true)] {
            let deposit = json!({ "address": ADDRESS, "amount": WEI, "internal": internal, "failed": failed,
                "pool_only": true });
            txs.push(simnet.deposit("eth", deposit).await);
        }
        assert_eq!(reader.tip().await.unwrap().block.height, Height::new(START));
        simnet.mine("eth", 1).await;
        let mut expected = vec![(txs[0].clone(), 0, wei)];
        if traces != "none" {
            expected.push((txs[2].clone(), 1, wei));
        }
        assert_eq!(paid(&reader, START + 1).await, expected, "{traces}");
    }
    Ok(())
}

pub(crate) async fn should_call_deep_blocks_final() -> Outcome {
    let simnet = Simnet::start(&["--eth-start", "10", "--eth-final-depth", "3"]).await;
    let reader = reader(&simnet);
    assert_eq!(reader.tip().await.unwrap().finalized, None);
    simnet.mine("eth", 5).await;
    let tip = reader.tip().await.unwrap();
    assert_eq!((tip.block.height, tip.finalized), (Height::new(15), Some(Height::new(12))));
    Ok(())
}

pub(crate) async fn should_change_its_history() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    let reader = reader(&simnet);
    reader.check_network().await.unwrap();
    let tx = simnet.deposit("eth", json!({ "address": ADDRESS, "amount": 7 })).await;
    simnet.mine("eth", 1).await;
    let old = reader.tip().await.unwrap().block;
    simnet.control("eth/reorg", json!({ "depth": 2, "keep": true })).await;
    assert_eq!(reader.tip().await.unwrap().block.height, Height::new(START + 3));
    assert_ne!(reader.hash_at(old.height).await.unwrap(), Some(old.hash));
    assert_eq!(paid(&reader, START + 1).await, [(tx, 0, Units::new(7))]);
    simnet.control("eth/reorg", json!({ "depth": 3, "length": 1 })).await;
    assert_eq!(paid(&reader, START + 1).await, []);
    assert_eq!(reader.hash_at(old.height).await.unwrap(), None);
    Ok(())
}
