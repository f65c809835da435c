//! What a node tells of its chain, and what its errors mean.

use super::*;
use crate::types::UnixTime;

const TIP: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

fn regtest() -> crate::coins::Network {
    Coin::BTC.network("regtest").unwrap()
}

/// A node whose newest block is number 9, as it says this of it and of its chain.
fn at_nine(chain: Value, height: u64) -> BitcoinReader {
    reader(Network::Regtest, move |method, params| match method {
        "getblockchaininfo" => Ok(chain.clone()),
        "getblockheader" if *params == json!([TIP, true]) => Ok(json!({ "time": 77, "height": height })),
        _ => Err(-32601),
    })
}

#[tokio::test]
async fn should_tell_the_newest_block_and_whether_the_node_is_catching_up() {
    let chain = |more: Value| {
        let mut chain = json!({ "blocks": 9, "bestblockhash": TIP });
        chain.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        chain
    };
    // btcd says nothing of it.
    let told = [
        (json!({}), false),
        (json!({ "initialblockdownload": false }), false),
        (json!({ "initialblockdownload": true }), true),
    ];
    for (more, is_syncing) in told {
        let tip = at_nine(chain(more), 9).tip().await.unwrap();
        let block = BlockRef { height: Height::new(9), hash: crate::types::BlockHash::parse(TIP).unwrap() };
        let newest = crate::chain::Tip { block, time: UnixTime::new(77), finalized: None, is_syncing };
        assert_eq!(tip, newest);
    }
    let torn = at_nine(chain(json!({})), 8).tip().await;
    assert!(matches!(&torn, Err(SourceError::Nonsense(words)) if words.contains("best height")), "{torn:?}");
}

#[tokio::test]
async fn should_tell_a_height_above_the_tip_from_an_error() {
    let watch: Watcher = Arc::new(Nobody);
    // bitcoind's number for it, and btcd's.
    for code in [-8, -1] {
        let reader = reader_saying(regtest(), move |_, _| Err((code, "Block height out of range")));
        assert_eq!(reader.hash_at(Height::new(5)).await, Ok(None));
        assert_eq!(reader.block(Height::new(5), &watch).await, Ok(None));
    }
    let starting = reader_saying(regtest(), |_, _| Err((-28, "Loading block index")));
    let told = Err(SourceError::Starting("Loading block index".to_owned()));
    assert_eq!(starting.hash_at(Height::new(5)).await, told);
    let known = reader(Network::Regtest, |method, params| match method {
        "getblockhash" if params[0] == 5 => Ok(json!(TIP)),
        _ => Err(-8),
    });
    assert_eq!(known.hash_at(Height::new(5)).await, Ok(Some(crate::types::BlockHash::parse(TIP).unwrap())));
}

/// Why a block is not told whose hash was, by a node that says this of the block, and that of its header.
async fn why_not(block: (i64, &'static str), header: Told) -> SourceError {
    let reader = reader_saying(regtest(), move |method, params| match method {
        "getblockhash" => Ok(json!(TIP)),
        // As nodes of today want it; old ones say so, see `should_ask_an_old_node_in_its_words`.
        "getblock" if *params == json!([TIP, 0]) => Err(block),
        "getblock" => panic!("it is asked for once"),
        "getblockheader" if params[0] == TIP => header.clone(),
        _ => Err((-32601, "no")),
    });
    let watch: Watcher = Arc::new(Nobody);
    reader.block(Height::new(5), &watch).await.unwrap_err()
}

#[tokio::test]
async fn should_say_why_a_block_is_not_told() {
    let there = || Ok(json!({ "time": 77, "height": 5 }));
    let missing = (-5, "Block not found");
    assert_eq!(why_not(missing, there()).await, SourceError::Pruned("Block not found".to_owned()), "as btcd");
    assert_eq!(why_not(missing, Err((-5, "Block not found"))).await, SourceError::changed());
    let starting = why_not(missing, Err((-28, "Verifying blocks"))).await;
    assert_eq!(starting, SourceError::Starting("Verifying blocks".to_owned()));
    let pruned = "Block not available (pruned data)";
    assert_eq!(why_not((-1, pruned), there()).await, SourceError::Pruned(pruned.to_owned()));
    let coming = "Block not available (not fully downloaded)";
    assert_eq!(why_not((-1, coming), there()).await, SourceError::Syncing(coming.to_owned()));
    let other = why_not((-32603, "disk"), there()).await;
    assert!(matches!(&other, SourceError::Nonsense(words) if words.contains("disk")), "{other}");
}

#[tokio::test]
async fn should_take_bytes_where_the_node_serves_them_and_ask_again_when_it_was_away() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let genesis = genesis_block(Network::Regtest);
    let (hash, block) = (genesis.block_hash().to_string(), serialize_hex(&genesis));
    // Whether bytes are served, and whether a block is told in hexadecimal.
    let serves = Arc::new([AtomicBool::new(true), AtomicBool::new(false)]);
    let says = Arc::clone(&serves);
    let reader = reader(Network::Regtest, move |method, params| match method {
        "rest" if says[0].load(Ordering::Relaxed) => {
            assert_eq!(params[0], format!("/rest/block/{hash}.bin"));
            Ok(json!(block))
        }
        "getblock" if says[1].load(Ordering::Relaxed) && params[1] == 0 => Ok(json!(block)),
        "getblockhash" if params[0] == 0 => Ok(json!(hash)),
        _ => Err(-8),
    });
    let set = |bytes: bool, hex: bool| {
        serves[0].store(bytes, Ordering::Relaxed);
        serves[1].store(hex, Ordering::Relaxed);
    };
    let watch: Watcher = Arc::new(Nobody);
    let reads = async || reader.block(Height::new(0), &watch).await.is_ok_and(|block| block.is_some());
    assert!(reads().await, "by its bytes alone");
    set(false, true);
    assert!(reads().await, "in hexadecimal, where no bytes come");
    set(true, false);
    assert!(!reads().await, "who served none is not asked for them with each block");
    reader.check_network().await.unwrap();
    assert!(reads().await, "it may be another node now");
}
