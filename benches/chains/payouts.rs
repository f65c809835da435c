//! Payouts on two real Skycoin daemons, which make a block of at most 32 KiB every ten seconds.

use std::time::{Duration, Instant};

use serde_json::Value;
use teller::types::Coin;

use crate::api::{Deposit, json_of};
use crate::desk::{Desk, address};
use crate::measure::{rate, scaled};
use crate::rng::Rng;
use crate::support::Absent;
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
    desk.set("dummy.sender", false).set("sky_exchanger.wallet", wallet.display().to_string());
    desk.set("sky_rpc.address", pair.peer.node.url().trim_start_matches("http://"));
    desk.set("sky_exchanger.send_enabled", false);
    let mut rng = Rng::fixed();
    desk.fill_pools(&mut rng);
    desk.go().await;
    for number in 0..count {
        let payee = address(Coin::Sky, &mut rng);
        let to = desk.api.bind(&payee, Coin::Btc).await.done();
        let deposit = Deposit { coin: Coin::Btc, address: to, tx: format!("{number:064x}"), n: 0, sky: 1 };
        desk.api.deposit(&deposit).await.done();
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

async fn accounting(desk: &Desk) -> Value {
    json_of(&desk.api.get_admin("/api/accounting").await.done())
}

async fn no_live(desk: &Desk) -> bool {
    let live = json_of(&desk.api.get_admin("/api/transactions?state=live").await.done());
    live["transactions"].as_array().unwrap().is_empty()
}
