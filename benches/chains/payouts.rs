//! Payouts on two real Skycoin daemons, which make a block of at most 32 KiB every ten seconds. The deposits
//! come from a simulated Bitcoin node: play money is never paid in coins of a real chain.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use teller::types::Coin;

use crate::api::{Answer, json_of};
use crate::desk::{Desk, address, simnet_address};
use crate::measure::{rate, scaled};
use crate::rng::Rng;
use crate::support::Absent;
use crate::support::simnet::Simnet;
use crate::support::skycoin::Skycoin;
use crate::treasury;

const PAYOUTS: u64 = 3_000;
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) async fn run() -> Result<(), Absent> {
    let count = scaled(PAYOUTS);
    println!("## {count} payouts on two Skycoin daemons\n");
    let pair = Skycoin::start().await?;
    let purse = treasury::open(&pair).await;
    let mut desk = Desk::prepare();
    let wallet = desk.path("hot.wlt");
    purse.write(&wallet);
    let simnet = Simnet::start(&["--btc-start", "10"]).await;
    desk.set("dummy.scanner", false).set("dummy.sender", false);
    desk.set("eth_scanner.enabled", false).set("sky_scanner.enabled", false);
    desk.set("btc_rpc.server", format!("127.0.0.1:{}", simnet.btc));
    desk.set("btc_rpc.user", "any").set("btc_rpc.pass", "any").set("btc_rpc.network", "regtest");
    desk.set("btc_scanner.initial_scan_height", 11).set("btc_scanner.scan_period", "200ms");
    desk.set("sky_exchanger.wallet", wallet.display().to_string());
    desk.set("sky_rpc.address", pair.peer.node.url().trim_start_matches("http://"));
    desk.set("sky_exchanger.send_enabled", false);
    let mut rng = Rng::fixed();
    desk.fill_pools(&mut rng);
    let pool: Vec<String> = (0..count).map(|_| simnet_address(Coin::BTC, &mut rng)).collect();
    desk.write_pool(Coin::BTC, &pool);
    desk.go().await;
    for _ in 0..count {
        let payee = address(Coin::SKY, &mut rng);
        let to = bound(&desk, &payee).await;
        simnet.deposit("btc", json!({ "address": to, "amount": 200_000, "pool_only": true })).await;
    }
    simnet.mine("btc", 2).await;
    let received = format!("{}.{:08}", count * 200_000 / 100_000_000, count * 200_000 % 100_000_000);
    while accounting(&desk).await["received"]["BTC"] != received.as_str() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    desk.stop().await;
    desk.set("sky_exchanger.send_enabled", true);
    let before = pair.peer.node.height().await;
    let began = Instant::now();
    desk.go().await;
    loop {
        let deposits = accounting(&desk).await;
        if deposits["owed"] == "0.000000" && no_live(&desk).await {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "payouts take too long: {deposits}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = began.elapsed();
    let blocks = pair.peer.node.height().await - before;
    let transactions = json_of(&desk.api.get_admin("/api/transactions").await.done());
    let transactions = transactions["transactions"].as_array().unwrap().len();
    println!(
        "- {:.0} payouts a second confirmed: {count} in {transactions} transactions and {blocks} blocks, {:.1} s\n",
        rate(count, took),
        took.as_secs_f64()
    );
    desk.stop().await;
    Ok(())
}

/// A deposit address, once the chain is there to be bound.
async fn bound(desk: &Desk, payee: &str) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match desk.api.bind(payee, Coin::BTC).await {
            Answer::Refused(503, words) => assert!(Instant::now() < deadline, "{words}"),
            answer => return answer.done(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn accounting(desk: &Desk) -> Value {
    json_of(&desk.api.get_admin("/api/accounting").await.done())
}

async fn no_live(desk: &Desk) -> bool {
    let live = json_of(&desk.api.get_admin("/api/transactions?state=live").await.done());
    live["transactions"].as_array().unwrap().is_empty()
}
