//! Dogecoin: every other block is mined with another chain's. There is no dogecoind at hand.

use serde_json::json;
use teller::chain::{BitcoinReader, BitcoinSettings, ChainSource, SourceError};
use teller::types::{Coin, Droplets, Height, Units, Work};

use super::everybody;
use super::service::{LIKE_A_BTCD, bound, configure, done};
use crate::desk::{self, Desk};
use crate::rng::Rng;
use crate::service::world::{problems, scan};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::skycoin_node::Node;

const CHAINS: &str = "--chains=btc,doge,eth,sky";
const START: u64 = 10;
/// Blocks of both kinds.
const BLOCKS: u64 = 6;

fn reader(simnet: &Simnet) -> BitcoinReader {
    let network = Coin::DOGE.network("regtest").unwrap();
    BitcoinReader::new(simnet.doge_rpc(), BitcoinSettings { network })
}

pub(crate) async fn should_follow_blocks_that_are_mined_with_others() -> Outcome {
    let simnet = Simnet::start(&[CHAINS, "--doge-start", "10"]).await;
    let reader = reader(&simnet);
    reader.check_network().await.unwrap();
    let address = desk::simnet_address(Coin::DOGE, &mut Rng::fixed());
    // More than there are bitcoins.
    let much = 3_000_000_000_000_000_u64;
    let tx = simnet.deposit("doge", json!({ "address": address, "amount": much, "n": 2 })).await;
    simnet.mine("doge", BLOCKS).await;
    let blocks = reader.blocks(Height::new(START), 2 * BLOCKS, &everybody()).await.unwrap();
    assert_eq!(blocks.len(), usize::try_from(BLOCKS + 2).unwrap());
    assert!(blocks.windows(2).all(|pair| pair[1].parent == pair[0].at.hash));
    let paid: Vec<_> = blocks.iter().flat_map(|block| &block.payments).collect();
    let paid: Vec<_> = paid.iter().map(|paid| (paid.tx.clone(), paid.n, paid.amount)).collect();
    assert_eq!(paid, [(tx, 2, Units::new(much.into()))]);
    // Headers alone tell the same work.
    let tip = reader.tip().await.unwrap().block;
    let work: Work = blocks.iter().map(|block| block.work).sum();
    assert_eq!(reader.work_between(Height::new(START), tip, Work::new(u128::MAX)).await.unwrap(), work);

    simnet.trouble("doge", json!({ "kind": "wrong-hash" })).await;
    let refused = reader.block(tip.height, &everybody()).await;
    assert!(matches!(refused, Err(SourceError::Nonsense(_))), "{refused:?}");
    simnet.clear("doge").await;
    simnet.trouble("doge", json!({ "kind": "wrong-network" })).await;
    let refused = reader.check_network().await;
    assert!(matches!(refused, Err(SourceError::WrongNetwork(_))), "{refused:?}");
    Ok(())
}

pub(crate) async fn should_pay_for_dogecoin_through_a_fork() -> Outcome {
    let (mut desk, mut rng) = (Desk::prepare(), Rng::fixed());
    let wallet = desk.path("hot.wlt").display().to_string();
    let options = [CHAINS, "--sky-wallet", &wallet, "--sky-block-every=50ms", "--doge-start", "10"];
    let simnet = Simnet::start(&[&options[..], &["--btc-start", "10", "--eth-start", "10"]].concat()).await;
    configure(&simnet, &mut desk, &mut rng);
    desk.set("doge_rpc.server", format!("127.0.0.1:{}", simnet.doge)).set("doge_rpc.network", "regtest");
    desk.set("doge_rpc.user", "any").set("doge_rpc.pass", "any");
    let addresses: Vec<String> = (0..4).map(|_| desk::simnet_address(Coin::DOGE, &mut rng)).collect();
    scan(&mut desk, Coin::DOGE, START + 1, 2, &addresses);
    desk.go().await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let to = bound(&desk, &payee, Coin::DOGE).await;
    // One hundred of them buy a coin of SKY. The fork puts the deposit into a block of the other kind.
    simnet.deposit("doge", json!({ "address": to, "amount": 20_000_000_000_u64 })).await;
    simnet.control("doge/reorg", json!({ "depth": 1, "length": 1, "keep": false })).await;
    simnet.deposit("doge", json!({ "address": to, "amount": 30_000_000_000_u64, "pool_only": true })).await;
    simnet.mine("doge", 1).await;
    simnet.control("doge/reorg", json!({ "depth": 2, "length": 3, "keep": true })).await;
    simnet.mine("doge", 2).await;
    done(&desk, &payee, 1).await;
    let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
    assert_eq!(node.balance(&payee).await, Droplets::new(3_000_000));
    // Its node tells no unspent outputs, and the operator hears of it.
    let like_a_btcd = LIKE_A_BTCD.replace("BTC", "DOGE");
    let told = problems(&desk).await;
    assert!(told.iter().any(|words| words.starts_with(&like_a_btcd)), "{told:?}");
    assert!(told.iter().all(|words| words.contains(&LIKE_A_BTCD["BTC".len()..])), "{told:?}");
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}
