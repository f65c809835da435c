//! The service itself between three simulated nodes: what is bought is paid, once, whatever the nodes do.

use serde_json::{Value, json};
use teller::skycoin::Wallet;
use teller::types::{Coin, Droplets};

use crate::api::Answer;
use crate::desk::{self, Desk};
use crate::rng::Rng;
use crate::service::treasury::pay_all;
use crate::service::world::{admin, problems, scan};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::skycoin_node::Node;
use crate::support::wait;

const START: &str = "10";
/// What health says of a Bitcoin node that is like a btcd.
pub(super) const LIKE_A_BTCD: &str =
    "BTC: its node cannot tell whether addresses received coins before they were given out";

/// A service on the three chains.
pub(super) async fn open(simnet: &Simnet, desk: &mut Desk, rng: &mut Rng) {
    configure(simnet, desk, rng);
    desk.go().await;
}

/// [`open`], not started yet.
pub(super) fn configure(simnet: &Simnet, desk: &mut Desk, rng: &mut Rng) {
    desk.set("dummy.scanner", false).set("dummy.sender", false);
    desk.set("sky_exchanger.wallet", desk.path("hot.wlt").display().to_string());
    desk.set("sky_rpc.address", format!("127.0.0.1:{}", simnet.sky));
    desk.set("btc_rpc.server", format!("127.0.0.1:{}", simnet.btc));
    desk.set("btc_rpc.user", "any").set("btc_rpc.pass", "any").set("btc_rpc.network", "regtest");
    desk.set("eth_rpc.server", "127.0.0.1").set("eth_rpc.port", simnet.eth.to_string());
    for coin in desk::usual() {
        let addresses: Vec<String> = (0..4).map(|_| desk::simnet_address(coin, rng)).collect();
        scan(desk, coin, if coin == Coin::SKY { 1 } else { 11 }, 1, &addresses);
    }
}

/// A service whose hot wallet simnet has filled.
pub(super) async fn filled(block_every: &str) -> (Simnet, Desk, Rng) {
    let desk = Desk::prepare();
    let wallet = desk.path("hot.wlt").display().to_string();
    let every = format!("--sky-block-every={block_every}");
    let options = ["--sky-wallet", &wallet, &every, "--btc-start", START, "--eth-start", START];
    (Simnet::start(&options).await, desk, Rng::fixed())
}

/// Waits until the coin's chain is in this state, in the words of machines.
async fn fares(desk: &Desk, coin: Coin, state: &str) -> Value {
    wait::until(&format!("{coin} is not {state}"), async || {
        let chain = admin(desk, "/api/chains").await[coin.code()].clone();
        (chain["node"] == state).then_some(chain)
    })
    .await
}

/// Binds, once the chain is there to be bound.
pub(super) async fn bound(desk: &Desk, payee: &str, coin: Coin) -> String {
    let refused = async || {
        let chains: Value = serde_json::from_str(&desk.api.get_admin("/api/chains").await.done()).unwrap();
        chains[coin.code()]["binding_refused"].clone()
    };
    wait::until("it cannot be bound", async || refused().await.is_null().then_some(())).await;
    desk.api.bind(payee, coin).await.done()
}

/// Waits until so many deposits are paid out.
pub(super) async fn done(desk: &Desk, payee: &str, count: usize) {
    wait::until("the payee is not paid", async || {
        let statuses = desk.api.status(payee).await;
        (statuses.iter().filter(|status| status["status"] == "done").count() == count).then_some(())
    })
    .await;
}

pub(crate) async fn should_pay_once_between_troubled_nodes() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let [btc, eth, sky] = [
        bound(&desk, &payee, Coin::BTC).await,
        bound(&desk, &payee, Coin::ETH).await,
        bound(&desk, &payee, Coin::SKY).await,
    ];

    // The first payout is sent and nobody says so; nodes stumble over the blocks with the deposits.
    simnet.trouble("sky", json!({ "kind": "drop-replies", "only": "injectTransaction", "count": 2 })).await;
    simnet.trouble("btc", json!({ "kind": "wrong-hash", "only": "getblock", "count": 2 })).await;
    simnet.trouble("btc", json!({ "kind": "garbage", "only": "getblockhash", "count": 2 })).await;
    simnet.trouble("eth", json!({ "kind": "drop-replies", "count": 3 })).await;
    simnet.deposit("btc", json!({ "address": btc, "amount": 200_000 })).await;
    simnet.deposit("eth", json!({ "address": eth, "amount": "1000000000000000000", "internal": true })).await;
    simnet.deposit("eth", json!({ "address": eth, "amount": "1000000000000000000", "failed": true })).await;
    simnet.deposit("sky", json!({ "address": sky, "amount": 5_000_000 })).await;
    simnet.mine("btc", 1).await;
    simnet.mine("sky", 1).await;
    done(&desk, &payee, 3).await;

    // A deposit that a fork takes away before it is final is none; one that comes back counts once.
    simnet.trouble("eth", json!({ "kind": "unreachable" })).await;
    simnet.deposit("btc", json!({ "address": btc, "amount": 400_000 })).await;
    simnet.control("btc/reorg", json!({ "depth": 1, "length": 2 })).await;
    simnet.deposit("btc", json!({ "address": btc, "amount": 600_000 })).await;
    simnet.control("btc/reorg", json!({ "depth": 1, "length": 1, "keep": true })).await;
    simnet.mine("btc", 2).await;
    done(&desk, &payee, 4).await;
    simnet.clear("eth").await;
    simnet.deposit("eth", json!({ "address": eth, "amount": "2000000000000000000" })).await;
    simnet.mine("eth", 1).await;
    done(&desk, &payee, 5).await;

    // 500 SKY for a bitcoin, 100 for an ether, one for one: 1 + 100 + 5, then 3, then 200.
    let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
    assert_eq!(node.balance(&payee).await, Droplets::new(309_000_000));
    Ok(())
}

pub(crate) async fn should_tell_apart_what_ails_a_node() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    simnet.mine("btc", 5).await;
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let to = bound(&desk, &payee, Coin::BTC).await;
    fares(&desk, Coin::BTC, "ok").await;
    for (trouble, state) in [
        (json!({ "kind": "garbage" }), "nonsense"),
        (json!({ "kind": "behind", "blocks": 2 }), "behind"),
        (json!({ "kind": "unreachable" }), "unreachable"),
        (json!({ "kind": "drop-replies" }), "unreachable"),
        // Nothing is heard of it any more, though it takes every call.
        (json!({ "kind": "stall" }), "unreachable"),
    ] {
        simnet.trouble("btc", trouble).await;
        let chain = fares(&desk, Coin::BTC, state).await;
        let words = chain["problem"].as_str().unwrap();
        assert!(problems(&desk).await.iter().any(|problem| problem.contains(words)), "{words}");
        simnet.clear("btc").await;
        fares(&desk, Coin::BTC, "ok").await;
    }
    // A node of another network is noticed once it was away.
    simnet.trouble("btc", json!({ "kind": "unreachable" })).await;
    fares(&desk, Coin::BTC, "unreachable").await;
    simnet.clear("btc").await;
    simnet.trouble("btc", json!({ "kind": "wrong-network" })).await;
    fares(&desk, Coin::BTC, "wrong_network").await;
    simnet.clear("btc").await;
    simnet.deposit("btc", json!({ "address": to, "amount": 200_000 })).await;
    simnet.mine("btc", 1).await;
    done(&desk, &payee, 1).await;
    Ok(())
}

pub(crate) async fn should_pay_once_when_the_payout_node_is_lost_and_back() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("300ms").await;
    simnet.trouble("sky", json!({ "kind": "unreachable" })).await;
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    // What the wallet has paid is not known before its node has been asked once, and so no address is given out.
    fares(&desk, Coin::BTC, "ok").await;
    assert!(matches!(desk.api.bind(&payee, Coin::BTC).await, Answer::Refused(503, _)));
    simnet.clear("sky").await;
    let to = bound(&desk, &payee, Coin::BTC).await;
    simnet.trouble("sky", json!({ "kind": "unreachable" })).await;
    simnet.deposit("btc", json!({ "address": to, "amount": 200_000 })).await;
    simnet.mine("btc", 1).await;
    wait::until("nothing waits to be sent", async || {
        (desk.api.status(&payee).await[0]["status"] == "waiting_send").then_some(())
    })
    .await;
    assert!(problems(&desk).await.iter().any(|words| words.starts_with("payouts: ")));
    // Its reply is lost, and then it is lost itself.
    simnet.trouble("sky", json!({ "kind": "drop-replies", "only": "injectTransaction", "count": 1 })).await;
    let url = "sky/trouble?kind=unreachable";
    assert_eq!(simnet.raw(reqwest::Method::DELETE, &format!("/control/{url}"), "").await.0, 200);
    wait::until("nothing was signed", async || {
        (!admin(&desk, "/api/transactions").await["transactions"].as_array().unwrap().is_empty())
            .then_some(())
    })
    .await;
    simnet.trouble("sky", json!({ "kind": "unreachable" })).await;
    desk.kill();
    desk.go().await;
    simnet.clear("sky").await;
    done(&desk, &payee, 1).await;
    let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
    assert_eq!(node.balance(&payee).await, Droplets::new(1_000_000));
    assert_eq!(admin(&desk, "/api/transactions").await["transactions"].as_array().unwrap().len(), 1);
    Ok(())
}

pub(crate) async fn should_replace_a_payout_that_can_never_confirm() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("300ms").await;
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let to = bound(&desk, &payee, Coin::BTC).await;
    simnet.trouble("sky", json!({ "kind": "errors", "only": "injectTransaction" })).await;
    simnet.deposit("btc", json!({ "address": to, "amount": 200_000 })).await;
    simnet.mine("btc", 1).await;
    let first = wait::until("nothing was signed", async || {
        let all = admin(&desk, "/api/transactions?state=signed").await;
        all["transactions"].get(0).cloned()
    })
    .await;
    desk.kill();
    simnet.clear("sky").await;

    // Somebody else with the same keys spends what the stored transaction spends.
    let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
    let wallet = Wallet::load(&std::fs::read(desk.path("hot.wlt")).unwrap(), None).unwrap();
    let own = wallet.keys()[0].address;
    let all = node.balance(&own.to_string()).await;
    let rival = pay_all(&node, &wallet, &[(own, all)]).await;
    node.confirmed(&rival).await;

    desk.go().await;
    done(&desk, &payee, 1).await;
    assert_eq!(node.balance(&payee).await, Droplets::new(1_000_000));
    let transactions = admin(&desk, "/api/transactions").await;
    let states: Vec<&Value> =
        transactions["transactions"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["dead", "settled"]);
    let dead = &transactions["transactions"][0];
    assert_eq!(dead["txid"], first["txid"]);
    assert!(dead["why"].as_str().unwrap().contains(&rival), "{dead}");
    Ok(())
}

pub(crate) async fn should_say_what_a_node_without_traces_does_not_show() -> Outcome {
    let mut desk = Desk::prepare();
    let wallet = desk.path("hot.wlt").display().to_string();
    let options = ["--sky-wallet", &wallet, "--btc-start", START, "--eth-start", START, "--eth-traces=none"];
    let simnet = Simnet::start(&options).await;
    open(&simnet, &mut desk, &mut Rng::fixed()).await;
    wait::until("health says nothing of traces", async || {
        let words = "ETH: the node offers no traces (debug_traceBlockByHash or trace_block)";
        problems(&desk).await.iter().any(|problem| problem.starts_with(words)).then_some(())
    })
    .await;
    Ok(())
}

pub(crate) async fn should_say_how_far_catching_up_has_come() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    simnet.mine("btc", 2_000).await;
    simnet.trouble("btc", json!({ "kind": "slow", "millis": 1 })).await;
    open(&simnet, &mut desk, &mut rng).await;
    wait::until("health says nothing of it", async || {
        let problems = problems(&desk).await;
        let told = problems.iter().filter(|words| words.contains("still to be read")).collect::<Vec<_>>();
        assert!(told.len() <= 1, "it is told once: {told:?}");
        let is_told = |words: &&String| words.starts_with("BTC") && words.contains(": catching up, ");
        told.into_iter().find(is_told).map(drop)
    })
    .await;
    simnet.clear("btc").await;
    wait::until("it does not catch up", async || (problems(&desk).await == [LIKE_A_BTCD]).then_some(()))
        .await;
    let chain = admin(&desk, "/api/chains").await["BTC"].clone();
    assert_eq!((&chain["lag"], &chain["tip"]), (&json!(0), &chain["scanned"]));
    Ok(())
}
