//! Nodes that are absent, lost, wrong or stuck: told apart, and everything resumes by itself.

use teller::types::Coin;

use super::treasury;
use super::world::{World, address_of, bitcoin_desk, btc, make_real, mine, paid, problems, scan, status};
use crate::api::Answer;
use crate::desk::{Desk, address};
use crate::rng::Rng;
use crate::support::anvil::Anvil;
use crate::support::runner::Outcome;
use crate::support::skycoin::Skycoin;
use crate::support::wait;

async fn assert_bind_refused(desk: &Desk, coin: Coin, why: &str) {
    let refused = desk.api.bind(&address(Coin::SKY, &mut Rng::unseeded()), coin).await;
    assert_eq!(refused, Answer::Refused(503, format!("{coin} cannot be bound at the moment: {why}")));
}

pub(crate) async fn should_wait_for_a_node_that_is_absent_at_the_start() -> Outcome {
    let (mut world, mut node, wallet) = bitcoin_desk(1).await?;
    node.stop();
    world.desk.go().await;
    assert_bind_refused(&world.desk, Coin::BTC, "its node has not answered yet").await;
    world.ill("BTC cannot be bound: its node has not answered yet").await;
    let page = world.desk.api.get("/").await.done();
    assert!(page.contains("not taken at the moment: its node has not answered yet"), "{page}");
    let chain = world.chain(Coin::BTC).await;
    assert_eq!(chain["node"], "not_yet_reached");
    node.start_again().await;
    world.can_bind(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    assert_eq!(world.problems().await, [""; 0]);
    Ok(())
}

pub(crate) async fn should_go_on_when_its_node_is_back() -> Outcome {
    let (mut world, mut node, wallet) = bitcoin_desk(1).await?;
    world.desk.set("btc_scanner.max_node_silence", "2s");
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 1).await;
    world.followed(Coin::BTC, node.height().await).await;
    node.stop();
    world.ill("BTC cannot be bound: its node does not answer").await;
    assert_bind_refused(&world.desk, Coin::BTC, "its node does not answer").await;
    assert_eq!(world.chain(Coin::BTC).await["node"], "unreachable");
    assert_eq!(world.desk.api.status(&payee).await.len(), 1, "statuses are served as ever");
    node.start_again().await;
    mine(&node, &wallet, 1).await;
    world.paid(&payee, &["1.000000"]).await;
    world.can_bind(Coin::BTC).await;
    Ok(())
}

pub(crate) async fn should_pay_once_when_the_payout_node_is_back() -> Outcome {
    // A chain of its own: the others need theirs.
    let mut pair = Skycoin::start().await?;
    let purse = treasury::open(&pair).await;
    let anvil = Anvil::start().await?;
    let mut desk = Desk::prepare();
    make_real(&mut desk, &pair.peer.node, &purse);
    let (server, port) = anvil.eth.rpc().url().rsplit_once(':').unwrap();
    desk.set("eth_rpc.server", server).set("eth_rpc.port", port).set("eth_rpc.chain_id", 31337);
    let mut rng = Rng::unseeded();
    let pool: Vec<String> = (0..3).map(|_| address(Coin::ETH, &mut rng)).collect();
    scan(&mut desk, Coin::ETH, 1, 0, &pool);

    // Absent at the start, nobody knows what was paid from the wallet meanwhile: no address is given out.
    pair.peer.stop();
    desk.go().await;
    let payee = address(Coin::SKY, &mut rng);
    let words = "ETH cannot be bound at the moment: the desk is still making sure that it knows every payment \
                 from its hot wallet";
    wait::until("the reason is not told", async || {
        let said = desk.api.bind(&payee, Coin::ETH).await;
        (said == Answer::Refused(503, words.to_owned())).then_some(())
    })
    .await;
    pair.peer.start_again().await;
    pair.connected().await;
    let to = wait::until("ETH cannot be bound", async || match desk.api.bind(&payee, Coin::ETH).await {
        Answer::Done(address) => Some(address),
        _ => None,
    })
    .await;

    // Away later, it keeps nobody from depositing.
    pair.peer.stop();
    anvil.eth.pay(&to, 10_000_000_000_000_000).await;
    status(&desk, &payee, "to be sent", |statuses| statuses[0]["status"] == "waiting_send").await;
    wait::until("nothing is said of the payout node", async || {
        problems(&desk).await.iter().any(|words| words.starts_with("payouts: ")).then_some(())
    })
    .await;
    pair.peer.start_again().await;
    pair.connected().await;
    paid(&desk, &pair.peer.node, &payee, &["1.000000"]).await;

    // Killed while a payout is on its way.
    anvil.eth.pay(&to, 20_000_000_000_000_000).await;
    status(&desk, &payee, "sent", |statuses| {
        statuses.iter().any(|status| status["status"] == "waiting_confirm")
    })
    .await;
    pair.peer.kill();
    pair.peer.start_again().await;
    pair.connected().await;
    paid(&desk, &pair.peer.node, &payee, &["1.000000", "2.000000"]).await;
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}

pub(crate) async fn should_tell_a_wrong_network_from_wrong_credentials() -> Outcome {
    let (mut world, _node, _wallet) = bitcoin_desk(1).await?;
    let anvil = Anvil::start().await?;
    world.take_ether(anvil.eth.rpc().url(), 1, 0);
    world.desk.set("btc_rpc.pass", "not-the-password");
    world.desk.go().await;
    world.ill("BTC cannot be bound: its node refuses the credentials").await;
    world.ill("ETH cannot be bound: its node is of another network").await;
    assert_eq!(world.chain(Coin::BTC).await["node"], "unauthorized");
    let eth = world.chain(Coin::ETH).await;
    assert_eq!(eth["node"], "wrong_network");
    assert!(eth["detail"].as_str().unwrap().contains("31337"), "{eth}");
    assert_bind_refused(&world.desk, Coin::ETH, "its node is of another network").await;
    assert!(!world.desk.said().contains("not-the-password"));
    Ok(())
}

pub(crate) async fn should_stop_binding_while_its_node_is_stuck() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    world.desk.set("btc_scanner.max_tip_age", "3s");
    world.desk.go().await;
    world.ill("BTC cannot be bound: the newest block of its node is").await;
    assert_eq!(world.chain(Coin::BTC).await["node"], "stuck");
    mine(&node, &wallet, 1).await;
    world.can_bind(Coin::BTC).await;
    Ok(())
}

pub(crate) async fn should_serve_the_coins_whose_nodes_are_there() -> Outcome {
    let mut world = World::new().await?;
    let anvil = Anvil::start().await?;
    world.take_ether(anvil.eth.rpc().url(), 31337, 0);
    let addresses = [address(Coin::BTC, &mut Rng::fixed())];
    world.desk.set("btc_rpc.server", "127.0.0.1:1").set("btc_rpc.user", "nobody");
    scan(&mut world.desk, Coin::BTC, 1, 1, &addresses);
    world.open(Coin::ETH).await;
    assert_bind_refused(&world.desk, Coin::BTC, "its node has not answered yet").await;
    let payee = world.payee();
    let to = world.bind(&payee, Coin::ETH).await;
    anvil.eth.pay(&to, 10_000_000_000_000_000).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}
