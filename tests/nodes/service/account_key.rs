//! Deposit addresses from the key of a real node's wallet, which then finds the coins.

use serde_json::{Value, json};
use teller::types::Coin;

use super::world::{World, address_of, admin, bitcoin_desk, btc, mine};
use crate::once;
use crate::support::bitcoind::{Bitcoind, Wallet};
use crate::support::runner::Outcome;

/// Beyond the twenty that wallets look at.
const BOUND: usize = 25;

/// The wallet's own receiving descriptor of this kind, with its checksum, as the node exports it.
async fn descriptor(wallet: &Wallet, kind: &str) -> String {
    let listed = wallet.rpc().call("listdescriptors", json!([])).await;
    let all = listed["descriptors"].as_array().unwrap();
    let is_it = |one: &&Value| one["desc"].as_str().unwrap().starts_with(kind) && one["internal"] == false;
    all.iter().find(is_it).unwrap()["desc"].as_str().unwrap().to_owned()
}

/// What is found by who looks at so many addresses.
async fn found(node: &Bitcoind, descriptor: &str, gap_limit: u64) -> Value {
    let what = json!(["start", [{ "desc": descriptor, "range": [0, gap_limit - 1] }]]);
    node.rpc().call("scantxoutset", what).await["total_amount"].clone()
}

/// What a wallet has that is made anew of the descriptor, and looks at so many addresses at least.
async fn restored(node: &Bitcoind, name: &str, descriptor: &str, gap_limit: u64) -> Value {
    node.rpc().call("createwallet", json!([name, true, true])).await;
    let wallet = node.wallet(name);
    let import = json!([[{ "desc": descriptor, "timestamp": 0, "range": [0, gap_limit - 1] }]]);
    let imported = wallet.rpc().call("importdescriptors", import).await;
    assert_eq!(imported[0]["success"], true, "{imported}");
    wallet.rpc().call("getbalances", json!([])).await["mine"]["trusted"].clone()
}

/// Whatever kind of descriptor the node's wallet has.
pub(crate) async fn should_give_out_what_the_wallet_of_the_key_finds() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(0).await?;
    // Made by the world, which put its addresses into a file.
    let desk = node.wallet("desk");
    world.desk.set("teller.max_bound_addrs", 0);
    for (number, kind) in ["pkh(", "sh(wpkh(", "tr(", "wpkh("].into_iter().enumerate() {
        let descriptor = descriptor(&desk, kind).await;
        world.desk.set("btc_addresses", descriptor.clone());
        world.desk.command("check-config").await.success();
        world.open(Coin::BTC).await;
        bind_and_pay(&mut world, &node, &wallet, &descriptor).await;
        find(&world, &node, &descriptor, number).await;
        world.desk.stop().await;
    }
    Ok(())
}

/// Coins came to the second index before the desk existed: it is somebody's.
pub(crate) async fn should_pass_over_an_index_that_received_coins_before() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(0).await?;
    let descriptor = descriptor(&node.wallet("desk"), "wpkh(").await;
    let expected = node.rpc().call("deriveaddresses", json!([descriptor, [0, 3]])).await;
    let address = |index: usize| expected[index].as_str().unwrap().to_owned();
    wallet.send(&address_of(&address(1)), btc("0.002")).await;
    mine(&node, &wallet, 1).await;
    // From its own start on: nothing of before is read.
    world.desk.set("btc_scanner.initial_scan_height", i64::try_from(node.height().await + 1).unwrap());
    world.desk.set("btc_addresses", descriptor);
    world.open(Coin::BTC).await;
    let payee = world.payee();
    assert_eq!(world.bind(&payee, Coin::BTC).await, address(0));
    assert_eq!(world.bind(&payee, Coin::BTC).await, address(2));
    // And to the next one while the desk looks on.
    wallet.send(&address_of(&address(3)), btc("0.002")).await;
    mine(&node, &wallet, 1).await;
    world.followed(Coin::BTC, node.height().await).await;
    assert_ne!(world.bind(&payee, Coin::BTC).await, address(3));
    let tainted = admin(&world.desk, "/api/deposit-addresses/tainted").await.to_string();
    assert!(tainted.contains(&address(1)) && tainted.contains(&address(3)), "{tainted}");
    Ok(())
}

/// The last of many addresses receives something.
async fn bind_and_pay(world: &mut World, node: &Bitcoind, wallet: &Wallet, descriptor: &str) {
    let payee = world.payee();
    let range = json!([descriptor, [0, BOUND - 1]]);
    let expected = node.rpc().call("deriveaddresses", range).await;
    let mut bound = Vec::new();
    for _ in 0..BOUND {
        bound.push(world.bind(&payee, Coin::BTC).await);
    }
    assert_eq!(expected, json!(bound), "{descriptor}");
    wallet.send(&address_of(&bound[BOUND - 1]), btc("0.002")).await;
    mine(node, wallet, 1).await;
    world.paid(&payee, &["1.000000"]).await;
}

/// Who looks as far as is usual misses the coins, and who looks as far as the desk tells finds them.
async fn find(world: &World, node: &Bitcoind, descriptor: &str, number: usize) {
    let usage = admin(&world.desk, "/api/deposit-addresses").await;
    let limit = usage["BTC"]["gap_limit"].as_u64().unwrap();
    assert_eq!(limit, u64::try_from(BOUND).unwrap());
    world.ill(&format!("only with a gap limit of {limit} or more")).await;
    assert_eq!(found(node, descriptor, 20).await, json!(0.0));
    assert_eq!(found(node, descriptor, limit).await, json!(0.002));
    assert_eq!(restored(node, &format!("restored-{number}"), descriptor, limit).await, json!(0.002));
    let database = world.desk.path("copy.db");
    std::fs::write(&database, world.desk.api.backup().await.done()).unwrap();
    let arguments = ["addrs", "gap", database.to_str().unwrap()];
    let gap = once::run(&once::tool(), arguments, &world.desk.path("cwd")).await;
    assert_eq!(gap.code, Some(1), "more than the usual limit is needed: {gap:#?}");
    assert!(gap.out.contains(&format!("gap limit for the wallet: {limit} or more")), "{gap:#?}");
}
