//! Every trouble on every chain, by what the reader makes of it, and that it ends.

use serde_json::json;
use teller::chain::{ChainSource, SkycoinReader, SourceError};
use teller::types::Height;

use super::{btc, eth, everybody, sky};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::wait;

pub(crate) async fn should_trouble_bitcoin() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    simnet.deposit("btc", json!({ "address": btc::ADDRESS, "amount": 1 })).await;
    simnet.mine("btc", 2).await;
    put_through(&simnet, "btc", &btc::reader(&simnet, btc::regtest())).await;
    Ok(())
}

pub(crate) async fn should_trouble_ethereum() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    simnet.deposit("eth", json!({ "address": eth::ADDRESS, "amount": 1 })).await;
    simnet.mine("eth", 2).await;
    put_through(&simnet, "eth", &eth::reader(&simnet)).await;
    Ok(())
}

pub(crate) async fn should_trouble_skycoin() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    simnet.deposit("sky", json!({ "address": sky::ADDRESS, "amount": 1_000_000 })).await;
    simnet.mine("sky", 2).await;
    put_through(&simnet, "sky", &SkycoinReader::new(simnet.sky_rest())).await;
    Ok(())
}

/// The chain's third block from the top has a deposit.
async fn put_through(simnet: &Simnet, chain: &str, reader: &impl ChainSource) {
    reader.check_network().await.unwrap();
    let tip = reader.tip().await.unwrap().block;
    let paid = Height::new(tip.height.get() - 2);

    lie(simnet, chain, reader, paid).await;
    for (kind, requests, is_expected) in [
        ("garbage", 2, (|error| matches!(error, SourceError::Nonsense(_))) as fn(&SourceError) -> bool),
        // A question whose connection ended is asked once more.
        ("drop-replies", 4, |error| matches!(error, SourceError::Unreachable(_))),
        ("errors", 2, |error| matches!(error, SourceError::Nonsense(_) | SourceError::Unreachable(_))),
    ] {
        simnet.trouble(chain, json!({ "kind": kind, "count": requests })).await;
        for _ in 0..2 {
            let error = reader.hash_at(paid).await.unwrap_err();
            assert!(is_expected(&error), "{chain} {kind}: {error:?}");
        }
        assert!(reader.hash_at(paid).await.unwrap().is_some(), "{chain} {kind} does not end");
    }

    simnet.trouble(chain, json!({ "kind": "slow", "millis": 5, "count": 1 })).await;
    assert!(reader.hash_at(paid).await.unwrap().is_some());
    stall(simnet, chain, reader, paid).await;
    be_away(simnet, chain, reader, paid).await;
    assert_eq!(reader.tip().await.unwrap().block, tip);
}

async fn lie(simnet: &Simnet, chain: &str, reader: &impl ChainSource, paid: Height) {
    simnet.trouble(chain, json!({ "kind": "wrong-network" })).await;
    let error = reader.check_network().await.unwrap_err();
    assert!(matches!(error, SourceError::WrongNetwork(_)), "{chain}: {error:?}");
    simnet.clear(chain).await;
    reader.check_network().await.unwrap();

    simnet.trouble(chain, json!({ "kind": "wrong-hash" })).await;
    let error = reader.block(paid, &everybody()).await.unwrap_err();
    // Of an Ethereum block only its receipts tell; they might be of another block because the chain changed.
    assert!(matches!(error, SourceError::Nonsense(_) | SourceError::Unreachable(_)), "{chain}: {error:?}");
    simnet.clear(chain).await;
    assert!(!reader.block(paid, &everybody()).await.unwrap().unwrap().payments.is_empty());

    simnet.trouble(chain, json!({ "kind": "behind", "blocks": 2 })).await;
    assert_eq!(reader.tip().await.unwrap().block.height, paid);
    assert_eq!(reader.hash_at(paid.next()).await.unwrap(), None);
    assert!(reader.block(paid.next(), &everybody()).await.unwrap().is_none());
    simnet.clear(chain).await;
    assert!(reader.block(paid.next(), &everybody()).await.unwrap().is_some());
}

async fn stall(simnet: &Simnet, chain: &str, reader: &impl ChainSource, paid: Height) {
    simnet.trouble(chain, json!({ "kind": "stall", "count": 1 })).await;
    let asked = reader.hash_at(paid);
    let met = wait::until("the question does not come", async || {
        simnet.state(chain).await["troubles"].as_array().unwrap().is_empty().then_some(())
    });
    tokio::pin!(asked);
    tokio::select! {
        answer = &mut asked => panic!("{chain} answered: {answer:?}"),
        () = met => {}
    }
    simnet.clear(chain).await;
    // The connection ends without an answer, and it is asked once more.
    assert!(asked.await.unwrap().is_some());
}

async fn be_away(simnet: &Simnet, chain: &str, reader: &impl ChainSource, paid: Height) {
    simnet.trouble(chain, json!({ "kind": "unreachable" })).await;
    wait::until("it stays reachable", async || {
        matches!(reader.hash_at(paid).await, Err(SourceError::Unreachable(_))).then_some(())
    })
    .await;
    simnet.clear(chain).await;
    wait::until("it stays away", async || reader.hash_at(paid).await.ok()).await;
}
