//! A coin that teller does not know, described in the configuration; its node is litecoind, whose work is scrypt.

use serde_json::json;
use teller::coins::{Description, ProofOfWork};
use teller::types::Coin;

use super::litecoin::desk_for;
use super::world::admin;
use crate::support::runner::Outcome;

const GENESIS: &str = "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9";

/// What the test itself has to know of the coin; the service reads its configuration.
fn coin() -> Coin {
    let description = Description {
        number: 77,
        code: "RLT".to_owned(),
        name: "Regtest Coin".to_owned(),
        unit: "mote".to_owned(),
        decimals: 8,
        uri_scheme: "regtestcoin".to_owned(),
        network: "regtest".to_owned(),
        genesis: GENESIS.to_owned(),
        p2pkh: 111,
        p2sh: vec![58, 196],
        bech32: Some("rltc".to_owned()),
        chain_id: None,
        work: ProofOfWork::Scrypt,
        maturity: 100,
        landmarks: Vec::new(),
        easiest: 0x207f_ffff,
        easiest_by_now: (0, 0x207f_ffff),
        slip44: None,
        rpc_port: 19_443,
    };
    description.coin()
}

pub(crate) async fn should_pay_for_a_coin_that_the_configuration_describes() -> Outcome {
    let coin = coin();
    let (mut world, node, buyer) = desk_for(coin, 1).await?;
    let pool = world.desk.pool_file(coin).display().to_string();
    // Another coin, so that there is one left in the end.
    world.take_sky(1).await;
    for (key, value) in [
        ("name", "Regtest Coin"),
        ("unit", "mote"),
        ("network", "regtest"),
        ("genesis", GENESIS),
        ("bech32", "rltc"),
        ("work", "scrypt"),
        ("easiest_target", "207fffff"),
    ] {
        world.desk.set(&format!("bitcoin_likes.RLT.{key}"), value);
    }
    for (key, value) in [("number", 77), ("p2pkh", 111), ("rpc_port", 19_443)] {
        world.desk.set(&format!("bitcoin_likes.RLT.{key}"), value);
    }
    world.desk.set("bitcoin_likes.RLT.p2sh", vec![58, 196]);
    world.desk.set("rlt_addresses", pool).set("sky_exchanger.sky_rlt_exchange_rate", "7");
    world.open(coin).await;
    let offered = crate::api::json_of(&world.desk.api.get("/api/config").await.done());
    assert_eq!(offered["deposits"]["rlt"]["fixed_exchange_rate"], "7.000000", "{offered}");
    let payee = world.payee();
    let mut kinds = String::new();
    for _ in 0..3 {
        let address = world.bind(&payee, coin).await;
        kinds.extend(address.chars().next());
        buyer.send(&address, "0.2").await;
    }
    assert!(kinds.starts_with(['m', 'n']) && kinds.ends_with("Qr"), "{kinds}");
    node.mine(2).await;
    world.paid(&payee, &["1.400000"; 3]).await;
    let books = admin(&world.desk, "/api/accounting").await;
    assert_eq!(books["received"]["RLT"], json!("0.60000000"), "{books}");
    // It is the same coin after a restart, and the tool reads the database that has it.
    world.desk.stop().await;
    world.desk.assert_consistent().await;
    world.desk.go().await;
    world.can_bind(coin).await;
    assert_eq!(world.problems().await, Vec::<String>::new());
    world.desk.stop().await;
    // Who takes the description away is told what is missing.
    world.desk.unset("bitcoin_likes").unset("rlt_rpc").unset("rlt_scanner").unset("rlt_addresses");
    world.desk.unset("sky_exchanger.sky_rlt_exchange_rate");
    world.desk.go_wrong().await.assert_refused(&["number 77", "[bitcoin_likes]"]);
    Ok(())
}
